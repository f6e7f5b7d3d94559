"""Numbers for operators that the core counts itself: queries, jobs, and engines that are thought to be away."""

from __future__ import annotations

import threading

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

#: What this process counts; `sparkle_site/metrics.py` adds up all processes of a launcher.
REGISTRY = CollectorRegistry()

_job_outcomes = Counter(
    "sparkle_job_outcomes", "Jobs that ended, by how they ended.", ["queue", "name", "outcome"], registry=REGISTRY
)
_job_seconds = Histogram(
    "sparkle_job_seconds",
    "How long jobs worked.",
    ["queue"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800),
    registry=REGISTRY,
)
_mails = Counter("sparkle_mails", "Attempts to send a mail, by how they ended.", ["lane", "outcome"], registry=REGISTRY)
_alerts = Counter("sparkle_security_alerts", "Alerts raised for people's accounts.", ["kind"], registry=REGISTRY)
_breakers_open = Gauge(
    "sparkle_breakers_open",
    "Breakers that are open: how often, in all processes, an engine is not asked because it did not answer.",
    ["engine"],
    multiprocess_mode="livesum",
    registry=REGISTRY,
)


class _Counts(threading.local):
    queries = 0


_counts = _Counts()


def count_query() -> None:
    """One more statement was sent to the database by this thread."""
    _counts.queries += 1


def queries() -> int:
    """Statements of this thread since it began; the difference of two calls is what lay between them."""
    return _counts.queries


def count_job(queue: str, name: str, outcome: str, seconds: float) -> None:
    """A job has ended. `outcome` is one of a few words, such as "done", "retried", "failed"."""
    _job_outcomes.labels(queue, name, outcome).inc()
    _job_seconds.labels(queue).observe(seconds)


def count_mail(lane: str, outcome: str) -> None:
    """An attempt to send a mail has ended: "sent", "retried", "failed", "suppressed" or "expired"."""
    _mails.labels(lane, outcome).inc()


def count_alert(kind: str) -> None:
    """Somebody was warned of something that happened to their account."""
    _alerts.labels(kind).inc()


def breaker_opened(engine: str) -> None:
    """This process stops asking a server of this kind: "redis" or "database"."""
    _breakers_open.labels(engine).inc()


def breaker_closed(engine: str) -> None:
    """This process asks that server again."""
    _breakers_open.labels(engine).dec()
