"""Health: what is asked, what is told, and what makes a process not ready."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError

from community.core.cache import RedisAwayError
from community.core.models import OutboxFact
from sparkle_site import health

NAMES = {"database", "cache", "channelLayer", "outbox", "storage"}


def broken(error: Exception) -> Any:
    def check() -> str:
        raise error

    return check


def test_alive_asks_no_engine(client, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(health, "_pool", None)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
def test_ready_tells_each_engine_with_its_time(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    data = answer.json()
    assert data["status"] == "ready", data
    assert set(data["checks"]) == NAMES
    for check in data["checks"].values():
        assert check["state"] == "up"
        assert 0 <= check["ms"] < 2000


@pytest.mark.django_db(transaction=True)
def test_without_the_database_a_process_is_not_ready(client, monkeypatch):
    secret = OperationalError("connection to server at 10.0.0.7 failed for user sparkle")
    monkeypatch.setitem(health.CHECKS, "database", broken(secret))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert answer.json()["checks"]["database"] == {"state": "down", "ms": None}
    assert "10.0.0.7" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_without_redis_or_storage_the_site_goes_on_and_says_so(client, monkeypatch):
    def away(*_arguments: Any) -> None:
        raise RedisAwayError

    monkeypatch.setattr(health, "redis_attempt", away)
    monkeypatch.setitem(health.CHECKS, "channelLayer", broken(RedisConnectionError("secret")))
    monkeypatch.setitem(health.CHECKS, "storage", broken(OSError("/secret/path")))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    data = answer.json()
    assert data["status"] == "degraded"
    assert {name for name, check in data["checks"].items() if check["state"] == "down"} == {
        "cache",
        "channelLayer",
        "storage",
    }
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_facts_that_nobody_delivers_show(client, monkeypatch):
    monkeypatch.setattr(health.outbox, "waiting_age", lambda: 61.0)
    data = client.get("/readyz").json()
    assert (data["status"], data["checks"]["outbox"]["state"]) == ("degraded", "late")
    assert not OutboxFact.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_engine_that_hangs_is_down_after_a_moment(client, monkeypatch):
    monkeypatch.setattr(health, "PATIENCE", 0.1)

    def slow() -> str:
        time.sleep(0.4)
        return "up"

    monkeypatch.setitem(health.CHECKS, "storage", slow)
    assert client.get("/readyz").json()["checks"]["storage"]["state"] == "down"


def test_only_reading_is_possible(client):
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz").status_code == 200
