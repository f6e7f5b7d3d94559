"""Posts through the API: creating, changing and deleting."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cms import services
from cms.models import PostPage
from tests.factories import PASSWORD, growing, make_category, make_image, make_post
from tests.support.api import NAUGHTY, data_of, error_of, send
from tests.support.api import fields_of as messages_of
from tests.support.openapi import CheckedClient

POSTS = "/api/posts"


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMIT_SCALE = 1000


def create(client: Any, **body: Any) -> Any:
    return send(client, "post", POSTS, {"title": "Hello", "content": "<p>World</p>", **body})


def put(client: Any, post_id: Any, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return send(client, "put", f"{POSTS}/{post_id}", body, **(headers or {}))


def fields_of(answer: Any) -> set[str]:
    return set(messages_of(answer))


def titles(client: Any) -> list[str]:
    return [post["title"] for post in data_of(client.get(POSTS))["items"]]


def test_a_post_is_created_as_a_draft(client_for, client, cast):
    answer = create(client_for(cast.fan), tags=["night", "Night", "sky"], excerpt="Short")
    data = data_of(answer, 201)
    assert (data["published"], data["publishedAt"], data["slug"]) == (False, None, "hello")
    assert [tag["name"] for tag in data["tags"]] == ["night", "sky"]
    assert client.get(f"{POSTS}/{data['id']}").status_code == 404
    post = PostPage.objects.get(pk=data["id"])
    assert post.author == cast.fan
    assert post.get_parent().slug == "fan"


def test_a_post_can_be_published_at_once(client_for, client, cast):
    data = data_of(create(client_for(cast.fan), published=True), 201)
    assert data["publishedAt"]
    assert data_of(client.get(f"{POSTS}/{data['id']}"))["content"] == "<p>World</p>"
    assert client.get(re.sub(r"^http://localhost:8000", "", data["url"])).status_code == 200


def test_a_category_and_a_picture_of_ones_own(client_for, cast, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    category, image = make_category(), make_image()
    image.uploaded_by_user = cast.fan
    image.save()
    client = client_for(cast.fan)
    original = f"http://localhost:8000{image.file.url}"
    data = data_of(create(client, coverImage=original, categoryId=str(category.pk)), 201)
    assert data["category"]["id"] == str(category.pk)
    assert data["coverImage"].startswith("http://localhost:8000/media/images/")
    again = data_of(put(client, data["id"], coverImage=data["coverImage"], title="Again"))
    assert again["coverImage"] == data["coverImage"], "what was read can be sent back"
    assert data_of(put(client, data["id"], coverImage=None, categoryId=None))["coverImage"] is None


def test_pictures_from_elsewhere_are_refused(client_for, cast):
    client = client_for(cast.fan)
    for address in [
        "https://evil.example/x.png", "javascript:alert(1)", "data:image/png;base64,AA==", "file:///etc/passwd",
        "/media/../settings.py", "http://localhost:8000/media/images/nothing.png", "x", "//evil.example/a/b",
        "http://169.254.169.254/latest/meta-data", "/media/original_images/%00", "http://[::1", "", 5, ["x"],
        "https://" + "a" * 1990, "https://" + "a" * 3000,
    ]:  # fmt: skip
        assert fields_of(create(client, coverImage=address)) == {"coverImage"}, address


def test_pictures_of_others_are_refused(client_for, cast, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    image = make_image()
    address = f"http://localhost:8000{image.file.url}"
    foreign = create(client_for(cast.fan), coverImage=address)
    missing = create(client_for(cast.fan), coverImage=address.replace("picture", "nothing"))
    assert fields_of(foreign) == fields_of(missing) == {"coverImage"}
    assert foreign.json()["fields"] == missing.json()["fields"], "not even that it exists"
    assert create(client_for(cast.admin), coverImage=address).status_code == 201


BAD_INPUT = [
    ({}, {"title", "content"}),
    ({"title": "", "content": ""}, {"title", "content"}),
    ({"title": " \u200b\n", "content": "x"}, {"title"}),
    ({"title": 5, "content": ["x"]}, {"title", "content"}),
    ({"title": None, "content": None}, {"title", "content"}),
    ({"title": "x" * 256, "content": "x"}, {"title"}),
    ({"title": "x", "content": "x" * 500_001}, {"content"}),
    ({"title": "x", "content": "x", "excerpt": "x" * 501}, {"excerpt"}),
    ({"title": "x", "content": "x", "tags": "red"}, {"tags"}),
    ({"title": "x", "content": "x", "tags": ["ok", 5, ""]}, {"tags.1", "tags.2"}),
    ({"title": "x", "content": "x", "tags": ["x" * 101]}, {"tags.0"}),
    ({"title": "x", "content": "x", "tags": [f"t{n}" for n in range(41)]}, {"tags"}),
    ({"title": "x", "content": "x", "tags": ["#"]}, {"tags"}),
    ({"title": "x", "content": "x", "published": "yes"}, {"published"}),
    ({"title": "x", "content": "x", "categoryId": 1}, {"categoryId"}),
    ({"title": "x", "content": "x", "categoryId": "99999999"}, {"categoryId"}),
    ({"title": "x", "content": "x", "author": "admin", "live": True}, {"author", "live"}),
    ({"title": "x", "content": "x", "version": 1}, {"version"}),
    ({"title": "a\x00", "content": "x"}, {"title"}),
]


def test_bad_input_is_named_field_by_field_and_stores_nothing(client_for, cast):
    client = client_for(cast.fan)
    for body, fields in BAD_INPUT:
        assert fields_of(send(client, "post", POSTS, body)) == fields, body
    assert not PostPage.objects.exists()


def test_titles_in_any_script_are_kept(client_for, cast):
    client = client_for(cast.fan)
    for title in NAUGHTY:
        data = data_of(create(client, title=title, content=f"<p>{title}</p>", tags=[title]), 201)
        assert data["title"] == title
        assert re.fullmatch(r"[a-z0-9_-]{1,100}", data["slug"]), title
        assert len(data["tags"]) == 1


HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "<svg onload=alert(1)>", "<iframe src=//evil.example></iframe>", "<style>*{display:none}</style>",
    "<p style='position:fixed' onclick=x>y</p>", "<a href='data:text/html,x'>x</a>",
    "<form action=/x><input></form>",
    "<math><mi xlink:href='javascript:x'>", "<<script>script>alert(1)<</script>/script>", "<!-- <script> -->",
    "<embed embedtype='media' url='javascript:alert(1)'>", "<p>" * 300,
]  # fmt: skip


def test_hostile_html_comes_out_harmless(client_for, client, cast):
    author = client_for(cast.fan)
    bad = re.compile(r"script|onerror|onload|onclick|style|iframe|<form|<svg|data:")
    for hostile in ("".join(HOSTILE), "</p>".join(reversed(HOSTILE))):
        data = data_of(create(author, content=f"<p>Good</p>{hostile}", published=True), 201)
        for text in (data["content"], data_of(client.get(f"{POSTS}/{data['id']}"))["content"]):
            assert "Good" in text
            assert not [tag for tag in re.findall(r"<[^>]*>", text) if bad.search(tag)], text


def test_writing_needs_a_person_who_may(client, client_for, cast):
    assert error_of(create(client)) == (401, "AUTHENTICATION_ERROR")
    assert error_of(create(client_for(cast.new_fan))) == (403, "EMAIL_NOT_VERIFIED")
    suspended = create(client_for(cast.suspended))
    assert error_of(suspended) == (403, "ACCOUNT_SUSPENDED")
    assert suspended.json()["until"]
    assert error_of(create(client_for(cast.banned))) == (401, "AUTHENTICATION_ERROR")


def test_ten_posts_a_minute_are_enough(client_for, cast, settings):
    settings.RATE_LIMIT_SCALE = 1
    client = client_for(cast.fan)
    statuses = [create(client).status_code for _ in range(11)]
    assert statuses == [201] * 10 + [429]
    refused = create(client)
    assert error_of(refused) == (429, "RATE_LIMIT_ERROR")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert create(client_for(cast.other_fan)).status_code == 201
    assert PostPage.objects.count() == 11


def test_a_bearer_token_writes_without_cookie_or_csrf(client, cast):
    program = CheckedClient(enforce_csrf_checks=True)
    login = {"email": cast.fan.email, "password": PASSWORD}
    token = data_of(send(program, "post", "/api/auth/login", login))["token"]
    body = {"title": "By token", "content": "x"}
    assert send(program, "post", POSTS, body, Authorization=f"Bearer {token}").status_code == 201


def test_a_change_keeps_what_was_left_out(client_for, cast):
    client = client_for(cast.fan)
    category = make_category()
    made = data_of(create(client, tags=["red"], excerpt="Short", categoryId=str(category.pk), published=True), 201)
    changed = data_of(put(client, made["id"], title="Changed"))
    assert changed["title"] == "Changed"
    for name in ("content", "tags", "excerpt", "category", "published", "slug", "url", "createdAt"):
        assert changed[name] == made[name]
    assert changed["version"] > made["version"]
    assert data_of(client.get(f"{POSTS}/{made['id']}")) == changed


def test_a_draft_is_changed_read_and_published(client_for, client, cast):
    author = client_for(cast.fan)
    made = data_of(create(author), 201)
    changed = data_of(put(author, made["id"], title="Better", content="<p>Text</p>", tags=["new"]))
    assert (changed["title"], changed["content"], changed["published"]) == ("Better", "<p>Text</p>", False)
    assert [tag["name"] for tag in changed["tags"]] == ["new"]
    assert changed["version"] > made["version"]
    assert data_of(author.get(f"{POSTS}/{made['id']}")) == changed
    assert client.get(f"{POSTS}/{made['id']}").status_code == 404
    live = data_of(put(author, made["id"], published=True))
    assert (live["title"], live["published"]) == ("Better", True)
    assert titles(client) == ["Better"]
    hidden = data_of(put(author, made["id"], published=False))
    assert hidden["published"] is False
    assert titles(client) == []


def test_everything_can_be_emptied_that_may_be_empty(client_for, cast):
    client = client_for(cast.fan)
    made = data_of(create(client, tags=["red"], excerpt="Short", categoryId=str(make_category().pk)), 201)
    changed = data_of(put(client, made["id"], tags=[], excerpt="", categoryId=None))
    assert (changed["tags"], changed["category"]) == ([], None)
    assert fields_of(put(client, made["id"], title="", content=" ")) == {"title", "content"}
    assert fields_of(put(client, made["id"], title=None, tags=None, published=None)) == {
        "title",
        "tags",
        "published",
    }
    assert fields_of(put(client, made["id"], author="x", id="5")) == {"author", "id"}


def test_an_empty_change_changes_nothing(client_for, cast):
    client = client_for(cast.fan)
    made = data_of(create(client, published=True), 201)
    assert data_of(put(client, made["id"])) == made


def test_a_stale_change_is_refused_with_the_current_version(client_for, cast):
    client = client_for(cast.fan)
    made = data_of(create(client, published=True), 201)
    tag = client.get(f"{POSTS}/{made['id']}")["ETag"]
    second = data_of(put(client, made["id"], title="Second", version=made["version"]))
    for answer in (
        put(client, made["id"], title="Third", version=made["version"]),
        put(client, made["id"], headers={"If-Match": tag}, title="Third"),
        put(client, made["id"], headers={"If-Match": f'"{made["version"]}"'}, title="Third"),
    ):
        assert error_of(answer) == (409, "CONFLICT")
        assert answer.json()["currentVersion"] == second["version"]
    fresh = client.get(f"{POSTS}/{made['id']}")["ETag"]
    assert data_of(put(client, made["id"], headers={"If-Match": fresh}, title="Third"))["title"] == "Third"


def test_text_beside_other_blocks_is_not_overwritten(client_for, cast):
    client = client_for(cast.creator)
    post = make_post(
        cast.creator,
        body=[("rich_text", "<p>One</p>"), ("quote", {"text": "Two", "attribution": ""})],
        content=None,
    )
    assert error_of(put(client, post.pk, content="<p>New</p>")) == (409, "CONFLICT")
    assert data_of(put(client, post.pk, title="Only the title"))["title"] == "Only the title"
    assert "Two" in data_of(client.get(f"{POSTS}/{post.pk}"))["content"]


def test_only_those_who_may_change_and_delete(client, client_for, cast):
    post = make_post(cast.creator, "Mine")
    path = f"{POSTS}/{post.pk}"
    for method in ("put", "delete"):
        assert error_of(send(client, method, path, {})) == (401, "AUTHENTICATION_ERROR")
        assert error_of(send(client_for(cast.other_fan), method, path, {})) == (403, "AUTHORIZATION_ERROR")
    assert error_of(put(client_for(cast.moderator), post.pk, title="x")) == (403, "AUTHORIZATION_ERROR")
    assert put(client_for(cast.admin), post.pk, title="By admin").status_code == 200
    assert client_for(cast.moderator).delete(path).status_code == 204
    draft = make_post(cast.creator, published=False)
    assert put(client_for(cast.other_fan), draft.pk, title="x").status_code == 404, "not even that it exists"


BODY = [
    {"type": "rich_text", "value": "<p>One <script>bad</script></p>"},
    {"type": "quote", "value": {"text": "Two", "attribution": "Ada"}},
    {"type": "code", "value": {"language": "python", "code": "print(3)"}},
    {"type": "video", "value": {"video": "https://youtu.be/dQw4w9WgXcQ", "start": 5}},
    {"type": "html", "value": "<table><tbody><tr><td onclick='x'>4</td></tr></tbody></table>"},
]


def test_blocks_go_in_and_come_out(client_for, cast):
    client = client_for(cast.fan)
    made = data_of(create(client, published=True), 201)
    changed = data_of(put(client, made["id"], body=BODY))
    assert [block["type"] for block in changed["body"]] == [block["type"] for block in BODY]
    assert changed["body"][1]["value"] == {"text": "Two", "attribution": "Ada"}
    for part in ("One", "Two", "print", "<td>4</td>"):
        assert part in changed["content"]
    assert "bad" not in changed["content"]
    assert "onclick" not in changed["content"]
    assert '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">' in changed["content"]
    assert "<script" not in changed["content"], "nothing of the site's own looks"
    again = data_of(put(client, made["id"], body=changed["body"]))
    assert [block["value"] for block in again["body"]] == [block["value"] for block in changed["body"]]
    assert data_of(put(client, made["id"], body=[]))["content"] == ""


BAD_BLOCKS: list[tuple[Any, set[str]]] = [
    ("text", {"body"}),
    ({"type": "rich_text"}, {"body"}),
    (None, {"body"}),
    (["text", 5, None, {}], {"body.0.type", "body.1.type", "body.2.type", "body.3.type"}),
    ([{"type": "nothing", "value": ""}], {"body.0.type"}),
    ([{"type": ["quote"], "value": ""}], {"body.0.type"}),
    ([{"type": "embed", "value": "https://evil.example"}], {"body.0.type"}),
    ([{"type": "rich_text", "value": 5}], {"body.0.value"}),
    ([{"type": "rich_text"}], {"body.0"}),
    ([{"type": "quote", "value": {"text": "", "more": 1}}], {"body.0.value.text", "body.0.value"}),
    ([{"type": "code", "value": {"code": "x", "language": "klingon"}}], {"body.0.value.language"}),
    ([{"type": "video", "value": {"video": "dQw4w9WgXcQ", "start": -1}}], {"body.0.value.start"}),
    ([{"type": "video", "value": {"video": "https://evil.example/"}}], {"body.0.value.video"}),
    ([{"type": "image", "value": {"image": 999_999}}], {"body.0.value.image"}),
    ([{"type": "image", "value": {"image": "1"}}], {"body.0.value.image"}),
    ([{"type": "rich_text", "value": "x"}] * 501, {"body"}),
]


def test_blocks_that_do_not_fit_are_named_by_their_place(client_for, cast):
    client = client_for(cast.fan)
    made = data_of(create(client), 201)
    for body, fields in BAD_BLOCKS:
        assert fields_of(put(client, made["id"], body=body)) == fields, body


def test_pictures_in_blocks_are_ones_own_or_stay(client_for, cast, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    image = make_image()
    post = make_post(cast.fan, content=None, body=[("image", {"image": image, "alt": "", "caption": "Old"})])
    client = client_for(cast.fan)
    block = {"type": "image", "value": {"image": image.pk, "caption": "New"}}
    assert data_of(put(client, post.pk, body=[block]))["body"][0]["value"]["caption"] == "New"
    other = data_of(create(client), 201)
    assert fields_of(put(client, other["id"], body=[block])) == {"body.0.value.image"}
    image.uploaded_by_user = cast.fan
    image.save()
    assert put(client, other["id"], body=[block]).status_code == 200


def test_a_deleted_post_is_gone_for_everybody_and_can_come_back(client, client_for, cast):
    author = client_for(cast.fan)
    made = data_of(create(author, published=True), 201)
    path = f"{POSTS}/{made['id']}"
    answer = author.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    for who in (client, author, client_for(cast.moderator), client_for(cast.admin)):
        assert who.get(path).status_code == 404
        assert titles(who) == []
    assert author.delete(path).status_code == 404, "twice is not there any more"
    assert put(author, made["id"], title="x").status_code == 404
    restored = services.restore_post(actor=cast.fan, post=PostPage.objects.get(pk=made["id"]))
    assert data_of(author.get(f"{POSTS}/{restored.pk}"))["published"] is False


def test_what_one_deleted_lies_in_ones_bin_and_comes_back_as_a_draft(client_for, cast):
    author, stranger = client_for(cast.fan), client_for(cast.other_fan)
    post = make_post(cast.fan, "Thrown away")
    assert author.delete(f"/api/posts/{post.pk}").status_code == 204
    assert [item["title"] for item in author.get("/api/me/bin").json()["data"]["items"]] == ["Thrown away"]
    assert stranger.get("/api/me/bin").json()["data"]["items"] == []
    for number in (post.pk, 0, "x", 10**30):
        assert stranger.post(f"/api/posts/{number}/restoration").status_code == 404
    answer = author.post(f"/api/posts/{post.pk}/restoration")
    assert answer.status_code == 200
    assert answer.json()["data"]["published"] is False
    assert author.post(f"/api/posts/{post.pk}/restoration").status_code == 404
    assert author.get("/api/me/bin").json()["data"]["items"] == []


def test_the_bin_costs_the_same_for_any_number_of_posts(client_for, flat_cost, cast):
    def into_the_bin(_number):
        post = make_post(cast.fan)
        services.delete_post(actor=cast.fan, post=post)
        return post

    grow = growing(into_the_bin)
    flat_cost("/api/me/bin?limit=100", grow=grow, at_most=9, by=client_for(cast.fan))
