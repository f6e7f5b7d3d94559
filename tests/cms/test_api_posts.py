"""Posts through the API: lists, one post, writing, changing and deleting."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cms import services
from cms.choices import POST
from cms.models import PostPage
from community.core.models import TargetCounts
from tests.factories import PASSWORD, make_category, make_image, make_post, make_section, make_user
from tests.support.openapi import CheckedClient

POSTS = "/api/posts"
NAUGHTY = [
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "الكل في المجمو عة",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "\u202etest\u202c",
    "'; DROP TABLE wagtailcore_page; --",
    "{{ 7*7 }}{% debug %}",
    "../../etc/passwd%00",
    "undefined",
    "NULL",
    "1e100",
    "${jndi:ldap://x}",
]


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMIT_SCALE = 1000


def send(client: Any, method: str, path: str, body: Any, **headers: str) -> Any:
    return getattr(client, method)(path, body, content_type="application/json", headers=headers)


def create(client: Any, **body: Any) -> Any:
    return send(client, "post", POSTS, {"title": "Hello", "content": "<p>World</p>", **body})


def put(client: Any, post_id: Any, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return send(client, "put", f"{POSTS}/{post_id}", body, **(headers or {}))


def data_of(answer: Any, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    return answer.json()["data"]


def fields_of(answer: Any) -> set[str]:
    assert answer.status_code == 400, answer.content
    return set(answer.json()["fields"])


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def titles(client: Any, **query: Any) -> list[str]:
    return [post["title"] for post in data_of(client.get(POSTS, query))["items"]]


# --- reading ---


def test_an_empty_site_has_an_empty_list(client, home):
    assert data_of(client.get(POSTS))["items"] == []


def test_a_post_in_a_list_has_the_contracts_shape(client, cast):
    post = make_post(cast.creator, "Stars", excerpt="Short", tags=["night"], category=make_category("Sky"))
    TargetCounts.objects.filter(target_kind=POST, target_id=post.pk).update(views=5, comments=2, reactions=3)
    [item] = data_of(client.get(POSTS))["items"]
    assert item == {
        "id": str(post.pk),
        "slug": "stars",
        "title": "Stars",
        "excerpt": "Short",
        "coverImage": None,
        "published": True,
        "views": 5,
        "author": {
            "id": str(cast.creator.pk), "username": "creator", "image": None, "verified": False, "level": 1,
        },
        "_count": {"comments": 2, "reactions": 3},
        "createdAt": item["createdAt"],
        "publishedAt": item["publishedAt"],
        "updatedAt": item["updatedAt"],
        "version": post.version,
        "url": f"http://localhost:8000{post.url}",
    }  # fmt: skip
    assert item["createdAt"] <= item["publishedAt"]


def test_one_post_has_its_text_as_html_and_as_blocks(client, cast):
    category = make_category("Sky", slug="sky")
    post = make_post(
        cast.creator,
        "Stars",
        content="<p>See <b>this</b></p>",
        tags=["night", "Milky Way"],
        category=category,
    )
    data = data_of(client.get(f"{POSTS}/{post.pk}"))
    assert data["content"] == "<p>See <b>this</b></p>"
    assert [block["type"] for block in data["body"]] == ["rich_text"]
    assert [tag["name"] for tag in data["tags"]] == ["night", "Milky Way"]
    assert data["tags"][1]["slug"] == "milky-way"
    assert data["category"] == {"id": str(category.pk), "name": "Sky", "slug": "sky"}


def test_drafts_and_deleted_posts_are_in_no_list(client, client_for, cast):
    make_post(cast.creator, "Live")
    make_post(cast.creator, "Draft", published=False)
    services.delete_post(actor=cast.creator, post=make_post(cast.creator, "Gone"))
    for who in (client, client_for(cast.creator), client_for(cast.moderator)):
        assert titles(who) == ["Live"]


def test_drafts_are_there_for_those_who_may_see_them(client, client_for, cast):
    draft = make_post(cast.creator, "Draft", published=False)
    path = f"{POSTS}/{draft.pk}"
    assert client.get(path).status_code == 404
    assert client_for(cast.other_fan).get(path).status_code == 404
    assert data_of(client_for(cast.creator).get(path))["published"] is False
    assert client_for(cast.moderator).get(path).status_code == 200


def test_what_is_not_there_not_live_and_in_the_bin_looks_alike(client, cast):
    draft = make_post(cast.creator, published=False)
    gone = make_post(cast.creator)
    services.delete_post(actor=cast.creator, post=gone)
    page = gone.get_parent()
    bodies = [{**client.get(f"{POSTS}/{pk}").json(), "requestId": ""} for pk in (draft.pk, gone.pk, page.pk, 10**17)]
    assert all(body["code"] == "NOT_FOUND" for body in bodies)
    assert all(body == bodies[0] for body in bodies)


def test_odd_ids_are_not_found(client_for, cast):
    client = client_for(cast.fan)
    odd = ["0", "-1", "abc", "1.5", "9" * 19, "9" * 200, "%00", "%F0%9F%92%A5", "1%20", "null", "٣", "1%0A"]
    for text in odd:
        for method in ("get", "put", "delete"):
            assert send(client, method, f"{POSTS}/{text}", {}).status_code == 404, (method, text)


def test_lists_filter_by_category_tag_and_author_together(client, cast):
    sky, sea = make_category("Sky", slug="sky"), make_category("Sea", slug="sea")
    make_post(cast.creator, "A", category=sky, tags=["red"])
    make_post(cast.creator, "B", category=sea, tags=["red", "blue"])
    make_post(cast.fan, "C", category=sky, tags=["blue"])
    assert titles(client) == ["C", "B", "A"]
    assert titles(client, category="sky") == ["C", "A"]
    assert titles(client, tag="blue") == ["C", "B"]
    assert titles(client, author="CREATOR") == ["B", "A"]
    assert titles(client, category="sky", tag="blue", author="fan") == ["C"]
    assert titles(client, category="sea", author="fan") == []
    assert titles(client, category="nothing") == titles(client, tag="nothing") == titles(client, author="no") == []


def test_odd_filters_find_nothing_and_break_nothing(client, cast):
    make_post(cast.fan, category=make_category(), tags=["red"])
    for name in ("category", "tag", "author"):
        for text in (*NAUGHTY, "a" * 255):
            assert titles(client, **{name: text}) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"sort": "newest"}, "sort"),
        ({"sort": ""}, "sort"),
        ({"page": 0}, "page"),
        ({"page": "x"}, "page"),
        ({"limit": 101}, "limit"),
        ({"limit": -1}, "limit"),
        ({"page": 101, "limit": 100}, "page"),
        ({"category": ""}, "category"),
        ({"tag": "a\x00"}, "tag"),
        ({"author": "a" * 256}, "author"),
        ({"cursor": "forged"}, "cursor"),
        ({"fields": "id,password"}, "fields"),
    ],
)
def test_malformed_parameters_are_named(client, home, query, field):
    assert fields_of(client.get(POSTS, query)) == {field}


def test_the_most_talked_about_are_popular_with_ties_by_id(client, cast):
    posts = [make_post(cast.creator, title) for title in "ABCD"]
    for post, numbers in zip(posts, [(1, 0, 0), (0, 1, 0), (0, 0, 3), (1, 0, 0)], strict=True):
        TargetCounts.objects.filter(target_id=post.pk).update(
            **dict(zip(("reactions", "comments", "bookmarks"), numbers, strict=True))
        )
    assert titles(client, sort="popular") == ["C", "B", "D", "A"]


def test_trending_goes_by_score_with_ties_by_id(client, cast):
    posts = [make_post(cast.creator, title) for title in "ABC"]
    TargetCounts.objects.filter(target_kind=POST).update(score=1)
    TargetCounts.objects.filter(target_id=posts[0].pk).update(score=2)
    assert titles(client, sort="trending") == ["A", "C", "B"]


@pytest.mark.parametrize("sort", ["recent", "popular", "trending"])
def test_pages_and_cursors_show_every_post_once(client, cast, sort):
    for number in range(7):
        post = make_post(cast.creator, f"P{number}")
        TargetCounts.objects.filter(target_id=post.pk).update(reactions=number % 3, score=number % 2)
    whole = titles(client, sort=sort)
    assert len(set(whole)) == 7
    assert [title for page in (1, 2, 3, 4) for title in titles(client, sort=sort, page=page, limit=2)] == whole
    walked, cursor = [], None
    while True:
        part = data_of(client.get(POSTS, {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}))
        walked += [post["title"] for post in part["items"]]
        cursor = part["nextCursor"]
        if cursor is None:
            break
    assert walked == whole


def test_a_cursor_belongs_to_its_filters(client, cast):
    for _number in range(3):
        make_post(cast.creator, tags=["red"])
    cursor = data_of(client.get(POSTS, {"limit": 1}))["nextCursor"]
    assert fields_of(client.get(POSTS, {"limit": 1, "cursor": cursor, "tag": "red"})) == {"cursor"}


def test_fields_can_be_chosen_in_lists_and_details(client, cast):
    post = make_post(cast.creator, "Stars")
    [item] = data_of(client.get(POSTS, {"fields": "title,author"}))["items"]
    assert set(item) == {"id", "title", "author"}
    assert set(data_of(client.get(f"{POSTS}/{post.pk}?fields=_count"))) == {"id", "_count"}


def test_reading_answers_304_when_nothing_changed(client, cast):
    post = make_post(cast.creator)
    for path in (POSTS, f"{POSTS}/{post.pk}"):
        tag = client.get(path)["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        services.update_post(actor=cast.creator, post=post, title=f"New for {path}")
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_an_author_who_was_banned_stays_named_and_a_missing_one_is_null(client, cast):
    post = make_post(cast.creator)
    section = make_section()
    other = make_post(cast.admin, parent=section)
    PostPage.objects.filter(pk=other.pk).update(author=None)
    items = {item["id"]: item["author"] for item in data_of(client.get(POSTS))["items"]}
    assert items[str(post.pk)]["username"] == "creator"
    assert items[str(other.pk)] is None


def test_lists_cost_the_same_for_any_number_of_posts(flat_cost, client_for, cast):
    category = make_category()
    people = [make_user() for _ in range(3)]

    def grow(count: int) -> None:
        for number in range(count):
            make_post(
                people[number % 3], tags=[f"t{number}"], category=category,
                cover_image=make_image(f"p{PostPage.objects.count()}", size=(64, 36)),
            )  # fmt: skip

    flat_cost(f"{POSTS}?limit=100", grow=grow, at_most=6)
    flat_cost(f"{POSTS}?limit=100&sort=trending", grow=lambda _count: None, at_most=6, by=client_for(cast.fan))
    flat_cost("/api/tags?limit=100", grow=lambda _count: None, at_most=2)
    flat_cost("/api/categories", grow=lambda _count: None, at_most=2)


# --- creating ---


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
    for hostile in (*HOSTILE, "".join(HOSTILE)):
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


# --- changing ---


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


# --- deleting ---


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


# --- categories and tags ---


def test_categories_and_tags_tell_their_live_posts(client, cast):
    sky = make_category("Sky", slug="sky", colour="#123456", order=2)
    make_category("Empty", slug="empty", order=1, parent=sky)
    make_post(cast.creator, category=sky, tags=["red", "blue"])
    make_post(cast.creator, category=sky, tags=["red"])
    make_post(cast.creator, category=sky, tags=["red", "hidden"], published=False)
    services.delete_post(actor=cast.creator, post=make_post(cast.creator, category=sky, tags=["gone"]))
    categories = data_of(client.get("/api/categories"))
    assert [(item["name"], item["posts"], item["colour"]) for item in categories["items"]] == [
        ("Empty", 0, ""), ("Sky", 2, "#123456"),
    ]  # fmt: skip
    assert categories["items"][0]["parentId"] == str(sky.pk)
    tags = data_of(client.get("/api/tags"))
    assert [(item["slug"], item["posts"]) for item in tags["items"]] == [("red", 2), ("blue", 1)]
    assert tags["items"][0]["url"] == "http://localhost:8000/tags/red/"
    assert data_of(client.get("/api/tags?limit=1&page=2"))["items"][0]["slug"] == "blue"


def test_old_and_new_spellings_are_one(client, cast):
    post = make_post(cast.creator)
    bodies = {
        client.get(path).content
        for path in (
            f"{POSTS}/{post.pk}",
            f"{POSTS}/{post.pk}/",
            f"/api/v1/posts/{post.pk}",
            f"/api/v1/posts/{post.pk}/",
        )
    }
    assert len(bodies) == 1


def test_the_document_is_complete(client, home):
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {
        "/api/auth/login", "/api/auth/logout", "/api/auth/refresh", "/api/me", "/api/users/{username}",
        "/api/posts", "/api/posts/{id}", "/api/categories", "/api/tags",
    } <= set(document["paths"])  # fmt: skip
    assert not [path for path in document["paths"] if not path.startswith("/api/")]
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert operation["operationId"]
            assert {"401", "406", "429", "500", "503"} <= set(operation["responses"])
            for parameter in operation.get("parameters", []):
                assert parameter["description"]
    assert document["paths"]["/api/auth/login"]["post"]["security"] == []
    assert document["paths"]["/api/posts"]["get"]["security"] == []
    assert {} not in document["paths"]["/api/posts"]["post"]["security"]
