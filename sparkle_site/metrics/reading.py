"""/metrics: everything counted, for an operator's Prometheus."""

from __future__ import annotations

import contextlib
import fcntl
import hmac
import os
from collections.abc import Iterator
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from community.core import jobs, outbox
from community.core import metrics as core
from sparkle_site.health import patiently
from sparkle_site.metrics.pages import sync
from sparkle_site.serve.counting import DEAD, VARIABLE, dead_files

log = structlog.get_logger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@csrf_exempt
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything counted, in Prometheus' text format, for whoever knows METRICS_TOKEN.

    Raises Http404 for everybody else, as for an address that does not exist.
    """
    if request.method not in {"GET", "HEAD"} or not _knows_token(request):
        raise Http404
    sync()
    with _all_processes() as registry:
        text = generate_latest(registry) + generate_latest(_database_registry)
    return HttpResponse(text, content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def _knows_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


@contextlib.contextmanager
def _all_processes() -> Iterator[CollectorRegistry]:
    """The counts of all processes; those of the dead are added up first. One reader at a time."""
    folder = os.environ.get(VARIABLE)
    if folder is None:
        yield core.REGISTRY
        return
    with Path(folder, "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fold_dead(Path(folder))
        registry = CollectorRegistry()
        MultiProcessCollector(registry, folder)
        yield registry


def fold_dead(folder: Path) -> None:
    """Adds the counts of dead processes up in one file each for counters and histograms, and forgets their gauges.

    Without it every restart would leave files that each reading opens. Counts of the dead stay, since a
    counter that falls looks like a restart of everything.
    """
    for file in dead_files(folder):
        kind, _, pid = file.stem.rpartition("_")
        if int(pid) == DEAD:
            continue
        if not kind.startswith("gauge"):
            _add(MmapedDict.read_all_values_from_file(str(file)), folder / f"{kind}_{DEAD}.db")
        file.unlink()


def _add(values: Iterator[tuple[str, float, float, int]], path: Path) -> None:
    sums = MmapedDict(str(path))
    try:
        for key, value, _when, _position in values:
            sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
    finally:
        sums.close()


class DatabaseCollector(Collector):
    """How facts and jobs stand, asked of the database when somebody reads; only `up 0` when it does not answer."""

    def collect(self) -> Iterator[Metric]:
        """The numbers, within the two seconds that health allows an engine as well."""
        try:
            found = patiently(_from_database)
        except Exception as error:  # noqa: BLE001 - any fault means "away"; which one stands in the log
            log.warning("metrics_without_database", error=type(error).__name__)
            found = []
        yield GaugeMetricFamily("sparkle_database_up", "Whether the database answered.", value=bool(found))
        yield from found


def _from_database() -> list[Metric]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 2000")
        return [*_of_facts(outbox.numbers()), *_of_jobs(jobs.queue_states())]


def _of_facts(numbers: outbox.Numbers) -> list[Metric]:
    states = GaugeMetricFamily("sparkle_facts", "Facts that are not delivered: waiting, or given up.", labels=["state"])
    states.add_metric(["waiting"], numbers.waiting)
    states.add_metric(["dead"], numbers.dead)
    oldest = GaugeMetricFamily(
        "sparkle_facts_oldest_seconds", "Age of the oldest fact that waits.", value=numbers.oldest_seconds
    )
    return [states, oldest]


def _of_jobs(queues: list[jobs.QueueState]) -> list[Metric]:
    """Without those that are done: how many there were is a counter, and how many are kept tells nothing."""
    states = GaugeMetricFamily("sparkle_jobs", "Jobs of a queue that are not done.", labels=["queue", "state"])
    oldest = GaugeMetricFamily("sparkle_jobs_oldest_seconds", "How long the oldest due job waits.", labels=["queue"])
    paused = GaugeMetricFamily("sparkle_queue_paused", "Whether somebody has paused the queue.", labels=["queue"])
    for queue in queues:
        for state in ("waiting", "scheduled", "running", "failed"):
            states.add_metric([queue.name, state], getattr(queue, state))
        oldest.add_metric([queue.name], queue.oldest_seconds)
        paused.add_metric([queue.name], queue.paused)
    return [states, oldest, paused]


_database_registry = CollectorRegistry(auto_describe=False)
_database_registry.register(DatabaseCollector())
