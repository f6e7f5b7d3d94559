"""Trying to sign in: counted in the database, by account and source, so that no outage opens the door."""

from __future__ import annotations

import dataclasses
import math
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts import rules
from community.accounts.choices import CLOSED_STATUSES, FAILURES, Door, Outcome
from community.accounts.models import LoginAttempt, User
from community.accounts.selectors.alerts import habits_of
from community.accounts.selectors.security import HISTORY_KEPT, Account, account_of
from community.accounts.services.alerts import alert_after_success
from community.core import outbox
from community.core.addresses import address_key
from community.core.errors import TooMany
from community.core.places import is_listed, place_of
from community.core.transactions import retried
from community.facts.accounts import SignInFailed

#: How long a sign-in may wait for its second step.
HALF_WAY_LASTS = timedelta(minutes=10)
#: Refusals during a lock are kept once in this time: whoever goes on hammering does not fill the table.
REFUSALS_KEPT_EVERY = timedelta(minutes=1)
MOST_USER_AGENT = 500


class SignInLocked(TooMany):
    """Too many tries failed; the right password is refused too for a while."""

    message = _("Too many tries. Please wait a quarter of an hour, or choose a new password.")


@dataclasses.dataclass(frozen=True)
class Visit:
    """Where a try comes from: the client's address, what the browser calls itself, and the door."""

    address: str
    user_agent: str = ""
    door: Door = Door.PAGE

    @property
    def source(self) -> str:
        """What is counted of the address: IPv4 as it is, IPv6 by its /64."""
        return address_key(self.address)

    @property
    def said(self) -> str:
        """What the browser calls itself, as it can be stored."""
        return self.user_agent[:MOST_USER_AGENT].replace("\x00", "")

    @property
    def device(self) -> str:
        """Browser and system in a few words."""
        return rules.device_of(self.said)[:100]


def begin_attempt(*, account: Account, visit: Visit, unsettled: Outcome = Outcome.CHECKING) -> LoginAttempt:
    """Enters a try before anything is checked; as `unsettled` it counts as a failure until it is settled.

    So tries at the same moment cannot pass the limit together. Call it outside the transaction of the request.
    Raises SignInLocked when the pair of account and source, or the source, has failed too often.
    """
    attempt, wait = _begin(account, visit, unsettled)
    if attempt is None:
        raise SignInLocked(retry_after=wait)
    return attempt


@retried
def _begin(account: Account, visit: Visit, unsettled: Outcome) -> tuple[LoginAttempt | None, int]:
    _lock_source(visit.source)
    now = timezone.now()
    until = _locked_until(account, visit.source, now)
    if until is None:
        return _enter(account, visit, unsettled), 0
    refused = _pair(account, visit.source).filter(outcome=Outcome.LOCKED, attempted_at__gt=now - REFUSALS_KEPT_EVERY)
    if not refused.exists():
        _enter(account, visit, Outcome.LOCKED)
    return None, max(1, math.ceil((until - now).total_seconds()))


def _lock_source(source: str) -> None:
    """One try of a source at a time is counted, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in:{source}"])


def _pair(account: Account, source: str) -> QuerySet[LoginAttempt]:
    return LoginAttempt.objects.filter(account_key=account.key, source=source)


def _locked_until(account: Account, source: str, now: datetime) -> datetime | None:
    """When the lock of the pair or of the source ends; None when there is none."""
    # A lock lasts one window from the last of the failures that set it, and these lie within another.
    since = now - 2 * rules.LOCK_WINDOW
    pair = _pair(account, source).filter(outcome__in=FAILURES, cleared=False, attempted_at__gt=since)
    times = pair.order_by("attempted_at").values_list("attempted_at", flat=True)
    anybody = LoginAttempt.objects.filter(source=source, outcome__in=FAILURES, attempted_at__gt=now - rules.LOCK_WINDOW)
    latest = anybody.order_by("-attempted_at").values_list("attempted_at", flat=True)[: rules.SOURCE_FAILURES]
    ends = (rules.pair_locked_until(list(times)), rules.source_open_again(list(latest)[::-1]))
    return max((end for end in ends if end is not None and end > now), default=None)


def _enter(account: Account, visit: Visit, outcome: Outcome) -> LoginAttempt:
    return LoginAttempt.objects.create(
        account_key=account.key,
        user=account.user,
        source=visit.source,
        address=visit.address or None,
        user_agent=visit.said,
        device=visit.device,
        place=place_of(visit.address),
        listed=is_listed(visit.address),
        door=visit.door,
        outcome=outcome,
    )


@retried
def settle_failure(*, attempt_id: int, outcome: Outcome) -> None:
    """The try failed for this reason; of a known account that is told on."""
    open_ones = LoginAttempt.objects.filter(pk=attempt_id, outcome__in=[Outcome.CHECKING, outcome])
    open_ones.update(outcome=outcome)
    user_id = open_ones.values_list("user_id", flat=True).first()
    if user_id is not None:
        outbox.record(SignInFailed(user_id=user_id, attempt_id=attempt_id), actor_id=None)


def settle_step(*, attempt_id: int, user: User) -> None:
    """Password or code were right; whether somebody gets in is for `record_success` to say."""
    outcome = Outcome.CLOSED if user.status in CLOSED_STATUSES else Outcome.HALF_WAY
    LoginAttempt.objects.filter(pk=attempt_id).update(outcome=outcome)


def forget_attempt(*, attempt_id: int) -> None:
    """It was no sign-in: somebody signed in has shown once more who they are."""
    LoginAttempt.objects.filter(pk=attempt_id).delete()


@retried
def record_success(*, user: User, visit: Visit, before: datetime | None = None) -> LoginAttempt:
    """Somebody is in: kept in the history; failures of this account from this source count no more.

    `before` is when they signed in the last time, if ever: what differs from the 30 days before is told to them, but
    not at the very first sign-in.
    """
    account, now = account_of(user), timezone.now()
    habits = habits_of(user, source=visit.source, device=visit.device)
    pair = _pair(account, visit.source)
    pair.filter(outcome=Outcome.HALF_WAY, attempted_at__gt=now - HALF_WAY_LASTS).delete()
    pair.filter(outcome__in=FAILURES, cleared=False).update(cleared=True)
    attempt = _enter(account, visit, Outcome.SUCCESS)
    alert_after_success(attempt=attempt, habits=habits, first=before is None and not habits.any)
    return attempt


def forget_history() -> int:
    """Deletes what is older than 30 days; returns how many rows."""
    return LoginAttempt.objects.filter(attempted_at__lte=timezone.now() - HISTORY_KEPT).delete()[0]
