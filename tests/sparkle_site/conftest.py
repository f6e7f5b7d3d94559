"""Private engines and running sites for the tests of the project itself."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sparkle_site.embedded import Holder, hold
from sparkle_site.embedded.places import Places
from tests.support.holders import stopped
from tests.support.processes import eventually, processes
from tests.support.sites import Site

_numbers = itertools.count()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `var` folder whose database has been made, to be copied: saves a second for each test."""
    var = tmp_path_factory.mktemp("template") / "var"
    hold(var, valkey=False, durable=False).release()
    eventually(lambda: stopped(var))
    return var


@pytest.fixture
def var(tmp_path: Path, empty_database: Path) -> Iterator[Path]:
    """A `var` folder of the test's own with an empty database; nothing of it runs afterwards."""
    folder = tmp_path / "var"
    shutil.copytree(empty_database, folder)
    yield folder
    eventually(lambda: stopped(folder))
    shutil.rmtree(Places.of(folder).sockets, ignore_errors=True)


@pytest.fixture
def held(var: Path) -> Iterator[Holder]:
    with hold(var) as holder:
        yield holder


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Starts sites; whatever is left of them is gone afterwards."""
    with launching(tmp_path) as start:
        yield start


@contextlib.contextmanager
def launching(folder: Path) -> Iterator[Callable[..., Site]]:
    """The same, for sites that more than one test looks at."""
    sites: list[Site] = []

    def start(*arguments: str, **options: str) -> Site:
        sites.append(Site(folder, *arguments, **options))
        return sites[-1]

    yield start
    for site in sites:
        below = list(site.running())
        site.process.kill()
        site.process.wait(10)
        eventually(lambda below=below: not set(below) & set(processes()), 30)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running site that tests only look at."""
    running = Site(tmp_path_factory.mktemp("site"), "--only=web", "--web=1").serves()
    yield running
    assert running.stop() == 0


@pytest.fixture
def own_database() -> Iterator[str]:
    """The address of a migrated database of the test's own."""
    with migrated_database() as address:
        yield address


@contextlib.contextmanager
def migrated_database() -> Iterator[str]:
    """The same, for more than one test."""
    template = os.environ.get("SPARKLE_TEST_TEMPLATE")
    if not template:
        pytest.fail("the migrations failed, so there is no template database")
    base = os.environ["DATABASE_URL"]
    name = f"site_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(re.sub(r"/sparkle_\w+\?", "/postgres?", base), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield re.sub(r"/sparkle_\w+\?", f"/{name}?", base)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
