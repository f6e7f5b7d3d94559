"""How often somebody may do something: a true sliding window, counted in one atomic step."""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import hashlib
import math
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.utils import timezone
from django.utils.encoding import force_bytes
from redis import Redis
from redis.exceptions import NoScriptError

from community.core.cache import RedisAwayError, redis_attempt
from community.core.errors import TooMany
from community.core.models import LimitCount

log = structlog.get_logger(__name__)

#: RATE_LIMIT_SCALE multiplies these, and only these.
SCALED = frozenset({"api", "write", "act", "upload"})
#: These never open: they are counted in the database, so Redis may be away or forget.
IN_DATABASE = frozenset({"auth-start", "auth-start-account"})

_lifted: contextvars.ContextVar[bool] = contextvars.ContextVar("limits_lifted", default=False)

# One sorted set per key holds the time of each counted hit. Refused hits are not counted, so asking again
# does not prolong the wait, and a set never holds more than its limit. The server's clock is the only clock.
# Answer: {1 when allowed, hits in the window, µs until the oldest leaves, µs until `cost` more would fit}
_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, limit, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
local used = redis.call('ZCARD', KEYS[1])
local allowed = 0
if used + cost <= limit then
  allowed = 1
  for i = 1, cost do
    redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[4] .. i)
  end
  used = used + cost
  redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
end
local function leaves_in(index)
  local hit = redis.call('ZRANGE', KEYS[1], index, index, 'WITHSCORES')
  if hit[2] then return tonumber(hit[2]) + window - now end
  return window
end
return {allowed, used, leaves_in(0), allowed == 1 and 0 or leaves_in(used + cost - limit - 1)}
"""
_SCRIPT_SHA = hashlib.sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What a limit says to one hit: whether it may pass, how many are left, when there are more again."""

    allowed: bool
    limit: int
    remaining: int
    #: the moment the oldest counted hit leaves the window
    reset_at: datetime
    #: whole seconds until this hit would be allowed; 0 when it is
    retry_after: int


def hit(bucket: str, key: str, *, cost: int = 1, times: float = 1) -> Verdict:
    """Counts one act of `key` (such as `user:7`) in `bucket`, unless the limit is reached.

    At most `limit` acts fall into any window of the bucket's length, however many processes ask at once. A
    refused act is not counted. While Redis is away the act is allowed and the fault is logged, except for the
    buckets of IN_DATABASE. Whoever is trusted more has `times` the limit. Raises KeyError for a bucket that
    settings.RATE_LIMITS does not know.
    """
    limit, seconds = _limit_of(bucket, times)
    digest = _digest(bucket, key)
    if _lifted.get() and bucket not in IN_DATABASE:
        return Verdict(True, limit, limit, timezone.now() + timedelta(seconds=seconds), 0)
    if bucket in IN_DATABASE:
        return _hit_in_database(bucket, digest, limit, seconds, cost)
    name = f"sparkle:limit:{bucket}:{digest}"
    try:
        answer = redis_attempt(caches["default"], lambda client: _run(client, name, limit, seconds, cost))
    except RedisAwayError:
        log.debug("limit_not_counted", bucket=bucket)  # the breaker has logged the fault itself, once
        return Verdict(True, limit, limit, timezone.now() + timedelta(seconds=seconds), 0)
    allowed, used, oldest, enough = (int(part) for part in answer)
    return _verdict(bool(allowed), limit, used, oldest / 1e6, min(enough / 1e6, seconds))


def guard(bucket: str, key: str, *, cost: int = 1, times: float = 1) -> Verdict:
    """Counts one act of `key` in `bucket`. Raises TooMany when the limit is reached (RFC 6585, section 4)."""
    verdict = hit(bucket, key, cost=cost, times=times)
    if not verdict.allowed:
        raise TooMany(retry_after=verdict.retry_after)
    return verdict


@contextlib.contextmanager
def lifted() -> Iterator[None]:
    """For what the operator loads in bulk in the name of others: inside, only IN_DATABASE buckets are counted."""
    token = _lifted.set(True)
    try:
        yield
    finally:
        _lifted.reset(token)


def forget_old() -> int:
    """Deletes counts in the database that no window reaches any more; returns how many."""
    longest = max(seconds for _, seconds in settings.RATE_LIMITS.values())
    old = LimitCount.objects.filter(window_start__lt=timezone.now() - timedelta(seconds=longest))
    return old.delete()[0]


def _limit_of(bucket: str, times: float) -> tuple[int, int]:
    count, seconds = settings.RATE_LIMITS[bucket]
    if bucket in SCALED:
        count = max(1, int(count * settings.RATE_LIMIT_SCALE * times))
    return count, seconds


def _digest(bucket: str, key: str) -> str:
    """A fixed length for any key, and no readable addresses in Redis or the database."""
    secret = hashlib.sha256(force_bytes(settings.SECRET_KEY)).digest()
    return hashlib.blake2b(f"{bucket}\0{key}".encode("utf-8", "replace"), digest_size=16, key=secret).hexdigest()


def _verdict(allowed: bool, limit: int, used: int, oldest: float, enough: float) -> Verdict:
    return Verdict(
        allowed=allowed,
        limit=limit,
        remaining=max(0, limit - used),
        reset_at=datetime.now(UTC) + timedelta(seconds=max(0.0, oldest)),
        retry_after=0 if allowed else max(1, math.ceil(enough)),
    )


def _run(client: Redis, name: str, limit: int, seconds: int, cost: int) -> Any:
    arguments: list[Any] = [name, seconds * 1_000_000, limit, cost, secrets.token_hex(6)]
    try:
        return client.evalsha(_SCRIPT_SHA, 1, *arguments)
    except NoScriptError:  # the first call after the server's start
        return client.eval(_SCRIPT, 1, *arguments)


def _hit_in_database(bucket: str, digest: str, limit: int, seconds: int, cost: int) -> Verdict:
    """The same window with a row per counted hit; an advisory lock of PostgreSQL makes it atomic.

    Call it outside the transaction of the act it guards: a rolled-back act must not forget its count.
    """
    lock = int.from_bytes(bytes.fromhex(digest)[:8], "big", signed=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        window = timedelta(seconds=seconds)
        rows = LimitCount.objects.filter(bucket=bucket, key_digest=digest)
        rows.filter(window_start__lte=now - window).delete()
        hits = list(rows.order_by("window_start").values_list("window_start", "count"))
        used = sum(count for _, count in hits)
        allowed = used + cost <= limit
        if allowed:
            LimitCount.objects.create(bucket=bucket, key_digest=digest, window_start=now, count=cost)
            hits.append((now, cost))
            used += cost
    enough = _leaves_in(hits, max(1, used + cost - limit), now, window)
    return _verdict(allowed, limit, used, _leaves_in(hits, 1, now, window), enough)


def _leaves_in(hits: list[tuple[datetime, int]], many: int, now: datetime, window: timedelta) -> float:
    """Seconds until `many` of the counted hits have left the window."""
    gone = 0
    for moment, count in hits:
        gone += count
        if gone >= many:
            return (moment + window - now).total_seconds()
    return window.total_seconds()
