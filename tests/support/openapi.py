"""Holds every API answer of every test against the OpenAPI document: what it declares, and no more."""

from __future__ import annotations

import functools
import json
import re
from typing import Any
from urllib.parse import parse_qs

from django.http import HttpResponse
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from community.core.api.document import document
from community.core.api_address import is_api, one_address

SITE_API = "sparkle_site.api_urls"
DOCUMENT_ADDRESS = "/api/openapi.json"
#: What any address may answer, whether or not it is one of the document.
ANYWHERE = {401, 403, 404, 405, 406, 413, 429, 500, 503}
LIMIT_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

formats = FormatChecker(formats=())


@formats.checks("date-time")
def is_utc_instant(value: object) -> bool:
    """ISO 8601 in UTC with Z (RFC 3339)."""
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value, re.ASCII))


@formats.checks("uri")
def is_absolute_address(value: object) -> bool:
    """An address with scheme and host."""
    return not isinstance(value, str) or bool(re.match(r"https?://[^/\s]+(/\S*)?$", value))


class DocumentedApi:
    """The document of one urlconf, made strict: all declared fields required, no others allowed."""

    def __init__(self, urlconf: str) -> None:
        self.document = document(urlconf)
        self.paths = [
            (re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))), operations)
            for path, operations in self.document["paths"].items()
        ]

    def operations_at(self, path: str) -> dict[str, Any]:
        """The operations of the address, literal ones before those with parameters; may be empty."""
        found = [operations for pattern, operations in self.paths if pattern.fullmatch(path)]
        exact = self.document["paths"].get(path)
        return exact or (found[0] if found else {})

    def check(self, method: str, path: str, query: str, response: HttpResponse) -> None:
        """Raises AssertionError when the answer is not what the document says."""
        what = f"{method} {path} → {response.status_code}"
        operations = self.operations_at(path)
        operation = operations.get("get" if method == "HEAD" else method.lower())
        body = b"" if method == "HEAD" else response.content
        if operation is None:
            assert response.status_code in ANYWHERE, f"{what}: an address or method without documentation"
            expected = {"schema": {"$ref": "#/components/schemas/Error"}}
        else:
            declared = operation["responses"].get(str(response.status_code))
            assert declared is not None, f"{what}: this status is not documented: {body[:500]!r}"
            expected = declared.get("content", {}).get("application/json", {})
            for name in declared.get("headers", {}):
                assert name in response.headers, f"{what}: the documented header {name} is missing"
        if method == "HEAD":
            return
        if not expected:
            assert not body, f"{what}: no body is documented: {body[:500]!r}"
            return
        assert response.headers["Content-Type"] == "application/json", f"{what}: {response.headers['Content-Type']}"
        selected = parse_qs(query).get("fields")
        wanted = frozenset(name.strip() for name in selected[-1].split(",")) if selected else None
        schema = self.strict(expected["schema"], wanted)
        validator = Draft202012Validator(schema, format_checker=formats)
        problems = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(json.loads(body))]
        assert not problems, f"{what}: " + "; ".join(problems)

    def strict(self, schema: Any, wanted: frozenset[str] | None) -> Any:
        """The schema with references resolved, every property required and no other allowed.

        Only properties marked `x-sometimes` may be missing, and with `?fields=` exactly the chosen are there.
        """
        if isinstance(schema, list):
            return [self.strict(part, wanted) for part in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            return self.strict({**self.document["components"]["schemas"][name], **rest}, wanted)
        result = {key: self.strict(value, wanted) for key, value in schema.items() if key != "properties"}
        if "properties" in schema:
            properties = schema["properties"]
            if schema.get("x-selectable") and wanted is not None:
                properties = {name: part for name, part in properties.items() if name in wanted or name == "id"}
            result["properties"] = {name: self.strict(part, wanted) for name, part in properties.items()}
            result["required"] = [name for name, part in properties.items() if not part.get("x-sometimes")]
            result["additionalProperties"] = False
        return result


@functools.cache
def documented(urlconf: str = SITE_API) -> DocumentedApi:
    """The strict document of a urlconf; made once."""
    return DocumentedApi(urlconf)


class CheckedClient(Client):
    """Django's test client; an API answer that the document does not describe fails the test."""

    urlconf = SITE_API

    def request(self, **request: Any) -> Any:
        """The answer, after it was checked."""
        response = super().request(**request)
        path = response.request["PATH_INFO"]
        method = response.request["REQUEST_METHOD"]
        if is_api(path) and method != "OPTIONS":
            for name in LIMIT_HEADERS:
                assert name in response.headers, f"{method} {path}: the header {name} is missing"
            if one_address(path) != DOCUMENT_ADDRESS:
                query = response.request.get("QUERY_STRING", "")
                documented(self.urlconf).check(method, one_address(path), query, response)
        return response
