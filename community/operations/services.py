"""What administrators do to the machinery; each act is entered in the audit log, with its effect or not at all."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.accounts.permissions import Actor
from community.core import audit, jobs
from community.core.errors import NotAllowed, NotSignedIn
from community.core.models import Job
from community.operations.permissions import can_run_jobs

STARTED = audit.declare("job.started", _("job started"))
RETRIED = audit.declare("job.retried", _("job retried"))
DISMISSED = audit.declare("job.dismissed", _("job dismissed"))
PAUSED = audit.declare("queue.paused", _("queue paused or resumed"))


@transaction.atomic
def start_job(*, actor: Actor, queue: str, name: str, data: object = None) -> Job:
    """Enters a declared job. Raises NotAllowed, and Invalid with the names there are or a message for each field."""
    operator = _operator(actor)
    job = jobs.start_by_hand(queue, name, data, actor_id=operator.pk)
    _note(operator, STARTED, job)
    return job


@transaction.atomic
def retry_job(*, actor: Actor, job_id: int) -> Job:
    """Gives a job that was given up all its tries again. Raises NotAllowed, NotFound, Conflict."""
    operator = _operator(actor)
    job = jobs.retry_job(job_id, actor_id=operator.pk)
    _note(operator, RETRIED, job)
    return job


@transaction.atomic
def dismiss_job(*, actor: Actor, job_id: int) -> None:
    """Puts a job that was given up away for good. Raises NotAllowed, NotFound, Conflict."""
    operator = _operator(actor)
    job = jobs.get_job(job_id)
    jobs.dismiss_job(job_id, actor_id=operator.pk)
    _note(operator, DISMISSED, job)


@transaction.atomic
def set_queue_paused(*, actor: Actor, queue: str, paused: bool) -> str:
    """Pauses a queue or lets it go on; returns its name. Raises NotAllowed, Invalid."""
    operator = _operator(actor)
    name = jobs.set_paused(queue, paused, actor_id=operator.pk)
    audit.record(actor=operator, act=PAUSED, target_kind="queue", after={"queue": name, "paused": paused})
    return name


def _note(operator: User, act: str, job: Job) -> None:
    named = {"queue": job.queue, "name": job.name}
    audit.record(actor=operator, act=act, target_kind="job", target_id=job.pk, after=named)


def _operator(actor: Actor) -> User:
    if not isinstance(actor, User):
        raise NotSignedIn
    if not can_run_jobs(actor):
        raise NotAllowed
    return actor
