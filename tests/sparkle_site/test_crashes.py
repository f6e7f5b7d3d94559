"""A real worker is killed at named places again and again: nothing is lost, nothing doubled in the data."""

from __future__ import annotations

import contextlib
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, transaction

from community.core import jobs, outbox
from community.core.crash_points import NAMES
from community.core.integrity import run_checks
from community.core.models import Job, OutboxFact
from community.facts.posts import PostRestored
from tests.sparkle_site.crash_app.apps import TABLES
from tests.support.processes import eventually
from tests.support.sites import Site

pytestmark = pytest.mark.django_db(transaction=True)

SHORT, LONG = 12, 200
#: Longest a run may take: the work, some deaths, and for each a new process.
PATIENCE = 40
#: Seconds in which the worker may die before the chances are taken away.
UNDER_FIRE = 20
THINGS = 4


def database_url() -> str:
    """The database of this test, for a site beside it."""
    values = connection.settings_dict
    return f"postgresql://{values['USER']}@/{values['NAME']}?host={quote(values['HOST'], safe='')}"


def rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


@pytest.fixture
def effects(transactional_db: Any) -> Iterator[None]:
    """Empty tables for the effects."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
    OutboxFact.objects.all().delete()
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE crash_seen, crash_counted, crash_jobs, crash_marks")


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """The file with the chances to die."""
    path = tmp_path / "crash-points.json"
    path.write_text("{}")
    return path


@pytest.fixture
def dying_worker(launch: Callable[..., Site], effects: None, points: Path) -> Site:
    """A launcher with a worker alone, on the database of this test."""
    return launch(
        "--only=worker",
        settings="tests.sparkle_site.crash_site",
        DATABASE_URL=database_url(),
        REDIS_URL=settings.REDIS_URL,
        CRASH_POINTS_FILE=str(points),
        CRASH_SEED="0",
        WORKER_THREADS="4",
    )


def set_points(path: Path, chances: dict[str, float]) -> None:
    """At once for every reader."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(chances))
    os.replace(new, path)


def enter(work: random.Random, first: int) -> tuple[dict[int, list[int]], list[int]]:
    """Facts about some things and jobs, in transactions of different size; returns them."""
    facts: dict[int, list[int]] = {}
    numbers = list(range(first, first + work.randint(6, 16)))
    for number in numbers:
        with transaction.atomic():
            for _ in range(work.randint(0, 3)):
                thing = first * 100 + work.randint(1, THINGS)
                facts.setdefault(thing, []).append(outbox.record(PostRestored(post_id=thing)))
            for queue, name in (("analytics", "crash-once"), ("achievement", "crash-again")):
                Job.objects.create(queue=queue, name=name, data={"number": number}, max_attempts=3)
    return facts, numbers


def finished() -> bool:
    return (
        not OutboxFact.objects.filter(delivered_at=None).exists()
        and not Job.objects.filter(name__startswith="crash-").exclude(state="done").exists()
    )


def gave_up() -> bool:
    """Whether nothing is left but what has used up its tries."""
    open_facts = OutboxFact.objects.filter(delivered_at=None, dead_at=None)
    return not open_facts.exists() and not Job.objects.exclude(state__in=["done", "failed"]).exists()


def examine(seed: int, facts: dict[int, list[int]], numbers: list[int], replayed: set[int]) -> None:
    """Everything has happened, once, and in order; what was replayed may come after later facts."""
    seen: dict[int, list[int]] = {}
    for thing, fact in rows("SELECT thing, fact FROM crash_seen ORDER BY place"):
        seen.setdefault(thing, []).append(fact)
    assert {thing: sorted(seen.get(thing, [])) for thing in facts} == facts, f"seed {seed}"
    in_time = {thing: [fact for fact in ids if fact not in replayed] for thing, ids in facts.items()}
    assert {thing: [fact for fact in seen[thing] if fact not in replayed] for thing in facts} == in_time, f"seed {seed}"
    counted = dict(rows("SELECT thing, facts FROM crash_counted"))
    assert {thing: counted.get(thing) for thing in facts} == {t: len(ids) for t, ids in facts.items()}, f"seed {seed}"
    ran = Counter(rows("SELECT kind, number FROM crash_jobs"))
    assert {number: ran["once", number] for number in numbers} == dict.fromkeys(numbers, 1), f"seed {seed}"
    assert all(ran["again", number] >= 1 for number in numbers), f"seed {seed}"
    marks = {number for (number,) in rows("SELECT number FROM crash_marks")}
    assert set(numbers) <= marks, f"seed {seed}"


def fault_runs(site: Site, points: Path, seeds: range) -> int:
    """One run for each seed; returns how often the worker died."""
    for seed in seeds:
        work = random.Random(seed)  # noqa: S311 - a run that can be repeated, not a secret
        chosen = work.sample(sorted(name for name in NAMES if not name.startswith("mail.")), k=work.randint(1, 3))
        set_points(points, {name: work.choice([0.03, 0.1, 0.3]) for name in chosen})
        facts, numbers = enter(work, first=(seed + 1) * 100)
        # A run need not end under fire: some seeds kill the worker again and again.
        with contextlib.suppress(AssertionError):
            eventually(lambda: finished() or gave_up(), UNDER_FIRE)
        set_points(points, {})
        replayed: set[int] = set()

        def mended(replayed: set[int] = replayed) -> bool:
            """What has used up its tries is replayed, as an operator would once the reason is mended."""
            dead = {fact.pk for fact in outbox.list_facts(dead=True)}
            outbox.replay(ids=dead)
            replayed |= dead
            for job in Job.objects.filter(state="failed"):
                jobs.retry_job(job.pk)
            return finished()

        eventually(mended, PATIENCE)
        examine(seed, facts, numbers, replayed)
        assert site.process.poll() is None, site.output
    return site.output.count("killed by SIGKILL")


def test_a_worker_killed_anywhere_loses_and_doubles_nothing(dying_worker: Site, points: Path) -> None:
    deaths = fault_runs(dying_worker, points, range(SHORT))
    assert deaths >= SHORT / 2, "hardly ever did a worker die: this has shown nothing"
    assert run_checks() == []


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_two_hundred_seeds(dying_worker: Site, points: Path) -> None:
    deaths = fault_runs(dying_worker, points, range(1000, 1000 + LONG))
    assert deaths >= LONG / 2
    assert run_checks() == []
