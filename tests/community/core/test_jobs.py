"""The ledger of jobs: entered with the change, run at least once, exact caps, leases that others can take over."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from community.core import jobs, leases
from community.core.errors import Conflict, Invalid, NotFound
from community.core.jobs import ledger, registry
from community.core.models import Job, JobQueue, LimitCount

SOMEBODY = "elsewhere:7:1"


@pytest.fixture(autouse=True)
def _own_jobs(transactional_db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests declare jobs of their own, and nobody wakes workers."""
    monkeypatch.setattr(registry, "_declared", {})
    monkeypatch.setattr(ledger, "_pokes", [])


@dataclasses.dataclass(frozen=True)
class Data:
    number: int
    words: list[str] = dataclasses.field(default_factory=list)
    loud: bool | None = None


def declare(function: Callable[..., object], *, queue: str = "cleanup", name: str = "own", **options: Any) -> None:
    jobs.job(queue=queue, name=name, **options)(function)


def enter(*, queue: str = "cleanup", name: str = "own", data: Any = None, **options: Any) -> int | None:
    with transaction.atomic():
        return jobs.enqueue(queue, name, data, **options)


def claimed() -> Any:
    found = jobs.claim(leases.holder())
    assert found is not None
    return found


def in_threads(number: int, work: Callable[[], object]) -> None:
    def working() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=working) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_a_job_is_entered_with_its_change_and_run_once() -> None:
    seen: list[Data] = []
    declare(seen.append, data=Data)
    with pytest.raises(RuntimeError, match="outside a transaction"):
        jobs.enqueue("cleanup", "own", {"number": 1})
    with transaction.atomic():
        jobs.enqueue("cleanup", "own", {"number": 1})
        transaction.set_rollback(True)
    assert jobs.work() == 0
    job_id = enter(data=Data(number=2, words=["a"]))
    assert jobs.work() == 1
    assert seen == [Data(number=2, words=["a"])]
    done = jobs.get_job(job_id or 0)
    assert (done.state, done.attempts, done.holder) == ("done", 1, "")
    assert jobs.work() == 0


def test_one_poke_for_a_transaction_tells_how_many_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    pokes: list[int] = []
    monkeypatch.setattr(ledger, "_pokes", [pokes.append])
    declare(lambda: None)
    with transaction.atomic():
        jobs.enqueue("cleanup", "own")
        with transaction.atomic():
            jobs.enqueue("cleanup", "own")
        assert pokes == []
    assert pokes == [2]


def test_a_dedupe_key_is_taken_once() -> None:
    declare(lambda: None)
    assert enter(key="once") is not None
    assert enter(key="once") is None
    assert enter() is not None
    assert enter() is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(queue="cleanup", name="own", dedupe_key="once")


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, {"number"}),
        ({"number": True}, {"number"}),
        ({"number": "1"}, {"number"}),
        ({"number": 1, "words": ["a", 1]}, {"words"}),
        ({"number": 1, "words": ["a\0"]}, {"words"}),
        ({"number": 1, "words": ["\ud800"]}, {"words"}),
        ({"number": 1, "loud": 0}, {"loud"}),
        ({"number": 1, "__class__": 1, "other": 2}, {"__class__", "other"}),
        ([1], {"data"}),
    ],
)
def test_data_that_does_not_fit_is_refused_by_field(data: Any, fields: set[str]) -> None:
    declare(lambda data: None, data=Data)
    with pytest.raises(Invalid) as refused:
        enter(data=data)
    assert set(refused.value.fields) == fields


def test_unknown_names_are_refused_with_those_there_are() -> None:
    declare(lambda: None)
    with pytest.raises(Invalid) as queue:
        jobs.start_by_hand("constructor", "own", {})
    assert "cleanup" in str(queue.value.fields["queue"])
    with pytest.raises(Invalid) as job:
        jobs.start_by_hand("cleanup", "__proto__", {})
    assert "own" in str(job.value.fields["job"])
    declare(lambda: None, name="inner", startable=False)
    with pytest.raises(Invalid):
        jobs.start_by_hand("cleanup", "inner", {})
    assert jobs.find_queue("image-processing") == "media"
    assert jobs.start_by_hand("cleanup", "own").state == "waiting"


def test_threads_together_never_exceed_the_cap_of_a_queue() -> None:
    now, most, lock = [0], [0], threading.Lock()

    def busy() -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.01)
        with lock:
            now[0] -= 1

    declare(busy, queue="media")
    for _ in range(20):
        enter(queue="media")

    def work_off() -> None:
        while Job.objects.filter(state="waiting").exists():
            jobs.work()
            time.sleep(0.005)

    in_threads(6, work_off)
    assert Job.objects.filter(state="done").count() == 20
    assert most == [jobs.QUEUES["media"]]


def test_priority_comes_first_then_the_longest_wait_and_nothing_before_its_time() -> None:
    seen: list[str] = []
    declare(lambda: seen.append("cleanup"))
    declare(lambda: seen.append("media"), queue="media")
    enter()
    enter(queue="media", priority=5)
    enter(run_at=timezone.now() + timedelta(hours=1))
    jobs.work()
    assert seen == ["media", "cleanup"]
    state = {state.name: state for state in jobs.queue_states()}["cleanup"]
    assert (state.waiting, state.scheduled, state.done, state.parallel) == (0, 1, 1, 1)


def test_a_paused_queue_rests_and_the_others_go_on() -> None:
    seen: list[str] = []
    declare(lambda: seen.append("cleanup"))
    declare(lambda: seen.append("media"), queue="media")
    enter()
    enter(queue="media")
    jobs.set_paused("cleanup", True)
    jobs.work()
    assert seen == ["media"]
    assert [state.name for state in jobs.queue_states() if state.paused] == ["cleanup"]
    jobs.set_paused("cleanup", False)
    jobs.work()
    assert seen == ["media", "cleanup"]


def test_a_failing_job_is_tried_again_later_and_then_kept_until_somebody_decides() -> None:
    working = False

    def fails() -> None:
        if not working:
            raise ValueError("the reason\0 why")

    declare(fails)
    job_id = enter() or 0
    waits = []
    for _ in range(3):
        Job.objects.update(run_at=timezone.now())
        assert jobs.work() == 1
        waits.append((jobs.get_job(job_id).run_at - timezone.now()).total_seconds())
    assert 0.5 < waits[0] < 2 < waits[1] + 1 < 5
    failed = jobs.get_job(job_id)
    assert (failed.state, failed.failures) == ("failed", 3)
    assert "ValueError: the reason why" in failed.last_error
    assert "Traceback" in failed.last_error
    assert jobs.purge() == 0
    assert jobs.list_jobs(queue="cleanup", state="failed") == [failed]
    working = True
    assert jobs.retry_job(job_id).state == "waiting"
    with pytest.raises(Conflict):
        jobs.retry_job(job_id)
    jobs.work()
    assert jobs.get_job(job_id).state == "done"
    with pytest.raises(NotFound):
        jobs.retry_job(job_id + 1)


def test_a_failed_job_can_be_put_away() -> None:
    declare(lambda: 1 / 0, tries=1)
    job_id = enter() or 0
    jobs.work()
    jobs.dismiss_job(job_id)
    with pytest.raises(NotFound):
        jobs.get_job(job_id)


def test_a_job_nobody_declares_any_more_fails_and_says_so() -> None:
    Job.objects.create(queue="cleanup", name="gone", max_attempts=1)
    jobs.work()
    assert "There is no such job" in jobs.list_jobs(state="failed")[0].last_error


def test_what_an_atomic_job_did_goes_with_its_failure_and_with_its_lease() -> None:
    stolen = False

    def counts() -> None:
        LimitCount.objects.create(bucket="own", key_digest="", window_start=timezone.now())
        if stolen:
            Job.objects.update(attempts=7)
        else:
            raise ValueError

    declare(counts, atomic=True)
    enter()
    jobs.work()
    assert not LimitCount.objects.exists()
    stolen = True
    Job.objects.update(run_at=timezone.now())
    jobs.work()
    assert not LimitCount.objects.exists()
    assert Job.objects.get().state == "running"


def test_a_lease_that_ended_is_taken_over_and_the_one_before_cannot_end_the_job() -> None:
    declare(lambda: None)
    enter()
    first = claimed()
    assert jobs.recover() == 0
    assert jobs.claim(SOMEBODY) is None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.recover() == 1
    second = jobs.claim(SOMEBODY)
    assert second is not None
    assert second.attempts == 2
    assert not jobs.finish(first)
    assert jobs.fail(first, "late") == "lost"
    assert jobs.finish(second)
    assert not jobs.finish(second)


def test_a_lease_kept_when_the_database_went_away_ends_at_the_next_look_for_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    declare(lambda: seen.append("ran"))
    job_id = enter() or 0

    def away(_claimed: Any) -> bool:
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as database_is_away:
        database_is_away.setattr(ledger, "finish", away)
        database_is_away.setattr(ledger, "fail", lambda _claimed, _error: away(None))
        with pytest.raises(OperationalError):
            jobs.work()
    assert jobs.get_job(job_id).state == "running"
    assert jobs.work() == 1
    assert seen == ["ran", "ran"]
    assert jobs.get_job(job_id).state == "done"


def test_leases_are_renewed_while_their_jobs_run() -> None:
    renewed = threading.Event()

    def long_work() -> None:
        Job.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
        limit = time.monotonic() + 10
        while time.monotonic() < limit and not renewed.is_set():
            if Job.objects.get().lease_until > timezone.now() + timedelta(seconds=30):
                renewed.set()

    declare(long_work)
    enter()
    ended = threading.Event()
    thread = threading.Thread(target=jobs.renew_leases, args=(ended,), kwargs={"seconds": 0.05})
    thread.start()
    jobs.work()
    ended.set()
    thread.join(5)
    assert renewed.is_set()
    assert jobs.running() == []


def test_the_leases_of_a_dead_process_are_freed_at_once_and_ten_deaths_are_enough() -> None:
    declare(lambda: None)
    enter()
    for death in range(1, ledger.DEATHS + 1):
        found = jobs.claim(SOMEBODY)
        assert found is not None
        assert found.attempts == death
        assert jobs.free("elsewhere:70:") == 0
        assert jobs.free("elsewhere:7:") == 1
    dead = Job.objects.get()
    assert (dead.state, dead.last_error) == ("failed", ledger.DIED)


def test_what_is_handed_back_has_lost_no_try() -> None:
    declare(lambda: None)
    enter()
    claimed()
    assert jobs.hand_back(leases.process()) == 1
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("waiting", 0)


def test_a_worker_that_stops_begins_nothing_new() -> None:
    seen: list[int] = []
    declare(lambda: seen.append(1))
    enter()
    enter()
    jobs.work(stopping=lambda: bool(seen))
    assert seen == [1]
    assert Job.objects.filter(state="waiting").count() == 1


def test_only_successes_are_cleared_away_after_an_hour_and_a_hundred_of_a_queue_stay() -> None:
    now = timezone.now()
    Job.objects.bulk_create(
        Job(queue=queue, name="own", state=state, finished_at=now - timedelta(minutes=age))
        for queue, state, age in [("cleanup", "done", 1)] * 103 + [("media", "done", 61), ("media", "failed", 9999)]
    )
    assert jobs.purge() == 4
    assert Job.objects.filter(queue="cleanup").count() == 100
    assert jobs.list_jobs("media")[0].state == "failed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "running"},
        {"state": "done"},
        {"state": "lost"},
        {"holder": SOMEBODY},
        {"lease_until": timezone.now()},
        {"finished_at": timezone.now()},
    ],
)
def test_the_database_refuses_rows_that_contradict_themselves(wrong: dict[str, Any]) -> None:
    declare(lambda: None)
    enter()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(**wrong)


def test_the_views_of_operators_take_few_queries(django_assert_num_queries: Any) -> None:
    declare(lambda: None, every=jobs.Cron())
    for _ in range(5):
        enter()
    with django_assert_num_queries(2):
        jobs.queue_states()
    with django_assert_num_queries(2):
        jobs.periodic_states()
    assert not JobQueue.objects.exists()
