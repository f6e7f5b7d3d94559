"""The envelope around every JSON answer, and what is put into one that reports an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import structlog
from django.http import JsonResponse
from rest_framework.renderers import JSONRenderer

#: Code and sentence for answers that no service gave.
CODES: dict[int, str] = {
    400: "VALIDATION_ERROR",
    401: "AUTHENTICATION_ERROR",
    403: "AUTHORIZATION_ERROR",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    409: "CONFLICT",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMIT_ERROR",
    500: "SERVER_ERROR",
    503: "SERVICE_UNAVAILABLE",
}


def request_id() -> str:
    """The id under which this request stands in the logs."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def failure(
    status: int,
    error: str,
    *,
    code: str | None = None,
    fields: Mapping[str, str] | None = None,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The body of an error: 400 always has `fields` (possibly empty), 409 always `currentVersion`."""
    body: dict[str, Any] = {
        "success": False,
        "error": error,
        "code": code or CODES.get(status, "SERVER_ERROR"),
    }
    if status == 400 or fields:
        body["fields"] = dict(fields or {})
    if status == 409:
        body["currentVersion"] = None
    body.update(details or {})
    body["requestId"] = request_id()
    return body


def failure_response(status: int, error: str, *, code: str | None = None) -> JsonResponse:
    """An error's answer for places outside the API's own views."""
    response = JsonResponse(failure(status, error, code=code), status=status)
    response["Cache-Control"] = "no-store"
    return response


class EnvelopeRenderer(JSONRenderer):
    """JSON with `{"success": true, "data": …}` around what a view answers; errors come ready."""

    charset = None
    ensure_ascii = False

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """The body; empty for answers without one."""
        response = (renderer_context or {}).get("response")
        if response is not None and response.status_code in (204, 304):
            return b""
        if response is None or not response.exception:
            data = {"success": True, "data": data}
        text = json.dumps(data, cls=self.encoder_class, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode()
