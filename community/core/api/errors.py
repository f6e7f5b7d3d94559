"""The one place where an exception becomes an API answer; nothing internal ever gets out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core import exceptions as django
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.views import set_rollback

from community.core import errors, transactions
from community.core.api.envelope import failure
from community.core.api.names import camel
from community.core.api.parsers import TooLargeError

CHALLENGE = 'Bearer realm="api"'


def handle(exception: Exception, _context: Mapping[str, Any]) -> Response | None:
    """The answer for `exception`; None for a fault of ours, which goes on to the site's handler for 500."""
    error = _as_domain_error(exception)
    if error is None:
        return None
    set_rollback()
    # The framework's findings stand under the client's names already, those of services under Python's.
    named = str if isinstance(exception, drf.APIException) else _outward
    fields = {named(name): str(text) for name, text in error.fields.items()}
    body = failure(error.status, str(error.message), code=error.code, fields=fields, details=error.details)
    response = Response(body, status=error.status)
    response.exception = True
    if error.retry_after is not None:
        response["Retry-After"] = str(error.retry_after)
    elif error.status == 401:
        response["WWW-Authenticate"] = CHALLENGE
    return response


def _outward(name: str) -> str:
    """A service's name for a field as the client knows it; what lies inside (`data.person_id`) is the client's own."""
    field, dot, inner = name.partition(".")
    return camel(field) + dot + inner


def _as_domain_error(exception: Exception) -> errors.DomainError | None:
    if isinstance(exception, errors.DomainError):
        return exception
    if isinstance(exception, drf.ValidationError):
        return _invalid(as_serializer_error(exception))
    if isinstance(exception, drf.APIException):
        return _from_framework(exception)
    if isinstance(exception, django.ValidationError):
        fields = exception.message_dict if hasattr(exception, "error_dict") else {"__all__": exception.messages}
        return _invalid(fields)
    return _from_django(exception)


def _from_framework(exception: drf.APIException) -> errors.DomainError | None:
    if isinstance(exception, drf.ParseError):
        return errors.Invalid(str(exception.detail))
    if isinstance(exception, drf.NotAuthenticated):
        return errors.NotSignedIn()
    if isinstance(exception, drf.AuthenticationFailed):
        return errors.NotSignedIn(str(exception.detail))
    if isinstance(exception, drf.PermissionDenied):
        return errors.NotAllowed()
    if isinstance(exception, drf.NotFound):
        return errors.NotFound()
    sentence = {
        405: _("This address does not know that method."),
        406: _("Answers are JSON (application/json) only."),
        415: _("Send JSON: Content-Type application/json."),
    }.get(exception.status_code)
    if sentence is None:
        return None
    error = errors.DomainError(sentence, code=_CODE_OF[exception.status_code])
    error.status = exception.status_code
    return error


_CODE_OF = {405: "METHOD_NOT_ALLOWED", 406: "NOT_ACCEPTABLE", 415: "UNSUPPORTED_MEDIA_TYPE"}


def _from_django(exception: Exception) -> errors.DomainError | None:
    if isinstance(exception, Http404):
        return errors.NotFound()
    if isinstance(exception, django.PermissionDenied):
        return errors.NotAllowed()
    if isinstance(exception, django.RequestDataTooBig):
        return TooLargeError()
    if isinstance(exception, django.SuspiciousOperation | django.BadRequest):
        return errors.Invalid(_("The request cannot be read."))
    return transactions.refusal(exception)


def _invalid(findings: Mapping[str, Any]) -> errors.Invalid:
    """One message per field, by its path (`tags.0`); what concerns the whole body becomes the sentence."""
    fields: dict[str, str] = {}
    _flatten("", findings, fields)
    general = [fields.pop(name) for name in ("__all__", "non_field_errors", "nonFieldErrors") if name in fields]
    return errors.Invalid(general[0] if general else None, fields=fields)


def _flatten(path: str, findings: Any, fields: dict[str, str]) -> None:
    if isinstance(findings, Mapping):
        for name, inner in findings.items():
            _flatten(f"{path}.{name}" if path else str(name), inner, fields)
    elif isinstance(findings, list) and any(isinstance(inner, Mapping | list) for inner in findings):
        for index, inner in enumerate(findings):
            if inner:
                _flatten(f"{path}.{index}", inner, fields)
    elif isinstance(findings, list):
        if findings:
            fields[path] = " ".join(str(inner) for inner in findings)
    else:
        fields[path] = str(findings)
