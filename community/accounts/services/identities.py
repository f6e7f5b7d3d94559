"""Identities elsewhere (Google, GitHub): signing up by one, joining it to an account, and taking it away.

Who may be joined follows "Pre-hijacked accounts" (Sudhodanan and Paverd, USENIX Security 2022): only to an account
whose address is confirmed, and what an unconfirmed account brought along goes when the owner of the address comes.
"""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions, selectors
from community.accounts.choices import CLOSED_STATUSES, Status
from community.accounts.models import User
from community.accounts.permissions import Actor
from community.accounts.services import people
from community.core import outbox
from community.core.errors import AccountBanned, Conflict, NotAllowed, NotFound
from community.core.transactions import retried
from community.facts.accounts import IdentityLinked, IdentityRemoved

#: So long after it was proved elsewhere an identity may be used to sign up.
SIGN_UP_LASTS = timedelta(minutes=30)


class IdentityOfAnother(Conflict):
    """Another account here has this identity."""

    message = _("This is linked to another account here.")


class LastWayIn(Conflict):
    """Without it the person could no longer sign in."""

    message = _("This is your only way to sign in. Please choose a password or link another account first.")


@dataclasses.dataclass(frozen=True)
class Identity:
    """Who somebody is at `provider`: `uid` never changes there, `shown` is the name or address it is known by."""

    provider: str
    uid: str
    shown: str = ""


@retried
def sign_up_by_identity(*, identity: Identity, email: str, confirmed: bool, username: str = "") -> tuple[User, bool]:
    """Makes a person who signs in by `identity`; answers whose it is, and whether they are new.

    `confirmed` says that the provider has proved the address: then the account is active at once. Of two at the same
    moment one makes the account and the other finds it. Raises Invalid, NameTaken or AddressTaken.
    """
    row = _find(identity)
    if row is not None:
        return row.user, False
    email = email.strip().lower()
    if selectors.is_address_taken(email):
        raise people.AddressTaken(fields={"email": people.AddressTaken.message})
    person = people.create_user(email=email, username=username)
    _insert(person, identity)
    if confirmed:
        EmailAddress.objects.filter(user=person, email=email).update(verified=True)
        people.confirm_email(user=person)
        person = User.objects.select_related("profile").get(pk=person.pk)
    return person, True


@retried
def link_identity(*, actor: Actor, identity: Identity) -> tuple[SocialAccount, bool]:
    """Lets the actor sign in by `identity` from now on; answers its row, and whether that is new.

    Raises why the actor may not write (an unconfirmed address is one reason), or IdentityOfAnother.
    """
    return _link(permissions.require_writer(actor), identity)


@retried
def join_identity(*, person: User, identity: Identity) -> tuple[SocialAccount, bool]:
    """Joins `identity` to an account both of which have confirmed the same address; answers as `link_identity` does.

    Raises IdentityOfAnother, AccountBanned for a closed account, NotAllowed for one with an unconfirmed address.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.status in CLOSED_STATUSES:
        raise AccountBanned()
    if person.status == Status.PENDING_VERIFICATION:
        raise NotAllowed()
    return _link(person, identity)


def _link(person: User, identity: Identity) -> tuple[SocialAccount, bool]:
    row = _find(identity)
    if row is not None:
        if row.user_id != person.pk:
            raise IdentityOfAnother()
        return row, False
    row = _insert(person, identity)
    outbox.record(IdentityLinked(user_id=person.pk, provider=identity.provider), actor_id=person.pk)
    return row, True


def _find(identity: Identity) -> SocialAccount | None:
    """The row of an identity, which nobody else can make until the transaction ends."""
    with connection.cursor() as cursor:
        key = f"identity:{identity.provider}:{identity.uid}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    rows = SocialAccount.objects.filter(provider=identity.provider, uid=identity.uid)
    return rows.select_related("user__profile").first()


def _insert(person: User, identity: Identity) -> SocialAccount:
    return SocialAccount.objects.create(
        user=person, provider=identity.provider, uid=identity.uid, extra_data={"shown": identity.shown}
    )


@retried
def remove_identity(*, actor: Actor, identity_id: int) -> str:
    """Takes an identity of the actor away; answers the provider. Whoever asks has seen a fresh proof of who they are.

    Raises NotFound when they have none with this id, LastWayIn when nothing else would let them in.
    """
    if not isinstance(actor, User):
        raise NotFound()
    # Two at once would each take the other for the way that is left.
    person = User.objects.select_for_update().get(pk=actor.pk)
    row = SocialAccount.objects.filter(pk=identity_id, user_id=person.pk).first()
    if row is None:
        raise NotFound()
    if selectors.is_last_way_in(person, row.pk):
        raise LastWayIn()
    row.delete()
    outbox.record(IdentityRemoved(user_id=person.pk, provider=row.provider), actor_id=person.pk)
    return str(row.provider)


@retried
def drop_unconfirmed_identities(*, person: User) -> None:
    """Before a reset confirms the address of a waiting account: whoever made it must not keep a way in."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.status != Status.PENDING_VERIFICATION:
        return
    for row in SocialAccount.objects.filter(user_id=person.pk):
        row.delete()
        outbox.record(IdentityRemoved(user_id=person.pk, provider=row.provider), actor_id=person.pk)
