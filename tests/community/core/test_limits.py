"""Limits hold exactly, also when everybody comes at once, and open or stay shut without Redis."""

from __future__ import annotations

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.models import F

from community.core import limits
from community.core.cache import ForgivingRedisCache, RedisAwayError
from community.core.errors import TooMany
from community.core.models import LimitCount


@pytest.fixture
def key():
    return f"user:{uuid.uuid4()}"


@pytest.fixture
def buckets(settings):
    settings.RATE_LIMITS = {"api": (5, 60), "write": (3, 60), "quick": (2, 1), "auth-start": (4, 900)}
    settings.RATE_LIMIT_SCALE = 1
    return settings


@pytest.fixture
def no_redis(monkeypatch):
    def nobody(cache, work):
        raise RedisAwayError

    monkeypatch.setattr(limits, "redis_attempt", nobody)


def test_the_limit_is_told_and_kept(buckets, key):
    verdicts = [limits.hit("api", key) for _ in range(6)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 5 + [False]
    assert [verdict.remaining for verdict in verdicts] == [4, 3, 2, 1, 0, 0]
    assert {verdict.limit for verdict in verdicts} == {5}
    assert verdicts[0].retry_after == 0
    assert 59 <= verdicts[-1].retry_after <= 60
    wait = verdicts[-1].reset_at - datetime.now(UTC)
    assert timedelta(seconds=58) < wait <= timedelta(seconds=60)


def test_others_and_other_buckets_are_counted_apart(buckets, key):
    for _ in range(5):
        limits.hit("api", key)
    assert not limits.hit("api", key).allowed
    assert limits.hit("api", key + "x").allowed
    assert limits.hit("write", key).allowed


def test_the_window_slides_and_refused_tries_do_not_prolong_it(buckets, key):
    started = time.monotonic()
    assert limits.hit("quick", key).allowed
    time.sleep(0.5)
    assert limits.hit("quick", key).allowed
    while time.monotonic() - started < 0.95:
        assert not limits.hit("quick", key).allowed
        time.sleep(0.02)
    time.sleep(max(0.0, started + 1.05 - time.monotonic()))
    assert limits.hit("quick", key).allowed, "the first hit has left the window"
    assert not limits.hit("quick", key).allowed, "the second has not"


def test_a_set_holds_no_more_than_its_limit_and_goes_by_itself(buckets, key):
    for _ in range(50):
        limits.hit("quick", key)
    name = f"sparkle:limit:quick:{limits._digest('quick', key)}"
    count, life = caches["default"].attempt(lambda client: (client.zcard(name), client.pttl(name)))
    assert count == 2
    assert 0 < life <= 1000


def test_what_costs_more_counts_more(buckets, key):
    assert limits.hit("api", key, cost=3).remaining == 2
    assert not limits.hit("api", key, cost=3).allowed
    assert limits.hit("api", key, cost=2).allowed
    assert limits.hit("api", key + "z", cost=9).retry_after == 60


@pytest.mark.parametrize("bucket", ["api", "auth-start"])
@pytest.mark.django_db(transaction=True)
def test_parallel_hits_never_pass_the_limit(buckets, key, bucket):
    verdicts: list[limits.Verdict] = []
    start = threading.Barrier(12)

    def hits() -> None:
        start.wait()
        for _ in range(5):
            verdicts.append(limits.hit(bucket, key))
        connection.close()

    threads = [threading.Thread(target=hits) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(verdicts) == 60
    assert sum(verdict.allowed for verdict in verdicts) == buckets.RATE_LIMITS[bucket][0]


def test_the_scale_raises_only_what_it_should(buckets, key, db):
    buckets.RATE_LIMIT_SCALE = 2.5
    assert limits.hit("api", key).limit == 12
    assert limits.hit("auth-start", key).limit == 4
    buckets.RATE_LIMIT_SCALE = 0.001
    assert limits.hit("api", key).limit == 1


def test_without_redis_the_open_buckets_let_through(buckets, key, no_redis):
    verdicts = [limits.hit("api", key) for _ in range(20)]
    assert all(verdict.allowed for verdict in verdicts)
    assert verdicts[-1].remaining == 5


@pytest.mark.django_db
def test_without_redis_starting_to_sign_in_stays_limited(buckets, key, no_redis):
    verdicts = [limits.hit("auth-start", key) for _ in range(6)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 4 + [False] * 2
    assert [verdict.remaining for verdict in verdicts] == [3, 2, 1, 0, 0, 0]
    assert 890 < verdicts[-1].retry_after <= 900
    assert limits.hit("auth-start", key + "x").allowed


@pytest.mark.django_db
def test_counts_in_the_database_leave_the_window_and_are_swept(buckets, key):
    for _ in range(5):
        limits.hit("auth-start", key)
    assert LimitCount.objects.count() == 4
    LimitCount.objects.update(window_start=F("window_start") - timedelta(seconds=901))
    assert limits.hit("auth-start", key).allowed
    assert LimitCount.objects.count() == 1, "what has left the window goes with the next hit"
    LimitCount.objects.update(window_start=F("window_start") - timedelta(seconds=901))
    assert limits.forget_old() == 1


def test_a_guard_refuses_with_the_time_to_wait(buckets, key):
    for _ in range(3):
        limits.guard("write", key)
    with pytest.raises(TooMany) as refused:
        limits.guard("write", key)
    assert 59 <= refused.value.retry_after <= 60


def test_keys_of_any_length_and_kind_are_counted_without_being_stored(buckets):
    odd = f"{uuid.uuid4()}\x00\ud800" + "x" * 100_000
    assert limits.hit("api", odd).remaining == 4
    assert limits.hit("api", odd).remaining == 3
    assert len(limits._digest("api", odd)) == 32


def test_an_unknown_bucket_is_a_mistake(buckets, key):
    with pytest.raises(KeyError):
        limits.hit("nothing", key)


def test_the_script_survives_a_restart_of_redis(buckets, key):
    cache = caches["default"]
    assert isinstance(cache, ForgivingRedisCache)
    limits.hit("api", key)
    cache.attempt(lambda client: client.script_flush())
    assert limits.hit("api", key).remaining == 3


@pytest.mark.django_db
def test_what_the_operator_loads_is_not_counted_but_signing_in_always_is(buckets, key):
    with limits.lifted():
        assert all(limits.hit("write", key).allowed for _ in range(5))
        assert [limits.hit("auth-start", key).allowed for _ in range(5)] == [True] * 4 + [False]
    assert [limits.hit("write", key).allowed for _ in range(4)] == [True] * 3 + [False]
