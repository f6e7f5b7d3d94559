"""Reading identities that people have elsewhere and sign in with, and whose an address is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.utils import timezone

from community.accounts.choices import Provider
from community.accounts.models import User
from community.accounts.permissions import Actor

#: How long a sign-in counts as a proof for people without a password.
FRESH = timedelta(minutes=5)


@dataclasses.dataclass(frozen=True)
class IdentityCard:
    """One identity of a person; `shown` is the name or address it has there."""

    id: int
    provider: str
    provider_name: str
    shown: str
    linked_at: datetime
    last_used_at: datetime
    #: Without it the person could no longer sign in.
    last_way_in: bool


def list_identities(*, viewer: Actor) -> list[IdentityCard]:
    """The viewer's identities, the oldest first; two queries at most."""
    if not isinstance(viewer, User):
        return []
    rows = list(SocialAccount.objects.filter(user_id=viewer.pk).order_by("pk"))
    others = bool(rows) and _has_other_way(viewer)
    working = [row for row in rows if is_provider_on(row.provider)]
    return [
        IdentityCard(
            id=row.pk,
            provider=row.provider,
            provider_name=provider_name(row.provider),
            shown=str(row.extra_data.get("shown") or "") if isinstance(row.extra_data, dict) else "",
            linked_at=row.date_joined,
            last_used_at=row.last_login,
            last_way_in=not others and not [each for each in working if each.pk != row.pk],
        )
        for row in rows
    ]


def is_last_way_in(person: User, identity_id: int) -> bool:
    """Could `person` no longer sign in without this identity?"""
    return any(card.last_way_in for card in list_identities(viewer=person) if card.id == identity_id)


def _has_other_way(person: User) -> bool:
    """Has `person` a password, or a passkey that is enough alone?"""
    if person.has_usable_password():
        return True
    alone = {"data__credential__clientExtensionResults__credProps__rk": True}
    keys = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.WEBAUTHN, **alone)
    return settings.MFA_PASSKEY_LOGIN_ENABLED and keys.exists()


def is_provider_on(provider: str) -> bool:
    """Do the settings let people sign in there?"""
    return bool(settings.SOCIALACCOUNT_PROVIDERS.get(provider, {}).get("APPS"))


def provider_name(provider: str) -> str:
    """What people call it."""
    return str(Provider(provider).label) if provider in Provider.values else provider


def find_confirmed_holder(addresses: Iterable[str]) -> tuple[User, str] | None:
    """Who has confirmed one of `addresses` here, the first first, and which; for sign-ins that prove them all."""
    for address in addresses:
        found = EmailAddress.objects.filter(email__iexact=address, verified=True).select_related("user").first()
        if found is not None:
            return found.user, address
    return None


def is_address_taken(address: str) -> bool:
    """Has an account this address, as its own or as a confirmed further one? Never for a face that guests see."""
    return (
        User.objects.filter(email__iexact=address).exists()
        or EmailAddress.objects.filter(email__iexact=address, verified=True).exists()
    )


def signed_in_just_now(*, viewer: Actor, session_key: str | None) -> bool:
    """Did this session of the viewer begin within the last minutes (FRESH)?"""
    if not isinstance(viewer, User) or not session_key:
        return False
    since = timezone.now() - FRESH
    return UserSession.objects.filter(user_id=viewer.pk, session_key=session_key, created_at__gt=since).exists()
