"""Jobs for tests: declared for one test only, and run as a worker runs them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.db import transaction

from community.core import jobs
from community.core.jobs import registry
from community.core.models import Job


@dataclasses.dataclass(frozen=True)
class Greeting:
    """What the job `email/greet` takes."""

    person_id: int
    words: list[str] = dataclasses.field(default_factory=list)
    loud: bool = False


def declare(monkeypatch: pytest.MonkeyPatch) -> list[Greeting]:
    """Declares `email/greet`, `email/break`, which fails at once, and `email/inner`, not started by hand.

    Returns the list into which `greet` writes what it was given.
    """
    greeted: list[Greeting] = []
    monkeypatch.setattr(registry, "_declared", dict(registry._declared))

    def greet(data: Greeting) -> None:
        """Greets somebody."""
        greeted.append(data)

    def fall() -> None:
        """Fails."""
        raise ValueError("It broke.")

    jobs.job(queue="email", name="greet", data=Greeting)(greet)
    jobs.job(queue="email", name="break", tries=1)(fall)
    jobs.job(queue="email", name="inner", startable=False)(fall)
    return greeted


def enter(queue: str, name: str, data: object = None, **options: Any) -> int:
    """The id of a new job."""
    with transaction.atomic():
        job_id = jobs.enqueue(queue, name, data, **options)
    assert job_id is not None
    return job_id


def broken() -> Job:
    """A job that was given up."""
    job_id = enter("email", "break")
    jobs.work()
    return jobs.get_job(job_id)
