"""Shapes of queues, jobs and schedules."""

from __future__ import annotations

from rest_framework import serializers

from community.core.api import pagination
from community.core.api.fields import (
    IdField,
    InstantField,
    RawJSONField,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
)
from community.core.api.serializers import Input, Shape
from community.core.models import Job

MOST_NAME = 60


class QueueShape(Shape):
    """How a queue stands."""

    queue = serializers.CharField(source="name")
    parallel = serializers.IntegerField(help_text="How many of its jobs run side by side at most.")
    paused = serializers.BooleanField(help_text="None of its jobs is begun; what runs is finished.")
    waiting = serializers.IntegerField(help_text="Jobs that are due.")
    scheduled = serializers.IntegerField(help_text="Jobs whose time has not come.")
    running = serializers.IntegerField()
    done = serializers.IntegerField(help_text="Successes of the last hour, at most 100 or so.")
    failed = serializers.IntegerField(help_text="Given up; kept until retried or dismissed.")
    oldest_age = serializers.FloatField(source="oldest_seconds", help_text="Seconds the first of them is due.")


class JobShape(Shape):
    """A job of the ledger."""

    id = IdField(source="pk")
    queue = serializers.CharField()
    job = serializers.CharField(source="name")
    state = serializers.ChoiceField(choices=Job.State.choices)
    data = RawJSONField(help_text="What it was given.")  # type: ignore[assignment]
    priority = serializers.IntegerField(help_text="Higher comes first.")
    attempts = serializers.IntegerField(help_text="How often it was begun.")
    failures = serializers.IntegerField(help_text="How often it ended in an error.")
    max_failures = serializers.IntegerField(source="max_attempts", help_text="Errors until it is given up.")
    run_at = InstantField(help_text="Not before then.")
    created_at = InstantField()
    started_at = InstantField(allow_null=True)
    finished_at = InstantField(allow_null=True)
    request_id = serializers.CharField(
        source="correlation_id", allow_blank=True, help_text="Under which its cause stands in the logs."
    )
    error = serializers.SerializerMethodField(help_text="The last line of its last error; empty without one.")
    trace = serializers.CharField(source="last_error", allow_blank=True, help_text="Its last error with the trace.")

    def get_error(self, job: Job) -> str:
        """The end of a trace says what happened."""
        return next((line.strip()[:500] for line in reversed(job.last_error.splitlines()) if line.strip()), "")


class PeriodicShape(Shape):
    """A job that comes by itself."""

    queue = serializers.CharField()
    job = serializers.CharField(source="name")
    schedule = serializers.CharField(help_text="In words; times are UTC.")
    last_run = InstantField(
        source="last", allow_null=True, help_text="Its newest time that was dealt with; null before."
    )
    next_run = InstantField(source="next")


class StartableShape(Shape):
    """A job that may be started by hand."""

    queue = serializers.CharField()
    job = serializers.CharField(source="name")
    summary = serializers.CharField(allow_blank=True, help_text="What it does.")
    data = serializers.DictField(  # type: ignore[assignment]
        source="schema", child=serializers.CharField(), help_text="What it takes: a name to a type."
    )


class OverviewShape(Shape):
    """How the jobs stand."""

    queues = QueueShape(many=True)
    errors = JobShape(  # type: ignore[assignment]
        many=True, help_text="The newest jobs that were given up, at most 20."
    )
    periodic = PeriodicShape(many=True)
    startable = StartableShape(many=True)


class LedgerQuery(pagination.PageQuery):
    """Which jobs."""

    queue = StrictCharField(required=False, max_length=MOST_NAME, help_text="Of this queue.")
    state = StrictChoiceField(required=False, choices=Job.State.choices, help_text="In this state.")


class StartInput(Input):
    """A job to start."""

    queue = StrictCharField(max_length=MOST_NAME, help_text="Its queue, also by an alias.")
    job = StrictCharField(max_length=MOST_NAME, help_text="Its name.")
    data = RawJSONField(  # type: ignore[assignment]
        required=False, default=dict, help_text="What it takes, by the names of `startable`."
    )


class StartedShape(Shape):
    """A job that was started."""

    job_id = IdField(source="pk")
    queue = serializers.CharField()
    job = serializers.CharField(source="name")


class QueueInput(Input):
    """What a queue is to do."""

    paused = StrictBooleanField(help_text="Begin none of its jobs.")
