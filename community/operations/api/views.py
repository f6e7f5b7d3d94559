"""The API of jobs: how they stand, starting, retrying and dismissing them, pausing queues."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from community.core import jobs
from community.core.api import pagination
from community.core.api.fields import identity
from community.core.api.operations import PATH_ID, operation
from community.core.api.views import ApiView
from community.core.models import Job
from community.operations import selectors, services
from community.operations.api.serializers import (
    JobShape,
    LedgerQuery,
    OverviewShape,
    QueueInput,
    QueueShape,
    StartedShape,
    StartInput,
)
from community.operations.permissions import can_run_jobs

PATH_QUEUE = OpenApiParameter(
    "queue",
    {"type": "string", "enum": [*jobs.QUEUES, *jobs.ALIASES]},
    OpenApiParameter.PATH,
    description="The name of the queue, or an alias.",
)


class Administrators(BasePermission):
    """Refuses others before anything of their request is looked at."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """May this request go on to the view?"""
        return can_run_jobs(request.user)


class AdminView(ApiView):
    """What is for administrators only: guests get 401, others 403."""

    permission_classes = [Administrators]


class JobsView(AdminView):
    """The jobs as a whole."""

    @operation("getJobs", tag="Operations", access="signed-in", answer=OverviewShape, errors=[403])
    def get(self, request: Request) -> selectors.Overview:
        """See how the jobs stand

        Every queue, the newest jobs that were given up, what comes by itself, and what may be started by hand.
        """
        return selectors.get_overview(viewer=request.user)

    @operation("startJob", tag="Operations", access="signed-in", body=StartInput, answer=StartedShape, status=202)
    def post(self, request: Request, body: dict[str, Any]) -> Job:
        """Start a job

        An unknown queue or job is 400 with the names there are, wrong data 400 with a message for each field.
        """
        return services.start_job(actor=request.user, queue=body["queue"], name=body["job"], data=body["data"])


class LedgerView(AdminView):
    """The single jobs."""

    @operation(
        "listJobs",
        tag="Operations",
        access="signed-in",
        query=LedgerQuery,
        answer=JobShape,
        wraps=pagination.pages_of,
        errors=[403],
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List jobs

        The newest first. Successes are kept for an hour, jobs that were given up until retried or dismissed.
        """
        page, limit = query.pop("page"), query.pop("limit")
        return pagination.page_of_rows(selectors.list_jobs(viewer=request.user, **query), page=page, limit=limit)


class JobView(AdminView):
    """A job."""

    @operation("getJob", tag="Operations", access="signed-in", answer=JobShape, parameters=[PATH_ID], errors=[403])
    def get(self, request: Request, id: str) -> Job:
        """Get a job with the trace of its last error"""
        return selectors.get_job(identity(id) or 0, viewer=request.user)

    @operation("dismissJob", tag="Operations", access="signed-in", status=204, parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Dismiss a job that was given up

        It is put away for good. Any other job is 409.
        """
        services.dismiss_job(actor=request.user, job_id=identity(id) or 0)


class RetryView(AdminView):
    """Another go at a job."""

    @operation("retryJob", tag="Operations", access="signed-in", answer=JobShape, status=202, parameters=[PATH_ID])
    def post(self, request: Request, id: str) -> Job:
        """Retry a job that was given up

        It gets all its tries again, from now. Any other job is 409.
        """
        return services.retry_job(actor=request.user, job_id=identity(id) or 0)


class QueueView(AdminView):
    """A queue."""

    @operation(
        "getQueue", tag="Operations", access="signed-in", answer=QueueShape, parameters=[PATH_QUEUE], errors=[400, 403]
    )
    def get(self, request: Request, queue: str) -> jobs.QueueState:
        """See how a queue stands

        An unknown one is 400 with the names there are.
        """
        return selectors.get_queue(queue, viewer=request.user)

    @operation(
        "changeQueue",
        tag="Operations",
        access="signed-in",
        body=QueueInput,
        answer=QueueShape,
        parameters=[PATH_QUEUE],
    )
    def put(self, request: Request, queue: str, body: dict[str, Any]) -> jobs.QueueState:
        """Pause a queue, or let it go on

        What runs is finished. An unknown queue is 400 with the names there are.
        """
        name = services.set_queue_paused(actor=request.user, queue=queue, paused=body["paused"])
        return selectors.get_queue(name, viewer=request.user)
