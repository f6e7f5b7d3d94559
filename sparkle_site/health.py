"""Health for load balancers and operators: is the process alive, and can it do its work?"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from typing import TypeVar

import structlog
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from community.core import outbox
from community.core.cache import RedisAwayError, redis_attempt

log = structlog.get_logger(__name__)

T = TypeVar("T")

PATIENCE = 2.0
#: A fact that has waited longer than this means that nobody delivers.
LATE = 60.0
UP, LATE_STATE, DOWN = "up", "late", "down"
_pool = ThreadPoolExecutor(max_workers=10, thread_name_prefix="health")


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Alive: this process answers. No engine is asked, so a slow database restarts nothing."""
    return _answer({"status": "alive"}, 200)


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Ready: each engine with its state and time in ms; 503 when the database, needed by all, is down.

    Without Redis, the outbox or the store of files the site goes on, so those only make it "degraded".
    """
    deadline = time.monotonic() + PATIENCE
    started = {name: _pool.submit(_timed, check) for name, check in CHECKS.items()}
    results = {name: _result(name, future, deadline) for name, future in started.items()}
    states = {name: str(result["state"]) for name, result in results.items()}
    if states["database"] != UP:
        status = "unavailable"
    elif set(states.values()) != {UP}:
        status = "degraded"
    else:
        status = "ready"
    return _answer({"status": status, "checks": results}, 503 if status == "unavailable" else 200)


def patiently(work: Callable[[], T]) -> T:
    """What `work` returns, done in another thread with a database connection of its own.

    Raises whatever `work` raises, and TimeoutError when it takes longer than PATIENCE; it then goes on unheard.
    """

    def closing() -> T:
        try:
            return work()
        finally:
            connection.close()

    future = _pool.submit(closing)
    try:
        return future.result(timeout=PATIENCE)
    except TookTooLong:
        future.cancel()
        raise


def _answer(data: dict[str, object], status: int) -> JsonResponse:
    response = JsonResponse(data, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _timed(check: Callable[[], str]) -> dict[str, object]:
    started = time.monotonic()
    try:
        state = check()
    finally:
        connection.close()
    return {"state": state, "ms": round((time.monotonic() - started) * 1000, 1)}


def _result(name: str, future: Future[dict[str, object]], deadline: float) -> dict[str, object]:
    try:
        return future.result(timeout=max(0.0, deadline - time.monotonic()))
    except TookTooLong:
        future.cancel()
        log.warning("health_check_slow", check=name)
        return {"state": DOWN, "ms": PATIENCE * 1000}
    except Exception as error:  # noqa: BLE001 - any fault means "down"; which one stands in the log, not in the answer
        log.warning("health_check_failed", check=name, error=type(error).__name__)
        return {"state": DOWN, "ms": None}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return UP


def _cache() -> str:
    try:
        redis_attempt(caches["default"], lambda client: client.ping())
    except RedisAwayError:
        return DOWN
    return UP


def _channel_layer() -> str:
    host = settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]
    address = host["address"] if isinstance(host, dict) else host
    client = Redis.from_url(
        address, socket_timeout=PATIENCE / 2, socket_connect_timeout=PATIENCE / 2, retry=Retry(NoBackoff(), 0)
    )
    with contextlib.closing(client):
        client.ping()
    return UP


def _outbox() -> str:
    return UP if outbox.waiting_age() < LATE else LATE_STATE


def _storage() -> str:
    default_storage.exists("ready")
    return UP


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "cache": _cache,
    "channelLayer": _channel_layer,
    "outbox": _outbox,
    "storage": _storage,
}
