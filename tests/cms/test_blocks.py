"""Every kind of block, through the API, on the page and in what frontends get."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile

from cms.models import CustomDocument, PostPage, ReusableContent
from community.core import limits, text
from tests.browser.world import make_picture
from tests.factories import Cast, make_post
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db

EVIL = '<p>Kept</p><script>alert(1)</script><img src=x onerror="alert(2)"><a href="javascript:alert(3)">Link</a>'


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value}


def bodies(picture: int) -> list[dict[str, Any]]:
    return [
        block("callout", {"kind": "warning", "title": "Mind the lamp", "text": EVIL}),
        block("spoiler", {"summary": "Who did it", "text": EVIL}),
        block(
            "table",
            {
                "data": [["Evening", "Guests"], ["<b>Friday</b>", "12"], ["Saturday", None]],
                "first_row_is_table_header": True,
                "first_col_is_header": True,
                "table_caption": "Who came",
            },
        ),
        block("poll", {"question": "Which lamp?", "options": ["The old one", "The <i>new</i> one"]}),
        block("divider", None),
        block(
            "gallery",
            {
                "pictures": [{"image": picture, "alt": "A slope", "caption": "First"}, {"image": picture, "alt": ""}],
                "caption": "Two",
            },
        ),
        block("video", {"video": "dQw4w9WgXcQ", "title": "The film", "chapters": "0:00 Start\n1:02:03 The end"}),
    ]


def put(client: CheckedClient, post: PostPage, body: list[Any]) -> Any:
    return client.put(
        f"/api/posts/{post.pk}", json.dumps({"body": body, "published": True}), content_type="application/json"
    )


@pytest.fixture
def written(cast: Cast, client_for: Callable[[Any], CheckedClient]) -> tuple[PostPage, dict[str, Any]]:
    """A post with every block of `bodies`, and the API's answer."""
    image = make_picture("Slope", ("#2b1055", "#d53369"), (800, 450))
    image.uploaded_by_user = cast.fan
    image.save()
    post = make_post(cast.fan, "All of it")
    response = put(client_for(cast.fan), post, bodies(image.pk))
    assert response.status_code == 200, response.content
    return PostPage.objects.get(pk=post.pk), response.json()["data"]


def test_what_goes_in_comes_out(
    written: tuple[PostPage, dict[str, Any]], cast: Cast, client_for: Callable[[Any], CheckedClient]
) -> None:
    post, answer = written
    assert [each["type"] for each in answer["body"]] == [
        "callout", "spoiler", "table", "poll", "divider", "gallery", "video",
    ]  # fmt: skip
    again = put(client_for(cast.fan), post, answer["body"]).json()["data"]
    assert again["content"] == answer["content"]
    assert [each["value"] for each in again["body"]][:5] == [each["value"] for each in answer["body"]][:5]


def test_the_page_shows_every_block(written: tuple[PostPage, dict[str, Any]], client: CheckedClient) -> None:
    html = client.get(written[0].url).content.decode()
    for part in (
        "callout--warning", "Mind the lamp", "<summary>", "Who did it", "<caption>Who came</caption>",
        '<th scope="col">Evening</th>', '<th scope="row">&lt;b&gt;Friday&lt;/b&gt;</th>', "Which lamp?",
        "The &lt;i&gt;new&lt;/i&gt; one", 'role="separator"', "data-gallery", "Enlarge: A slope", "First",
        'data-seek="3723"', "1:02:03", "The end",
    ):  # fmt: skip
        assert part in html, part


def test_nothing_hostile_survives_in_any_block(written: tuple[PostPage, dict[str, Any]], client: CheckedClient) -> None:
    post, answer = written
    stored = json.dumps(answer["body"]) + answer["content"]
    page = client.get(post.url).content.decode()
    for where in (stored, page):
        assert "alert(" not in where
        assert "onerror" not in where
    assert "Kept" in page


def test_frontends_get_plain_html_of_every_block(written: tuple[PostPage, dict[str, Any]]) -> None:
    content = written[1]["content"]
    for part in (
        "<aside><p><strong>Mind the lamp</strong></p><p>Kept</p>",
        "<details><summary>Who did it</summary>",
        '<thead><tr><th scope="col">Evening</th><th scope="col">Guests</th></tr></thead>',
        '<tr><th scope="row">Saturday</th><td></td></tr>',
        "<p>Which lamp?</p><ul><li>The old one</li>",
        "<hr>",
        "<figcaption>Two</figcaption></figure>",
        "&amp;t=3723s",
    ):
        assert part in content, part


def test_a_spoiler_is_not_given_away_by_the_summary_and_a_callout_is_read(cast: Cast) -> None:
    post = make_post(
        cast.fan,
        "Careful",
        content=None,
        body=[
            ("spoiler", {"summary": "Who", "text": "<p>The gardener did it.</p>"}),
            ("callout", {"kind": "note", "title": "", "text": "<p>Read on slowly.</p>"}),
        ],
    )
    assert "gardener" not in post.summary
    assert "Read on slowly" in post.summary


BAD: list[tuple[dict[str, Any], str]] = [
    (block("callout", {"kind": "shout", "text": "x"}), "body.0.value.kind"),
    (block("callout", {"kind": "tip"}), "body.0.value"),
    (block("spoiler", {"summary": "", "text": "x"}), "body.0.value.summary"),
    (block("spoiler", {"summary": "x" * 161, "text": "x"}), "body.0.value.summary"),
    (block("table", {"data": []}), "body.0.value.data"),
    (block("table", {"data": [[1]]}), "body.0.value.data.0.0"),
    (block("table", {"data": [["x"] * 50] * 100}), "body.0.value"),
    (block("poll", {"question": "Q", "options": ["one"]}), "body.0.value.options"),
    (block("poll", {"question": "Q", "options": ["same", "Same "]}), "body.0.value.options"),
    (block("gallery", {"pictures": [{"image": 1}]}), "body.0.value.pictures"),
    (block("divider", {"x": 1}), "body.0.value"),
    (block("video", {"video": "dQw4w9WgXcQ", "chapters": "no time here"}), "body.0.value.chapters"),
    (block("reusable", 1), "body.0.type"),
    (block("file", {"document": 1}), "body.0.type"),
]


def test_a_block_that_does_not_fit_is_named_by_its_place(
    cast: Cast, client_for: Callable[[Any], CheckedClient]
) -> None:
    post = make_post(cast.fan, "Before")
    client = client_for(cast.fan)
    with limits.lifted():
        for bad, field in BAD:
            response = put(client, post, [bad])
            assert response.status_code == 400, (bad, response.content)
            assert field in response.json()["fields"], bad
    assert PostPage.objects.get(pk=post.pk).version == post.version


def test_a_gallery_takes_only_pictures_one_may_use(cast: Cast, client_for: Callable[[Any], CheckedClient]) -> None:
    foreign = make_picture("Foreign", ("#2b1055", "#d53369"), (80, 45))
    post = make_post(cast.fan, "Mine")
    response = put(
        client_for(cast.fan), post, [block("gallery", {"pictures": [{"image": foreign.pk}, {"image": foreign.pk}]})]
    )
    assert response.status_code == 400
    assert "body.0.value.pictures.0.image" in response.json()["fields"]


def test_reusable_content_and_files_stand_where_editors_put_them(cast: Cast, client: CheckedClient) -> None:
    document = CustomDocument.objects.create(title="The plan", file=ContentFile(b"Lamps.", "plan.pdf"))
    document.file.close()
    shared = ReusableContent.objects.create(
        name="Rules of the house", slug="rules", body=[("callout", {"kind": "tip", "text": "<p>Be kind.</p>"})]
    )
    post = make_post(
        cast.fan,
        "With a file",
        content=None,
        body=[("file", {"document": document, "title": "", "description": "Two pages"}), ("reusable", shared)],
    )
    html = client.get(post.url).content.decode()
    assert "The plan" in html
    assert "PDF" in html
    assert document.url in html
    assert "Be kind." in html
    shared.body = [("rich_text", "<p>Be very kind.</p>")]
    shared.save()
    assert "Be very kind." in client.get(post.url).content.decode()
    content = client.get(f"/api/posts/{post.pk}").json()["data"]["content"]
    assert "Be very kind." in content
    assert "The plan" in content


def test_a_document_or_content_that_is_gone_leaves_no_trace(cast: Cast, client: CheckedClient) -> None:
    document = CustomDocument.objects.create(title="The plan", file=ContentFile(b"Lamps.", "plan.pdf"))
    document.file.close()
    shared = ReusableContent.objects.create(name="House", slug="house", body=[("rich_text", "<p>Be kind.</p>")])
    body = [("file", {"document": document}), ("reusable", shared), ("rich_text", "<p>Still here.</p>")]
    post = make_post(cast.fan, "With a file", content=None, body=body)
    document.delete()
    shared.delete()
    response = client.get(post.url)
    assert response.status_code == 200
    assert "Still here." in response.content.decode()
    assert client.get(f"/api/posts/{post.pk}").status_code == 200


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("0:00 A\n12:03 B", [(0, "0:00", "A"), (723, "12:03", "B")]),
        ("1:00:00 Late\n\n0:05  Early", [(5, "0:05", "Early"), (3600, "1:00:00", "Late")]),
        ("", []),
    ],
)
def test_chapters_are_read_as_people_write_them(source: str, found: list[tuple[int, str, str]]) -> None:
    assert [(c.seconds, c.time, c.title) for c in text.parse_chapters(source)] == found


@pytest.mark.parametrize("source", ["Start", "0:70 x", "0:05", "5 x"])
def test_lines_that_are_no_chapters_are_refused(source: str) -> None:
    with pytest.raises(ValueError, match=source[:3]):
        text.parse_chapters(source)


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (59.6, "0:59"), (3723, "1:02:03"), (-5, "0:00")])
def test_lengths_are_never_odd(seconds: float, shown: str) -> None:
    assert text.clock(seconds) == shown
