"""Answers kept under keys that clients choose, so that a request which is sent twice is done once.

The mechanism; `community/core/api/idempotency.py` is what requests see of it.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.core.errors import Conflict
from community.core.models import IdempotencyKey
from community.core.transactions import retried, sqlstate

KEPT = timedelta(hours=24)
#: What is kept for one owner: the oldest goes first.
MOST_ANSWERS = 1000
MOST_BYTES = 16 * 1024 * 1024
#: How long a request waits for another one with the same key.
WAIT_MS = 1000

LOCK_NOT_AVAILABLE = "55P03"


class KeyReused(Conflict):
    """The key has come before, with another request."""

    code = "IDEMPOTENCY_KEY_REUSED"
    message = _("This idempotency key was used for something else. Please choose a new one for each request.")


class KeyInUse(Conflict):
    """A request with this key is being worked on right now."""

    code = "IDEMPOTENCY_KEY_IN_USE"
    message = _("The first request with this key is still being worked on. Please ask again in a moment.")
    retry_after = 1


@dataclasses.dataclass(frozen=True)
class Answer:
    """What was answered, as far as it is kept."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    #: False: asked again, it may come out otherwise, so the next request with the key is worked on anew
    final: bool = True


def once(*, owner: str, key: str, fingerprint: str, work: Callable[[], Answer]) -> tuple[Answer, bool]:
    """The answer of `work`, or the kept one of the first request with this key; and whether it was kept.

    The row of the key comes first, and shares one transaction with what `work` does: a second request waits at
    the row, a process that dies leaves neither row nor effect, and an answer that can be read means that the work
    is done. An exception undoes both. Raises KeyReused when `fingerprint` differs from the first one, KeyInUse
    when the first request takes longer than WAIT_MS.
    """
    digest = hashlib.blake2b(key.encode(), digest_size=32).hexdigest()
    return _once(owner, digest, fingerprint, work)


@retried
def _once(owner: str, digest: str, fingerprint: str, work: Callable[[], Answer]) -> tuple[Answer, bool]:
    row_id = _take(owner, digest, fingerprint)
    if row_id is None:
        return _kept(owner, digest, fingerprint), True
    answer = work()
    row = IdempotencyKey.objects.filter(pk=row_id)
    if answer.final:
        row.update(
            answer_status=answer.status,
            answer_headers=dict(answer.headers),
            answer_body=answer.body,
            answer_bytes=len(answer.body),
        )
        _forget_surplus(owner)
    else:
        row.delete()
    return answer, False


def _take(owner: str, digest: str, fingerprint: str) -> int | None:
    """Inserts the row, or takes over one that is too old, and returns its id; None when there is one already.

    Waits at the constraint while another transaction is doing the same. Raises KeyInUse when that takes too long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_MS}ms"])
        try:
            cursor.execute(
                """
                INSERT INTO idempotency_key (owner, key_digest, fingerprint) VALUES (%s, %s, %s)
                ON CONFLICT (owner, key_digest) DO UPDATE
                SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, answer_status = NULL
                WHERE idempotency_key.created_at <= excluded.created_at - make_interval(secs => %s)
                RETURNING id
                """,
                [owner, digest, fingerprint, KEPT.total_seconds()],
            )
        except OperationalError as error:
            if sqlstate(error) == LOCK_NOT_AVAILABLE:
                raise KeyInUse from error
            raise
        row = cursor.fetchone()
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return int(row[0]) if row else None


def _kept(owner: str, digest: str, fingerprint: str) -> Answer:
    row = IdempotencyKey.objects.filter(owner=owner, key_digest=digest).first()
    if row is None or row.answer_status is None:  # forgotten in this moment
        raise KeyInUse()
    if row.fingerprint != fingerprint:
        raise KeyReused()
    return Answer(row.answer_status, row.answer_headers, bytes(row.answer_body))


def _forget_surplus(owner: str) -> None:
    """Deletes what is too much of one owner, except what somebody else is deleting already."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM idempotency_key WHERE id IN (
                SELECT id FROM idempotency_key WHERE id IN (
                    SELECT id FROM (
                        SELECT id, row_number() OVER newest AS place, sum(answer_bytes) OVER newest AS bytes
                        FROM idempotency_key WHERE owner = %s WINDOW newest AS (ORDER BY created_at DESC, id DESC)
                    ) AS kept
                    WHERE place > %s OR bytes > %s)
                FOR UPDATE SKIP LOCKED)
            """,
            [owner, MOST_ANSWERS, MOST_BYTES],
        )


def forget_owner(owner: str) -> int:
    """Deletes all answers kept for one owner, such as `user:7`; returns how many rows went."""
    return IdempotencyKey.objects.filter(owner=owner).delete()[0]


def forget_old() -> int:
    """Deletes what nobody can be answered with any more; returns how many rows went."""
    return IdempotencyKey.objects.filter(created_at__lte=timezone.now() - KEPT).delete()[0]
