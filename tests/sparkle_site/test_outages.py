"""A running site whose engines hang, stop and come back: what goes on, what says so, and how it heals."""

from __future__ import annotations

import json
import os
import re
import statistics
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.support.outages import PAGES, Askers, Outages
from tests.support.processes import eventually
from tests.support.sites import Answer

#: A page that nothing in front of Django keeps, and that reads the database.
FRESH = "/search/?q=first"
#: Three calls of 250 ms until the breaker opens, and a page without its cache.
FIRST = 2.0


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outages]:
    """One site for all tests here: each leaves it whole."""
    base, name = os.environ["DATABASE_URL"], f"outages_{os.getpid()}"
    shared = re.sub(r"/sparkle_\w+\?", "/postgres?", base)
    made = Outages(tmp_path_factory.mktemp("outages"))
    try:
        with psycopg.connect(shared, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {os.environ['SPARKLE_TEST_TEMPLATE']}")
            made.begin(shared.replace("/postgres?", f"/{name}?"))
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        yield made
    finally:
        made.close()


@pytest.fixture
def outages(engines: Outages) -> Outages:
    """The site in its best state."""
    engines.settles()
    return engines


def everything(outages: Outages) -> dict[str, Answer]:
    """The answer of each page, of reading and of writing."""
    answers = {path: outages.site.ask(path) for path in PAGES}
    answers["reading"] = outages.site.ask("/api/posts")
    answers["writing"] = outages.write("While something is away")
    answers["of one's own"] = reads(outages)
    return answers


def reads(outages: Outages) -> Answer:
    """The fan reads what is the fan's own."""
    return outages.site.ask("/api/me", headers=outages.bearer)


def goes_on(outages: Outages, seconds: float) -> None:
    """Asks for everything for a while: nothing fails, and once the breakers are open nothing takes a second."""
    for answer in everything(outages).values():
        assert answer.status in {200, 201}, answer.text
        assert answer.seconds < FIRST
    everything(outages)  # the other process
    until = time.monotonic() + seconds
    while True:
        answers = everything(outages)
        assert {name: a.status for name, a in answers.items() if a.status not in {200, 201}} == {}
        assert {name: a.seconds for name, a in answers.items() if a.seconds >= 1} == {}
        if time.monotonic() > until:
            break
        time.sleep(0.5)


def says_degraded(outages: Outages) -> None:
    """Health tells that it is Redis, and load balancers keep sending people."""
    answer = outages.site.ask("/readyz")
    found = json.loads(answer.text)
    assert (answer.status, found["status"]) == (200, "degraded")
    down = {name for name, check in found["checks"].items() if check["state"] == "down"}
    assert down == {"cache", "channelLayer"}
    assert answer.seconds < 3
    assert outages.site.ask("/healthz").status == 200


def catches_up(outages: Outages) -> None:
    """What was recorded meanwhile is delivered within ten seconds, and health is good again."""
    eventually(lambda: outages.undelivered() == 0, 10)
    eventually(lambda: outages.ready()["status"] == "ready", 10)


def redis_hangs(outages: Outages, seconds: float) -> None:
    with outages.with_valkey_paused():
        goes_on(outages, seconds)
        says_degraded(outages)
    catches_up(outages)


def redis_stops(outages: Outages, seconds: float) -> None:
    with outages.without(outages.valkey):
        goes_on(outages, seconds)
        says_degraded(outages)
    catches_up(outages)


def database_stops(outages: Outages, seconds: float) -> None:
    written = outages.write("Before")
    assert written.status == 201
    processes = outages.site.running("sparkle")
    before = time.monotonic()
    with Askers([lambda: outages.site.ask(FRESH), lambda: reads(outages)] * 4, 0.05) as people:
        with outages.without(outages.postgres):
            time.sleep(1)
            says_sorry(outages)
            time.sleep(max(0.0, seconds - (time.monotonic() - before)))
        eventually(lambda: outages.site.ask(FRESH).status == 200, 10)
        time.sleep(1.5)  # the other process tries once a second as well
        for _ in range(30):  # of both processes, on connections old and new
            assert outages.site.ask(FRESH).status == 200
    assert people.broken == []
    assert {answer.status for answer in people.answers} == {200, 503}
    assert max(answer.seconds for answer in people.answers) < 6
    assert outages.site.running("sparkle") == processes, "nothing had to be started again"
    assert outages.write("After").status == 201
    catches_up(outages)


def says_sorry(outages: Outages) -> None:
    """Pages in the site's look, the API in its envelope, both with the time to come back; alive, but not ready."""
    page, data = outages.site.ask(FRESH), reads(outages)
    assert page.status == data.status == outages.write("Meanwhile").status == 503
    assert page.headers["Retry-After"] == data.headers["Retry-After"] == "5"
    assert "<h1>" in page.text
    assert "/static/css/" in page.text
    assert json.loads(data.text)["code"] == "SERVICE_UNAVAILABLE"
    for answer in (page, data):
        assert not re.search(r"psycopg|connection|postgres|Traceback", answer.text)
    assert outages.site.ask("/healthz").status == 200
    answer = outages.site.ask("/readyz")
    assert (answer.status, json.loads(answer.text)["checks"]["database"]["state"]) == (503, "down")
    assert answer.seconds < 3


def test_while_redis_hangs_the_site_goes_on_and_then_catches_up(outages: Outages) -> None:
    redis_hangs(outages, 1)


def test_while_redis_is_gone_the_site_goes_on_and_an_empty_one_is_enough(outages: Outages) -> None:
    redis_stops(outages, 2)


def test_while_the_database_is_gone_people_are_told_at_once_and_it_heals_alone(outages: Outages) -> None:
    database_stops(outages, 4)


def test_a_database_started_anew_costs_nobody_an_answer_afterwards(outages: Outages) -> None:
    with Askers([lambda: outages.site.ask(FRESH)] * 6):
        time.sleep(1)  # connections in both pools
    with outages.without(outages.postgres):
        pass
    time.sleep(1.5)  # longer than a breaker is open
    answers = [outages.site.ask(FRESH) for _ in range(60)]
    late = [number for number, answer in enumerate(answers) if answer.status != 200]
    assert late == []


def test_a_database_that_hangs_is_given_up_and_comes_back_alone(outages: Outages) -> None:
    with Askers([lambda: outages.site.ask(FRESH)] * 6, 0.05) as people:
        time.sleep(1)  # connections in both pools
        with outages.with_postgres_paused():
            eventually(lambda: any(answer.status == 503 for answer in people.answers), 6)
            time.sleep(3)  # each process has found out for itself
            quick = [outages.site.ask(FRESH).seconds for _ in range(10)]
            assert outages.site.ask("/healthz").seconds < 1
        eventually(lambda: outages.site.ask(FRESH).status == 200, 10)
    # One request a second is let through to see whether it is back, for half a second twice at most.
    assert statistics.median(quick) < 0.5
    assert max(quick) < 2
    assert max(answer.seconds for answer in people.answers) < 6
    assert people.broken == []
    catches_up(outages)


@pytest.mark.long
@pytest.mark.timeout(180)
def test_a_minute_with_redis_hanging(outages: Outages) -> None:
    redis_hangs(outages, 60)


@pytest.mark.long
@pytest.mark.timeout(180)
def test_a_minute_without_redis(outages: Outages) -> None:
    redis_stops(outages, 60)


@pytest.mark.long
@pytest.mark.timeout(180)
def test_a_minute_without_the_database(outages: Outages) -> None:
    database_stops(outages, 60)
