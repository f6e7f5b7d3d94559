"""Transactions that collide, on a real server: run again where that helps, told in words of ours where it does not."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from community.core import limits
from community.core.api.views import ApiView
from community.core.errors import TooMany
from community.core.models import Delivery, LimitCount
from community.core.transactions import RETRIES, retried
from sparkle_site import urls
from sparkle_site.settings.connections import LimitedConnection, set_where_known
from tests.support.openapi import CheckedClient

DEADLOCK, SERIALIZATION = "40P01", "40001"


def row(bucket: str) -> LimitCount:
    return LimitCount.objects.create(bucket=bucket, key_digest="k", window_start="2026-01-01T00:00Z")


def run_sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def fail_with(code: str) -> None:
    """The server refuses a statement with this code."""
    run_sql(f"DO $$ BEGIN RAISE EXCEPTION 'secret of the database' USING ERRCODE = '{code}'; END $$")


def at_once(*functions: Callable[[], Any]) -> list[Any]:
    """What the functions return, each in a thread with a connection of its own; exceptions come as they are."""

    def run(function: Callable[[], Any]) -> Any:
        try:
            return function()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(30) for future in [pool.submit(run, function) for function in functions]]


class Meeting:
    """Lets both of two threads come to the same place, in their first run only."""

    def __init__(self) -> None:
        self.runs = 0
        self._barrier = threading.Barrier(2)
        self._met = threading.local()

    def wait(self) -> None:
        if not getattr(self._met, "yes", False):
            self._met.yes = True
            self._barrier.wait(20)


def count_up(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE limit_count SET count = count + 1 WHERE id = %s", [pk])


def opposite_ways(decorate: Callable[[Any], Any], meeting: Meeting) -> tuple[Callable[[], str], Callable[[], str]]:
    """Two functions that change the same two rows in opposite order, and meet in between."""
    first, second = row("first").pk, row("second").pk

    def change(*ids: int) -> Callable[[], str]:
        @decorate
        def work() -> str:
            meeting.runs += 1
            count_up(ids[0])
            meeting.wait()
            count_up(ids[1])
            return "done"

        return work

    return change(first, second), change(second, first)


@pytest.mark.django_db(transaction=True)
class TestRetrying:
    @pytest.fixture(autouse=True)
    def _clean(self) -> Iterator[None]:
        yield
        LimitCount.objects.all().delete()

    def test_a_deadlock_is_solved_and_each_change_happens_once(self):
        meeting = Meeting()
        assert at_once(*opposite_ways(retried, meeting)) == ["done", "done"]
        assert list(LimitCount.objects.values_list("count", flat=True)) == [2, 2]
        assert meeting.runs == 3, "the server has stopped one of them, once"

    def test_the_same_work_without_it_loses_one_change(self):
        results = at_once(*opposite_ways(transaction.atomic, Meeting()))
        assert sorted(map(type, results), key=str) == [OperationalError, str]

    def test_serializable_transactions_that_collide_come_out_one_after_the_other(self):
        meeting = Meeting()
        row("sum")

        @retried
        def add_the_sum() -> int:
            meeting.runs += 1
            run_sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
            total = sum(LimitCount.objects.values_list("count", flat=True)) + 1
            meeting.wait()
            LimitCount.objects.create(
                bucket=f"sum {total}", key_digest="k", window_start="2026-01-01T00:00Z", count=total
            )
            return total

        assert sorted(at_once(add_the_sum, add_the_sum)) == [1, 2]
        assert meeting.runs == 3

    @pytest.mark.parametrize("code", [DEADLOCK, SERIALIZATION])
    def test_after_three_retries_it_gives_up(self, code):
        runs = []

        @retried
        def collide() -> None:
            runs.append(time.monotonic())
            fail_with(code)

        with pytest.raises(OperationalError):
            collide()
        assert len(runs) == 1 + RETRIES == 4
        waits = [later - earlier for earlier, later in itertools.pairwise(runs)]
        for wait, least in zip(waits, (0.1, 0.2, 0.4), strict=True):
            assert least <= wait < 3 * least + 0.5
        assert not connection.in_atomic_block

    @pytest.mark.parametrize("code", ["23505", "57014", "55P03", "53100"])
    def test_what_is_no_collision_runs_once(self, code):
        runs = []

        @retried
        def work() -> None:
            runs.append(1)
            fail_with(code)

        with pytest.raises((OperationalError, IntegrityError)):
            work()
        assert len(runs) == 1

    def test_inside_another_transaction_it_runs_once_and_can_be_undone_alone(self):
        runs = []

        @retried
        def work() -> None:
            runs.append(1)
            row("inner")
            fail_with(DEADLOCK)

        with transaction.atomic():
            row("outer")
            with pytest.raises(OperationalError):
                work()
        assert len(runs) == 1
        assert list(LimitCount.objects.values_list("bucket", flat=True)) == ["outer"]

    def test_only_the_outermost_begins_again(self):
        runs = []

        @retried
        def inner() -> None:
            runs.append("inner")
            if len(runs) < 4:
                fail_with(DEADLOCK)

        @retried
        def outer() -> str:
            runs.append("outer")
            inner()
            return "done"

        assert outer() == "done"
        assert runs == ["outer", "inner"] * 2

    def test_what_waits_for_the_commit_happens_once(self):
        runs, told = [], []

        @retried
        def work() -> None:
            runs.append(1)
            transaction.on_commit(lambda: told.append(len(runs)))
            if len(runs) == 1:
                fail_with(DEADLOCK)

        work()
        assert told == [2]

    def test_a_limit_counts_the_first_run_only(self, settings):
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, "write": (1, 60)}
        runs = []

        @retried
        def work() -> None:
            runs.append(1)
            limits.guard("write", "user:1")
            if len(runs) == 1:
                fail_with(DEADLOCK)

        work()
        assert len(runs) == 2
        with pytest.raises(TooMany):
            work()


def duplicate() -> None:
    row("twice")
    row("twice")


def orphan() -> None:
    with transaction.atomic():
        Delivery.objects.create(fact_id=2**40, subscriber="nobody")


def negative() -> None:
    LimitCount.objects.create(bucket="b", key_digest="k", window_start="2026-01-01T00:00Z", count=-1)


def nothing() -> None:
    LimitCount.objects.create(bucket="b", key_digest="k", window_start=None)


def too_long() -> None:
    row("b" * 41)


def slow_statement() -> None:
    with transaction.atomic():
        run_sql("SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(5)")


def slow_transaction() -> None:
    with transaction.atomic():
        run_sql("SET LOCAL transaction_timeout = '20ms'", "SELECT pg_sleep(5)")


def idle_transaction() -> None:
    with transaction.atomic():
        run_sql("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
        time.sleep(0.2)
        run_sql("SELECT 1")


#: what goes wrong, the answer's status and code below /api, and the status of the page
FAULTS: dict[str, tuple[Callable[[], None], int, str, int]] = {
    "duplicate": (duplicate, 409, "CONFLICT", 400),
    "orphan": (orphan, 404, "NOT_FOUND", 404),
    "negative": (negative, 400, "VALIDATION_ERROR", 400),
    "nothing": (nothing, 400, "VALIDATION_ERROR", 400),
    "too-long": (too_long, 400, "VALIDATION_ERROR", 400),
    "slow-statement": (slow_statement, 503, "SERVICE_UNAVAILABLE", 503),
    "slow-transaction": (slow_transaction, 503, "SERVICE_UNAVAILABLE", 503),
    "idle-transaction": (idle_transaction, 503, "SERVICE_UNAVAILABLE", 503),
    "deadlocks": (retried(lambda: fail_with(DEADLOCK)), 503, "SERVICE_UNAVAILABLE", 503),
    "full-disk": (lambda: fail_with("53100"), 503, "SERVICE_UNAVAILABLE", 503),
    "wrong-statement": (lambda: run_sql("SELECT secret FROM nowhere"), 500, "SERVER_ERROR", 500),
}


class FaultView(ApiView):
    """Something goes wrong in the database."""

    def get(self, request: Request, name: str) -> Response:
        """Fails."""
        FAULTS[name][0]()
        return Response({})


def fault_page(request: HttpRequest, name: str) -> HttpResponse:
    """Fails."""
    FAULTS[name][0]()
    return HttpResponse("well")


urlpatterns = [path("faults/<str:name>", fault_page), path("api/faults/<str:name>", FaultView.as_view())]
urlpatterns += urls.urlpatterns
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500

SECRETS = (b"secret", b"limit_count", b"constraint", b"psycopg", b"violates", b"timeout", b"fact_id", b"connection")


@pytest.fixture
def site(settings: Any, transactional_db: None) -> Iterator[Client]:
    settings.ROOT_URLCONF = __name__
    yield Client(raise_request_exception=False)
    connection.close()
    LimitCount.objects.all().delete()


@pytest.mark.parametrize("name", FAULTS)
def test_errors_of_the_database_reach_programs_in_our_words(site, name):
    _fault, status, code, _page = FAULTS[name]
    answer = site.get(f"/api/faults/{name}")
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code)
    assert ("Retry-After" in answer) == (status == 503)
    assert not [word for word in SECRETS if word in answer.content]
    assert site.get("/api/categories").status_code == 200, "the next request works"


@pytest.mark.parametrize("name", FAULTS)
def test_errors_of_the_database_reach_people_in_our_words(site, name):
    status = FAULTS[name][3]
    answer = site.get(f"/faults/{name}")
    assert answer.status_code == status
    assert b"<h1>" in answer.content
    assert ("Retry-After" in answer) == (status == 503)
    assert not [word for word in SECRETS if word in answer.content.split(b"<main")[1]]
    assert site.get("/").status_code == 200, "the next request works"


def test_without_a_free_connection_people_wait_five_seconds_at_most(site):
    pool = connection.pool
    connection.ensure_connection()
    held = [pool.getconn() for _ in range(pool.max_size - 1)]
    began = time.monotonic()
    try:
        [page, api] = at_once(lambda: site.get("/"), lambda: CheckedClient().get("/api/categories"))
        assert 4.5 < time.monotonic() - began < 8
    finally:
        for one in held:
            pool.putconn(one)
    assert (page.status_code, api.status_code) == (503, 503)
    assert page["Retry-After"] == api["Retry-After"] == "5"
    [again] = at_once(lambda: site.get("/"))
    assert again.status_code == 200


class TestLimits:
    @pytest.fixture
    def opened(self, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection[Any]]:
        monkeypatch.setattr(LimitedConnection, "transaction_timeout_ms", 100)
        parameters = connection.get_connection_params()
        with LimitedConnection.connect(**parameters, autocommit=True) as opened:
            yield opened

    def test_a_connection_limits_its_transactions(self, opened):
        if opened.info.server_version < 170000:
            pytest.skip("PostgreSQL before 17 knows no limit for whole transactions.")
        opened.execute("BEGIN")
        with pytest.raises(psycopg.Error) as error:
            opened.execute("SELECT pg_sleep(5)")
        assert error.value.sqlstate == "25P04"

    def test_the_limit_holds_where_requests_are_served_from_the_first_one_on(self, client, settings, monkeypatch):
        import sparkle_site.wsgi

        assert sparkle_site.wsgi.application
        monkeypatch.setattr(LimitedConnection, "transaction_timeout_ms", 0)
        settings.DATABASE_TRANSACTION_TIMEOUT_MS = 1234
        client.get("/healthz")
        assert LimitedConnection.transaction_timeout_ms == 1234

    def test_a_limit_that_the_server_does_not_know_breaks_nothing(self, opened):
        set_where_known(opened, "transaction_timeout_of_the_future", "1")
        assert opened.execute("SELECT 1").fetchone() == (1,)

    def test_statements_locks_and_idle_transactions_are_limited_on_every_server(self, db):
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            with connection.cursor() as cursor:
                cursor.execute(f"SHOW {name}")
                assert cursor.fetchone() == ("10s",)
