"""Requests that reach Django: how many, how long they took, and how many statements they sent."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from community.core import metrics as core
from community.core.languages import without_language

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: Admins and libraries have hundreds of routes, which nobody here tunes: each of these is one class.
COLLAPSED = ("cms/", "django-admin/", "documents/", "_allauth/")

_requests = Counter(
    "sparkle_requests",
    "Requests answered by Django, by method, route and status.",
    ["method", "route", "status"],
    registry=core.REGISTRY,
)
_seconds = Histogram(
    "sparkle_request_seconds",
    "How long Django took to answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=core.REGISTRY,
)
_queries = Histogram(
    "sparkle_request_queries",
    "Statements sent to the database for an answer.",
    ["route"],
    buckets=(0, 1, 2, 4, 6, 8, 12, 16, 24, 50, 100),
    registry=core.REGISTRY,
)


class MetricsMiddleware:
    """Counts each request, its time and its queries; stands outermost, so that it sees what people get."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun, before = time.perf_counter(), core.queries()
        response = self.get_response(request)
        route = route_class(request)
        method = request.method if request.method in METHODS else "other"
        _requests.labels(method, route, response.status_code).inc()
        _seconds.labels(method, route).observe(time.perf_counter() - begun)
        _queries.labels(route).observe(core.queries() - before)
        return response


_classes: dict[str, str] = {}


def route_class(request: HttpRequest) -> str:
    """One of the few words that stand for an address: its route as declared, never the address itself."""
    match = request.resolver_match
    if match is None:
        return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"
    found = _classes.get(match.route)
    if found is None:
        found = _classes[match.route] = _class_of(match.route)
    return found


def _class_of(route: str) -> str:
    from wagtail.urls import serve_pattern  # models are there once requests come, not when this is imported

    route = without_language(f"/{_bare(route)}").removeprefix("/")
    if route == _bare(serve_pattern):
        return "page"
    return next((f"{start}…" for start in COLLAPSED if route.startswith(start)), route)


def _bare(route: str) -> str:
    return route.removeprefix("^").removesuffix("$")
