"""/metrics: what is counted, by which words, over all processes of a site, and for whom."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.parser import text_string_to_metric_families

from community.core import metrics as core
from community.core import outbox
from community.core.cache import Breaker
from community.core.models import Job, JobQueue
from community.facts.posts import PostUpdated
from sparkle_site import metrics
from sparkle_site.metrics import reading
from sparkle_site.serve import counting
from tests.support.processes import eventually
from tests.support.sites import Site

TOKEN = "a-token-of-more-than-sixteen-characters"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

Numbers = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parsed(text: str) -> Numbers:
    """Each sample by its name and sorted labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(numbers: Numbers, sample: str, /, **labels: str) -> float:
    return numbers.get((sample, tuple(sorted(labels.items()))), 0.0)


@pytest.fixture
def numbers(settings, client, transactional_db) -> Callable[[], Numbers]:
    settings.METRICS_TOKEN = TOKEN
    return lambda: parsed(client.get("/metrics", headers=BEARER).content.decode())


def test_without_the_setting_the_address_is_unknown_whatever_is_sent(client, home, settings):
    settings.METRICS_TOKEN = ""
    for header in ("Bearer ", "Bearer", "", "Bearer None"):
        assert client.get("/metrics", headers={"Authorization": header}).status_code == 404
    answer, unknown = client.get("/metrics"), client.get("/nothing.txt")
    assert answer.status_code == unknown.status_code == 404
    assert set(answer.headers) == set(unknown.headers)
    assert answer.content.partition(b"<code>")[0] == unknown.content.partition(b"<code>")[0]


@pytest.mark.parametrize(
    "header", ["", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer ä", f"bearer {TOKEN}"]
)
def test_with_the_setting_only_its_token_opens_it(client, home, settings, header):
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


def test_nothing_but_reading_is_known_even_with_the_token(home, settings):
    settings.METRICS_TOKEN = TOKEN
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/metrics", headers=BEARER).status_code == 404
    assert strict.head("/metrics", headers=BEARER).status_code == 200
    assert strict.get("/de/metrics", headers=BEARER, follow=True).status_code == 404


def test_the_answer_is_text_that_nobody_keeps_and_opens_no_session(client, home, settings):
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers=BEARER)
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


def test_requests_are_counted_by_route_and_never_by_address(numbers, client, cast):
    before = numbers()
    client.get("/latest/")
    client.get("/de/latest/")
    client.get("/")
    client.get("/de/")
    client.get("/@fan/")
    client.get("/de/@fan/")
    client.get("/nothing/to/see.php")
    client.get("/cms/pages/77/edit/")
    client.generic("BREW", "/latest/")
    after = numbers()

    def more(**labels: str) -> float:
        return value(after, "sparkle_requests_total", **labels) - value(before, "sparkle_requests_total", **labels)

    assert more(method="GET", route="latest/", status="200") == 2
    assert more(method="GET", route="page", status="200") == 2
    assert more(method="GET", route=r"@(?P<username>[A-Za-z0-9_]{1,50})/", status="404") == 2
    assert more(method="GET", route="none", status="404") == 1
    assert more(method="GET", route="cms/…", status="302") == 1
    assert more(method="other", route="latest/", status="405") == 1
    assert not [labels for _name, labels in after if "fan" in str(labels) or "see.php" in str(labels)]


def test_time_and_queries_of_a_request_are_measured(numbers, client):
    client.get("/latest/")
    before = numbers()
    with CaptureQueriesContext(connection) as captured:
        client.get("/latest/")
    sent = len(captured)
    after = numbers()
    for name, expected in {"sparkle_request_queries": sent, "sparkle_request_seconds": None}.items():
        labels = {"route": "latest/"} | ({"method": "GET"} if expected is None else {})
        assert value(after, f"{name}_count", **labels) - value(before, f"{name}_count", **labels) == 1
        grown = value(after, f"{name}_sum", **labels) - value(before, f"{name}_sum", **labels)
        assert grown == expected or (expected is None and 0 < grown < 5)


def test_facts_that_wait_and_that_are_dead_are_seen_with_the_age_of_the_oldest(numbers):
    outbox.deliver(limit=1000)
    assert value(numbers(), "sparkle_facts", state="waiting") == 0
    assert value(numbers(), "sparkle_facts_oldest_seconds") == 0
    with transaction.atomic():
        first, _second = (outbox.record(PostUpdated(post_id=1)) for _ in range(2))
    outbox.OutboxFact.objects.filter(pk=first).update(occurred_at="2020-01-01T00:00:00Z")
    found = numbers()
    assert value(found, "sparkle_facts", state="waiting") == 2
    assert value(found, "sparkle_facts_oldest_seconds") > 5 * 365 * 86400
    outbox.OutboxFact.objects.filter(pk=first).update(dead_at="2020-01-02T00:00:00Z")
    found = numbers()
    assert value(found, "sparkle_facts", state="waiting") == value(found, "sparkle_facts", state="dead") == 1
    assert value(found, "sparkle_facts_oldest_seconds") < 60
    outbox.OutboxFact.objects.all().delete()


def test_jobs_are_seen_by_queue_and_state(numbers):
    before = numbers()
    Job.objects.create(queue="cleanup", name="bin", run_at="2020-01-01T00:00:00Z")
    Job.objects.create(queue="cleanup", name="bin", run_at="2999-01-01T00:00:00Z")
    Job.objects.create(queue="cleanup", name="bin", state=Job.State.FAILED, finished_at="2020-01-01T00:00:00Z")
    after = numbers()
    for state in ("waiting", "scheduled", "failed"):
        labels = {"queue": "cleanup", "state": state}
        assert value(after, "sparkle_jobs", **labels) - value(before, "sparkle_jobs", **labels) == 1
    assert value(after, "sparkle_jobs_oldest_seconds", queue="cleanup") > 5 * 365 * 86400
    assert value(after, "sparkle_queue_paused", queue="cleanup") == 0
    JobQueue.objects.update_or_create(name="cleanup", defaults={"paused": True})
    assert value(numbers(), "sparkle_queue_paused", queue="cleanup") == 1


def test_without_the_database_the_rest_is_told_and_that_it_is_away(numbers, monkeypatch):
    def away() -> None:
        raise OperationalError("secret at 10.0.0.7")

    monkeypatch.setattr(outbox, "numbers", away)
    found = numbers()
    assert value(found, "sparkle_database_up") == 0
    assert not [name for name, _labels in found if name.startswith(("sparkle_facts", "sparkle_jobs"))]
    assert [name for name, _labels in found if name == "sparkle_requests_total"]


def test_a_database_that_hangs_holds_nobody_for_more_than_its_time(numbers, monkeypatch):
    answers = threading.Event()
    monkeypatch.setitem(reading.patiently.__globals__, "PATIENCE", 0.1)
    monkeypatch.setattr(outbox, "numbers", lambda: answers.wait(60))
    began = time.monotonic()
    try:
        assert value(numbers(), "sparkle_database_up") == 0
        assert time.monotonic() - began < 20
    finally:
        answers.set()


def test_jobs_are_counted_by_how_they_ended(numbers):
    labels = {"queue": "cleanup", "name": "bin"}
    before = numbers()
    core.count_job("cleanup", "bin", "done", 0.02)
    core.count_job("cleanup", "bin", "failed", 3.0)
    after = numbers()
    for outcome in ("done", "failed"):
        name = "sparkle_job_outcomes_total"
        assert value(after, name, outcome=outcome, **labels) - value(before, name, outcome=outcome, **labels) == 1
    grown = value(after, "sparkle_job_seconds_sum", queue="cleanup") - value(
        before, "sparkle_job_seconds_sum", queue="cleanup"
    )
    assert grown == pytest.approx(3.02)


def test_a_breaker_shows_while_it_is_open(numbers):
    def is_open() -> float:
        return value(numbers(), "sparkle_breakers_open", engine="test")

    before, breaker = is_open(), Breaker("test")
    for _ in range(5):
        breaker.failed(ConnectionError())
    assert is_open() == before + 1
    breaker.succeeded()
    breaker.succeeded()
    assert is_open() == before


def test_cached_pages_cost_next_to_nothing_to_count_and_none_is_lost(numbers):
    before = numbers()
    began = time.perf_counter()
    for _ in range(10_000):
        metrics.count_page("hit")
    assert time.perf_counter() - began < 0.1
    metrics.count_page("stale")
    after = numbers()
    name = "sparkle_page_cache_total"
    assert value(after, name, outcome="hit") - value(before, name, outcome="hit") == 10_000
    assert value(after, name, outcome="stale") - value(before, name, outcome="stale") == 1
    with pytest.raises(KeyError):
        metrics.count_page("unheard-of")


def test_counting_a_request_takes_less_than_a_tenth_of_a_millisecond(rf):
    request, response = rf.get("/nothing"), HttpResponse()

    def answer(_request: HttpRequest) -> HttpResponse:
        return response

    request.resolver_match = None
    counted = metrics.MetricsMiddleware(answer)
    fastest = 1.0
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(100):
            counted(request)
        fastest = min(fastest, (time.perf_counter() - began) / 100)
    assert fastest < 0.0001


def write_counts(path: Path, **values: float) -> None:
    counts = MmapedDict(str(path))
    for key, number in values.items():
        counts.write_value(key, number, 0.0)
    counts.close()


def read_counts(path: Path) -> dict[str, float]:
    return {key: number for key, number, _when, _position in MmapedDict.read_all_values_from_file(str(path))}


def test_the_counts_of_dead_processes_stay_and_their_files_do_not(tmp_path):
    dead, also_dead = 2**22 + 1, 2**22 + 2  # above the kernel's largest number of a process
    write_counts(tmp_path / f"counter_{dead}.db", a=1, b=2)
    write_counts(tmp_path / f"counter_{also_dead}.db", a=10)
    write_counts(tmp_path / f"histogram_{dead}.db", c=5)
    write_counts(tmp_path / f"gauge_livesum_{dead}.db", d=1)
    write_counts(tmp_path / f"counter_{os.getpid()}.db", a=100)
    for _ in range(2):
        reading.fold_dead(tmp_path)
        assert {file.name for file in tmp_path.iterdir()} == {
            "counter_0.db",
            "histogram_0.db",
            f"counter_{os.getpid()}.db",
        }
        assert read_counts(tmp_path / "counter_0.db") == {"a": 11, "b": 2}
        assert read_counts(tmp_path / "histogram_0.db") == {"c": 5}


def test_a_new_site_forgets_what_earlier_ones_counted_and_leaves_others_alone(tmp_path, monkeypatch):
    monkeypatch.delenv(counting.VARIABLE, raising=False)
    folder = tmp_path / "metrics"
    folder.mkdir()
    write_counts(folder / "counter_0.db", a=1)
    write_counts(folder / f"counter_{2**22 + 1}.db", a=1)
    write_counts(folder / f"counter_{os.getpid()}.db", a=1)
    (folder / "counter_x.db").touch()
    counting.prepare(tmp_path)
    assert {file.name for file in folder.iterdir()} == {f"counter_{os.getpid()}.db", "counter_x.db"}
    assert os.environ[counting.VARIABLE] == str(folder)


def test_where_the_folder_cannot_be_written_another_is_used(tmp_path, monkeypatch):
    monkeypatch.delenv(counting.VARIABLE, raising=False)
    (tmp_path / "var").write_text("a file where a folder should be")
    counting.prepare(tmp_path / "var")
    folder = Path(os.environ[counting.VARIABLE])
    assert folder.is_dir()
    folder.rmdir()


def test_one_answer_counts_for_all_processes_of_a_site_also_after_one_was_killed(
    launch: Callable[..., Site], own_database: str, tmp_path: Path
) -> None:
    site = launch(
        "--only=web",
        settings="sparkle_site.settings.development",
        DATABASE_URL=own_database,
        METRICS_TOKEN=TOKEN,
        SPARKLE_VAR=str(tmp_path / "var"),
        LOG_LEVEL="error",
    ).serves()

    def told() -> Numbers:
        answer = site.ask("/metrics", headers=BEARER)
        assert answer.status == 200
        return parsed(answer.text)

    def answered() -> float:
        return value(told(), "sparkle_requests_total", method="GET", route="readyz", status="200")

    def ask(times: int) -> None:
        for _ in range(times):
            assert site.ask("/readyz").status == 200

    ask(30)
    assert [answered() for _ in range(10)] == [30.0] * 10
    files = {file.name for file in (tmp_path / "var" / "metrics").glob("counter_*.db")}
    assert files == {f"counter_{pid}.db" for pid in site.running("web")}

    killed = site.one("web")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: len(site.running("web")) == 2 and killed not in site.running("web"))
    eventually(lambda: answered() == 30.0)
    ask(30)
    assert [answered() for _ in range(10)] == [60.0] * 10
    assert site.ask("/metrics", headers={"Authorization": "Bearer wrong"}).status == 404

    for _ in range(20):
        assert site.ask("/api/posts").status == 200

    def of_the_cache() -> float:
        return sum(number for (name, _labels), number in told().items() if name == "sparkle_page_cache_total")

    eventually(lambda: of_the_cache() >= 20, 5)
