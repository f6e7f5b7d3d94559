"""The signed-in reader's clock, the second factor of staff, and sessions that live by being used."""

from __future__ import annotations

import functools
from collections.abc import Callable
from hashlib import sha256
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions, selectors, services
from community.accounts.models import User
from community.core.languages import without_language

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
#: The way to a second factor, and out; what every page needs. In the API staff without one have no powers of staff.
OPEN_PATHS = ("/account/", "/static/", "/media/", "/healthz", "/readyz", "/api", "/_allauth/")
NEEDED = _("Your work here needs a second factor. Please set one up first.")


#: In a session: the day on which its time last began anew.
RENEWED = "accounts.renewed"


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


class StaffSecondFactorMiddleware:
    """Where the site asks its staff for a second factor, those without reach nothing but the way to one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.STAFF_SECOND_FACTOR or not _holds_back(request):
            return self.get_response(request)
        messages.warning(request, NEEDED)
        return HttpResponseRedirect(reverse("mfa_index"))


def _holds_back(request: HttpRequest) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or without_language(request.path).startswith(OPEN_PATHS):
        return False
    person = request.user
    return isinstance(person, User) and selectors.lacks_second_factor(person)


SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: Open without the newest terms: the way in and out, one's security and one's rights. Programs hear it from services.
WITHOUT_TERMS = (
    *("/account/terms/", "/account/login/", "/account/logout/", "/account/2fa/", "/account/reauthenticate/"),
    *("/account/password/", "/account/email/", "/account/confirm-email/", "/account/sessions/", "/account/security/"),
    *("/account/3rdparty/", "/account/identities/", "/account/deletion/", "/account/export/", "/account/suspended/"),
    *("/api", "/_allauth/", "/static/", "/media/", "/healthz", "/readyz", "/_util/"),
)
#: Whoever comes here comes to write.
DESKS = ("/cms/", "/django-admin/")


class TermsMiddleware:
    """Asks whoever has not agreed to the newest terms before they write; reading stays as it is. No query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.TERMS_VERSION or not _writes_without_terms(request):
            return self.get_response(request)
        back = request.get_full_path() if request.method in SAFE_METHODS else request.headers.get("Referer", "")
        return HttpResponseRedirect(f"{reverse('account_terms')}?{urlencode({'next': back})}")


def _writes_without_terms(request: HttpRequest) -> bool:
    path = without_language(request.path)
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or path.startswith(WITHOUT_TERMS):
        return False
    writes = request.method not in SAFE_METHODS or path.startswith(DESKS)
    return writes and permissions.lacks_agreement(request.user)


@functools.lru_cache(maxsize=1024)
def zone_called(name: str) -> ZoneInfo | None:
    """The time zone of this name; None, with a line in the log, when this machine knows none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        log.warning("unknown_time_zone", zone=name[:60])
        return None


class SessionUseMiddleware:
    """Keeps sessions alive that are used, and notes when people were here: after the answer, once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        key = getattr(request, "bearer_session", None)
        if key is None and request.session.accessed:
            key = request.session.session_key
            if key and request.user.is_authenticated:
                _renew(request.session)
        if key:
            note = functools.partial(_note_use, request, key)
            response._resource_closers.append(note)  # type: ignore[attr-defined] # runs once the answer is sent
        return response


def _renew(session: SessionBase) -> None:
    """Once a day the time of a session begins anew, in the database and in the browser."""
    today = timezone.now().date().isoformat()
    if session.get(RENEWED) == today or not session.exists(str(session.session_key)):
        return  # one that has just ended cannot be stored
    session[RENEWED] = today
    # allauth makes sessions without "remember me" end with the browser; here they last 30 days.
    if session.get_expire_at_browser_close():
        session.set_expiry(settings.SESSION_COOKIE_AGE)


def _note_use(request: HttpRequest, key: str) -> None:
    person = request.user
    if isinstance(person, User) and cache.add(
        f"accounts.seen.{person.pk}.{sha256(key.encode()).hexdigest()[:20]}", 1, 60
    ):
        services.mark_seen(person=person, session_key=key)
