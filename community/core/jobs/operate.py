"""What operators see of the ledger, and what they may do: retry, put away, pause, start by hand."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import structlog
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from community.core.errors import Conflict, Invalid, NotFound
from community.core.jobs import registry
from community.core.jobs.ledger import enqueue
from community.core.jobs.periodic import database_now
from community.core.models import Job, JobQueue, JobSlot

log = structlog.get_logger(__name__)

MOST_PROBLEMS = 20


@dataclasses.dataclass(frozen=True)
class QueueState:
    """How a queue stands. `waiting` are due; `scheduled` have their time before them; ages are in seconds."""

    name: str
    parallel: int
    paused: bool
    waiting: int
    scheduled: int
    running: int
    done: int
    failed: int
    oldest_seconds: float


@dataclasses.dataclass(frozen=True)
class PeriodicState:
    """A job that comes by itself: its schedule in words, its last slot (None before the first) and its next."""

    queue: str
    name: str
    schedule: str
    last: datetime | None
    next: datetime


STATES = """
    SELECT queue,
        count(*) FILTER (WHERE state = 'waiting' AND run_at <= now()),
        count(*) FILTER (WHERE state = 'waiting' AND run_at > now()),
        count(*) FILTER (WHERE state = 'running'),
        count(*) FILTER (WHERE state = 'done'),
        count(*) FILTER (WHERE state = 'failed'),
        coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE state = 'waiting' AND run_at <= now())), 0)
    FROM job GROUP BY queue
"""


def queue_states() -> list[QueueState]:
    """Every queue, in the order of QUEUES, in two queries."""
    with connection.cursor() as cursor:
        cursor.execute(STATES)
        found = {name: numbers for name, *numbers in cursor.fetchall()}
    paused = set(JobQueue.objects.filter(paused=True).values_list("name", flat=True))
    states = []
    for name, parallel in registry.QUEUES.items():
        waiting, scheduled, running, done, failed, oldest = found.get(name, [0] * 6)
        states.append(
            QueueState(name, parallel, name in paused, waiting, scheduled, running, done, failed, float(oldest))
        )
    return states


def select_jobs(queue: str | None = None, state: str | None = None) -> QuerySet[Job]:
    """Jobs, the newest first; of one queue, of one state. Raises Invalid for names that do not exist."""
    rows = Job.objects.order_by("-id")
    if queue:
        rows = rows.filter(queue=registry.find_queue(queue))
    if state:
        if state not in Job.State.values:
            names = ", ".join(Job.State.values)
            raise Invalid(fields={"state": _("There is no such state. There are: %(names)s") % {"names": names}})
        rows = rows.filter(state=state)
    return rows


def list_jobs(queue: str | None = None, state: str | None = None, limit: int | None = 100) -> list[Job]:
    """The first `limit` of `select_jobs`."""
    return list(select_jobs(queue, state)[:limit])


def get_job(job_id: int) -> Job:
    """The job. Raises NotFound."""
    found = Job.objects.filter(pk=job_id).first() if 0 < job_id < 2**63 else None
    if found is None:
        raise NotFound
    return found


def periodic_states() -> list[PeriodicState]:
    """Every job that comes by itself, by queue and name, in two queries."""
    now = database_now()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, max(slot) FROM {JobSlot._meta.db_table} GROUP BY name")  # noqa: S608 - our own
        last = dict(cursor.fetchall())
    return [
        PeriodicState(
            declared.queue, declared.name, declared.schedule, last.get(declared.key), declared.every.following(now)
        )
        for declared in registry.registered()
        if declared.every
    ]


def retry_job(job_id: int, *, actor_id: int | None = None) -> Job:
    """A job that was given up gets all its tries again, from now. Raises NotFound, and Conflict for any other job.

    This and what follows is logged with `actor_id`: None for a command.
    """
    return _change_failed(job_id, again=True, actor_id=actor_id)


def dismiss_job(job_id: int, *, actor_id: int | None = None) -> Job:
    """Puts a job that was given up away for good, and returns what it was. Raises NotFound and Conflict."""
    return _change_failed(job_id, again=False, actor_id=actor_id)


def _change_failed(job_id: int, *, again: bool, actor_id: int | None) -> Job:
    get_job(job_id)
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id).first()
        if job is None:
            raise NotFound
        if job.state != Job.State.FAILED:
            raise Conflict(_("This job is %(state)s; only failed ones can be changed.") % {"state": job.state})
        if again:
            Job.objects.filter(pk=job_id).update(
                state=Job.State.WAITING, run_at=Now(), attempts=0, failures=0, finished_at=None
            )
        else:
            Job.objects.filter(pk=job_id).delete()
        event = "job_retried_by_hand" if again else "job_dismissed_by_hand"
        log.info(event, actor_id=actor_id, job_id=job_id, queue=job.queue, job=job.name)
        return get_job(job_id) if again else job


def set_paused(queue: str, paused: bool, *, actor_id: int | None = None) -> str:
    """Pauses a queue, or lets it go on; returns its name. What runs is finished. Raises Invalid."""
    name = registry.find_queue(queue)
    JobQueue.objects.update_or_create(name=name, defaults={"paused": paused})
    log.info("job_queue_paused" if paused else "job_queue_resumed", actor_id=actor_id, queue=name)
    return name


def start_by_hand(queue: str, name: str, data: object = None, *, actor_id: int | None = None) -> Job:
    """Enters a job that may be started by hand. Raises Invalid with its fields; those of the data as `data.name`."""
    declared = registry.find(queue, name)
    if not declared.startable:
        raise Invalid(fields={"job": _("This job cannot be started by hand.")})
    _check(declared, data)
    with transaction.atomic():
        job_id = enqueue(declared.queue, declared.name, data)
        assert job_id is not None  # noqa: S101 - it has no key
        log.info("job_started_by_hand", actor_id=actor_id, job_id=job_id, queue=declared.queue, job=declared.name)
        return get_job(job_id)


def _check(declared: registry.Declared, data: object) -> None:
    """Raises Invalid for data that the job does not take."""
    try:
        declared.read(data)
    except Invalid as error:
        problems = list(error.fields.items()) or [("data", error.message)]
        fields = {name if name == "data" else f"data.{name[:100]}": text for name, text in problems[:MOST_PROBLEMS]}
        raise Invalid(fields=fields) from error
