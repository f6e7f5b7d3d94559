"""Times as the signed-in reader's clock has them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from community.accounts.models import User

log = structlog.get_logger(__name__)

#: Programs get times in UTC, the admin sets the zone of its people itself, and files have no times.
OTHER_PATHS = (
    "/api",
    "/_allauth/",
    "/cms/",
    "/django-admin/",
    "/documents/",
    "/media/",
    "/static/",
    "/healthz",
    "/readyz",
)


class TimeZoneMiddleware:
    """Activates the time zone of a member's profile on pages of the site; guests cost no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(OTHER_PATHS):
            return self.get_response(request)
        person = request.user
        zone = zone_called(person.profile.time_zone) if isinstance(person, User) else None
        with timezone.override(zone):
            return self.get_response(request)


@functools.lru_cache(maxsize=1024)
def zone_called(name: str) -> ZoneInfo | None:
    """The time zone of this name; None, with a line in the log, when this machine knows none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        log.warning("unknown_time_zone", zone=name[:60])
        return None
