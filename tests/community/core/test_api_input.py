"""What goes into the API: strict values, proper JSON, bounded size; every finding has its field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from community.core.api import views
from tests.support.api import fields_of


def post(probe: Any, body: Any, **headers: str) -> Any:
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    return probe.post("/api/echo", text, content_type="application/json", headers=headers)


@pytest.mark.parametrize("value", [5, 1.5, True, False, None, [], ["a"], {}, {"a": 1}])
def test_what_is_no_text_is_refused_as_text(probe, value):
    assert "longTitle" in fields_of(post(probe, {"longTitle": value}))


@pytest.mark.parametrize("value", ["5", 5.0, True, None, [5], {}, -1, 10, 2**62])
def test_what_is_no_whole_number_in_range_is_refused(probe, value):
    assert list(fields_of(post(probe, {"longTitle": "a", "howMany": value}))) == ["howMany"]


@pytest.mark.parametrize("value", ["true", 1, 0, None, [], "yes"])
def test_only_true_and_false_are_true_or_false(probe, value):
    assert list(fields_of(post(probe, {"longTitle": "a", "isOpen": value}))) == ["isOpen"]


@pytest.mark.parametrize("value", [5, "x", "-1", "1.0", "", "9" * 19, None, "١"])
def test_ids_are_texts_of_digits(probe, value):
    assert list(fields_of(post(probe, {"longTitle": "a", "ownerId": value}))) == ["ownerId"]


@pytest.mark.parametrize("value", ["c", 1, None, ["a"], {}, ""])
def test_a_choice_is_one_of_its_words(probe, value):
    assert list(fields_of(post(probe, {"longTitle": "a", "kind": value}))) == ["kind"]


@pytest.mark.parametrize("value", ["", " ", "\t\n", "\u200b", "\u00ad\u200d", "\u3164", "\u2800"[:0]])
def test_a_title_of_nothing_visible_is_empty(probe, value):
    assert list(fields_of(post(probe, {"longTitle": value}))) == ["longTitle"]


def test_texts_are_trimmed_and_bounded(probe):
    assert post(probe, {"longTitle": "  Grüße 🎉  "}).json()["data"]["settings"]["long_title"] == "Grüße 🎉"
    assert post(probe, {"longTitle": "x" * 20}).status_code == 200
    assert "20" in fields_of(post(probe, {"longTitle": "x" * 21}))["longTitle"]


def test_unknown_fields_are_named_beside_all_other_findings(probe):
    found = fields_of(post(probe, {"long_title": "a", "evil": 1, "howMany": "x"}))
    assert set(found) == {"long_title", "evil", "howMany", "longTitle"}
    many = fields_of(post(probe, {"longTitle": "a"} | {f"f{number}": 1 for number in range(500)}))
    assert len(many) == 20, "a hostile body gets a short answer"


def test_findings_inside_lists_have_their_place(probe):
    found = fields_of(post(probe, {"longTitle": "a", "tags": ["ok", 5, "toolong"]}))
    assert set(found) == {"tags.1", "tags.2"}
    assert "tags" in fields_of(post(probe, {"longTitle": "a", "tags": ["a", "b", "c", "d"]}))
    assert "tags" in fields_of(post(probe, {"longTitle": "a", "tags": "abc"}))


@pytest.mark.parametrize("body", ["[]", '"a"', "5", "null", "true", "[{}]"])
def test_a_body_that_is_no_object_is_refused(probe, body):
    assert fields_of(post(probe, body)) == {}


@pytest.mark.parametrize(
    "body",
    [
        "{", "{'a': 1}", "NaN", '{"settings": NaN}', '{"settings": Infinity}', '{"settings": 1e999}', "\xff",
        '{"settings": 99999999999999999999}', "1" * 5000, '{"a": 1} x', b"\xff\xfe{}",
        b'{"longTitle": "\xc3"}',
        "[" * 100_000, "[" * 40 + "]" * 40, '{"settings": ' * 33 + "1" + "}" * 33,
    ],
    ids=range(15),
)  # fmt: skip
def test_what_is_not_proper_json_is_refused(probe, body):
    fields_of(post(probe, body))


def test_a_byte_order_mark_and_sane_depth_are_fine(probe):
    assert post(probe, b'\xef\xbb\xbf{"longTitle": "a"}').status_code == 200
    assert post(probe, {"longTitle": "a", "settings": [[[[1]]]]}).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"longTitle": "a\\u0000b"}', "longTitle"),
        ('{"longTitle": "\\ud800"}', "longTitle"),
        ('{"longTitle": "a", "settings": {"deep": ["\\u0000"]}}', "settings.deep.0"),
        ('{"longTitle": "a", "settings": {"\\u0000": 1}}', "settings"),
        ('{"longTitle": "a", "tags": ["\\udfff"]}', "tags.0"),
    ],
)
def test_texts_the_database_cannot_keep_are_refused_with_their_field(probe, body, field):
    assert list(fields_of(post(probe, body))) == [field]


def test_a_surrogate_pair_is_one_character(probe):
    assert post(probe, '{"longTitle": "\\ud83c\\udf89"}').status_code == 200


def test_a_key_given_twice_counts_as_its_last(probe):
    answer = post(probe, '{"longTitle": "a", "longTitle": "b"}')
    assert answer.json()["data"]["settings"]["long_title"] == "b"


def test_a_large_body_is_refused_before_it_is_read(probe, settings, monkeypatch):
    settings.API_MAX_BODY_BYTES = 1000
    body = json.dumps({"longTitle": "a", "settings": "x" * 2000})
    answer = post(probe, body)
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
    monkeypatch.setattr(views.ApiView, "_refuse_large", lambda self, request: None)
    assert post(probe, body).status_code == 413, "also without a length in the header"


def test_other_bodies_and_answers_than_json_are_refused(probe):
    form = probe.post("/api/echo", {"longTitle": "a"})
    assert (form.status_code, form.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert probe.post("/api/echo", b"{}", content_type="text/plain").status_code == 415
    html = probe.get("/api/things/7", headers={"Accept": "text/html"})
    assert (html.status_code, html.json()["code"]) == (406, "NOT_ACCEPTABLE")
    for accept in ("*/*", "application/*", "text/html, */*;q=0.1", "application/json; charset=utf-8", ""):
        assert probe.get("/api/things/7", headers={"Accept": accept}).status_code == 200
    assert probe.post("/api/echo", b"", content_type="application/json").status_code == 400
    assert post(probe, '{"longTitle": "a"}', **{"Content-Type": "application/json;charset=UTF-8"}).status_code == 200
