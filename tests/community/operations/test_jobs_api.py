"""The API of jobs: how they stand, starting by hand from the declared ones only, retry, dismissal, pause."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from community.core import jobs
from community.core.models import Job
from tests.support.api import data_of, error_of, fields_of, send
from tests.support.jobs import Greeting, broken, declare, enter

JOBS = "/api/admin/jobs"
LEDGER = f"{JOBS}/ledger"
#: Names that every object of some languages has, and others that are none of ours.
UNKNOWN = ["constructor", "__proto__", "toString", "__class__", "registered", "greet/../bin", "EMAIL", "电", "x" * 60]

pytestmark = pytest.mark.django_db


@pytest.fixture
def greeted(monkeypatch: pytest.MonkeyPatch) -> list[Greeting]:
    return declare(monkeypatch)


@pytest.fixture
def admin(client_for: Any, cast: Any, greeted: Any) -> Any:
    return client_for(cast.admin)


def start(client: Any, queue: Any = "email", job: Any = "greet", **more: Any) -> Any:
    return send(client, "post", JOBS, {"queue": queue, "job": job, **more})


def queue_of(overview: Any, name: str) -> Any:
    return next(queue for queue in overview["queues"] if queue["queue"] == name)


def lines(logs: list[Any], event: str) -> list[dict[str, Any]]:
    keys = ("actor_id", "queue", "job", "job_id")
    return [{key: line[key] for key in keys if key in line} for line in logs if line["event"] == event]


def test_others_hear_401_or_403_whatever_they_send(client: Any, client_for: Any, cast: Any) -> None:
    for method, path in (
        ("get", JOBS), ("post", JOBS), ("get", LEDGER), ("get", f"{JOBS}/1"), ("delete", f"{JOBS}/1"),
        ("get", f"{JOBS}/x"), ("post", f"{JOBS}/1/retry"), ("put", f"{JOBS}/queues/email"), ("get", f"{JOBS}/queues/x"),
    ):  # fmt: skip
        for body in ({}, {"queue": "none", "job": []}):
            sent = {} if method == "get" else body
            assert error_of(send(client, method, path, sent)) == (401, "AUTHENTICATION_ERROR")
            for person in (cast.fan, cast.moderator, cast.editor, cast.suspended):
                assert error_of(send(client_for(person), method, path, sent)) == (403, "AUTHORIZATION_ERROR")
    assert not Job.objects.exists()


def test_the_overview_counts_each_state(admin: Any) -> None:
    failed = broken()
    data_of(start(admin, data={"person_id": 1}), 202)
    jobs.work()
    enter("email", "greet", Greeting(1))
    jobs.claim("here:1:1")
    enter("email", "greet", Greeting(2), run_at=timezone.now() - timedelta(minutes=5))
    enter("email", "greet", Greeting(3), run_at=timezone.now() + timedelta(hours=1))
    overview = data_of(admin.get(JOBS))
    email = queue_of(overview, "email")
    assert 299 < email.pop("oldestAge") < 400
    assert email == {
        "queue": "email", "parallel": 5, "paused": False,
        "waiting": 1, "scheduled": 1, "running": 1, "done": 1, "failed": 1,
    }  # fmt: skip
    assert [queue["queue"] for queue in overview["queues"]] == list(jobs.QUEUES)
    assert queue_of(overview, "media")["oldestAge"] == 0
    (error,) = overview["errors"]
    assert (error["id"], error["job"], error["error"]) == (str(failed.pk), "break", "ValueError: It broke.")
    assert error["trace"].startswith("Traceback")


def test_the_overview_shows_what_comes_by_itself_and_what_may_be_started(admin: Any) -> None:
    overview = data_of(admin.get(JOBS))
    periodic = next(one for one in overview["periodic"] if (one["queue"], one["job"]) == ("cleanup", "bin"))
    assert (periodic["schedule"], periodic["lastRun"]) == ("daily at 03:20 UTC", None)
    assert periodic["nextRun"].endswith("T03:20:00Z")
    jobs.enqueue_due()
    periodic = next(one for one in data_of(admin.get(JOBS))["periodic"] if one["job"] == "bin")
    assert periodic["lastRun"].endswith("T03:20:00Z")
    startable = {(one["queue"], one["job"]): one for one in overview["startable"]}
    assert startable["email", "greet"] == {
        "queue": "email", "job": "greet", "summary": "Greets somebody.",
        "data": {"person_id": "int", "words": "list[str] = []", "loud": "bool = False"},
    }  # fmt: skip
    assert ("email", "inner") not in startable


def test_a_started_job_runs_with_its_data_and_leaves_a_line(admin: Any, cast: Any, greeted: list[Greeting]) -> None:
    with capture_logs() as logs:
        started = data_of(start(admin, data={"person_id": 7, "words": ["hi"]}), 202)
    assert started == {"jobId": started["jobId"], "queue": "email", "job": "greet"}
    job_id = int(started["jobId"])
    assert lines(logs, "job_started_by_hand") == [
        {"actor_id": cast.admin.pk, "queue": "email", "job": "greet", "job_id": job_id}
    ]
    assert data_of(admin.get(f"{JOBS}/{job_id}"))["state"] == "waiting"
    jobs.work()
    assert greeted == [Greeting(7, ["hi"])]
    assert data_of(admin.get(f"{JOBS}/{job_id}"))["state"] == "done"


def test_a_queue_may_be_named_by_an_alias(admin: Any) -> None:
    started = data_of(start(admin, queue="image-processing", job="image"), 202)
    assert started["queue"] == "media"


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_names_hear_which_there_are(admin: Any, name: str) -> None:
    queue, job = fields_of(start(admin, queue=name)), fields_of(start(admin, job=name))
    assert set(queue) == {"queue"}
    assert "publishing" in queue["queue"]
    assert set(job) == {"job"}
    assert "greet" in job["job"]
    assert not Job.objects.exists()


def test_a_job_that_is_not_for_hands_is_refused(admin: Any) -> None:
    assert set(fields_of(start(admin, job="inner"))) == {"job"}
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, {"data.person_id"}),
        (None, {"data"}),
        ([], {"data"}),
        ("x", {"data"}),
        ({"person_id": "7"}, {"data.person_id"}),
        ({"person_id": True}, {"data.person_id"}),
        ({"person_id": 1, "loud": 1, "words": [1]}, {"data.loud", "data.words"}),
        ({"person_id": 1, "__proto__": {}, "to": "all"}, {"data.__proto__", "data.to"}),
    ],
)
def test_wrong_data_has_a_message_for_each_field(admin: Any, data: Any, fields: set[str]) -> None:
    assert set(fields_of(start(admin, data=data))) == fields
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "body", [{}, {"queue": 1, "job": []}, {"queue": "", "job": " "}, {"queue": "x" * 61, "job": "x" * 61}]
)
def test_a_wrong_body_has_a_message_for_each_field(admin: Any, body: Any) -> None:
    assert set(fields_of(send(admin, "post", JOBS, body))) == {"queue", "job"}


def test_texts_that_break_careless_programs_are_answered(admin: Any) -> None:
    for text in ("\x00", "\ud800", "'; DROP TABLE job; --", "%s", "{0}"):
        for body in (
            {"queue": text, "job": text},
            {"queue": "email", "job": "greet", "data": {"person_id": 1, "words": [text]}},
            {"queue": "email", "job": "greet", "data": {text: 1}},
        ):
            answer = admin.post(JOBS, json.dumps(body), content_type="application/json")
            assert answer.status_code in (202, 400), answer.content


@pytest.mark.django_db(transaction=True)
def test_a_job_that_was_given_up_gets_its_tries_again(admin: Any, cast: Any) -> None:
    failed = broken()
    with capture_logs() as logs:
        again = data_of(send(admin, "post", f"{JOBS}/{failed.pk}/retry", {}), 202)
    assert (again["state"], again["attempts"], again["failures"], again["finishedAt"]) == ("waiting", 0, 0, None)
    assert [line["actor_id"] for line in lines(logs, "job_retried_by_hand")] == [cast.admin.pk]
    assert jobs.work() == 1
    assert data_of(admin.get(f"{JOBS}/{failed.pk}"))["state"] == "failed"


def test_a_job_that_was_given_up_can_be_put_away(admin: Any, cast: Any) -> None:
    failed = broken()
    with capture_logs() as logs:
        assert admin.delete(f"{JOBS}/{failed.pk}").status_code == 204
    assert [line["actor_id"] for line in lines(logs, "job_dismissed_by_hand")] == [cast.admin.pk]
    assert error_of(admin.get(f"{JOBS}/{failed.pk}")) == (404, "NOT_FOUND")


def test_what_runs_or_waits_is_neither_retried_nor_put_away(admin: Any) -> None:
    running = enter("email", "greet", Greeting(1))
    jobs.claim("here:1:1")
    waiting = enter("email", "greet", Greeting(1))
    for job_id in (running, waiting):
        assert error_of(send(admin, "post", f"{JOBS}/{job_id}/retry", {})) == (409, "CONFLICT")
        assert error_of(admin.delete(f"{JOBS}/{job_id}")) == (409, "CONFLICT")
    assert Job.objects.count() == 2


@pytest.mark.parametrize("unknown", ["0", "999999999", "x", "-1", "9" * 18, "9" * 30, "١", "queue", "%00"])
def test_unknown_ids_are_404(admin: Any, unknown: str) -> None:
    assert error_of(admin.get(f"{JOBS}/{unknown}")) == (404, "NOT_FOUND")
    assert error_of(admin.delete(f"{JOBS}/{unknown}")) == (404, "NOT_FOUND")
    assert error_of(send(admin, "post", f"{JOBS}/{unknown}/retry", {})) == (404, "NOT_FOUND")


def test_a_paused_queue_begins_nothing_until_it_goes_on(admin: Any, cast: Any, greeted: list[Greeting]) -> None:
    enter("email", "greet", Greeting(1))
    with capture_logs() as logs:
        assert data_of(send(admin, "put", f"{JOBS}/queues/email", {"paused": True}))["paused"] is True
        assert jobs.work() == 0
        assert queue_of(data_of(admin.get(JOBS)), "email")["paused"] is True
        assert data_of(send(admin, "put", f"{JOBS}/queues/email", {"paused": False}))["paused"] is False
    assert jobs.work() == 1
    assert greeted == [Greeting(1)]
    for event in ("job_queue_paused", "job_queue_resumed"):
        assert lines(logs, event) == [{"actor_id": cast.admin.pk, "queue": "email"}]


def test_a_queue_shows_how_it_stands_also_by_its_alias(admin: Any) -> None:
    assert data_of(admin.get(f"{JOBS}/queues/content-moderation"))["queue"] == "moderation"
    for answer in (admin.get(f"{JOBS}/queues/__proto__"), send(admin, "put", f"{JOBS}/queues/x", {"paused": True})):
        assert "publishing" in fields_of(answer)["queue"]
    for body in ({}, {"paused": 1}, {"paused": None}):
        assert set(fields_of(send(admin, "put", f"{JOBS}/queues/email", body))) == {"paused"}


def test_the_ledger_has_pages_and_filters(admin: Any) -> None:
    failed = broken()
    others = [enter("email", "greet", Greeting(number)) for number in range(4)]
    image = enter("media", "image")
    page = data_of(admin.get(LEDGER, {"limit": 2}))
    assert [one["id"] for one in page["items"]] == [str(image), str(others[-1])]
    assert (page["total"], page["totalPages"], page["hasMore"]) == (6, 3, True)
    assert [one["data"] for one in page["items"]] == [{}, {"person_id": 3, "words": [], "loud": False}]
    assert [one["id"] for one in data_of(admin.get(LEDGER, {"state": "failed"}))["items"]] == [str(failed.pk)]
    assert [one["id"] for one in data_of(admin.get(LEDGER, {"queue": "video-processing"}))["items"]] == [str(image)]
    assert set(fields_of(admin.get(LEDGER, {"queue": "constructor"}))) == {"queue"}
    assert set(fields_of(admin.get(LEDGER, {"state": "asleep"}))) == {"state"}
    assert set(fields_of(admin.get(LEDGER, {"page": "0"}))) == {"page"}


def test_the_cost_does_not_grow_with_the_jobs(admin: Any, flat_cost: Any) -> None:
    def grow(number: int) -> None:
        for index in range(number):
            broken()
            enter("email", "greet", Greeting(index))
            jobs.work()

    flat_cost(JOBS, LEDGER, f"{JOBS}/queues/email", grow=grow, by=admin, at_most=12)


def test_a_start_that_is_sent_twice_under_one_key_is_one_job(admin: Any) -> None:
    body = {"queue": "email", "job": "greet", "data": {"person_id": 7}}
    first, second = (
        data_of(send(admin, "post", JOBS, body, **{"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}), 202)
        for _ in range(2)
    )
    assert first == second
    assert Job.objects.count() == 1
