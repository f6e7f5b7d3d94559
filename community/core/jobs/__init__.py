"""Jobs: work for later, entered in PostgreSQL with the change that wants it, and run at least once by a worker.

Apps declare functions with `@job` in their tasks.py, services `enqueue`. Nothing here knows a job queue: a poke
after the commit only wakes workers, and the ledger is the truth.
"""

from community.core.jobs.ledger import (
    Claimed,
    claim,
    due,
    enqueue,
    fail,
    finish,
    free,
    hand_back,
    on_enqueued,
    purge,
    recover,
    renew,
)
from community.core.jobs.operate import (
    PeriodicState,
    QueueState,
    dismiss_job,
    get_job,
    list_jobs,
    periodic_states,
    queue_states,
    retry_job,
    select_jobs,
    set_paused,
    start_by_hand,
)
from community.core.jobs.periodic import database_now, enqueue_due, purge_slots
from community.core.jobs.registry import ALIASES, QUEUES, Declared, find, find_queue, job, registered
from community.core.jobs.runner import renew_leases, running, work
from community.core.jobs.schedule import Cron

__all__ = [
    "ALIASES", "QUEUES", "Claimed", "Cron", "Declared", "PeriodicState", "QueueState", "claim", "database_now",
    "dismiss_job", "due", "enqueue", "enqueue_due", "fail", "find", "find_queue", "finish", "free", "get_job",
    "hand_back", "job", "list_jobs", "on_enqueued", "periodic_states", "purge", "purge_slots", "queue_states",
    "recover", "registered", "renew", "renew_leases", "retry_job", "running", "select_jobs", "set_paused",
    "start_by_hand", "work",
]  # fmt: skip
