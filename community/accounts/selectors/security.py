"""Whose account a login means, and who tried to sign in to it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from community.accounts.choices import Outcome
from community.accounts.models import LoginAttempt, User
from community.accounts.permissions import Actor

HISTORY_KEPT = timedelta(days=30)


@dataclasses.dataclass(frozen=True)
class Account:
    """What a login means: a key to count by, and the person where there is one."""

    key: str
    user: User | None


def account_of_login(login: str) -> Account:
    """The account that an address or a name means; one that does not exist is counted like any other."""
    login = login.strip().lower()
    # The same way of looking people up as the back end, or the two could mean different accounts.
    found = filter_users_by_email(login, prefer_verified=True, for_login=True) if "@" in login else []
    user = found[0] if found else (get_user_by_username(login) if "@" not in login else None)
    return account_of(user) if isinstance(user, User) else Account(_key(f"login:{login}"), None)


def account_of(user: User) -> Account:
    """The account of a person: the same by whichever of their addresses, or by the name."""
    return Account(_key(f"user:{user.pk}"), user)


def _key(text: str) -> str:
    return salted_hmac("accounts.sign-in", text, algorithm="sha256").hexdigest()


def list_login_history(*, viewer: Actor) -> QuerySet[LoginAttempt]:
    """The viewer's own sign-ins of 30 days, and what failed, the latest first."""
    if not isinstance(viewer, User):
        return LoginAttempt.objects.none()
    since = timezone.now() - HISTORY_KEPT
    return (
        LoginAttempt.objects.filter(user=viewer, attempted_at__gt=since)
        .exclude(outcome=Outcome.CHECKING)
        .order_by("-attempted_at", "-pk")
    )
