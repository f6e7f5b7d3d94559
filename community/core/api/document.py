"""The OpenAPI document: drf-spectacular's schema with our envelope, our errors and honest security."""

from __future__ import annotations

import functools
import threading
from typing import Any

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.settings import patched_settings
from rest_framework.permissions import SAFE_METHODS

from community.core.api.serializers import Input, Query, Shape

ERRORS: dict[int, tuple[str, str]] = {
    400: ("ValidationError", "The input cannot be accepted; `fields` says where."),
    401: ("NotSignedInError", "Nobody is signed in, or the token is not valid."),
    403: ("ForbiddenError", "Not allowed."),
    404: ("Error", "There is no such thing, or one may not know of it."),
    406: ("Error", "The client accepts no JSON."),
    409: ("ConflictError", "It was changed meanwhile, or exists already."),
    413: ("Error", "The body is too large."),
    415: ("Error", "The body is not JSON."),
    429: ("Error", "Too many requests; Retry-After says when to come back."),
    500: ("Error", "A fault of the site."),
    503: ("Error", "The site cannot answer just now; Retry-After says when to come back."),
}
_TEXT = {"type": "string"}
_ERROR_PROPERTIES: dict[str, Any] = {
    "success": {"type": "boolean", "const": False},
    "error": {**_TEXT, "description": "A sentence for people, in the language of Accept-Language."},
    "code": {**_TEXT, "description": "A word for programs.", "examples": ["NOT_FOUND"]},
    "requestId": {**_TEXT, "description": "The id under which the request stands in the logs."},
}
_FIELDS = {
    "type": "object",
    "additionalProperties": _TEXT,
    "description": "A message for each wrong field.",
}
_SOMETIMES: dict[str, dict[str, Any]] = {
    # What some answers of a status carry besides; the rest of an error's fields is always there.
    "ForbiddenError": {
        "until": {"type": ["string", "null"], "description": "When a suspension ends.", "x-sometimes": True},
        "fields": {**_FIELDS, "x-sometimes": True},
    },
    "NotSignedInError": {
        "challenge": {**_TEXT, "description": "Names the unfinished sign-in.", "x-sometimes": True},
        "reason": {**_TEXT, "description": "Why the account is suspended.", "x-sometimes": True},
        "until": {"type": ["string", "null"], "description": "When a suspension ends.", "x-sometimes": True},
    },
    "ConflictError": {"fields": {**_FIELDS, "x-sometimes": True}},
}
_CURRENT_VERSION = {
    "type": ["integer", "null"],
    "description": "The version the thing has now, when the change was made from an older one.",
}
_RATE_HEADERS: dict[str, Any] = {
    "X-RateLimit-Limit": {"schema": {"type": "integer"}, "description": "Requests a minute."},
    "X-RateLimit-Remaining": {"schema": {"type": "integer"}, "description": "Requests that are left."},
    "X-RateLimit-Reset": {
        "schema": {"type": "string", "format": "date-time"},
        "description": "When there are more again.",
    },
}
_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
_CHALLENGE = {"WWW-Authenticate": {"schema": _TEXT}}
_ETAG = {"ETag": {"schema": _TEXT, "description": "The state of the answer, for If-None-Match and If-Match."}}

SECURITY: list[dict[str, list[str]]] = [{"bearerAuth": []}, {"sessionCookie": []}]
SECURITY_SCHEMES: dict[str, Any] = {
    "bearerAuth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "sessionCookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "The site's own session; what changes something also needs the header X-CSRFToken.",
    },
}

#: drf-spectacular's settings for this document.
SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Sparkle Universe API",
    "VERSION": "1.0.0",
    "DESCRIPTION": (
        "Everything below /api (or /api/v1, the same). JSON in UTF-8, names in camelCase, ids as texts, "
        "moments in ISO 8601 with Z. Success is `{success: true, data}`, failure `{success: false, error, "
        "code, fields?, requestId}`."
    ),
    "LICENSE": {"name": "MIT"},
    "SCHEMA_PATH_PREFIX": "/api",
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "GENERIC_ADDITIONAL_PROPERTIES": None,
    "SORT_OPERATION_PARAMETERS": False,
    "APPEND_COMPONENTS": {"securitySchemes": SECURITY_SCHEMES},
}


class ApiSchema(AutoSchema):
    """How one of our views describes itself; what its `operation` declares is all that is needed."""

    def get_auth(self) -> list[dict[str, list[str]]]:
        """`[]` where signing in changes nothing, both ways and none where it shows more, else both ways."""
        access = self._operation().access
        if access == "all":
            return []
        return [{}, *SECURITY] if access == "optional" else list(SECURITY)

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation; a public one says so (`security: []`), which the library leaves out."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation.setdefault("security", [])
        return operation

    def _get_request_body(self, direction: Any = "request") -> Any:
        """Also for a DELETE that asks for a proof, which OpenAPI 3.1 lets have a body and the library does not."""
        method = self.method
        self.method = "POST" if method == "DELETE" else method
        try:
            return super()._get_request_body(direction)
        finally:
            self.method = method

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """The class's name without the word that says which way it goes: `ProfileShape` is a `Profile`."""
        name: str = super().get_serializer_name(serializer, direction)
        return name.replace("Shape", "")

    def _operation(self) -> Any:
        return getattr(self.view, self.method.lower()).operation

    def get_filter_backends(self) -> list[Any]:
        """None: our lists say what they take themselves."""
        return []

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Lists are shapes of their own here, so nothing is wrapped by guesswork."""
        return False

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if hasattr(field, "pattern") and isinstance(field.root, Input | Query) and "$ref" not in schema:
            schema["pattern"] = field.pattern
        return schema

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, Input):
            schema["additionalProperties"] = False
        elif isinstance(serializer, Shape) and serializer.may_miss_fields:
            schema["required"] = ["id"]
            schema["x-selectable"] = True
        properties = schema.get("properties", {})
        for name, part in properties.items():
            part.pop("readOnly", None)
            part.pop("title", None)
            if part.get("oneOf", [])[-1:] == [{"type": "string", "maxLength": 0}]:
                text = part.pop("oneOf")[0]  # an empty text is a text: one of both would be wrong
                properties[name] = part = {**part, **text}
            if name in getattr(serializer, "sometimes", ()):
                properties[name] = {**part, "x-sometimes": True}
                schema["required"] = [other for other in schema["required"] if other != name]
        return schema

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        for code, body in bodies.items():
            self._wrap(body)
            body["headers"] = {**_RATE_HEADERS, **(_ETAG if self.method == "GET" else {})}
            body["description"] = body.get("description") or f"Status {code}."
        if self.method == "GET":
            bodies["304"] = {
                "description": "The client has this state already (If-None-Match).",
                "headers": {**_RATE_HEADERS, **_ETAG},
            }
        for status in self._error_statuses():
            bodies[str(status)] = self._error(status)
        return dict(sorted(bodies.items()))

    def _wrap(self, body: dict[str, Any]) -> None:
        for media in body.get("content", {}).values():
            media["schema"] = {
                "type": "object",
                "properties": {"success": {"type": "boolean", "const": True}, "data": media["schema"]},
                "required": ["success", "data"],
            }

    def _error_statuses(self) -> list[int]:
        # A personal access token may lack the scope, wherever it is shown.
        statuses = {401, 403, 406, 429, 500, 503, *self._operation().errors}
        if self.get_override_parameters():
            statuses.add(400)
        if "{" in self.path:
            statuses.add(404)
        if self.method not in SAFE_METHODS:
            statuses.add(413)
        if self.method not in SAFE_METHODS and self.get_request_serializer() is not None:
            statuses |= {400, 415}
        if self.method not in SAFE_METHODS:
            statuses |= {404, 409}  # what it belongs to went meanwhile, or came
        return sorted(statuses)

    def _error(self, status: int) -> dict[str, Any]:
        name, description = ERRORS[status]
        properties = dict(_ERROR_PROPERTIES)
        if name == "ValidationError":
            properties["fields"] = _FIELDS
        if name == "ConflictError":
            properties["currentVersion"] = _CURRENT_VERSION
        component = ResolvedComponent(
            name=name,
            type=ResolvedComponent.SCHEMA,
            object=name,
            schema={
                "type": "object",
                "properties": {**properties, **_SOMETIMES.get(name, {})},
                "required": list(properties),
            },
        )
        self.registry.register_on_missing(component)
        headers = dict(_RATE_HEADERS)
        if status in (429, 503):
            headers |= _RETRY_AFTER
        if status == 401:
            headers |= _CHALLENGE
        return {
            "description": description,
            "headers": headers,
            "content": {"application/json": {"schema": component.ref}},
        }


_lock = threading.Lock()


@functools.cache
def _generate(urlconf: str) -> dict[str, Any]:
    with patched_settings(SETTINGS):
        schema: dict[str, Any] = SchemaGenerator(urlconf=urlconf).get_schema(request=None, public=True)
    return schema


def document(urlconf: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the operations in `urlconf`; made once per process."""
    with _lock:  # drf-spectacular's settings are patched for the whole process while it works
        return _generate(urlconf)
