"""Reading names: which are free, whose they were, who is found by them."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from community.accounts import permissions
from community.accounts.choices import CLOSED_STATUSES, Role, Status
from community.accounts.models import FormerUsername, NameReservation, RetiredName, User
from community.accounts.permissions import Actor
from community.accounts.rules import is_possible_username
from community.accounts.selectors.people import list_everybody
from community.core import statistics
from community.core.errors import NotAllowed, NotFound


def is_username_free(username: str) -> bool:
    """Is this name, in any letter case, nobody's, set aside for nobody, and was nobody's of late?

    All three are asked each time: that a name is set aside, and nobody's, would tell that an address was known.
    """
    taken = (
        User.objects.named(username).exists(),
        is_former_username(username),
        NameReservation.objects.filter(username=username.lower(), reserved_until__gt=timezone.now()).exists(),
    )
    return not any(taken)


def is_former_username(username: str) -> bool:
    """Has somebody given this name up so lately that it is nobody else's: it leads to them, or they are gone?"""
    now = timezone.now()
    return (
        FormerUsername.objects.filter(username=username.lower(), free_at__gt=now).exists()
        or RetiredName.objects.filter(digest=name_digest(username), free_at__gt=now).exists()
    )


def name_digest(username: str) -> str:
    """What is kept of the name of somebody who is gone."""
    return salted_hmac("accounts.retired-name", username.lower(), algorithm="sha256").hexdigest()


def is_username_available(username: str) -> bool:
    """Could somebody choose this name now? Names that are taken, kept or against the rules are told alike."""
    return is_possible_username(username) and is_username_free(username)


def get_person_by_former_name(username: str, *, viewer: Actor) -> User:
    """The person who had this name of late, with profile, if `viewer` may see the profile; else NotFound."""
    named = User.objects.select_related("profile").filter(
        former_usernames__username=username[:60].lower(), former_usernames__free_at__gt=timezone.now()
    )
    person = named.first()
    if person is None or not permissions.can_view_profile(viewer, person):
        raise NotFound()
    return person


def search_people(
    *, viewer: Actor, text: str = "", role: Role | None = None, status: Status | None = None
) -> QuerySet[User]:
    """People whose user name, display name or bio holds `text`, with profiles: verified ones first, then by followers.

    Without `text` all people, verified ones first, then by name.

    Closed accounts are found only by moderators who ask for their status. Raises NotAllowed for anybody else who
    asks for a status.
    """
    people = list_everybody(viewer=viewer)
    if status is None:
        people = people.exclude(status__in=CLOSED_STATUSES)
    elif permissions.is_moderator(viewer):
        people = people.filter(status=status)
    else:
        raise NotAllowed()
    if role is not None:
        people = people.filter(role=role)
    if text:
        people = people.filter(
            Q(username__icontains=text) | Q(profile__display_name__icontains=text) | Q(profile__bio__icontains=text)
        )
        people = people.annotate(_followers=statistics.column("followers"))
        return people.order_by("-verified", "-_followers", Lower("username"))
    return people.order_by("-verified", Lower("username"))
