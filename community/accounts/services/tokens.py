"""Personal access tokens: made, shown once, used, withdrawn."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions
from community.accounts.choices import TOKEN_PREFIX, Scope, Status
from community.accounts.models import PersonalAccessToken, User
from community.accounts.permissions import Actor
from community.accounts.services.status import end_suspension_if_over
from community.accounts.services.trust import count_act
from community.core.errors import Conflict, Invalid, NotAllowed, NotFound
from community.core.text import one_line
from community.core.transactions import retried

LONGEST_DAYS = 365
MOST_TOKENS = 20
_SHOWN = len(TOKEN_PREFIX) + 6


class TooManyTokens(Conflict):
    """The person has as many tokens as anybody may have."""

    message = _("You have many tokens already. Please remove one first.")


@retried
def make_token(*, actor: Actor, name: str, scopes: Iterable[str], days: int) -> tuple[PersonalAccessToken, str]:
    """A new token for `days` days, and its key, which nobody can find out later.

    Raises NotAllowed, Invalid, TooMany or TooManyTokens.
    """
    person = permissions.require_writer(actor)
    wanted = [scope.value for scope in Scope if scope in set(scopes)]
    name = one_line(name)[:100]
    if not wanted:
        raise Invalid(fields={"scopes": _("Please choose what the token may do.")})
    if not name:
        raise Invalid(fields={"name": _("This must not be empty.")})
    if not all(permissions.can_grant_scope(person, Scope(scope)) for scope in wanted):
        raise NotAllowed()
    count_act(bucket="write", person=person)
    # Two at once would both count the same tokens.
    User.objects.select_for_update().get(pk=person.pk)
    if PersonalAccessToken.objects.living().filter(user_id=person.pk).count() >= MOST_TOKENS:
        raise TooManyTokens()
    key = TOKEN_PREFIX + secrets.token_urlsafe(30)
    token = PersonalAccessToken.objects.create(
        user=person,
        name=name,
        prefix=key[:_SHOWN],
        digest=_digest(key),
        scopes=wanted,
        expires_at=timezone.now() + timedelta(days=min(max(days, 1), LONGEST_DAYS)),
    )
    return token, key


def revoke_token(*, actor: Actor, token_id: int) -> None:
    """Withdraws a token of the actor at once; raises NotFound when they have none with this id."""
    mine = PersonalAccessToken.objects.living().filter(pk=token_id, user_id=getattr(actor, "pk", None) or 0)
    if not mine.update(revoked_at=timezone.now()):
        raise NotFound()


def use_token(*, key: str) -> tuple[User, PersonalAccessToken] | None:
    """Whose key it is, with the token; None for one that is unknown, over, withdrawn, or of a closed account.

    That it was used is written at most once a minute.
    """
    now = timezone.now()
    living = PersonalAccessToken.objects.living(now).select_related("user__profile")
    token = living.filter(digest=_digest(key)).first()
    if token is None:
        return None
    person = end_suspension_if_over(person=token.user)
    if not person.is_active or person.status == Status.SUSPENDED:
        return None
    used = Q(last_used_at=None) | Q(last_used_at__lt=now - timedelta(minutes=1))
    if token.last_used_at is None or token.last_used_at < now - timedelta(minutes=1):
        PersonalAccessToken.objects.filter(used, pk=token.pk).update(last_used_at=now)
    return person, token


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
