"""Running jobs: a thread claims one after the other until none is due; leases are renewed meanwhile."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable

import structlog
from django.db import DatabaseError, Error, connection, transaction

from community.core import leases, metrics
from community.core.crash_points import crash_point
from community.core.errors import Invalid
from community.core.jobs import ledger
from community.core.jobs.registry import Declared, find

log = structlog.get_logger(__name__)

RENEW_SECONDS = 15.0


class LeaseLost(Exception):
    """Somebody else has the job: whatever was done in this transaction must not be kept."""


_running: set[int] = set()
_left = leases.Left(ledger.free)
_lock = threading.Lock()


def running() -> list[int]:
    """The jobs this process works on."""
    with _lock:
        return sorted(_running)


def work(*, stopping: Callable[[], bool] = lambda: False, limit: int | None = None) -> int:
    """Runs jobs until none is due, `limit` is reached or `stopping` says so; returns how many it ran."""
    holder = leases.holder()
    _left.free()
    try:
        return _work(holder, stopping, limit)
    except DatabaseError:
        _left.add(holder)  # the end of a job could not be entered: the database went away
        raise


def _work(holder: str, stopping: Callable[[], bool], limit: int | None) -> int:
    ran = 0
    while (limit is None or ran < limit) and not stopping():
        claimed = ledger.claim(holder)
        if claimed is None:
            break
        ran += 1
        with _lock:
            _running.add(claimed.id)
        try:
            _run(claimed)
        finally:
            with _lock:
                _running.discard(claimed.id)
    return ran


def _run(claimed: ledger.Claimed) -> None:
    crash_point("job.before")
    begun = time.monotonic()
    with structlog.contextvars.bound_contextvars(request_id=claimed.correlation_id, job_id=claimed.id):
        outcome = _outcome(claimed)
    metrics.count_job(claimed.queue, claimed.name, outcome, time.monotonic() - begun)


def _outcome(claimed: ledger.Claimed) -> str:
    """Does the work and enters how it ended: "done", "retried", "failed", or "lost" with the lease."""
    try:
        declared = find(claimed.queue, claimed.name)
        if declared.atomic:
            _run_atomic(declared, claimed)
        else:
            declared.run(claimed.data)
            crash_point("job.before_done")
            if not ledger.finish(claimed):
                raise LeaseLost
    except LeaseLost:
        log.warning("job_lease_lost", queue=claimed.queue, job=claimed.name)
        return "lost"
    except Exception as error:
        if connection.needs_rollback and not connection.in_atomic_block:
            connection.close()
        log.exception("job_failed", queue=claimed.queue, job=claimed.name, attempt=claimed.attempts)
        text = _fields(error) + traceback.format_exc()
        return ledger.fail(claimed, text)
    crash_point("job.after_commit")
    return "done"


def _run_atomic(declared: Declared, claimed: ledger.Claimed) -> None:
    with transaction.atomic():
        declared.run(claimed.data)
        crash_point("job.before_done")
        if not ledger.finish(claimed):
            raise LeaseLost


def _fields(error: Exception) -> str:
    return f"{error.fields}\n" if isinstance(error, Invalid) and error.fields else ""


def renew_leases(stopped: threading.Event, *, seconds: float = RENEW_SECONDS) -> None:
    """Keeps the leases of what this process runs until `stopped`; a database that is away is asked again soon."""
    wait = seconds
    while not stopped.wait(wait):
        wait = seconds
        ids = running()
        try:
            if ids:
                ledger.renew(ids, leases.process())
        except Error as error:
            log.warning("lease_renewal_failed", error=type(error).__name__)
            wait = min(1.0, seconds)
        finally:
            connection.close()
