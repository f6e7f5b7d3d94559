"""The real site and a real browser: whatever goes wrong on a page fails the test that opened it."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
import uvicorn
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from community.core import mail
from community.core.integrity import run_checks
from community.core.jobs import ledger
from community.core.models import LimitCount
from tests.browser import world
from tests.conftest import CHROMIUM
from tests.support.processes import eventually

#: No network but this machine: a page that asks for something elsewhere fails, also where there is a network.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`Policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));"""


class Site:
    """The running site, and what is on it."""

    def __init__(self, address: str, content: world.World) -> None:
        self.address = address
        self.pages = content.pages
        self.section_id = content.section_id


class Visitor:
    """Somebody at a browser of their own. What goes wrong on their pages is remembered in `problems`.

    A test that makes something go wrong on purpose names it in `expected` (regular expressions).
    """

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site = browser, site
        self.contexts: list[BrowserContext] = []
        self.problems: list[str] = []
        self.expected: list[str] = []

    def context(
        self, *, width: int = 1280, height: int = 900, theme: str = "", session: dict[str, str] | None = None,
        javascript: bool = True, service_workers: Literal["allow", "block"] = "block", **options: Any,
    ) -> BrowserContext:  # fmt: skip
        """A browser without history in which nothing moves, so that no picture is taken half-way."""
        context = self.browser.new_context(
            base_url=self.site.address,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            reduced_motion="reduce",
            service_workers=service_workers,
            **options,
        )
        self.contexts.append(context)
        context.set_default_timeout(15_000)
        cookies = [session] if session else []
        if theme:
            cookies.append({"name": "theme", "value": theme})
        if cookies:
            context.add_cookies([{**cookie, "url": self.site.address} for cookie in cookies])
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", lambda message: message.type == "error" and self._tell("console", message.text))
        context.on("weberror", lambda error: self._tell("error", str(error.error)))
        context.on("request", self._look_at)
        context.on("requestfailed", lambda request: self._tell("failed", f"{request.url} {request.failure}"))
        context.on("response", lambda answer: self._tell("status", f"{answer.status} {answer.url}"))
        return context

    def open(self, path: str = "/", **options: Any) -> Page:
        """A page in a new context."""
        page = self.context(**options).new_page()
        page.goto(path)
        return page

    def _look_at(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and f"{parts.scheme}://{parts.netloc}" != self.site.address:
            self._tell("elsewhere", request.url)

    def _tell(self, kind: str, what: str) -> None:
        # What a page was still loading when it was left is given up by the browser itself.
        given_up = kind == "failed" and "ERR_ABORTED" in what
        fine = kind == "status" and what[0] in "123"
        if not given_up and not fine:
            self.problems.append(f"{kind}: {what}")

    def unexpected(self) -> list[str]:
        """What went wrong and was not meant to."""
        return [each for each in self.problems if not any(re.search(part, each) for part in self.expected)]

    def leave(self) -> None:
        """Closes everything."""
        for context in self.contexts:
            context.close()


@contextlib.contextmanager
def using(name: str) -> Iterator[None]:
    """Lets all threads work with another database of the same server, and mail go to a folder."""
    before = connection.settings_dict["NAME"]
    kept = {
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(settings.VAR / "mail-of-browser-tests"),
    }
    _switch(name)
    try:
        with override_settings(**kept):
            yield
    finally:
        _switch(before)


def _deliver_mail(_jobs: int) -> None:
    """What a worker would do."""
    for row in mail.list_messages(state="waiting"):
        mail.deliver(row.pk, row.round)


def _switch(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()
    cache.clear()


@pytest.fixture(scope="session")
def _content(django_test_environment: None, django_db_blocker: Any) -> Iterator[tuple[str, world.World]]:
    """A database of the browser's own with content, made once: other tests never meet its rows."""
    name = f"browser_{os.environ['SPARKLE_TEST_SLOT']}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    with django_db_blocker.unblock():
        with connection._nodb_cursor() as cursor:
            cursor.execute(drop)
            cursor.execute(f'CREATE DATABASE "{name}" {connection.creation.sql_table_creation_suffix()}')
        with using(name):
            content = world.build()
        yield name, content
        with connection._nodb_cursor() as cursor:
            cursor.execute(drop)


@pytest.fixture(scope="package")
def site(_content: tuple[str, world.World], django_db_blocker: Any) -> Iterator[Site]:
    """The real ASGI application on a free port, as long as tests of this folder follow each other.

    Without the page cache: what a test changes is seen at once, and not within its two seconds. What they leave
    behind must be sound.
    """
    from sparkle_site import asgi
    from sparkle_site.front import PageCache, page_views

    name, content = _content
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        asgi.application,
        lifespan="off",
        ws="websockets-sansio",
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    with django_db_blocker.unblock(), using(name), pytest.MonkeyPatch.context() as patch:
        patch.setattr(asgi, "front", PageCache(asgi.ask_django, "", 0, note=page_views.note_request))
        patch.setattr(ledger, "_pokes", [_deliver_mail])  # no worker runs beside this site
        thread.start()
        try:
            eventually(lambda: server.started, 30)
            yield Site(f"http://127.0.0.1:{listener.getsockname()[1]}", content)
        finally:
            server.should_exit = True
            thread.join(30)
        findings = run_checks()
        assert not findings, f"The browser tests left unsound data: {findings}"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium. It is closed before tests of other folders come: its loop would be in their way."""
    if CHROMIUM is None:
        pytest.fail("Chromium is not installed (Debian: apt install chromium). On CI it has to be.", pytrace=False)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which asks the database for nothing.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(site: Site, browser: Browser) -> Iterator[Visitor]:
    """Somebody with a fresh browser; nothing may go wrong on their pages."""
    # All of them come from the same address, which may not sign up without end.
    LimitCount.objects.all().delete()
    somebody = Visitor(browser, site)
    yield somebody
    somebody.leave()
    assert not somebody.unexpected(), "\n".join(["Something went wrong on the page:", *somebody.unexpected()])
