"""The processes that do work for later: worker and scheduler, and huey, which wakes them over Redis.

Redis carries only pokes. What there is to do stands in PostgreSQL (community/core/jobs, community/core/outbox.py),
so a worker without Redis goes on, and only looks for work more rarely.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
import time
from collections.abc import Callable

import structlog
from django.apps import apps
from django.conf import settings
from django.db import Error, connection
from huey import PriorityRedisExpireHuey
from huey.consumer import Consumer, Scheduler, Worker
from huey.serializer import SignedSerializer
from redis import ConnectionPool

from sparkle_site.serve.signals import Signals

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 5.0
#: How long a worker without Redis rests between two looks for work.
REST_SECONDS = 1.0
#: Seconds that running jobs have when the worker stops; what is not finished is handed back.
STOP_SECONDS = 20.0
#: The advisory lock of the one scheduler that leads, however many run.
LEADER_LOCK = 0x5BA4_1E00


def make_huey(url: str, secret: str) -> PriorityRedisExpireHuey:
    """The instance for settings.HUEY. Messages are signed, so that a hostile Redis cannot run code here."""
    return PriorityRedisExpireHuey(
        "sparkle",
        immediate=False,
        results=False,
        utc=True,
        serializer=SignedSerializer(secret=secret, salt="huey"),
        connection_pool=ConnectionPool.from_url(url, socket_timeout=0.25, socket_connect_timeout=0.25),
    )


def _blocking_reads() -> PriorityRedisExpireHuey:
    """The instance with a read limit above huey's blocking pop of one second."""
    from huey.contrib.djhuey import HUEY

    HUEY.storage.pool.connection_kwargs["socket_timeout"] = 5
    return HUEY


class IndependentWorker(Worker):
    """A thread that waits for pokes, and looks for work by itself while Redis is away."""

    away = False

    def loop(self, now: object = None) -> None:
        """One round: a poke, or without Redis a look into the ledger."""
        try:
            task = self.huey.dequeue()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with Redis or a message, the work goes on
            if not self.away:
                self.away = True
                log.warning("worker_without_redis", error=type(error).__name__)
            _guarded(_run_jobs)
            self.stop_flag.wait(REST_SECONDS)
            return
        self.away = False
        if task is not None:
            try:
                self.huey.execute(task, now)
            except Exception:
                log.exception("poke_failed", task=task.name)


class IdleScheduler(Scheduler):
    """huey's own scheduler has nothing to do: what comes later stands in the ledger."""

    def loop(self, now: object = None) -> None:
        """Waits for the end."""
        self.stop_flag.wait(1.0)


class WorkerConsumer(Consumer):
    """huey's consumer, which tells the work in hand that it stops."""

    worker_class = IndependentWorker
    scheduler_class = IdleScheduler

    def stop(self, graceful: bool = False) -> None:
        """Nothing new is begun from now on; waits for what runs if `graceful`."""
        if _has_ledger():
            from community.core.tasks import stopping

            stopping.set()
        super().stop(graceful)


def _has_ledger() -> bool:
    """Whether this project has jobs; the launcher may also run another one."""
    return apps.is_installed("community.core")


def _run_jobs() -> None:
    if _has_ledger():
        from community.core import jobs
        from community.core.tasks import stopping

        jobs.work(stopping=stopping.is_set)


def _guarded(work: Callable[[], object]) -> bool:
    """Does some work; a failure is logged, and the connection given back. Whether it went well."""
    try:
        work()
    except Exception as error:
        if isinstance(error, Error):
            log.warning("work_without_database", error=type(error).__name__)
        else:
            log.exception("work_failed")
        return False
    finally:
        connection.close()
    return True


def _repeat(work: Callable[[], object], stopped: threading.Event) -> None:
    """Does it now and every five seconds until `stopped`."""
    while not stopped.is_set():
        _guarded(work)
        stopped.wait(SWEEP_SECONDS)


def _assistants(ended: threading.Event) -> list[threading.Thread]:
    """Starts the threads beside those that run jobs: sweeps until the stop, renewal of leases until `ended`."""
    from community.core import jobs, tasks

    sweeps = [
        threading.Thread(target=_repeat, args=(work, tasks.stopping), name=name, daemon=True)
        for name, work in (("facts", tasks.sweep), ("jobs", _run_jobs))
    ]
    renewal = threading.Thread(target=jobs.renew_leases, args=(ended,), name="leases", daemon=True)
    for thread in (*sweeps, renewal):
        thread.start()
    return sweeps


def _widen_pool() -> None:
    """A connection for each thread: a lease that cannot be renewed for want of one would be lost."""
    pool = settings.DATABASES["default"]["OPTIONS"]["pool"]
    pool["max_size"] = max(pool["max_size"], settings.WORKER_THREADS + 4)


def run_worker() -> None:
    """Runs jobs until SIGTERM; those that run have 20 s, and are handed back if that is not enough."""
    consumer = WorkerConsumer(
        _blocking_reads(),
        workers=settings.WORKER_THREADS,
        periodic=False,
        worker_type="thread",
        max_delay=0.5,
        graceful_signal="TERM",
        shutdown_timeout=STOP_SECONDS,
    )
    if not _has_ledger():
        consumer.run()
        return
    _widen_pool()
    ended = threading.Event()
    sweeps = _assistants(ended)
    consumer.run()
    _guarded(hand_back)
    for thread in sweeps:
        thread.join(0.1)
    ended.set()


def hand_back() -> int:
    """Gives back what this process has not finished; others may take it at once. Returns how many jobs."""
    from community.core import jobs, leases, outbox, tasks

    given = jobs.hand_back(leases.process())
    outbox.free(leases.process())
    if given:
        log.warning("jobs_handed_back", jobs=given)
        tasks.poke_jobs(given)
    return given


def free_leases(pid: int) -> None:
    """Frees what a dead process of this machine held, and wakes somebody for it."""
    from community.core import jobs, leases, outbox, tasks

    freed = jobs.free(leases.process(pid))
    if outbox.free(leases.process(pid)):
        tasks.poke()
    if freed:
        tasks.poke_jobs(freed)


class Leader:
    """The scheduler's rounds: while it holds the leader's lock, it enters periodic jobs and sweeps."""

    def __init__(self) -> None:
        self.next_sweep = 0.0

    def tick(self) -> bool:
        """One round; whether this scheduler leads."""
        from community.core import jobs

        try:
            if not self._leads():
                return False
            jobs.enqueue_due()
            if time.monotonic() >= self.next_sweep:
                # What could not be told to Redis is told at once when it is back.
                self.next_sweep = time.monotonic() + (SWEEP_SECONDS if self._sweep() else 0.0)
        except Error as error:
            log.warning("scheduler_without_database", error=type(error).__name__)
            self._drop()
            return False
        return True

    def _sweep(self) -> bool:
        from community.core import jobs, outbox, tasks

        jobs.recover()
        told = not outbox.waiting_age() or tasks.poke()
        return (not jobs.due() or tasks.poke_jobs(1)) and told

    def _leads(self) -> bool:
        """Holds, or just got, the session lock; a broken connection has lost it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND pid = pg_backend_pid()",
                [LEADER_LOCK],
            )
            if cursor.fetchone()[0]:
                return True
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK])
            return bool(cursor.fetchone()[0])

    def _drop(self) -> None:
        """Really ends the connection: in the pool it would go on holding the lock."""
        if connection.connection is not None:
            with contextlib.suppress(Exception):
                connection.connection.close()
        connection.close()


def run_scheduler() -> None:
    """Enters what the schedule says until SIGTERM; any number may run, one leads."""
    signals = Signals(signal.SIGTERM, signal.SIGINT)
    log.info("scheduler_started", pid=os.getpid())
    leader = Leader()
    while not signals.received():
        try:
            leader.tick()
        except Exception:  # a job with a broken schedule must not stop the others for ever
            log.exception("scheduler_failed")
        select.select([signals], [], [], 1.0)
