"""A Redis that is away or hangs costs a miss, never a request and never long."""

from __future__ import annotations

import contextvars
import pickle
import socket
import threading
import time
import uuid

import pytest
from django.core.cache import caches
from redis import Redis
from structlog.testing import capture_logs

from community.core import cache as module
from community.core.cache import Breaker, ForgivingRedisCache, RedisAwayError, redis_attempt


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def away(tmp_path):
    """A cache whose server is not there."""
    return ForgivingRedisCache(f"unix://{tmp_path}/nobody.sock", {})


@pytest.fixture
def hanging():
    """A cache whose server takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield ForgivingRedisCache(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", {})


@pytest.fixture
def here():
    """The test engine's cache, under keys of this test alone."""
    real = caches["default"]
    assert isinstance(real, ForgivingRedisCache)
    return ForgivingRedisCache(real._servers, {"KEY_PREFIX": uuid.uuid4().hex})


def test_requests_share_their_connections(here):
    found = set()

    def ask() -> None:
        # As in a request: the cache is a new object in each context.
        cache = caches.create_connection("default")
        assert cache.get("a") is None
        found.add(id(redis_attempt(cache, lambda redis: redis.connection_pool)))

    for _ in range(3):
        contextvars.copy_context().run(ask)
    assert len(found) == 1


def test_with_redis_it_is_djangos_cache(here):
    assert here.get("a") is None
    assert here.add("a", {"x": [1]}) is True
    assert here.add("a", 2) is False
    assert here.get("a") == {"x": [1]}
    here.set("n", 5)
    assert here.incr("n") == 6
    assert here.decr("n") == 5
    assert here.set_many({"b": 1, "c": 2}) == []
    assert here.get_many(["b", "c", "d"]) == {"b": 1, "c": 2}
    assert here.get_many([]) == {}
    assert here.touch("b", 10) is True
    assert here.has_key("b")
    assert here.delete("b") is True
    here.delete_many(["c", "n"])
    assert here.get("n") is None
    with pytest.raises(ValueError, match="not found"):
        here.incr("n")
    assert here.attempt(lambda client: client.ping()) is True


def test_without_redis_everything_is_a_miss(away):
    away.set("a", 1)
    assert away.get("a", "otherwise") == "otherwise"
    assert away.add("a", 1) is False
    assert away.touch("a") is False
    assert away.delete("a") is False
    assert away.has_key("a") is False
    assert away.get_many(["a"]) == {}
    assert away.set_many({"a": 1, "b": 2}) == ["a", "b"]
    assert away.get_or_set("a", lambda: 3) == 3
    away.delete_many(["a"])
    away.clear()
    with pytest.raises(ValueError, match="not found"):
        away.incr("a")
    with pytest.raises(RedisAwayError):
        away.attempt(lambda client: client.ping())


def test_a_hanging_redis_takes_a_quarter_second_at_most(hanging):
    started = time.monotonic()
    assert hanging.get("a") is None
    assert time.monotonic() - started < 0.4


def test_the_breaker_makes_a_hanging_redis_cost_nothing_after_three_tries(hanging):
    for _attempt in range(3):
        hanging.get("a")
    started = time.monotonic()
    for _attempt in range(1000):
        hanging.get("a")
    assert time.monotonic() - started < 0.2


def test_a_value_nobody_can_read_is_a_miss_and_no_fault_of_redis(here):
    def spoil(client: Redis) -> None:
        client.set(here.make_key("a"), pickle.dumps(Breaker)[:-4] + b"zz.")

    here.attempt(spoil)
    assert here.get("a", "miss") == "miss"
    here.set("text", "words")
    with pytest.raises(ValueError, match="not found"):
        here.incr("text")
    assert not here._breaker.is_open


def test_a_cache_of_another_kind_has_no_redis():
    with pytest.raises(RedisAwayError):
        redis_attempt(object(), lambda client: client.ping())  # type: ignore[arg-type]


def test_the_breaker_opens_after_three_failures_in_a_row_and_tries_after_a_second():
    clock = Clock()
    breaker = Breaker("redis", clock=clock)
    fault = ConnectionError()
    breaker.failed(fault)
    breaker.failed(fault)
    breaker.succeeded()
    with capture_logs() as logs:
        for _attempt in range(3):
            assert breaker.allows()
            breaker.failed(fault)
        assert not breaker.allows()
        clock.now = 0.99
        assert not breaker.allows()
        clock.now = 1.0
        assert breaker.allows()
        assert not breaker.allows(), "one caller tries, the others go on missing"
        breaker.failed(fault)
        assert not breaker.allows()
        clock.now = 3.0
        assert breaker.allows()
        breaker.succeeded()
        assert breaker.allows()
        assert breaker.allows()
    assert [entry["event"] for entry in logs] == ["redis_is_away", "redis_is_back"], "logged once for each opening"


def test_one_breaker_for_all_threads():
    location = f"unix:///{uuid.uuid4()}"
    found = []
    threads = [threading.Thread(target=lambda: found.append(module.breaker_for(location))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(breaker) for breaker in found}) == 1
