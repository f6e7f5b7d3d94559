"""Security headers on every answer, and a warning for each slow one. (API addresses are rewritten beside the API.)"""

from __future__ import annotations

import contextlib
import functools
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from community.core import audit, caching, remembered
from community.core.addresses import client_address
from community.core.api_address import ApiAddressMiddleware
from community.core.languages import without_language

__all__ = [
    "ApiAddressMiddleware",
    "CacheControlMiddleware",
    "LanguageMiddleware",
    "OriginMiddleware",
    "SecurityHeadersMiddleware",
    "SlowRequestMiddleware",
]

log = structlog.get_logger(__name__)

_FRAMES = "frame-src https://www.youtube-nocookie.com"
_BASE = "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'"

#: Site pages have no inline script at all; style attributes carry dominant colours only.
SITE_POLICY = (
    f"{_BASE}; style-src 'self'; style-src-attr 'unsafe-inline'; worker-src 'self'; {_FRAMES}; frame-ancestors 'none'"
)
#: Wagtail's editor writes inline scripts and styles; its preview shows the site in a frame.
ADMIN_POLICY = (
    f"{_BASE}; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "frame-src 'self' https://www.youtube-nocookie.com; frame-ancestors 'self'"
)
DOCUMENTATION_POLICY = f"{_BASE}; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=()"

SLOW_SECONDS = 1.0
ADMIN_PATHS = ("/cms/", "/django-admin/")
SHARED_PATHS = ("/media/", "/static/")
#: What programs and editors ask is answered in the language they ask for; a page has its language in its address.
NEGOTIATED_PATHS = (*ADMIN_PATHS, "/api", "/_allauth/", "/documents/")


class LanguageMiddleware(LocaleMiddleware):
    """The language of a page is the one in its address, so that one address always has one text.

    The API and the admins have no language in their addresses: there `Accept-Language` decides (RFC 9110, 12.5.4).
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activates the language for this request."""
        if request.path_info.startswith(NEGOTIATED_PATHS):
            language = translation.get_language_from_request(request)
        else:
            language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # type: ignore[override]
        """Says which language the answer has."""
        if request.path_info.startswith(NEGOTIATED_PATHS):
            patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


class SecurityHeadersMiddleware:
    """Content-Security-Policy by path, Permissions-Policy, and Cross-Origin-Resource-Policy (spec 11)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        path = request.path
        if path.startswith(ADMIN_PATHS):
            policy = ADMIN_POLICY
        elif path.startswith("/api-docs"):
            policy = DOCUMENTATION_POLICY
        elif getattr(request, "is_preview", False):
            policy = SITE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        elif settings.FORM_ORIGINS and without_language(path).startswith("/account/"):
            # From here forms lead to where people sign in with an account they have elsewhere.
            policy = SITE_POLICY.replace("form-action 'self'", " ".join(["form-action 'self'", *settings.FORM_ORIGINS]))
        else:
            policy = SITE_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault(
            "Cross-Origin-Resource-Policy", "cross-origin" if path.startswith(SHARED_PATHS) else "same-origin"
        )
        return response


class CacheControlMiddleware:
    """Says of every answer who may keep it, and lets reading requests use what is remembered.

    Stands outside of whatever sets cookies.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reads = request.method in ("GET", "HEAD") and not request.path.startswith(ADMIN_PATHS)
        with remembered.reading() if reads else contextlib.nullcontext():
            response = self.get_response(request)
        caching.decide(request, response)
        return response


class OriginMiddleware:
    """Lets the audit log know where acts come from; nothing is looked up before there is one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with audit.coming_from(functools.partial(_origin_of, request)):
            return self.get_response(request)


def _origin_of(request: HttpRequest) -> audit.Origin:
    return audit.Origin(client_address(request), request.META.get("HTTP_USER_AGENT", ""), request.user.pk)


class SlowRequestMiddleware:
    """Warns of answers that took more than a second, by route and not by address, which may hold names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - begun
        if seconds > SLOW_SECONDS:
            route = request.resolver_match.route if request.resolver_match else ""
            log.warning("slow_request", method=request.method, route=route, seconds=round(seconds, 3))
        return response
