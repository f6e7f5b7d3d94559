"""The front door of /api: one address for all spellings, CORS, and the limit's headers on every answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from django.utils.cache import patch_vary_headers

#: Wagtail's own API keeps its own habits.
FOREIGN = "/api/v2"
ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
ALLOWED_HEADERS = "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
EXPOSED_HEADERS = (
    "ETag, Idempotency-Replayed, Retry-After, WWW-Authenticate, "
    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
)
PREFLIGHT_SECONDS = "600"


def is_api(path: str) -> bool:
    """Whether a path lies below /api (but not in Wagtail's own API)."""
    return (path == "/api" or path.startswith("/api/")) and not (path == FOREIGN or path.startswith(FOREIGN + "/"))


def one_address(path: str) -> str:
    """The one spelling of an address of the API: `/api/v1/posts/` → `/api/posts`."""
    if path == "/api/v1" or path.startswith("/api/v1/"):
        path = "/api" + path[len("/api/v1") :]
    if path.endswith("/") and path != "/api/":
        path = path[:-1]
    return path


class ApiAddressMiddleware:
    """Rewrites addresses before routing: /api and /api/v1, with and without slash, are one, with no redirect.

    Also answers CORS (https://fetch.spec.whatwg.org/#http-cors-protocol): only to CORS_ALLOWED_ORIGINS, each
    named, without credentials, since foreign frontends carry a bearer token and no cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request.path_info):
            return self.get_response(request)
        request.path_info = one_address(request.path_info)
        request.path = get_script_prefix().rstrip("/") + request.path_info
        origin = request.headers.get("Origin", "")
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response = self._preflight(origin)
        else:
            response = self.get_response(request)
            _set_limit_headers(request, response)
            if origin in settings.CORS_ALLOWED_ORIGINS:
                response["Access-Control-Allow-Origin"] = origin
                response["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
                response["Cross-Origin-Resource-Policy"] = "cross-origin"
        patch_vary_headers(response, ["Origin"])
        return response

    def _preflight(self, origin: str) -> HttpResponse:
        """The browser's question before a request; it is not counted and reaches no view."""
        response = HttpResponse(status=204)
        del response["Content-Type"]
        if origin in settings.CORS_ALLOWED_ORIGINS:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Allow-Methods"] = ALLOWED_METHODS
            response["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
            response["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
        return response


def _set_limit_headers(request: HttpRequest, response: HttpResponse) -> None:
    """The verdict of the bucket `api`, on whatever answer came of the request, errors included."""
    verdict = getattr(request, "api_verdict", None)
    if verdict is None:
        return
    response["X-RateLimit-Limit"] = str(verdict.limit)
    response["X-RateLimit-Remaining"] = str(verdict.remaining)
    reset = verdict.reset_at.astimezone(UTC)
    response["X-RateLimit-Reset"] = reset.isoformat(timespec="seconds").replace("+00:00", "Z")
