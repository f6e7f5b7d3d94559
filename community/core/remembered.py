"""What a process remembers between requests: parts of pages and lists, until a generation they show is another.

Tokens are read once for each request, after it began, so an answer is never older than its request. In a
transaction, outside a request that reads, and while Redis is away nothing is remembered.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

from django.core.cache import caches
from django.db import connection
from redis import Redis

from community.core import generations
from community.core.cache import RedisAwayError, redis_attempt

T = TypeVar("T")

#: Things remembered in a process; the one not asked for the longest goes first.
MOST = 1000
#: Seconds; a change of time alone (a feature that ends, a date in words) is seen after these.
LIFETIME = 15.0


class _Request(threading.local):
    """The tokens that the request of this thread has read; None outside of one that reads."""

    tokens: dict[str, str] | None = None


_request = _Request()
_known: OrderedDict[Hashable, tuple[tuple[str, ...], float, Any]] = OrderedDict()
_lock = threading.Lock()


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Inside, one request is answered that changes nothing: what is remembered may be used."""
    _request.tokens = {}
    try:
        yield
    finally:
        _request.tokens = None


def remembered(key: Hashable, tags: tuple[str, ...], make: Callable[[], T], *, otherwise: T | None = None) -> T:
    """What `make` answers, or answered since each of `tags` was bumped last (generations.py), for equal keys.

    Where nothing can be remembered it is asked each time, or the answer is `otherwise`, if there is one.

    The value is shared by threads: nobody may change it. It must depend on nothing but the key, what the tags
    stand for, and the time, which may be some seconds old.
    """
    tokens = _tokens(tags)
    if tokens is None:
        return make() if otherwise is None else otherwise
    now = time.monotonic()
    with _lock:
        found = _known.get(key)
        if found is not None and found[0] == tokens and now - found[1] < LIFETIME:
            _known.move_to_end(key)
            value: T = found[2]
            return value
    made = make()
    if made is None:
        return made  # whoever asks for what is not there must not push out what is
    with _lock:
        _known[key] = (tokens, now, made)
        _known.move_to_end(key)
        while len(_known) > MOST:
            _known.popitem(last=False)
    return made


def _tokens(tags: tuple[str, ...]) -> tuple[str, ...] | None:
    read = _request.tokens
    if read is None or connection.in_atomic_block:
        return None
    missing = [tag for tag in tags if tag not in read]
    if missing:
        try:
            read.update(redis_attempt(caches["default"], lambda redis: _read(redis, missing)))
        except RedisAwayError:
            # What was bumped meanwhile may be lost: nothing made before may be used when Redis is back.
            with _lock:
                _known.clear()
            return None
    return tuple(read[tag] for tag in tags)


def _read(redis: Redis, tags: list[str]) -> dict[str, str]:
    """The token of each tag; what has none gets one."""
    keys = [generations.key(tag) for tag in tags]
    found: Any = redis.mget(keys)
    if None in found:
        with redis.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.set(key, generations.new_token(), ex=generations.LIFETIME, nx=True)
            pipeline.execute()
        found = redis.mget(keys)
    return {tag: (token or b"").decode() or generations.new_token() for tag, token in zip(tags, found, strict=True)}
