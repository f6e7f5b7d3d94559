"""Jobs that come by themselves: each moment once, with any number of schedulers, after a pause, with a wild clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from community.core import jobs
from community.core.jobs import Cron, ledger, registry
from community.core.models import Job, JobSlot

NOON = datetime(2026, 11, 26, 12, 0, 30, tzinfo=UTC)  # a Thursday


@pytest.fixture(autouse=True)
def _own_jobs(transactional_db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two schedules of the test's own: one of minutes, one of days."""
    monkeypatch.setattr(registry, "_declared", {})
    monkeypatch.setattr(ledger, "_pokes", [])
    jobs.job(queue="media", name="minutely", every=Cron())(lambda: None)
    jobs.job(queue="cleanup", name="daily", every=Cron(hour=3, minute=20))(lambda: None)


def tick(now: datetime) -> int:
    """What a scheduler enters at this time; it is worked off at once."""
    entered = jobs.enqueue_due(lambda: now)
    jobs.work()
    return entered


@pytest.mark.parametrize(
    ("schedule", "newest", "following", "words"),
    [
        (Cron(), "2026-11-26 12:00", "2026-11-26 12:01", "every minute"),
        (Cron(step=5), "2026-11-26 12:00", "2026-11-26 12:05", "every 5 minutes"),
        (Cron(minute=40), "2026-11-26 11:40", "2026-11-26 12:40", "hourly at :40"),
        (Cron(hour=3, minute=20), "2026-11-26 03:20", "2026-11-27 03:20", "daily at 03:20 UTC"),
        (Cron(hour=13, minute=0), "2026-11-25 13:00", "2026-11-26 13:00", "daily at 13:00 UTC"),
        (Cron(hour=3, minute=0, weekday=0), "2026-11-22 03:00", "2026-11-29 03:00", "Sunday at 03:00 UTC"),
        (Cron(hour=0, minute=0, weekday=1), "2026-11-23 00:00", "2026-11-30 00:00", "Monday at 00:00 UTC"),
    ],
)
def test_a_schedule_knows_its_slots(schedule: Cron, newest: str, following: str, words: str) -> None:
    assert f"{schedule.newest(NOON):%Y-%m-%d %H:%M}" == newest
    assert f"{schedule.following(NOON):%Y-%m-%d %H:%M}" == following
    assert schedule.following(schedule.newest(NOON)) == schedule.following(NOON)
    assert str(schedule) == words


@pytest.mark.parametrize("wrong", [{"minute": 60}, {"hour": 3}, {"weekday": 0}, {"step": 7}, {"step": 5, "minute": 1}])
def test_what_is_no_schedule_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no schedule"):
        Cron(**wrong)


def test_a_new_schedule_begins_with_its_next_slot() -> None:
    assert tick(NOON) == 0
    assert tick(NOON + timedelta(seconds=20)) == 0
    assert tick(NOON + timedelta(minutes=1)) == 1
    assert tick(NOON + timedelta(minutes=1, seconds=20)) == 0
    assert tick(NOON + timedelta(days=1)) == 2


def test_three_schedulers_side_by_side_enter_each_slot_once() -> None:
    tick(NOON)
    start = threading.Barrier(3)

    def schedule() -> None:
        try:
            start.wait(10)
            for minute in range(1, 8):
                jobs.enqueue_due(lambda minute=minute: NOON + timedelta(minutes=minute, days=1))
                start.wait(10)
                jobs.work()
                start.wait(10)
        finally:
            connection.close()

    threads = [threading.Thread(target=schedule) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Job.objects.filter(name="minutely", state="done").count() == 7
    assert Job.objects.filter(name="daily", state="done").count() == 1


def test_of_missed_slots_the_newest_runs_once() -> None:
    tick(NOON)
    assert tick(NOON + timedelta(days=5)) == 2
    assert tick(NOON + timedelta(days=5)) == 0
    assert Job.objects.filter(name="daily").count() == 1


def test_a_job_that_still_waits_is_not_entered_again() -> None:
    tick(NOON)
    jobs.set_paused("media", True)
    for minute in range(1, 5):
        tick(NOON + timedelta(minutes=minute))
    assert Job.objects.filter(name="minutely").count() == 1
    assert JobSlot.objects.filter(name="media/minutely").count() == 5


@pytest.mark.parametrize("jump", [timedelta(hours=25), -timedelta(hours=25)])
def test_a_clock_that_jumps_doubles_no_slot_and_stops_no_schedule(jump: timedelta) -> None:
    for step in range(5):
        tick(NOON + timedelta(minutes=step))
    for step in range(5, 10):
        tick(NOON + jump + timedelta(minutes=step))
    for step in range(5, 10):
        tick(NOON + timedelta(minutes=step))
    minutely = Job.objects.filter(name="minutely")
    assert minutely.count() == minutely.values("dedupe_key").distinct().count() == 14
    daily = Job.objects.filter(name="daily")
    assert daily.count() == daily.values("dedupe_key").distinct().count()
    assert tick(NOON + timedelta(days=1, hours=3)) == 2 if jump < timedelta(0) else True


def test_slots_of_long_ago_are_forgotten_but_the_newest_of_each() -> None:
    for days in (50, 39, 2):
        JobSlot.objects.create(name="cleanup/daily", slot=NOON - timedelta(days=days))
    for days in (5, 4):
        JobSlot.objects.create(name="media/minutely", slot=NOON - timedelta(days=days))
    JobSlot.objects.create(name="media/gone", slot=NOON - timedelta(days=41))
    assert jobs.purge_slots(NOON) == 3
    left = {(row.name, (NOON - row.slot).days) for row in JobSlot.objects.all()}
    assert left == {("cleanup/daily", 39), ("cleanup/daily", 2), ("media/minutely", 4)}


def test_operators_see_the_last_and_the_next_slot() -> None:
    tick(NOON)
    daily, minutely = jobs.periodic_states()
    assert (daily.name, daily.schedule) == ("daily", "daily at 03:20 UTC")
    assert daily.last == NOON.replace(hour=3, minute=20, second=0)
    assert daily.next > jobs.database_now()
    assert minutely.name == "minutely"
