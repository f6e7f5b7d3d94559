"""The core's jobs, and how workers are woken: a poke after the commit, and sweeps for what a poke has missed.

This is the only place that knows huey: its messages carry nothing, the rows in PostgreSQL say what there is to do.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

import structlog
from huey.contrib.djhuey import db_task
from redis.exceptions import RedisError

from community.core import audit, generations, idempotency, integrity, jobs, limits, mail, outbox
from community.core.cache import breaker_for
from community.core.jobs import Cron, job

log = structlog.get_logger(__name__)

#: Set when this process stops: nothing new is begun.
stopping = threading.Event()
#: Jobs a thread runs for one poke; then facts, which go first in the queue, have their turn.
TURN = 100
#: More pokes than this wake nobody who is not awake.
POKES = 8


class Unsound(Exception):
    """The data breaks promises; the findings stand in the message."""


@db_task(priority=1)
def deliver_facts() -> int:
    """Delivers what waits; safe to run at any time, also side by side."""
    return outbox.deliver(stopping=stopping.is_set)


@db_task()
def run_jobs() -> int:
    """Runs what is due, for a turn; safe to run at any time, also side by side."""
    ran = jobs.work(limit=TURN, stopping=stopping.is_set)
    if ran == TURN and not stopping.is_set():
        poke_jobs(1)
    return ran


def sweep() -> None:
    """Does what pokes and bumps have missed: ends leases, wakes threads for jobs, delivers facts, renews pages."""
    generations.make_up()
    jobs.recover()
    if jobs.due():
        poke_jobs(POKES)
    outbox.deliver(limit=1000, stopping=stopping.is_set)


def poke() -> bool:
    """Asks a worker to deliver now; False without Redis: the facts wait for the sweep, and nobody else notices."""
    return _poked(deliver_facts, 1)


def poke_jobs(number: int) -> bool:
    """Wakes workers for so many new jobs; False without Redis: the jobs wait for the sweep."""
    return _poked(run_jobs, min(number, POKES))


def _poked(task: Callable[[], object], times: int) -> bool:
    """Whether Redis took the pokes. One that hangs is not asked for a while: people wait for it at each change."""
    breaker = breaker_for("queue")
    if not breaker.allows():
        return False
    try:
        for _ in range(times):
            task()
    except RedisError as error:
        breaker.failed(error)
        log.warning("poke_failed", error=type(error).__name__)
        return False
    breaker.succeeded()
    return True


@job(queue="cleanup", name="old-facts", every=Cron(hour=3, minute=10))
def purge_facts() -> int:
    """Clears delivered facts away after their 30 days."""
    return outbox.purge()


@dataclasses.dataclass(frozen=True)
class MailToDeliver:
    """A message, and which of its jobs this is."""

    message_id: int
    round: int


@job(queue="email", name="deliver", data=MailToDeliver, startable=False)
def deliver_mail(data: MailToDeliver) -> str:
    """Sends one mail, or puts it off when no mail server takes it now."""
    return mail.deliver(data.message_id, data.round)


@job(queue="email", name="overdue", every=Cron(step=5))
def make_up_mail() -> int:
    """Looks after mails whose job was given up: each gets another one."""
    return mail.make_up()


@job(queue="cleanup", name="old-mail", every=Cron(minute=45))
def forget_old_mail() -> int:
    """Clears away what is left of mails that ended a week ago."""
    return mail.purge()


@job(queue="cleanup", name="old-limits", every=Cron(minute=50))
def forget_old_limits() -> int:
    """Clears away the counts of limits whose windows are over."""
    return limits.forget_old()


@job(queue="cleanup", name="old-answers", every=Cron(minute=55))
def forget_old_answers() -> int:
    """Clears away the answers kept under idempotency keys that are over."""
    return idempotency.forget_old()


@job(queue="cleanup", name="old-jobs", every=Cron(step=5))
def purge_jobs() -> int:
    """Clears away jobs that succeeded, after an hour, and moments of schedules that nobody asks for any more."""
    return jobs.purge() + jobs.purge_slots()


@job(queue="cleanup", name="old-audit", every=Cron(hour=3, minute=20))
def forget_old_audit() -> int:
    """Clears away entries of the audit log after two years."""
    return audit.forget_old()


@job(queue="cleanup", name="integrity", every=Cron(hour=4, minute=0), tries=1)
def check_integrity() -> None:
    """Checks what must always be true of the data; fails with the findings."""
    findings = integrity.run_checks()
    for finding in findings:
        log.error("integrity_broken", check=finding.check, finding=finding.message)
    if findings:
        raise Unsound("\n".join(f"{finding.check}: {finding.message}" for finding in findings[:50]))
