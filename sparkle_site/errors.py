"""What people and programs get when something fails: the site's page, or the envelope below /api."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from community.core import transactions
from community.core.api.envelope import failure_response, request_id
from community.core.api_address import is_api
from community.core.errors import DomainError

log = structlog.get_logger(__name__)

#: The errors that have a page of their own.
PAGES = frozenset({400, 403, 404, 429, 500, 503})
#: Shown when even the page of an error cannot be rendered.
BARE_PAGE = "<!DOCTYPE html><html lang='en'><title>{status}</title><p>{sentence} ({id})</p></html>"


def error_answer(
    request: HttpRequest, status: int, sentence: str, *, code: str | None = None, **context: Any
) -> HttpResponse:
    """The answer with this status: JSON below /api, else the site's page with `sentence` as its message.

    Pages of errors are rendered without request, context processors and database, which may have failed; whoever is
    signed in as somebody else sees that here, too.
    """
    if is_api(request.path_info):
        response: HttpResponse = failure_response(status, sentence, code=code)
    else:
        if found := getattr(request, "impersonation", None):
            context |= {"impersonation": found, "csrf_token": get_token(request)}
        page = _page(status, {"request_id": request_id(), "message": sentence, **context})
        response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = "5"
    return response


def _page(status: int, context: dict[str, Any]) -> str:
    try:
        return render_to_string(f"errors/{status}.html", context)
    except Exception:  # the last page there is must come, whatever is wrong with the templates
        log.exception("error_page_failed", status_code=status)
        return BARE_PAGE.format(status=status, sentence=context["message"], id=context["request_id"])


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be read."""
    return error_answer(request, 400, _("The request cannot be read."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not allowed."""
    return error_answer(request, 403, _("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no such thing, or one may not know of it."""
    return error_answer(request, 404, _("There is nothing here."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its token, usually an old tab."""
    return error_answer(request, 403, _("This form is too old. Please go back, reload the page and try again."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or what `RefusalMiddleware` says where it was not reached, such as 503. Nothing internal is shown."""
    if told := transactions.refusal(sys.exc_info()[1]):
        return domain_error(request, told)
    return error_answer(request, 500, _("Something went wrong on our side."))


def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page for a refusal of a service or of the database, such as 429 with Retry-After."""
    if request.path_info.startswith("/_allauth/"):
        return _headless(error)
    status = error.status if error.status in PAGES or is_api(request.path_info) else 400
    response = error_answer(request, status, str(error.message), code=error.code)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    return response


def _headless(error: DomainError) -> HttpResponse:
    """The refusal as allauth's own API tells one."""
    told = [{"message": str(error.message), "code": error.code}]
    fields = [{"message": str(text), "code": error.code, "param": name} for name, text in error.fields.items()]
    response = JsonResponse({"status": error.status, "errors": fields or told}, status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    response["Cache-Control"] = "no-store"
    return response


class RefusalMiddleware:
    """Makes a page of whatever refusal a view lets through: the one handler for pages, as the API has its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal by a service or by the database; None for every other exception."""
        told = exception if isinstance(exception, DomainError) else transactions.refusal(exception)
        return domain_error(request, told) if told is not None else None
