"""How fast jobs are run: `python -m bench.jobs`, with the settings and the database of a site.

Ten thousand small jobs, each of which adds a row in its own transaction, are run by one worker process with eight
threads. With `--kills 50 --seed 7` that worker is killed so often at random moments, and revived as the launcher
does; whatever happened, each job must have added its row exactly once.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

from sparkle_site.embedded.needed import hold_needed

THREADS = 8
QUEUE, NAME = "analytics", "bench"
#: Seconds between two kills, from and to.
LIVES = (0.1, 0.6)


@dataclasses.dataclass(frozen=True)
class Number:
    """The data of a job of the bench."""

    number: int


def count(data: Number) -> None:
    """The effect: one row more."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_effect (number) VALUES (%s)", [data.number])


def fork(work: Callable[[], object]) -> int:
    """Runs it in a process of its own, as the preloader does; returns the process."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def end(pid: int) -> None:
    """Waits for a process that must end well."""
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def enter(number: int) -> None:
    """Enters all jobs, a thousand in each transaction."""
    from django.db import transaction

    from community.core import jobs

    for first in range(0, number, 1000):
        with transaction.atomic():
            for each in range(first, min(first + 1000, number)):
                jobs.enqueue(QUEUE, NAME, Number(each))


class Bench:
    """One run against the site's database."""

    def __init__(self, database: psycopg.Connection[Any], number: int) -> None:
        self.database = database
        self.number = number

    def one(self, query: str) -> int:
        """The number a query answers."""
        row = self.database.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    def left(self) -> int:
        """Jobs that are not done."""
        return self.one("SELECT count(*) FROM job WHERE name = 'bench' AND state <> 'done'")

    def run(self, kills: int, chance: random.Random) -> tuple[float, float]:
        """Seconds until all are done, while the worker is killed so often; and those after the last kill."""
        from sparkle_site import jobs

        end(fork(lambda: enter(self.number)))
        begun = last_kill = time.monotonic()
        worker = fork(jobs.run_worker)
        next_kill = time.monotonic() + chance.uniform(*LIVES)
        while self.left():
            if kills and time.monotonic() >= next_kill:
                kills -= 1
                os.kill(worker, signal.SIGKILL)
                os.waitpid(worker, 0)
                last_kill = time.monotonic()
                dead = worker
                end(fork(lambda dead=dead: jobs.free_leases(dead)))
                worker = fork(jobs.run_worker)
                next_kill = time.monotonic() + chance.uniform(*LIVES)
            time.sleep(0.05)
        done = time.monotonic()
        os.kill(worker, signal.SIGTERM)
        end(worker)
        assert self.one("SELECT count(*) FROM bench_effect") == self.number, "an effect is missing or doubled"
        assert self.one("SELECT count(DISTINCT number) FROM bench_effect") == self.number, "an effect is missing"
        assert not kills, f"it was done before the last {kills} kills: use more jobs"
        return done - begun, done - last_kill


def main() -> None:
    """Prints the seconds as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ.setdefault("LOG_LEVEL", "error")
    os.environ["WORKER_THREADS"] = str(THREADS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sparkle_site.settings.development")
    with hold_needed(lambda message: None) or contextlib.nullcontext():
        from sparkle_site.serve.preloader import load

        load()
        from django.db import connection

        from community.core import jobs

        jobs.job(queue=QUEUE, name=NAME, data=Number, atomic=True)(count)
        parameters = connection.get_connection_params()
        address = {
            name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters
        }
        with psycopg.connect(**address, autocommit=True) as database:
            database.execute("DELETE FROM job WHERE name = 'bench'")
            database.execute("DROP TABLE IF EXISTS bench_effect")
            database.execute("CREATE TABLE bench_effect (number int)")
            try:
                seconds, after = Bench(database, options.jobs).run(options.kills, random.Random(options.seed))  # noqa: S311
            finally:
                database.execute("DELETE FROM job WHERE name = 'bench'")
                database.execute("DROP TABLE bench_effect")
    json.dump({"seconds": seconds, "after": after, "rate": options.jobs / seconds}, sys.stdout)


if __name__ == "__main__":
    main()
