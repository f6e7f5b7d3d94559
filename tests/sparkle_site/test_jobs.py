"""Worker and scheduler as processes: every job is known, and none is lost with a process or with Redis."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.architecture.layers import PROJECT
from tests.support.processes import eventually
from tests.support.sites import Site

PRINT_JOBS = """
from sparkle_site.serve.preloader import load
load()
from community.core.jobs import registered
print("\\n".join(f"{job.work.__module__}.{job.work.__name__}" for job in registered()))
"""
SETTINGS = "tests.support.working.settings"
#: Nobody listens there.
NOWHERE = "redis://127.0.0.1:1/0"


class Ledger:
    """The ledger of a running site, seen from outside."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(query, values).fetchall()

    def enter(self, key: str, first: int = 0) -> None:
        """A job nobody is told of; its first try takes so many seconds."""
        data = f'{{"key": "{key}", "first": {first}}}'
        self.connection.execute("INSERT INTO job (queue, name, data) VALUES ('email', 'leaves', %s)", [data])

    def state(self, key: str) -> tuple[Any, ...]:
        """State, attempts and holder."""
        return self.all("SELECT state, attempts, holder FROM job WHERE data->>'key' = %s", key)[0]

    def effects(self, key: str) -> int:
        return int(self.all("SELECT count(*) FROM limit_count WHERE key_digest = %s", key)[0][0])


@pytest.fixture
def ledger(own_database: str) -> Iterator[Ledger]:
    with psycopg.connect(own_database, autocommit=True) as connection:
        yield Ledger(connection)


def working(launch: Callable[..., Site], own_database: str, *arguments: str, **environment: str) -> Site:
    return launch(
        "--only=web", "--only=worker", "--web=1", *arguments,
        settings=SETTINGS, DATABASE_URL=own_database, **environment,
    ).serves()  # fmt: skip


def written() -> set[str]:
    """The jobs in the sources, by their dotted names."""
    found = set()
    for path in [*PROJECT.glob("*/tasks.py"), *PROJECT.glob("community/*/tasks.py")]:
        module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(
                ast.unparse(each).startswith("job(") for each in node.decorator_list
            ):
                found.add(f"{module}.{node.name}")
    return found


def test_every_job_is_known_to_the_processes_that_run_jobs() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sparkle_site.settings.test"}
    ran = subprocess.run(
        [sys.executable, "-c", PRINT_JOBS], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert set(ran.stdout.split()) == written()
    assert "cms.tasks.publish_scheduled" in written()


def test_a_killed_worker_frees_its_jobs_at_once(launch: Callable[..., Site], own_database: str, ledger: Ledger) -> None:
    site = working(launch, own_database)
    ledger.enter("long", first=60)
    eventually(lambda: ledger.state("long")[0] == "running", 20)
    os.kill(site.one("worker"), signal.SIGKILL)
    eventually(lambda: ledger.state("long") == ("done", 2, ""), 25)
    assert ledger.effects("long") == 1


def test_a_worker_that_stops_ends_in_time_and_hands_back_what_it_cannot_finish(
    launch: Callable[..., Site], own_database: str, ledger: Ledger
) -> None:
    site = working(launch, own_database)
    ledger.enter("long", first=60)
    ledger.enter("short", first=4)
    eventually(lambda: {ledger.state("long")[0], ledger.state("short")[0]} == {"running"}, 20)
    began = time.monotonic()
    site.process.terminate()
    eventually(lambda: ledger.state("short")[0] == "done", 15)  # the worker stops since long ago
    ledger.enter("late")
    assert site.process.wait(30) == 0
    assert time.monotonic() - began < 25
    assert ledger.state("long") == ("waiting", 0, "")
    assert ledger.state("short") == ("done", 1, "")
    assert ledger.state("late") == ("waiting", 0, "")
    assert (ledger.effects("long"), ledger.effects("short")) == (0, 1)
    assert "Traceback" not in site.output


def test_without_redis_jobs_and_schedules_go_on(launch: Callable[..., Site], own_database: str, ledger: Ledger) -> None:
    site = working(launch, own_database, "--only=scheduler", REDIS_URL=NOWHERE)
    ledger.enter("first")
    eventually(lambda: ledger.state("first")[0] == "done", 20)
    ledger.connection.execute("UPDATE job_slot SET slot = slot - interval '1 hour' WHERE name = 'publishing/scheduled'")
    done = "SELECT id FROM job WHERE queue = 'publishing' AND state = 'done'"
    eventually(lambda: ledger.all(done), 70)
    assert "Traceback" not in site.output
