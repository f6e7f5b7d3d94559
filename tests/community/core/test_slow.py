"""Slow statements and slow answers are told of, without what they were about."""

from __future__ import annotations

import pytest
import structlog
from django.db import connection
from django.http import HttpResponse
from psycopg import sql

from community.core import middleware, slow_queries

pytestmark = pytest.mark.django_db


def test_a_slow_statement_is_logged_with_its_sql_and_without_its_values(monkeypatch):
    monkeypatch.setattr(slow_queries, "SLOW_SECONDS", 0.0)
    with structlog.testing.capture_logs() as logs, connection.cursor() as cursor:
        cursor.execute("SELECT %s::text", ["a private word"])
    slow = [entry for entry in logs if entry["event"] == "slow_query"]
    assert slow[0]["sql"] == "SELECT %s::text"
    assert "a private word" not in str(slow)
    assert any("test_slow.py" in frame for frame in slow[0]["frames"])
    rendered = structlog.dev.ConsoleRenderer(colors=False)(None, "warning", dict(slow[0]))
    assert "slow_query" in rendered, "the log for people's eyes takes it as well"


def test_a_slow_statement_composed_of_parts_is_logged_like_others(monkeypatch):
    monkeypatch.setattr(slow_queries, "SLOW_SECONDS", 0.0)
    with structlog.testing.capture_logs() as logs, connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT {}::text AS {}").format(sql.Literal("a private word"), sql.Identifier("a")))
    assert [entry["sql"] for entry in logs if entry["event"] == "slow_query"] == ['SELECT %s::text AS "a"']


def test_a_quick_statement_is_not_logged():
    with structlog.testing.capture_logs() as logs, connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert not logs


def test_a_slow_answer_is_logged_by_route(client, monkeypatch, rf):
    monkeypatch.setattr(middleware, "SLOW_SECONDS", 0.0)
    with structlog.testing.capture_logs() as logs:
        middleware.SlowRequestMiddleware(lambda request: HttpResponse())(rf.get("/@somebody/"))
    assert [entry["event"] for entry in logs] == ["slow_request"]
    assert "somebody" not in str(logs)
