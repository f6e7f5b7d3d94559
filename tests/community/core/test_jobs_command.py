"""`manage.py jobs`: what an operator sees of the ledger and does to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from community.core import jobs
from community.core.models import Job
from tests.support.jobs import Greeting, broken, declare, enter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def greeted(monkeypatch: pytest.MonkeyPatch) -> list[Greeting]:
    return declare(monkeypatch)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Any:
    """What the command says."""

    def run(*words: str) -> str:
        call_command("jobs", *words)
        return capsys.readouterr().out

    return run


def row_of(text: str, name: str) -> list[str]:
    """The words of the row that begins with `name`."""
    return next(line.split() for line in text.splitlines() if line.startswith(name))


def test_queues_are_counted(say: Any) -> None:
    broken()
    enter("email", "greet", Greeting(1))
    assert row_of(say("queues"), "email")[1:6] == ["1", "0", "0/5", "0", "1"]
    assert [line.split()[0] for line in say("queues").splitlines()[1:]] == list(jobs.QUEUES)


def test_jobs_are_listed_by_queue_and_state(say: Any) -> None:
    assert say("list") == "none\n"
    failed = broken()
    enter("media", "image")
    assert "media/image" in say("list")
    assert "media/image" not in say("list", "--state", "failed")
    assert f"{failed.pk}  email/break" in say("list", "--queue", "email")
    assert "ValueError: It broke." in say("list", "--queue", "email")


def test_a_long_list_says_that_it_is_cut(say: Any) -> None:
    for number in range(101):
        enter("email", "greet", Greeting(number))
    assert "… the newest 100 are shown" in say("list")


def test_a_job_is_shown_with_its_trace(say: Any) -> None:
    text = say("show", str(broken().pk))
    assert "email/break" in text
    assert "failed 1 of 1" in text
    assert 'raise ValueError("It broke.")' in text
    waiting = say("show", str(enter("email", "greet", Greeting(7))))
    assert '"person_id": 7' in waiting
    assert "ended     -" in waiting


def test_a_failed_job_is_retried_or_put_away(say: Any) -> None:
    first, second = broken(), broken()
    assert "will run again" in say("retry", str(first.pk))
    assert Job.objects.get(pk=first.pk).state == "waiting"
    assert "put away" in say("dismiss", str(second.pk))
    assert not Job.objects.filter(pk=second.pk).exists()
    with pytest.raises(CommandError, match="only failed ones"):
        call_command("jobs", "retry", str(first.pk))
    with pytest.raises(CommandError, match="nothing here"):
        call_command("jobs", "dismiss", str(second.pk))


def test_a_queue_is_paused_and_goes_on(say: Any) -> None:
    enter("email", "greet", Greeting(1))
    assert say("pause", "email") == "email is paused\n"
    assert row_of(say("queues"), "email")[-1] == "paused"
    assert jobs.work() == 0
    assert say("resume", "email") == "email goes on\n"
    assert jobs.work() == 1
    with pytest.raises(CommandError, match="publishing"):
        call_command("jobs", "pause", "constructor")


def test_a_job_is_started_with_its_data(say: Any, greeted: list[Greeting]) -> None:
    assert "email/greet entered as job" in say("start", "email", "greet", "--data", '{"person_id": 7}')
    assert "media/image entered as job" in say("start", "image-processing", "image")
    Job.objects.filter(queue="media").delete()
    jobs.work()
    assert greeted == [Greeting(7)]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["nothing", "greet"], "publishing"),
        (["email", "__proto__"], "greet"),
        (["email", "inner"], "by hand"),
        (["email", "greet"], r"data\.person_id"),
        (["email", "greet", "--data", '{"person_id": "x"}'], "whole number"),
        (["email", "greet", "--data", "[]"], "object"),
        (["email", "greet", "--data", "{"], "not JSON"),
    ],
)
def test_what_cannot_be_started_says_why(words: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("jobs", "start", *words)
    assert not Job.objects.exists()


def test_schedules_are_shown_with_their_last_and_next_time(say: Any) -> None:
    assert row_of(say("periodic"), "cleanup/bin")[1:6] == ["daily", "at", "03:20", "UTC", "-"]
    jobs.enqueue_due()
    row = row_of(say("periodic"), "cleanup/bin")
    assert row[6] == row[8] == "03:20:00"
