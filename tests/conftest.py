"""What all tests share: the site's structure, the cast, clients whose API answers are checked, cost and integrity."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client, TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from xdist.scheduler import LoadScopeScheduling

from tests.factories import Cast
from tests.support.baseline import Baseline
from tests.support.openapi import CheckedClient

PROJECT = Path(__file__).resolve().parents[1]
#: Real content from elsewhere, optional: it lies beside the project where there is some.
SHARED_DATA = PROJECT.parent / "shared" / "data"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ON_CI = os.environ.get("CI", "").lower() == "true"
#: What all tests of such a file work with takes a minute to make: one process does, for all of them.
TOGETHER = (
    "tests/cms/test_demo.py",
    "tests/sparkle_site/test_outages.py",
    "tests/sparkle_site/test_page_cache_site.py",
)


class Scheduling(LoadScopeScheduling):
    """Tests go to the processes one by one in their order, those of TOGETHER first and as one."""

    def _split_scope(self, nodeid: str) -> str:
        """What nodeid goes together with."""
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """How tests are handed to the processes of `pytest -n`."""
    return Scheduling(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests only by `-m long`; browser tests need Chromium, and on CI its absence is a failure."""
    if "long" not in (config.getoption("-m") or ""):
        long = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    if CHROMIUM is None and not ON_CI:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed (Debian: apt install chromium)."))


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """No test sees counts and menus of another."""
    cache.clear()


@pytest.fixture(autouse=True)
def _first_language() -> None:
    """A request leaves its language behind in the thread, and addresses of pages follow it."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """The structure of every installation, committed once and kept: site, home page, directory, groups."""
    with django_db_blocker.unblock():
        from cms.services import ensure_site_structure

        ensure_site_structure()
        baseline = Baseline()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: baseline.restore())
        yield


@pytest.fixture(autouse=True)
def _structure_and_integrity(request: pytest.FixtureRequest) -> Iterator[None]:
    """Transactional tests end with a check of the committed data."""
    marker = request.node.get_closest_marker("django_db")
    transactional = "transactional_db" in request.fixturenames or (
        marker is not None and bool(marker.kwargs.get("transaction"))
    )
    if not transactional:
        yield
        return
    request.getfixturevalue("transactional_db")
    from community.core.integrity import run_checks

    yield
    findings = run_checks()
    assert not findings, f"The committed data is not sound: {findings}"


@pytest.fixture
def home(db: Any) -> Any:
    """The home page; the structure it belongs to is there before any test."""
    from cms.services import site_root

    return site_root()


@pytest.fixture
def cast(home: Any) -> Cast:
    """One person for each role."""
    return Cast()


class Mailbox(Sequence[EmailMessage]):
    """What people were sent: whoever looks makes a worker's jobs run first."""

    def _delivered(self) -> list[EmailMessage]:
        from community.core import jobs

        jobs.work()
        return list(mail.outbox)

    def __getitem__(self, index: Any) -> Any:
        return self._delivered()[index]

    def __len__(self) -> int:
        return len(self._delivered())


@pytest.fixture
def mailoutbox(db: Any) -> Mailbox:
    """The mail of this test, in the place of the fixture of pytest-django, which knows no jobs."""
    mail.outbox = []
    return Mailbox()


@pytest.fixture
def client() -> CheckedClient:
    """A guest, whose API answers are held against the OpenAPI document."""
    return CheckedClient()


@pytest.fixture
def client_for(db: Any) -> Callable[[Any], CheckedClient]:
    """A client in which somebody is signed in: `client_for(cast.fan)`; None is a guest."""

    def make(user: Any) -> CheckedClient:
        made = CheckedClient()
        if user is not None:
            made.force_login(user)
        return made

    return make


@pytest.fixture
def flat_cost(client: Client) -> Callable[..., None]:
    """`flat_cost(url, …, grow=…, at_most=…)`: as many queries with 30 rows as with 3. `grow(n)` makes n more rows.

    `at_most` is for all of them, or says by url how many each may take.
    """

    def measure(
        *urls: str,
        grow: Callable[[int], Any],
        at_most: int | Mapping[str, int] | None = None,
        by: Client | None = None,
    ) -> None:
        who = by or client
        allowed = dict(at_most) if isinstance(at_most, Mapping) else dict.fromkeys(urls, at_most)

        def queries(url: str) -> int:
            who.get(url)  # fills renditions, content types and caches
            with CaptureQueriesContext(connection) as captured:
                response = who.get(url)
            assert response.status_code == 200, response.content[:500]
            return len(captured)

        grow(3)
        few = {url: queries(url) for url in urls}
        grow(27)
        many = {url: queries(url) for url in urls}
        # What is cached for a minute may have grown old between two requests: asked once more, it is fresh.
        many = {url: number if number == few[url] else queries(url) for url, number in many.items()}
        assert many == few, f"With 3 rows: {few}, with 30: {many}"
        over = {url: number for url, number in many.items() if number > (allowed[url] or number)}
        assert not over, f"{allowed} queries are allowed: {over}"

    return measure


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """A file of the optional real content; the test is skipped where it is absent, and fails on CI."""

    def find(relative: str) -> Path:
        path = SHARED_DATA / relative
        if not path.exists():
            message = f"The optional real content {relative} is not here."
            pytest.fail(message) if ON_CI and SHARED_DATA.parent.exists() else pytest.skip(message)
        return path

    return find
