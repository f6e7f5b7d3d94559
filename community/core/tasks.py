"""The core's jobs: delivering and clearing away facts. Facts poke a worker after commit; a sweep finds the rest."""

from __future__ import annotations

import structlog
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, db_task
from redis.exceptions import RedisError

from community.core import limits, outbox

log = structlog.get_logger(__name__)


@db_task()
def deliver_facts() -> int:
    """Delivers what waits; safe to run at any time, also side by side."""
    return outbox.deliver()


@db_periodic_task(crontab(minute="*"))
def sweep_facts() -> int:
    """Delivers what a crash, a lost poke or a back-off left behind."""
    return outbox.deliver(limit=1000)


@db_periodic_task(crontab(minute="10", hour="3"))
def purge_facts() -> int:
    """Clears delivered facts away after their 30 days."""
    return outbox.purge()


@db_periodic_task(crontab(minute="50"))
def forget_old_limits() -> int:
    """Clears away the counts of limits whose windows are over."""
    return limits.forget_old()


def poke() -> None:
    """Asks a worker to deliver now. Without Redis the facts wait for the sweep, and nobody else notices."""
    try:
        deliver_facts()
    except RedisError as error:
        log.warning("outbox_poke_failed", error=type(error).__name__)
