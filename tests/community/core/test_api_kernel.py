"""The kernel of the API: envelope, errors, versions, ETag, selection, addresses, limits, CORS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import RequestFactory
from rest_framework import serializers

from community.core.api import views
from community.core.api.envelope import EnvelopeRenderer
from community.core.api.names import camel
from community.core.api.serializers import Shape, represent
from tests.support.api import fields_of, send


def post(probe: Any, body: Any, **headers: str) -> Any:
    return send(probe, "post", "/api/echo", body, **headers)


def test_success_and_failure_have_their_envelopes(probe):
    answer = probe.get("/api/things/7").json()
    assert answer["success"] is True
    assert answer["data"]["longTitle"] == "Seven"
    failure = probe.get("/api/faults/field").json()
    assert failure == {
        "success": False,
        "error": failure["error"],
        "code": "VALIDATION_ERROR",
        "fields": {"coverImage": "Not yours."},
        "requestId": failure["requestId"],
    }
    assert failure["requestId"]


def test_keys_of_free_json_are_left_alone(probe):
    free = {"snake_case": {"inner_key": 1}, "camelCase": [{"some_thing": None}], "_count": 1, "": 2}
    answer = post(probe, {"longTitle": "a", "settings": free})
    assert answer.json()["data"]["settings"]["raw"] == free
    assert answer.json()["data"]["settings"]["long_title"] == "a"


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("a", "a"),
        ("cover_image", "coverImage"),
        ("_count", "_count"),
        ("a_b_c", "aBC"),
        ("is_2fa_on", "is2faOn"),
    ],
)
def test_names_are_camel_case_outside(inside, outside):
    assert camel(inside) == outside


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("integrity", 409, "CONFLICT"),
        ("data", 400, "VALIDATION_ERROR"),
        ("away", 503, "SERVICE_UNAVAILABLE"),
        ("mine", 500, "SERVER_ERROR"),
        ("quick", 429, "RATE_LIMIT_ERROR"),
        ("suspended", 403, "ACCOUNT_SUSPENDED"),
    ],
)
def test_faults_have_a_code_and_tell_nothing_of_the_inside(probe, name, status, code):
    answer = probe.get(f"/api/faults/{name}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    for secret in ("secret", "10.0.0.7", "constraint", "Traceback", "ZeroDivision"):
        assert secret not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_too_many_tells_when_to_come_back(probe):
    assert probe.get("/api/faults/quick")["Retry-After"] == "7"


def test_writing_without_signing_in_is_401_with_a_challenge(probe):
    for answer in (
        probe.post("/api/things", "{}", content_type="application/json"),
        probe.put("/api/things/7", "{broken", content_type="application/json"),
        probe.delete("/api/things/7"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "AUTHENTICATION_ERROR")
        assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["nonsense", "", "a.b.c", "é", "x y z", "." * 4000])
def test_a_bad_token_is_401_even_for_reading(probe, token):
    answer = probe.get("/api/things/7", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTHENTICATION_ERROR")


def test_other_schemes_are_nobody(probe):
    assert probe.get("/api/things/7", headers={"Authorization": "Basic YTpi"}).status_code == 200


@pytest.mark.parametrize("address", ["/api/things/7", "/api/things/7/", "/api/v1/things/7", "/api/v1/things/7/"])
def test_all_spellings_are_one_address(probe, address):
    assert probe.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/nothing",
        "/api/things/7/x",
        "/api//things",
        "/api/things%0A/x",
        "/api/%00",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "trace", "head"])
def test_addresses_that_lead_nowhere_are_404_in_json(probe, address, method):
    answer = getattr(probe, method)(address)
    assert answer.status_code == 404
    if method != "head":
        assert answer.json()["code"] == "NOT_FOUND"


def test_methods_that_are_not_there_are_405_in_json(probe):
    for method in ("patch", "post", "trace"):
        answer = getattr(probe, method)("/api/things/7")
        assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
        assert "GET" in answer["Allow"]
    assert probe.generic("INITIAL", "/api/things").status_code == 405
    head = probe.head("/api/things/7")
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == probe.get("/api/things/7")["ETag"]
    options = probe.options("/api/things")
    assert (options.status_code, options.content) == (204, b"")


def test_what_has_not_changed_is_not_sent_again(probe):
    first = probe.get("/api/things/7")
    assert first["ETag"].startswith('"3-')
    for seen in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
        again = probe.get("/api/things/7", headers={"If-None-Match": seen})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert probe.get("/api/things/7", headers={"If-None-Match": '"other"'}).status_code == 200
    assert first["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie", "Origin"} <= {part.strip() for part in first["Vary"].split(",")}


@pytest.fixture
def signed_in(probe, django_user_model):
    user = django_user_model.objects.create(username="somebody", email="somebody@example.org", status="ACTIVE")
    probe.force_login(user)
    return probe


def test_a_change_from_an_old_version_is_refused_with_the_current_one(signed_in):
    def put(body: dict[str, Any], **headers: str) -> Any:
        return signed_in.put(
            "/api/things/7",
            json.dumps({"longTitle": "a", **body}),
            content_type="application/json",
            headers=headers,
        )

    tag = signed_in.get("/api/things/7")["ETag"]
    assert put({}).status_code == 200
    assert put({"version": 3}).status_code == 200
    for match in (tag, f"W/{tag}", "3", '"3"', "*"):
        assert put({}, **{"If-Match": match}).status_code == 200
    for answer in (put({"version": 2}), put({}, **{"If-Match": '"2-00"'})):
        assert (answer.status_code, answer.json()["code"], answer.json()["currentVersion"]) == (
            409,
            "CONFLICT",
            3,
        )
    assert put({}, **{"If-Match": "nonsense"}).status_code == 400
    assert "version" in fields_of(put({"version": 3}, **{"If-Match": "4"}))
    assert put({"version": -1}).status_code == 400
    assert put({"version": "3"}).status_code == 400


def test_fields_can_be_chosen_from_a_list(probe):
    assert set(probe.get("/api/things/7?fields=longTitle").json()["data"]) == {"id", "longTitle"}
    assert set(probe.get("/api/things/7?fields=version,settings").json()["data"]) == {
        "id",
        "version",
        "settings",
    }
    for bad in ("password", "", ",", "long_title", "longTitle,owner.password"):
        assert "fields" in fields_of(probe.get("/api/things/7", {"fields": bad}))


def test_chosen_fields_are_those_of_one_request(probe):
    everything = set(probe.get("/api/things/7").json()["data"])
    for _time in range(2):
        assert set(probe.get("/api/things/7?fields=longTitle").json()["data"]) == {"id", "longTitle"}
        assert set(probe.get("/api/things/7").json()["data"]) == everything


def test_a_shape_is_made_once_and_keeps_nothing_of_a_request():
    class Named(Shape):
        name = serializers.SerializerMethodField()

        def get_name(self, thing: str) -> str:
            return f"{self.context.get('greeting', 'nothing')} {thing}"

    assert represent(Named, "Ada", many=False, context={"greeting": "Hello"}) == {"name": "Hello Ada"}
    assert represent(Named, ["Ada", "Ben"], many=True, context={}) == [{"name": "nothing Ada"}, {"name": "nothing Ben"}]
    with pytest.raises(TypeError):
        represent(Named, 7, many=True, context={"greeting": "Hello"})
    assert represent(Named, ["Ada"], many=True, context={}) == [{"name": "nothing Ada"}]
    assert represent(Named, "Ada", many=False, context={}) == {"name": "nothing Ada"}


def test_every_answer_tells_the_limit_and_one_count_serves_all_spellings(probe, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "api": (6, 60)}
    address = {"REMOTE_ADDR": "203.0.113.77"}
    answers = [
        probe.get("/api/things/7", **address),
        probe.get("/api/v1/things/7/", **address),
        probe.get("/api/nothing", **address),
        probe.patch("/api/things/7", **address),
        probe.get("/api/faults/mine", **address),
        probe.get("/api/things/7", headers={"Authorization": "Bearer bad"}, **address),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 405, 500, 401]
    assert [int(answer["X-RateLimit-Remaining"]) for answer in answers] == [5, 4, 3, 2, 1, 0]
    refused = probe.get("/api/things/7", **address)
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMIT_ERROR")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["X-RateLimit-Reset"].endswith("Z")
    assert probe.get("/api/things/7", REMOTE_ADDR="203.0.113.78").status_code == 200


def test_signed_in_people_have_a_limit_of_their_own(signed_in, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "api": (1, 60)}
    assert signed_in.get("/api/things/7", REMOTE_ADDR="203.0.113.80").status_code == 200
    assert signed_in.get("/api/things/7", REMOTE_ADDR="203.0.113.81").status_code == 429
    signed_in.logout()
    assert signed_in.get("/api/things/7", REMOTE_ADDR="203.0.113.80").status_code == 200


def test_only_listed_origins_may_read_and_never_with_cookies(probe, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    good = probe.get("/api/things/7", headers={"Origin": "https://app.example"})
    assert good["Access-Control-Allow-Origin"] == "https://app.example"
    assert "X-RateLimit-Remaining" in good["Access-Control-Expose-Headers"]
    for origin in ("https://evil.example", "null", "https://app.example.evil.example", "*"):
        bad = probe.get("/api/things/7", headers={"Origin": origin})
        assert bad.status_code == 200
        assert "Access-Control-Allow-Origin" not in bad
    for answer in (good, bad):
        assert "Access-Control-Allow-Credentials" not in answer
        assert "Origin" in answer["Vary"]
    refused = probe.get("/api/nothing", headers={"Origin": "https://app.example"})
    assert refused["Access-Control-Allow-Origin"] == "https://app.example", "scripts must be able to read errors"


def test_the_browsers_question_is_answered_without_a_view(probe, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]

    def ask(origin: str) -> Any:
        return probe.options(
            "/api/v1/things/",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "PUT",
                "Access-Control-Request-Headers": "authorization",
            },
        )

    good = ask("https://app.example")
    assert (good.status_code, good.content) == (204, b"")
    assert "PUT" in good["Access-Control-Allow-Methods"]
    assert "Authorization" in good["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in ask("https://evil.example")


def test_request_headers_never_come_back(probe):
    answer = probe.get("/api/things/7", headers={"Authorization": "Basic c2VjcmV0", "Cookie": "a=secret", "X-Odd": "1"})
    assert "c2VjcmV0" not in str(answer.headers)
    assert "secret" not in str(answer.headers)
    assert "X-Odd" not in answer


def test_a_planted_field_fails_the_check(probe, monkeypatch):
    original = EnvelopeRenderer.render

    def with_more(self: EnvelopeRenderer, data: Any, *args: Any) -> bytes:
        return original(self, {**data, "passwordHash": "x"}, *args)

    monkeypatch.setattr(EnvelopeRenderer, "render", with_more)
    with pytest.raises(AssertionError, match="passwordHash"):
        probe.get("/api/things/7")


def test_a_missing_field_and_an_undocumented_status_fail_the_check(probe, monkeypatch):
    monkeypatch.setattr(EnvelopeRenderer, "render", lambda self, data, *args: b'{"success":true,"data":{"id":"7"}}')
    with pytest.raises(AssertionError, match="longTitle"):
        probe.get("/api/things/7")
    monkeypatch.undo()
    monkeypatch.setattr(views.ApiView, "allowed_methods", ["GET"])
    with pytest.raises(AssertionError, match="this status is not documented"):
        probe.delete("/api/things/7")


def test_addresses_outside_the_api_are_not_touched():
    from community.core.api_address import is_api, one_address

    for path in ("/", "/apis/", "/api-docs/", "/api/v2/pages/", "/api/v2", "/cms/api/"):
        assert not is_api(path)
    assert one_address("/api/v10/x/") == "/api/v10/x"
    assert one_address("/api/") == "/api/"
    assert RequestFactory().get("/api/v1/x/").path == "/api/v1/x/"
