"""Rows of mail: entered by `send`, begun and ended by one job each, tried again, looked after and forgotten.

The job holds the lease; a row knows by its `round` which of its jobs may touch it.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation

from community.core import encryption, jobs
from community.core.mail.content import Content, seal
from community.core.models import MailMessage

log = structlog.get_logger(__name__)

Lane = MailMessage.Lane
State = MailMessage.State
#: The lanes, and the priority of their jobs.
LANES: dict[str, int] = {Lane.SECURITY: 30, Lane.ACCOUNT: 20, Lane.NOTIFICATION: 10, Lane.BULK: 0}
KEPT = timedelta(days=7)
#: What should have left so long ago is looked for.
OVERDUE = timedelta(minutes=5)
_RECIPIENT = 255


def send(
    *,
    recipient: str,
    subject: str,
    text: str,
    lane: str,
    purpose: str,
    html: str = "",
    dedupe_key: str = "",
    lasts: timedelta | None = None,
    unsubscribe_url: str = "",
) -> int | None:
    """Enters a mail with the current transaction and returns its id, None when a row has that `dedupe_key` already.

    It leaves after the commit, in the language that is active now, unless that takes longer than it `lasts`. `text`
    is plain: paragraphs, codes and links on lines of their own; the HTML part is made of it when none is given.
    Raises RuntimeError outside a transaction, ValueError for a bulk mail nobody can unsubscribe from.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The mail {purpose} was sent outside a transaction.")
    if (lane == Lane.BULK) != bool(unsubscribe_url):
        raise ValueError("Bulk mail, and no other, has an address to unsubscribe at.")
    if len(recipient) > _RECIPIENT or any(letter in recipient for letter in "\r\n\0"):
        raise ValueError("This is no address for mail.")
    reference = uuid.uuid4()
    language = translation.get_language() or settings.LANGUAGE_CODE
    content = Content(" ".join(subject.split()), text.strip(), html, language, unsubscribe_url)
    row = MailMessage(
        reference=reference,
        recipient=recipient,
        lane=Lane(lane),
        purpose=purpose,
        content=seal(content, reference),
        dedupe_key=dedupe_key,
        expires_at=timezone.now() + lasts if lasts else None,
    )
    if dedupe_key:
        MailMessage.objects.bulk_create([row], ignore_conflicts=True)
        found = MailMessage.objects.filter(reference=reference).first()
        if found is None:
            return None
        row = found
    else:
        row.save(force_insert=True)
    _enter_job(row)
    return row.pk


def _enter_job(row: MailMessage, wait: timedelta | None = None) -> None:
    jobs.enqueue(
        "email",
        "deliver",
        {"message_id": row.pk, "round": row.round},
        key=f"mail:{row.reference}:{row.round}",
        run_at=timezone.now() + wait if wait else None,
        priority=LANES[row.lane],
    )


def lock(message_id: int, number: int) -> MailMessage | None:
    """The open row, locked, if `number` is its round; None when another job has it, or it is over."""
    rows = MailMessage.objects.select_for_update().filter(state__in=[State.WAITING, State.SENDING])
    return rows.filter(pk=message_id, round=number).first()


def end(row: MailMessage, state: str, *, error: str = "", provider_id: str = "") -> None:
    """The message is over; only what has failed keeps its encrypted content, to be sent by hand."""
    row.state, row.ended_at, row.last_error, row.provider_id = state, timezone.now(), error[:500], provider_id[:255]
    if state != State.FAILED:
        row.content = ""
    row.save(update_fields=["state", "ended_at", "last_error", "provider_id", "content"])


def put_off(row: MailMessage, wait: timedelta, *, error: str = "") -> None:
    """The message waits for another job, which comes after `wait`."""
    row.state, row.round, row.last_error = State.WAITING, row.round + 1, error[:500]
    row.next_attempt_at = timezone.now() + wait
    row.save(update_fields=["state", "round", "last_error", "next_attempt_at"])
    _enter_job(row, wait)


def make_up() -> int:
    """Enters jobs for messages that have none and should have left: their job was given up; returns how many."""
    late = MailMessage.objects.filter(
        state__in=[State.WAITING, State.SENDING], next_attempt_at__lt=timezone.now() - OVERDUE
    )
    entered = 0
    for pk in late.order_by("next_attempt_at").values_list("pk", flat=True)[:1000]:
        with transaction.atomic():
            row = MailMessage.objects.select_for_update().filter(pk=pk, ended_at=None).first()
            if row is None or _has_job(row):
                continue
            put_off(row, timedelta(0), error=row.last_error)
            entered += 1
    if entered:
        log.warning("mail_without_job", messages=entered)
    return entered


def _has_job(row: MailMessage) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM job WHERE dedupe_key = %s AND state IN ('waiting', 'running'))",
            [f"mail:{row.reference}:{row.round}"],
        )
        return bool(cursor.fetchone()[0])


def retry(message_id: int) -> bool:
    """A message that was given up gets all its attempts again, from now; False for any other."""
    with transaction.atomic():
        row = MailMessage.objects.select_for_update().filter(pk=message_id, state=State.FAILED).first()
        if row is None:
            return False
        row.state, row.attempts, row.ended_at, row.expires_at = State.WAITING, 0, None, None
        row.save(update_fields=["state", "attempts", "ended_at", "expires_at"])
        put_off(row, timedelta(0), error=row.last_error)
    return True


def list_messages(*, state: str = "", recipient: str = "", limit: int = 100) -> list[MailMessage]:
    """The newest messages; in one state, to one address."""
    rows = MailMessage.objects.order_by("-pk")
    rows = rows.filter(state=state) if state else rows
    return list((rows.filter(recipient__iexact=recipient) if recipient else rows)[:limit])


def forget_recipient(recipient: str, *, waiting: bool = False) -> int:
    """Deletes what is kept of mails to an address that have ended; returns how many. Others end first.

    With `waiting` these go too: what has not left stays unsent.
    """
    rows = MailMessage.objects.filter(recipient__iexact=recipient)
    return (rows if waiting else rows.exclude(ended_at=None)).delete()[0]


def purge() -> int:
    """Deletes messages that ended a week ago; returns how many."""
    old = MailMessage.objects.filter(ended_at__lt=timezone.now() - KEPT).order_by("pk")[:5000]
    return MailMessage.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


def rotate() -> int:
    """Brings what waits under the newest key; returns how many. Raises UnreadableError."""
    rotated = 0
    for pk in MailMessage.objects.exclude(content="").values_list("pk", flat=True):
        with transaction.atomic():
            row = MailMessage.objects.select_for_update().filter(pk=pk).exclude(content="").first()
            if row is not None:
                row.content = encryption.rotated(row.content)
                row.save(update_fields=["content"])
                rotated += 1
    return rotated
