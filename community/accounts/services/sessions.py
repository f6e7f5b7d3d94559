"""Ending sessions and everything that hangs on them: cookies, bearer tokens, sockets and personal tokens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from community.accounts.models import PersonalAccessToken, User
from community.accounts.permissions import Actor
from community.core import outbox
from community.core.errors import NotFound
from community.core.transactions import retried
from community.facts.accounts import SessionsClosed

#: People and sessions are marked as seen so often at most.
SEEN = timedelta(minutes=1)


@retried
def close_sessions(*, person: User, except_key: str | None = None, tokens: bool = False) -> int:
    """Ends all sessions of `person` but the one with the key `except_key`; answers how many there were.

    With `tokens` the personal access tokens end too. Whoever holds a cookie, a bearer token or a socket of an ended
    session is nobody from the next request on.
    """
    if tokens:
        PersonalAccessToken.objects.living().filter(user_id=person.pk).update(revoked_at=timezone.now())
    return _close(person, UserSession.objects.filter(user_id=person.pk).exclude(session_key=except_key or ""))


@retried
def close_session(*, actor: Actor, session_id: int) -> None:
    """Ends one session of the actor; raises NotFound when they have none with this id."""
    if not isinstance(actor, User) or not _close(actor, UserSession.objects.filter(user_id=actor.pk, pk=session_id)):
        raise NotFound()


def _close(person: User, sessions: Iterable[UserSession]) -> int:
    found = list(sessions)
    Session.objects.filter(session_key__in=[session.session_key for session in found]).delete()
    ids = sorted(session.pk for session in found)
    UserSession.objects.filter(pk__in=ids).delete()
    if ids:
        outbox.record(SessionsClosed(user_id=person.pk, sessions=ids), actor_id=person.pk)
    return len(ids)


@transaction.atomic
def mark_seen(*, person: User, session_key: str | None) -> None:
    """Writes that a person and their session were here; no row is written twice within a minute."""
    now = timezone.now()
    User.objects.filter(Q(last_seen_at=None) | Q(last_seen_at__lt=now - SEEN), pk=person.pk).update(last_seen_at=now)
    if session_key:
        UserSession.objects.filter(user_id=person.pk, session_key=session_key, last_seen_at__lt=now - SEEN).update(
            last_seen_at=now
        )
