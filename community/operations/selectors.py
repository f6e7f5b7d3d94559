"""Reading the machinery: queues, jobs and schedules, for administrators."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from django.db.models import QuerySet

from community.accounts.permissions import Actor
from community.core import jobs
from community.core.errors import NotAllowed
from community.core.models import Job
from community.operations.permissions import can_run_jobs

ERRORS_SHOWN = 20


@dataclasses.dataclass(frozen=True)
class Overview:
    """How the jobs stand: every queue, the last jobs that were given up, schedules, and what can be started."""

    queues: Sequence[jobs.QueueState]
    errors: Sequence[Job]
    periodic: Sequence[jobs.PeriodicState]
    startable: Sequence[jobs.Declared]


def get_overview(*, viewer: Actor) -> Overview:
    """How the jobs stand, in a fixed number of queries. Raises NotAllowed."""
    _require(viewer)
    return Overview(
        queues=jobs.queue_states(),
        errors=jobs.list_jobs(state=Job.State.FAILED, limit=ERRORS_SHOWN),
        periodic=jobs.periodic_states(),
        startable=[declared for declared in jobs.registered() if declared.startable],
    )


def list_jobs(*, viewer: Actor, queue: str | None = None, state: str | None = None) -> QuerySet[Job]:
    """Jobs of the ledger, the newest first. Raises NotAllowed, and Invalid for unknown names."""
    _require(viewer)
    return jobs.select_jobs(queue, state)


def get_job(job_id: int, *, viewer: Actor) -> Job:
    """The job. Raises NotAllowed before NotFound, so that nobody else learns which there are."""
    _require(viewer)
    return jobs.get_job(job_id)


def get_queue(name: str, *, viewer: Actor) -> jobs.QueueState:
    """How a queue stands; its name may be an alias. Raises NotAllowed, and Invalid with the names there are."""
    _require(viewer)
    wanted = jobs.find_queue(name)
    return next(state for state in jobs.queue_states() if state.name == wanted)


def _require(viewer: Actor) -> None:
    if not can_run_jobs(viewer):
        raise NotAllowed
