"""Counts statements, and warns of slow ones with their SQL (without values) and where they came from."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg import sql

from community.core import metrics

log = structlog.get_logger(__name__)

SLOW_SECONDS = 0.2
FRAMES = 6


def _watch(execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    metrics.count_query()
    begun = time.perf_counter()
    try:
        return execute(statement, params, many, context)
    finally:
        seconds = time.perf_counter() - begun
        if seconds > SLOW_SECONDS:
            frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_stack()]
            own = [frame for frame in frames if "site-packages" not in frame][-FRAMES - 1 : -1]
            log.warning("slow_query", sql=_text(statement)[:2000], seconds=round(seconds, 3), frames=own)


def _text(statement: Any) -> str:
    """The SQL without values, also of a statement that psycopg composed."""
    if isinstance(statement, sql.Composed):
        return "".join(_text(part) for part in statement)
    if isinstance(statement, sql.Literal):
        return "%s"
    return statement.as_string() if isinstance(statement, sql.Composable) else str(statement)


def _install(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if _watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(_watch)


def watch_connections() -> None:
    """Watches every connection from now on; called when the app is ready."""
    connection_created.connect(_install, dispatch_uid="core.slow_queries")
