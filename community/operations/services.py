"""What administrators do to the machinery; each act leaves a line in the log with who did it."""

from __future__ import annotations

from community.accounts.models import User
from community.accounts.permissions import Actor
from community.core import jobs
from community.core.errors import NotAllowed, NotSignedIn
from community.core.models import Job
from community.operations.permissions import can_run_jobs


def start_job(*, actor: Actor, queue: str, name: str, data: object = None) -> Job:
    """Enters a declared job. Raises NotAllowed, and Invalid with the names there are or a message for each field."""
    return jobs.start_by_hand(queue, name, data, actor_id=_operator(actor).pk)


def retry_job(*, actor: Actor, job_id: int) -> Job:
    """Gives a job that was given up all its tries again. Raises NotAllowed, NotFound, Conflict."""
    return jobs.retry_job(job_id, actor_id=_operator(actor).pk)


def dismiss_job(*, actor: Actor, job_id: int) -> None:
    """Puts a job that was given up away for good. Raises NotAllowed, NotFound, Conflict."""
    jobs.dismiss_job(job_id, actor_id=_operator(actor).pk)


def set_queue_paused(*, actor: Actor, queue: str, paused: bool) -> str:
    """Pauses a queue or lets it go on; returns its name. Raises NotAllowed, Invalid."""
    return jobs.set_paused(queue, paused, actor_id=_operator(actor).pk)


def _operator(actor: Actor) -> User:
    if not isinstance(actor, User):
        raise NotSignedIn
    if not can_run_jobs(actor):
        raise NotAllowed
    return actor
