"""The ledger of jobs: rows are entered with the change that wants them, leased to one thread, and ended by it alone.

A lease is renewed while the job runs (see `runner`). Whoever has lost it cannot end the job: holder and try are
part of every statement that does. Exact caps: a claim holds the row lock of its queue.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction

from community.core import leases
from community.core.jobs.registry import QUEUES, find

log = structlog.get_logger(__name__)

BACKOFF_BASE = timedelta(seconds=2)
BACKOFF_CAP = timedelta(hours=1)
#: A job whose process ends as often as this is given up.
DEATHS = 10
ERROR_LENGTH = 8000
KEPT = timedelta(hours=1)
KEPT_ROWS = 100
DIED = "Its process ended at every try."


@dataclasses.dataclass(frozen=True)
class Claimed:
    """A leased job: what its holder needs to run and to end it."""

    id: int
    queue: str
    name: str
    data: dict[str, Any]
    attempts: int
    failures: int
    max_attempts: int
    correlation_id: str
    holder: str


_pokes: list[Callable[[int], object]] = []


def on_enqueued(poke: Callable[[int], object]) -> None:
    """Registers what is called with the number of new jobs after a commit (the job layer wakes workers)."""
    _pokes.append(poke)


class _PokeAfterCommit:
    """Counts the jobs of one transaction."""

    def __init__(self) -> None:
        self.jobs = 0

    def __call__(self) -> None:
        for poke in _pokes:
            poke(self.jobs)


def enqueue(
    queue: str, name: str, data: object = None, *, key: str = "", run_at: datetime | None = None, priority: int = 0
) -> int | None:
    """Enters a job with the current transaction and returns its id, None when a row has that `key` already.

    `data` is the declared dataclass or an object with its fields. Raises RuntimeError outside a transaction: a
    job and the change that wants it must stand or fall together; Invalid for unknown names and wrong data.
    """
    declared = find(queue, name)
    values = dataclasses.asdict(data) if dataclasses.is_dataclass(data) and not isinstance(data, type) else data
    declared.read(values)
    if not connection.in_atomic_block:
        raise RuntimeError(f"{declared.key} was enqueued outside a transaction.")
    correlation = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO job (queue, name, data, dedupe_key, priority, run_at, max_attempts, correlation_id)
            VALUES (%s, %s, %s::jsonb, %s, %s, coalesce(%s, now()), %s, %s)
            ON CONFLICT (dedupe_key) WHERE NOT (dedupe_key = '') DO NOTHING RETURNING id
            """,
            [
                declared.queue,
                name,
                json.dumps(values or {}),
                key,
                priority,
                run_at,
                declared.tries,
                correlation,
            ],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    _poke_after_commit()
    return int(row[0])


def _poke_after_commit() -> None:
    """One poke per transaction, however many jobs it entered."""
    for entry in connection.run_on_commit:
        function = entry[1]
        if isinstance(function, _PokeAfterCommit):
            function.jobs += 1
            return
    poke = _PokeAfterCommit()
    poke.jobs = 1
    transaction.on_commit(poke, robust=True)


HEADS = """
    SELECT queue.name FROM unnest(%s::text[], %s::int[]) AS queue (name, cap)
    CROSS JOIN LATERAL (
        SELECT priority, run_at, id FROM job
        WHERE job.queue = queue.name AND state = 'waiting' AND run_at <= now()
        ORDER BY priority DESC, run_at, id LIMIT 1) AS head
    WHERE NOT EXISTS (SELECT 1 FROM job_queue WHERE job_queue.name = queue.name AND paused)
      AND (SELECT count(*) FROM job
           WHERE job.queue = queue.name AND state = 'running' AND lease_until >= now()) < queue.cap
    ORDER BY head.priority DESC, head.run_at, head.id
"""
CLAIM = """
    UPDATE job SET state = 'running', lease_until = now() + %s, holder = %s, attempts = attempts + 1,
                   started_at = now()
    WHERE id = (
        SELECT id FROM job WHERE queue = %s AND state = 'waiting' AND run_at <= now()
          AND (SELECT count(*) FROM job WHERE queue = %s AND state = 'running' AND lease_until >= now()) < %s
        ORDER BY priority DESC, run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, queue, name, data, attempts, failures, max_attempts, correlation_id, holder
"""


def claim(holder: str) -> Claimed | None:
    """Leases the first job that is due, of any queue that is not paused or full; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [list(QUEUES), list(QUEUES.values())])
        queues = [name for (name,) in cursor.fetchall()]
    for queue in queues:
        if (claimed := _claim_of(queue, holder)) is not None:
            return claimed
    return None


def _claim_of(queue: str, holder: str) -> Claimed | None:
    """Leases the first job of the queue, unless that was paused or filled meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A claim that is lost with the server is only claimed again, so nobody waits for the disk.
        cursor.execute("SET LOCAL synchronous_commit TO off")
        cursor.execute("SELECT paused FROM job_queue WHERE name = %s FOR UPDATE", [queue])
        row = cursor.fetchone()
        if row is None:
            cursor.execute("INSERT INTO job_queue (name) VALUES (%s) ON CONFLICT DO NOTHING", [queue])
            cursor.execute("SELECT paused FROM job_queue WHERE name = %s FOR UPDATE", [queue])
            row = cursor.fetchone()
        if row is None or row[0]:
            return None
        values: list[Any] = [leases.LENGTH, holder, queue, queue, QUEUES[queue]]
        cursor.execute(CLAIM, values)
        found = cursor.fetchone()
    if found is None:
        return None
    job_id, name_of_queue, name, data, *rest = found
    return Claimed(job_id, name_of_queue, name, json.loads(data) if isinstance(data, str) else data, *rest)


def renew(ids: Iterable[int], holders: str) -> int:
    """Lengthens the leases this process (`leases.process()`) still holds on these jobs; returns how many."""
    values: list[Any] = [leases.LENGTH, list(ids), holders]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET lease_until = now() + %s"
            " WHERE state = 'running' AND id = ANY(%s) AND starts_with(holder, %s)",
            values,
        )
        return cursor.rowcount


MINE = "id = %s AND state = 'running' AND holder = %s AND attempts = %s"


def finish(claimed: Claimed) -> bool:
    """Marks the job as done; False when its lease was lost, and somebody else decides."""
    return _end(
        claimed, "state = 'done', finished_at = clock_timestamp(), lease_until = NULL, holder = '', last_error = ''", []
    )


def fail(claimed: Claimed, error: str) -> str:
    """Enters a failure: the job waits for its next try, or is given up. Returns "retried", "failed" or "lost"."""
    failures = claimed.failures + 1
    error = error[-ERROR_LENGTH:].replace("\0", "")
    if failures >= claimed.max_attempts:
        ended = _end(
            claimed,
            "state = 'failed', finished_at = clock_timestamp(), lease_until = NULL, holder = '',"
            " failures = %s, last_error = %s",
            [failures, error],
        )
        return "failed" if ended else "lost"
    wait = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** (failures - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
    ended = _end(
        claimed,
        "state = 'waiting', lease_until = NULL, holder = '', failures = %s, last_error = %s,"
        " run_at = clock_timestamp() + %s",
        [failures, error, wait],
    )
    return "retried" if ended else "lost"


def _end(claimed: Claimed, change: str, values: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE job SET {change} WHERE {MINE}",  # noqa: S608 - our own words
            [*values, claimed.id, claimed.holder, claimed.attempts],
        )
        return bool(cursor.rowcount)


FREED = """
    UPDATE job SET
        state = CASE WHEN attempts >= %(deaths)s THEN 'failed' ELSE 'waiting' END,
        finished_at = CASE WHEN attempts >= %(deaths)s THEN now() END,
        last_error = CASE WHEN attempts >= %(deaths)s THEN %(died)s ELSE last_error END,
        lease_until = NULL, holder = ''
    WHERE state = 'running' AND
"""


def free(holders: str) -> int:
    """Ends the leases of a process that is dead: `holders` is the beginning of what its threads are called."""
    return _free("starts_with(holder, %(holders)s)", holders=holders)


def recover() -> int:
    """Ends leases that nobody renewed in time: their jobs wait again, or are given up after too many deaths."""
    return _free("lease_until < now()")


def _free(which: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FREED + which, {"deaths": DEATHS, "died": DIED, **values})
        freed = cursor.rowcount
    if freed:
        log.warning("jobs_freed", jobs=freed)
    return freed


def hand_back(holders: str) -> int:
    """Ends the leases of this process, which stops in order; these tries do not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET state = 'waiting', lease_until = NULL, holder = '', attempts = attempts - 1"
            " WHERE state = 'running' AND starts_with(holder, %s)",
            [holders],
        )
        return cursor.rowcount


def due() -> bool:
    """Whether any job waits whose time has come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM job WHERE state = 'waiting' AND run_at <= now())")
        return bool(cursor.fetchone()[0])


def purge() -> int:
    """Deletes successes older than an hour, and of each queue all but the newest 100; returns how many."""
    values: list[Any] = [KEPT, KEPT_ROWS]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM job WHERE state = 'done' AND id IN (
                SELECT id FROM (
                    SELECT id, finished_at, row_number() OVER (PARTITION BY queue ORDER BY finished_at DESC, id DESC)
                        AS place FROM job WHERE state = 'done') AS ended
                WHERE finished_at < now() - %s OR place > %s)
            """,
            values,
        )
        return cursor.rowcount
