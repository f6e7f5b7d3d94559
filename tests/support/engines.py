"""A pytest plugin that starts the private engines of the test suite before Django reads its settings.

Named by `addopts = -p`. All runs share the engines in `var/test`, without fsync. Each run takes a slot (a
lock), so that two runs at once do not meet: slot and worker together decide the database's name and the
number of the Valkey database. Databases are copies of a migrated template, built once for each state of the
migrations.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from psycopg import sql

from sparkle_site import embedded
from sparkle_site.embedded.engines import VALKEY_DATABASES
from sparkle_site.settings.env import VARIABLES

PROJECT = Path(__file__).resolve().parents[2]
VAR = PROJECT / "var" / "test"
SLOTS = 8
WORKERS = VALKEY_DATABASES // SLOTS
TEMPLATES_KEPT = 4


class Engines:
    """What one pytest process holds until it ends: the engines, a slot, and the template's name."""

    def __init__(self) -> None:
        self.holder = embedded.hold(VAR, durable=False, progress=lambda message: None)
        self.worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        if not self.worker:
            self.slot_lock, slot = take_slot()
            os.environ["SPARKLE_TEST_SLOT"] = str(slot)
        self.slot = int(os.environ["SPARKLE_TEST_SLOT"])
        self.set_environment()
        if not self.worker:
            os.environ["SPARKLE_TEST_TEMPLATE"] = migrated_template(self.holder.addresses.database_url)
        self.template = os.environ["SPARKLE_TEST_TEMPLATE"]

    def set_environment(self) -> None:
        """Addresses of the engines; every other setting has its default, whatever the shell or .env says."""
        number = int(self.worker.removeprefix("gw") or 0)
        if number >= WORKERS:
            raise pytest.UsageError(f"The test engines serve {WORKERS} workers at most: use -n {WORKERS}.")
        addresses = self.holder.addresses
        name = f"{self.slot}_{self.worker or 'main'}"
        redis_url = addresses.redis_url.replace("db=0", f"db={self.slot * WORKERS + number}")
        os.environ.update(dict.fromkeys(VARIABLES, ""))
        os.environ["DATABASE_URL"] = database_url(addresses, f"sparkle_{self.slot}")
        os.environ["REDIS_URL"] = redis_url
        os.environ["SPARKLE_VAR"] = str(VAR / "runs" / name)
        os.environ["MEDIA_ROOT"] = str(VAR / "runs" / name / "media")
        os.environ["PRIVATE_ROOT"] = str(VAR / "runs" / name / "private")
        with redis.Redis.from_url(redis_url) as client:
            client.flushdb()


ENGINES = pytest.StashKey[Engines]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Runs before pytest-django loads the settings: a wrapper goes before every plain hook."""
    early_config.stash[ENGINES] = Engines()
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Tells Django to copy the template when it makes its test database."""
    from django.conf import settings

    template = config.stash[ENGINES].template
    if template and settings.configured:
        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template


def pytest_unconfigure(config: pytest.Config) -> None:
    """Releases the engines; they stop when no other run uses them."""
    engines = config.stash.get(ENGINES, None)
    if engines is not None:
        engines.holder.release()


def database_url(addresses: embedded.Addresses, name: str) -> str:
    """The address of another database on the same server."""
    return addresses.database_url.replace("/sparkle?", f"/{name}?")


def take_slot() -> tuple[int, int]:
    """Locks the first free slot until this process ends. Returns the lock and the slot's number."""
    for slot in range(SLOTS):
        lock = os.open(VAR / f"slot-{slot}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock, slot
        except BlockingIOError:
            os.close(lock)
    raise pytest.UsageError(f"{SLOTS} test runs are going on in {VAR}; wait for one of them.")


def migrations_hash() -> str:
    """Changes with all that decides what `migrate` makes: our migrations, settings, installed packages."""
    digest = hashlib.sha256()
    for file in sorted(
        [
            *PROJECT.glob("cms/migrations/*.py"),
            *PROJECT.glob("community/*/migrations/*.py"),
            *PROJECT.glob("sparkle_site/settings/*.py"),
        ]
    ):
        digest.update(str(file.relative_to(PROJECT)).encode() + file.read_bytes())
    for found in sorted(f"{d.name}=={d.version}" for d in importlib.metadata.distributions()):
        digest.update(found.encode())
    return digest.hexdigest()[:12]


def migrated_template(main_url: str) -> str:
    """The name of a migrated database to copy; built when there is none for this state of the migrations.

    Empty when the migrations fail: then tests that need no database still run, and the others show why.
    """
    name = f"template_{migrations_hash()}"
    lock = os.open(VAR / "template", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(main_url, autocommit=True) as connection:
            query = "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%' ORDER BY oid"
            found = [row[0] for row in connection.execute(query)]
            if name not in found:
                if not build(connection, main_url, name):
                    return ""
                for old in found[: -TEMPLATES_KEPT + 1]:
                    drop(connection, old)
        return name
    finally:
        os.close(lock)


def build(connection: psycopg.Connection, main_url: str, name: str) -> bool:
    """Migrates an empty database and closes it to connections, as a template must be."""
    building = f"building_{name}"
    drop(connection, building)
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
    migrated = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0", "--settings=sparkle_site.settings.test"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": main_url.replace("/sparkle?", f"/{building}?")},
        check=False,
    )
    if migrated.returncode != 0:
        drop(connection, building)
        return False
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name))
    connection.execute(rename)
    close = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true")
    connection.execute(close.format(sql.Identifier(name)))
    return True


def drop(connection: psycopg.Connection, name: str) -> None:
    """Removes a database, also a template."""
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if exists:
        connection.execute(sql.SQL("ALTER DATABASE {} WITH IS_TEMPLATE false").format(sql.Identifier(name)))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
