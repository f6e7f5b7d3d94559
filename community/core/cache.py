"""The cache on Redis whose faults are misses: a request never fails, and never waits long, because of it."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient, RedisSerializer
from django.utils.functional import cached_property
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from community.core import metrics

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

FAILURES = 3
PAUSE = 1.0
PATIENCE = 0.25
_PICKLE_ERRORS = (pickle.UnpicklingError, AttributeError, ImportError, EOFError, IndexError, TypeError)


class RedisAwayError(Exception):
    """Redis did not answer in time, or is not asked because it did not answer a moment ago."""


class Breaker:
    """Stops asking a service that fails: opens after `failures` in a row (three), tries again after a second.

    The circuit breaker of M. Nygard, "Release It!" (2007). While it is open one caller a second is let
    through; its success closes the breaker for all.
    """

    def __init__(self, name: str, *, failures: int = FAILURES, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self._enough = failures
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until: float | None = None

    def allows(self) -> bool:
        """Whether the service may be asked now; the caller then reports `succeeded` or `failed`."""
        if self._closed_until is None:
            return True
        with self._lock:
            if self._closed_until is None:
                return True
            if self._clock() < self._closed_until:
                return False
            self._closed_until = self._clock() + PAUSE
            return True

    def succeeded(self) -> None:
        """The service answered."""
        if self._failures == 0 and self._closed_until is None:
            return
        with self._lock:
            was_open = self._closed_until is not None
            self._failures, self._closed_until = 0, None
        if was_open:
            metrics.breaker_closed(self.name)
            log.info(f"{self.name}_is_back")

    def failed(self, error: BaseException) -> None:
        """The service did not answer. Logged once for each opening."""
        with self._lock:
            self._failures += 1
            opens = self._closed_until is None and self._failures >= self._enough
            if self._failures >= self._enough:
                self._closed_until = self._clock() + PAUSE
        if opens:
            metrics.breaker_opened(self.name)
            log.error(f"{self.name}_is_away", error=type(error).__name__)

    @property
    def is_open(self) -> bool:
        """Whether the service is thought to be away."""
        return self._closed_until is not None


_breakers: dict[str, Breaker] = {}
_clients: dict[str, _Client] = {}
_shared_lock = threading.Lock()


def breaker_for(location: str) -> Breaker:
    """The one breaker of this process for a Redis server; Django makes a cache object per request."""
    with _shared_lock:
        return _breakers.setdefault(location, Breaker("redis"))


class _UnreadableError(Exception):
    """A stored value cannot be read, for instance after an update renamed its class."""


def _is_about_the_value(error: ResponseError) -> bool:
    """Whether the server is well and only the stored value is of another kind than the command expects."""
    return str(error).startswith(("WRONGTYPE", "value is not", "increment or decrement would overflow"))


class _ForgivingSerializer(RedisSerializer):
    def loads(self, data: Any) -> Any:
        try:
            return super().loads(data)
        except _PICKLE_ERRORS as error:
            raise _UnreadableError from error


class _Client(RedisCacheClient):
    """Django's, with one client for each pool: making one takes as long as asking Redis, and threads may share it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[ConnectionPool, Redis] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        """A client of the server that is asked."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        if pool not in self._clients:
            self._clients[pool] = Redis(connection_pool=pool)
        return self._clients[pool]


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache for which every fault of Redis is a miss on reading and nothing on writing.

    What an answer means while Redis is away: `add` is False (nothing was stored), `incr` raises ValueError
    (Django's answer for a missing key), `set_many` names all keys as not stored.
    """

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        options = {
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            # redis-py tries three times with pauses by default: the time allowed would be many times over.
            "retry": Retry(NoBackoff(), 0),
            "serializer": _ForgivingSerializer,
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": options})
        self._breaker = breaker_for(str(server))
        self._described = f"{server} {params}"

    @cached_property
    def _cache(self) -> _Client:
        """The one client of this process for these settings, so that connections last longer than a request.

        `django.core.cache.caches` keeps its objects in the context, which is a new one for each request
        (`asgiref.local.Local`); a client and its pool may be shared by threads.
        """
        with _shared_lock:
            if self._described not in _clients:
                _clients[self._described] = _Client(self._servers, **self._options)  # type: ignore[attr-defined]
            return _clients[self._described]

    def attempt(self, work: Callable[[Redis], Answer]) -> Answer:
        """`work` done with the raw client, behind the breaker: for what Django's cache has no words for.

        Raises RedisAwayError.
        """
        return self._guarded(lambda: work(self._cache.get_client(None, write=True)))

    def _guarded(self, work: Callable[[], Answer]) -> Answer:
        if not self._breaker.allows():
            raise RedisAwayError
        try:
            answer = work()
        except (RedisError, OSError) as error:
            if isinstance(error, ResponseError) and _is_about_the_value(error):
                self._breaker.succeeded()
                raise _UnreadableError from error
            self._breaker.failed(error)
            raise RedisAwayError from error
        except (_UnreadableError, ValueError):
            self._breaker.succeeded()
            raise
        self._breaker.succeeded()
        return answer

    def _or(self, otherwise: Answer, work: Callable[[], Answer]) -> Answer:
        try:
            return self._guarded(work)
        except (RedisAwayError, _UnreadableError):
            return otherwise

    def add(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Stores unless there is a value; False also when nothing could be stored."""
        return self._or(False, lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default`."""
        return self._or(default, lambda: super(ForgivingRedisCache, self).get(key, default, version))

    def set(self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Stores, if Redis is there."""
        self._or(None, lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version))

    def touch(self, key: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Gives a value a new time to live; False when there is none."""
        return self._or(False, lambda: super(ForgivingRedisCache, self).touch(key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Removes; False when there was nothing."""
        return self._or(False, lambda: super(ForgivingRedisCache, self).delete(key, version))

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """The values that are there."""
        wanted = list(keys)
        if not wanted:
            return {}
        return self._or({}, lambda: super(ForgivingRedisCache, self).get_many(wanted, version))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Whether there is a value."""
        return self._or(False, lambda: super(ForgivingRedisCache, self).has_key(key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Adds to a number. Raises ValueError when there is none, also because Redis is away."""
        try:
            return self._guarded(lambda: super(ForgivingRedisCache, self).incr(key, delta, version))
        except (RedisAwayError, _UnreadableError) as error:
            raise ValueError(f"Key {key!r} not found") from error

    def set_many(
        self, data: Mapping[Any, Any], timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[Any]:
        """Stores several; answers the keys that were not stored."""
        return self._or(list(data), lambda: super(ForgivingRedisCache, self).set_many(dict(data), timeout, version))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        """Removes several."""
        wanted = list(keys)
        self._or(None, lambda: super(ForgivingRedisCache, self).delete_many(wanted, version))

    def clear(self) -> None:
        """Removes everything of this database of Redis."""
        self._or(None, lambda: super(ForgivingRedisCache, self).clear())


def redis_attempt(cache: BaseCache, work: Callable[[Redis], Answer]) -> Answer:
    """`work` on the Redis behind a Django cache. Raises RedisAwayError, also for a cache of another kind."""
    if isinstance(cache, ForgivingRedisCache):
        return cache.attempt(work)
    raise RedisAwayError
