"""Reading where somebody is signed in, which programs they let in, and why an account is suspended."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from community.accounts.choices import Status
from community.accounts.models import PersonalAccessToken, StatusChange, User
from community.accounts.permissions import Actor
from community.accounts.rules import device_of
from community.core.places import place_of


@dataclasses.dataclass(frozen=True)
class SessionCard:
    """One place where somebody is signed in."""

    id: int
    device: str
    address: str
    place: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


@dataclasses.dataclass(frozen=True)
class Suspension:
    """Why an account is suspended, and until when."""

    reason: str
    until: datetime | None


def list_sessions(*, viewer: Actor, current_key: str | None) -> list[SessionCard]:
    """The viewer's living sessions, the one with `current_key` first, then the one used last; one query."""
    if not isinstance(viewer, User):
        return []
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    found = UserSession.objects.filter(user_id=viewer.pk, session_key__in=living)
    cards = [
        SessionCard(
            id=session.pk,
            device=device_of(session.user_agent),
            address=session.ip,
            place=place_of(session.ip),
            created_at=session.created_at,
            last_seen_at=session.last_seen_at,
            current=session.session_key == current_key,
        )
        for session in found.order_by("-last_seen_at", "-pk")
    ]
    return sorted(cards, key=lambda card: not card.current)


def list_tokens(*, viewer: Actor) -> list[PersonalAccessToken]:
    """The viewer's tokens that let somebody in, the newest first; one query."""
    if not isinstance(viewer, User):
        return []
    return list(PersonalAccessToken.objects.living().filter(user_id=viewer.pk).order_by("-created_at", "-pk"))


def suspension_of(person: User) -> Suspension | None:
    """Why and until when `person` is suspended; None for everybody else."""
    if person.status != Status.SUSPENDED:
        return None
    change = StatusChange.objects.filter(user_id=person.pk).order_by("-changed_at", "-pk").first()
    fits = change is not None and change.new == Status.SUSPENDED
    return Suspension(reason=change.reason if change and fits else "", until=person.suspended_until)
