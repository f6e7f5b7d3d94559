"""Logging: structlog's JSON lines with request id, without secrets and personal data."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog

from sparkle_site.settings.env import Environment

SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "code", "email", "ip")
PROBES = {"GET /healthz", "GET /readyz", "GET /metrics"}
KEPT_FIELDS = {"status_code", "code", "error_code"}


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces values whose name speaks of a secret or of a person (OWASP logging cheat sheet)."""
    for name in list(event):
        if name not in KEPT_FIELDS and any(part in SECRET_WORDS for part in name.lower().replace("-", "_").split("_")):
            event[name] = "[redacted]"
    return event


def drop_request_started(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """One line a request is enough: the one written when it is finished."""
    if event.get("event") in {"request_started", "streaming_started", "streaming_finished"}:
        raise structlog.DropEvent
    if event.get("event") == "request_finished" and event.get("request") in PROBES:
        raise structlog.DropEvent
    event.pop("user_agent", None)
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    redact,
]


def logging(env: Environment) -> dict[str, Any]:
    """Django's LOGGING for this environment; configures structlog as well."""
    structlog.configure(
        processors=[
            drop_request_started,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = structlog.processors.JSONRenderer() if env.log_json else structlog.dev.ConsoleRenderer()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": [*SHARED, structlog.processors.format_exc_info],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": env.log_level.upper()},
        "loggers": {
            "django": {"level": "INFO"},
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            "django_structlog": {"level": env.log_level.upper()},
            "django_tasks": {"level": "WARNING"},
            "huey": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "wagtail": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},
            "PIL": {"level": "WARNING"},
            "asyncio": {"level": "WARNING"},
        },
    }
