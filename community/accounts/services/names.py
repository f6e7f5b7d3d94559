"""Changing a user name; the old one leads to its person for a while, and nobody else can take it."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions, selectors
from community.accounts.models import FormerUsername, Profile, User
from community.accounts.permissions import Actor
from community.accounts.services.people import NameTaken, check_username
from community.accounts.services.trust import count_act
from community.core import outbox
from community.core.errors import Conflict, NotAllowed
from community.core.transactions import retried
from community.facts.accounts import UserUpdated

NAME_LEADS_ON = timedelta(days=90)
MOST_FORMER = 3


class TooManyNames(Conflict):
    """The person has given up as many names lately as anybody may."""

    message = _("You have changed your name often lately. Please wait a while.")


@retried
def change_username(*, actor: Actor, person: User, username: str) -> User:
    """Gives a person another user name; a display name that is still the old one goes along.

    For 90 days the old name leads to the person, who alone may take it back.
    Raises NotAllowed, Invalid, TooMany, NameTaken or TooManyNames.
    """
    permissions.require_writer(actor)
    if not permissions.can_change_profile(actor, person):
        raise NotAllowed()
    check_username(username)
    count_act(bucket="write", person=person)
    person = User.objects.select_for_update(of=("self",)).select_related("profile").get(pk=person.pk)
    old = person.username
    if username == old:
        return person
    _give_up(person, old, username)
    person.username = username
    person.version += 1
    try:
        with transaction.atomic():
            person.save(update_fields=["username", "version", "updated_at"])
    except IntegrityError as error:
        raise NameTaken(fields={"username": NameTaken.message}) from error
    # Asked after the write: whoever gives the name up at this moment has been waited for.
    if selectors.is_former_username(username):
        raise NameTaken(fields={"username": NameTaken.message})
    changed = ["username"]
    if Profile.objects.filter(user=person, display_name=old).update(display_name=username, updated_at=timezone.now()):
        changed.insert(0, "display_name")
    outbox.record(UserUpdated(user_id=person.pk, changed=changed), actor_id=person.pk)
    return person


def _give_up(person: User, old: str, new: str) -> None:
    """Keeps the old name for its person, unless only the letter case changes."""
    now = timezone.now()
    FormerUsername.objects.filter(free_at__lte=now).delete()
    if old.lower() == new.lower():
        return
    person.former_usernames.filter(username=new.lower()).delete()
    if not selectors.is_username_free(new):
        raise NameTaken(fields={"username": NameTaken.message})
    if person.former_usernames.count() >= MOST_FORMER:
        raise TooManyNames()
    FormerUsername.objects.create(user=person, username=old.lower(), given_up_at=now, free_at=now + NAME_LEADS_ON)
