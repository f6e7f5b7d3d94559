"""The OpenAPI document is valid, complete, and nothing but ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command

from community.core.api.document import document
from tests.support.openapi import DOCUMENT_ADDRESS, SITE_API

ARGUMENTS = {
    "urlconf": SITE_API,
    "custom_settings": "community.core.api.document.SETTINGS",
    "format": "openapi-json",
    "fail_on_warn": True,
}


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    return json.loads(json.dumps(document(SITE_API), default=str))


def operations(api: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in api["paths"].items() for method, one in methods.items()]


@pytest.mark.parametrize("validate", [False, pytest.param(True, marks=pytest.mark.long)])
def test_the_library_finds_nothing_to_warn_of(tmp_path, validate):
    call_command("spectacular", file=str(tmp_path / "api.json"), validate=validate, **ARGUMENTS)
    written = json.loads((tmp_path / "api.json").read_text())
    assert written["openapi"] == "3.1.0"


def test_only_addresses_of_the_api_are_in_it(api):
    assert api["paths"]
    assert DOCUMENT_ADDRESS not in api["paths"]
    for path in api["paths"]:
        assert path.startswith("/api/")
        assert not path.endswith("/")


def test_every_operation_is_named_described_and_says_who_may(api):
    names = [one["operationId"] for _path, _method, one in operations(api)]
    assert len(set(names)) == len(names)
    for path, method, one in operations(api):
        assert one["summary"], path
        assert one["tags"], path
        assert isinstance(one["security"], list), path
        if method != "get" and not path.startswith("/api/auth/"):
            assert one["security"], f"{method} {path} changes something"
            assert {} not in one["security"]


def test_every_answer_has_its_shape_and_headers(api):
    for path, method, one in operations(api):
        statuses = set(one["responses"])
        assert {"401", "406", "429", "500", "503"} <= statuses, path
        assert ("404" in statuses) >= ("{" in path)
        assert ("413" in statuses) == (method != "get")
        assert ("415" in statuses) == ("requestBody" in one)
        for status, answer in one["responses"].items():
            assert answer["description"]
            assert "X-RateLimit-Remaining" in answer["headers"]
            if status in ("204", "304"):
                assert "content" not in answer
                continue
            schema = answer["content"]["application/json"]["schema"]
            if status < "300":
                assert schema["required"] == ["success", "data"]
            else:
                name = schema["$ref"].rpartition("/")[2]
                assert {"success", "error", "code", "requestId"} <= set(api["components"]["schemas"][name]["required"])
        assert "Retry-After" in one["responses"]["429"]["headers"]


def test_every_parameter_has_bounds_and_a_meaning(api):
    for path, _method, one in operations(api):
        for parameter in one.get("parameters", []):
            where = f"{path} {parameter['name']}"
            schema = parameter["schema"]
            assert parameter["description"], where
            if schema["type"] == "integer":
                assert {"minimum", "maximum"} <= set(schema), where
            elif schema["type"] == "string":
                assert {"maxLength", "pattern", "enum"} & set(schema), where


def test_bodies_allow_nothing_unknown(api):
    bodies = [one["requestBody"] for _path, _method, one in operations(api) if "requestBody" in one]
    assert bodies
    for body in bodies:
        [(kind, content)] = body["content"].items()
        assert kind in {"application/json", "multipart/form-data"}
        name = content["schema"]["$ref"].rpartition("/")[2]
        assert api["components"]["schemas"][name]["additionalProperties"] is False
