"""Sending one message: begun in one transaction, handed over without one, ended in another.

A process that dies in between leaves the row as "sending": its job runs again, and the message may arrive twice, under
the same Message-ID, but is never lost.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from community.core import metrics
from community.core.crash_points import crash_point
from community.core.encryption import UnreadableError
from community.core.mail import ledger, suppression
from community.core.mail.content import compose, unseal
from community.core.mail.transport import Refused
from community.core.models import MailMessage

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 14
BACKOFF_BASE = timedelta(seconds=2)
BACKOFF_CAP = timedelta(hours=1)
#: How long a message waits when the hour's number is reached.
FULL = timedelta(minutes=1)
#: The outcome is entered anew after so many seconds when the database was away for a moment.
AGAIN = (0.2, 1.0, 3.0)
_HOUR = timedelta(hours=1)
_LOCK_OF_THE_HOUR = 0x6D61696C


def deliver(message_id: int, number: int) -> str:
    """Sends a message whose round is `number`; returns how that ended, empty when there was nothing to do."""
    row = _begin(message_id, number)
    if row is None:
        return ""
    outcome = _hand_over(row)
    crash_point("mail.before_sent")
    return _settle(row, *outcome)


@transaction.atomic
def _begin(message_id: int, number: int) -> MailMessage | None:
    """Counts the attempt; None when nothing is to be sent now."""
    row = ledger.lock(message_id, number)
    if row is None:
        return None
    if over := _over_before(row):
        state, error = over
        ledger.end(row, state, error=error)
        _tell(row, state)
        return None
    if row.state == ledger.State.WAITING and _is_hour_full(row):
        ledger.put_off(row, FULL * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        return None
    row.state, row.attempts, row.begun_at = ledger.State.SENDING, row.attempts + 1, timezone.now()
    row.save(update_fields=["state", "attempts", "begun_at"])
    return row


def _over_before(row: MailMessage) -> tuple[str, str] | None:
    """Why a message is not even tried: the state it ends in, and an error."""
    if row.expires_at is not None and row.expires_at <= timezone.now():
        return ledger.State.EXPIRED.value, row.last_error
    if suppression.is_suppressed(row.recipient):
        return ledger.State.SUPPRESSED.value, ""
    if row.attempts >= MAX_ATTEMPTS:  # its process ended at the last one
        return ledger.State.FAILED.value, row.last_error or "Its process ended at the last attempt."
    return None


def _is_hour_full(row: MailMessage) -> bool:
    """Whether as many mails have left in the last hour as may; security mail is not counted and never waits."""
    if row.lane == ledger.Lane.SECURITY:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK_OF_THE_HOUR])
    begun = MailMessage.objects.exclude(lane=ledger.Lane.SECURITY).filter(begun_at__gt=timezone.now() - _HOUR)
    return begun.exclude(pk=row.pk).count() >= settings.EMAIL_HOURLY_LIMIT


def _hand_over(row: MailMessage) -> tuple[str, str, Refused | None]:
    """Gives the message to the mail server: what it was called there, or what went wrong and whether for good."""
    try:
        message = compose(row, unseal(row))
        get_connection(fail_silently=False).send_messages([message])
    except Refused as refused:
        return "", str(refused), refused
    except UnreadableError:
        return "", "The key of its content is gone.", Refused("", forever=True)
    except Exception as error:  # noqa: BLE001 - whatever a backend raises, the message must not be lost
        return "", type(error).__name__, Refused("")
    return str(getattr(message, "provider_id", "")), "", None


def _settle(row: MailMessage, provider_id: str, error: str, refused: Refused | None) -> str:
    """Enters how an attempt ended; a database that is away for a moment must not send the message again."""
    for wait in AGAIN:
        try:
            return _settle_once(row, provider_id, error, refused)
        except DatabaseError:
            if connection.in_atomic_block:
                raise
            connection.close()
            time.sleep(wait)
    return _settle_once(row, provider_id, error, refused)


@transaction.atomic
def _settle_once(row: MailMessage, provider_id: str, error: str, refused: Refused | None) -> str:
    found = ledger.lock(row.pk, row.round)
    if found is None or found.attempts != row.attempts:
        return ""  # somebody else has taken it over, and decides
    if refused is None:
        outcome = ledger.State.SENT.value
        ledger.end(found, outcome, provider_id=provider_id)
    elif refused.forever or found.attempts >= MAX_ATTEMPTS:
        outcome = ledger.State.FAILED.value
        ledger.end(found, outcome, error=error)
        if refused.bad_address:
            suppression.suppress(found.recipient, reason=suppression.Reason.BOUNCE)
    else:
        outcome = "retried"
        wait = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** (found.attempts - 1))
        ledger.put_off(found, wait * random.uniform(0.5, 1.0), error=error)  # noqa: S311 - jitter
    _tell(found, outcome)
    return outcome


def _tell(row: MailMessage, outcome: str) -> None:
    """Into log and metrics, without the address."""
    metrics.count_mail(row.lane, outcome)
    say = log.info if outcome in {"sent", "retried"} else log.warning
    say(f"mail_{outcome}", mail_id=row.pk, lane=row.lane, purpose=row.purpose, attempt=row.attempts)
