"""Reading alerts, what is known of somebody's sign-ins, and changes of address that can be undone."""

from __future__ import annotations

import dataclasses
import hashlib
import zoneinfo
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import ExtractHour
from django.utils import timezone

from community.accounts import permissions, rules
from community.accounts.choices import FAILURES, Outcome
from community.accounts.models import EmailChange, LoginAttempt, SecurityAlert, User
from community.accounts.permissions import Actor
from community.accounts.selectors.security import HISTORY_KEPT, account_of

#: So long an alert can be read.
ALERTS_KEPT = timedelta(days=365)


@dataclasses.dataclass(frozen=True)
class Habits:
    """What the sign-ins of the last 30 days say of a new one."""

    any: bool
    source_seen: bool
    device_seen: bool
    hours: frozenset[int]


def list_alerts(*, viewer: Actor) -> QuerySet[SecurityAlert]:
    """The viewer's own alerts of a year: those that wait for an answer first, then the latest."""
    return _alerts_of(viewer) if isinstance(viewer, User) else SecurityAlert.objects.none()


def list_alerts_of(person: User, *, viewer: Actor) -> QuerySet[SecurityAlert]:
    """Somebody's alerts, in the same order, for administrators; none for everybody else."""
    return _alerts_of(person) if permissions.can_view_audit(viewer) else SecurityAlert.objects.none()


def _alerts_of(person: User) -> QuerySet[SecurityAlert]:
    waits = Case(When(answer="", then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = SecurityAlert.objects.filter(user_id=person.pk, created_at__gt=timezone.now() - ALERTS_KEPT)
    return rows.annotate(waits=waits).order_by("-waits", "-created_at", "-pk")


def count_open_alerts(*, viewer: Actor) -> int:
    """How many of the viewer's alerts wait for an answer; one query."""
    return list_alerts(viewer=viewer).filter(answer="").count()


def habits_of(person: User, *, source: str, device: str) -> Habits:
    """What is known of somebody's sign-ins before the present one is entered; one query. Hours are of their zone."""
    rows = LoginAttempt.objects.filter(
        user_id=person.pk, outcome=Outcome.SUCCESS, attempted_at__gt=timezone.now() - HISTORY_KEPT
    )
    found = rows.aggregate(
        number=Count("pk"),
        source=Count("pk", filter=Q(source=source)),
        device=Count("pk", filter=Q(device=device)),
        hours=ArrayAgg(ExtractHour("attempted_at", tzinfo=zone_of(person)), distinct=True, default=Value([])),
    )
    return Habits(bool(found["number"]), bool(found["source"]), bool(found["device"]), frozenset(found["hours"]))


def zone_of(person: User) -> ZoneInfo:
    """The time zone of a person; UTC where this machine knows none of that name."""
    try:
        return ZoneInfo(person.profile.time_zone)
    except (OSError, ValueError, zoneinfo.ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def needs_mailed_code(person: User, *, source: str, device: str) -> bool:
    """Is somebody guessing at the account from everywhere, and is this a device that was not signed in on lately?

    From 50 failures an hour on, a device that had a sign-in from the same source within 30 days passes as before.
    """
    now = timezone.now()
    failures = LoginAttempt.objects.filter(
        account_key=account_of(person).key, outcome__in=FAILURES, cleared=False, attempted_at__gt=now - rules.GUESSED_IN
    )
    if failures.count() < rules.GUESSED_FAILURES:
        return False
    known = LoginAttempt.objects.filter(user_id=person.pk, outcome=Outcome.SUCCESS, source=source, device=device)
    return not known.filter(attempted_at__gt=now - HISTORY_KEPT).exists()


def failures_up_to(attempt: LoginAttempt, within: timedelta) -> QuerySet[LoginAttempt]:
    """The failures of the same account that count, up to this one, within that time before it."""
    return LoginAttempt.objects.filter(
        account_key=attempt.account_key,
        outcome__in=FAILURES - {Outcome.CHECKING},
        attempted_at__gt=attempt.attempted_at - within,
        attempted_at__lte=attempt.attempted_at,
    )


def failure_times(attempt: LoginAttempt, *, of_source: bool = False) -> list[datetime]:
    """When the failures were that may set a lock with this one; of the same source only, if asked."""
    rows = failures_up_to(attempt, 2 * rules.LOCK_WINDOW).filter(cleared=False)
    rows = rows.filter(source=attempt.source) if of_source else rows
    return list(rows.order_by("attempted_at").values_list("attempted_at", flat=True))


def find_email_change(token: str) -> EmailChange | None:
    """The change of address that the link with this token can undo; None when it is used, over or made up."""
    change = EmailChange.objects.filter(digest=undo_digest(token)).first()
    return change if change is not None and change.is_open() else None


def undo_digest(token: str) -> str:
    """What is kept of the token of a link: with 256 random bits nobody guesses it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
