"""The signed-in reader's clock, the second factor of staff, sessions that live by being used, and those of others."""

from __future__ import annotations

import functools
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from community.accounts import permissions, selectors, services
from community.accounts.models import User
from community.core.api_address import is_api
from community.core.errors import NotAllowed, NotSignedIn
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
CLOSED = _("This stays closed while you are signed in as somebody else.")
OVER = _("You are no longer signed in as somebody else.")
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
        if not _holds_back(request):
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
    *("/account/3rdparty/", "/account/identities/", "/account/delete/", "/account/export/", "/account/suspended/"),
    *("/account/privacy/", "/account/impersonation/"),
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


#: What one may do there on pages of accounts, and of one's own things in the API; everything else of these is security,
#: or somebody's private matter, and new addresses are closed until they are named here.
OPEN_ACCOUNT_PAGES = ("/account/profile/", "/account/impersonation/", "/account/suspended/")
OPEN_ME = frozenset({"me", "me/avatar", "me/bin", "me/drafts", "me/series", "me/feed", "me/progress"})
CLOSED_PATHS = ("/account/", "/django-admin/", "/_allauth/", "/dev/")
#: The admin may be looked at, to see what the person sees; nothing is changed there, and their settings stay theirs.
DESK = "/cms/"
CLOSED_DESK = tuple(f"{DESK}{name}/" for name in ("account", "login", "logout", "people", "password_reset"))
CLOSED_API = ("auth", "me", "admin", "conversations", "message-requests", "messages")


def closed_while_impersonating(path: str, method: str) -> bool:
    """Is this address closed to an administrator who is signed in as somebody else?"""
    plain = without_language(path)
    if plain.startswith(DESK):
        return method not in SAFE_METHODS or plain.startswith(CLOSED_DESK)
    if is_api(plain):
        address = plain.removeprefix("/api").removeprefix("/v1").strip("/")
        return address.partition("/")[0] in CLOSED_API and address not in OPEN_ME
    return plain.startswith(CLOSED_PATHS) and not plain.startswith(OPEN_ACCOUNT_PAGES)


class ImpersonationMiddleware:
    """An administrator signed in as somebody else: for an hour, seen on every page, and without their secrets."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        marked = (
            request.session.get(services.IMPERSONATION) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        )
        if marked is None:
            return self.get_response(request)
        found = selectors.find_impersonation(
            marked["id"], session_key=str(request.session.session_key), back=marked["back"]
        )
        request.impersonation = found  # type: ignore[attr-defined]
        if found is None or request.user != found.person:
            _give_back(request, marked)
            if is_api(request.path_info):
                request.api_refusal = NotSignedIn(OVER)  # type: ignore[attr-defined]
                return self.get_response(request)
            messages.info(request, OVER)
            return HttpResponseRedirect("/")
        with structlog.contextvars.bound_contextvars(impersonator=found.actor_id):
            response = self._answer(request)
        if hasattr(request, "impersonation_over"):
            _give_back(request, marked)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if not closed_while_impersonating(request.path_info, str(request.method)):
            return self.get_response(request)
        if is_api(request.path_info):
            request.api_refusal = NotAllowed(CLOSED)  # type: ignore[attr-defined]
            return self.get_response(request)
        looking = without_language(request.path_info).startswith(DESK) and request.method not in SAFE_METHODS
        return render(request, "account/impersonation.html", {"looking": looking}, status=403)


def _give_back(request: HttpRequest, marked: dict[str, Any]) -> None:
    """Ends it; the browser gets the administrator's own session again, or none when that has ended meanwhile."""
    services.end_impersonation(impersonation_id=int(marked["id"]))
    request.session.flush()
    own = type(request.session)(marked["back"])
    if own.get(SESSION_KEY):
        own.modified = True  # so that the cookie is sent
        request.session = own


class SessionUseMiddleware:
    """Keeps sessions alive that are used, and notes when people were here: after the answer, once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if hasattr(request, "impersonation"):
            return response  # the person was not here, and the hour is not prolonged
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
