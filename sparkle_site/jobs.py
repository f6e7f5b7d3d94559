"""The job queue: one huey instance on Redis, and the loops of worker and scheduler.

Redis carries only the poke; whatever matters stands in PostgreSQL (see community/core/outbox.py).
"""

from __future__ import annotations

import time

from django.conf import settings
from django.db import connection
from huey import PriorityRedisExpireHuey
from huey.consumer import Consumer, Scheduler
from huey.serializer import SignedSerializer
from redis import ConnectionPool

SWEEP_SECONDS = 5
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


class LeadingScheduler(Scheduler):
    """Enqueues periodic jobs while it holds the leader's lock, and asks for a sweep of the outbox every 5 s."""

    _next_sweep = 0.0

    def loop(self, now: object = None) -> None:
        """One round; a scheduler that does not lead only waits."""
        if not self._leads():
            time.sleep(1)
            self._next_loop = time.monotonic()
            self._next_periodic = time.monotonic()
            return
        super().loop(now)
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + SWEEP_SECONDS
            self._sweep()

    def _sweep(self) -> None:
        from community.core.tasks import poke

        poke()

    def _leads(self) -> bool:
        """Holds, or just got, the session lock; a broken connection has lost it."""
        from django.db import Error

        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_locks"
                    " WHERE locktype = 'advisory' AND objid = %s AND pid = pg_backend_pid()",
                    [LEADER_LOCK],
                )
                if cursor.fetchone()[0]:
                    return True
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK])
                return bool(cursor.fetchone()[0])
        except Error as error:
            self._logger.warning("The scheduler cannot reach the database: %s", error)
            connection.close()
            return False


class SchedulerOnly(Consumer):
    """A huey consumer without workers: the scheduler process."""

    scheduler_class = LeadingScheduler


def _blocking_reads() -> PriorityRedisExpireHuey:
    """The instance with a read limit above huey's blocking pop of one second."""
    from huey.contrib.djhuey import HUEY

    HUEY.storage.pool.connection_kwargs["socket_timeout"] = 5
    return HUEY


def run_worker() -> None:
    """Runs jobs until SIGTERM; jobs that run are finished, for at most 20 s."""
    _blocking_reads().create_consumer(
        workers=settings.WORKER_THREADS,
        periodic=False,
        worker_type="thread",
        max_delay=0.5,
        graceful_signal="TERM",
        shutdown_timeout=20,
    ).run()


def run_scheduler() -> None:
    """Enqueues what the schedule says until SIGTERM; any number may run, one leads."""
    SchedulerOnly(_blocking_reads(), workers=0, periodic=True, graceful_signal="TERM", shutdown_timeout=5).run()
