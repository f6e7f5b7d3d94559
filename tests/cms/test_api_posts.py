"""Posts through the API: lists, one post, categories and tags."""

from __future__ import annotations

from typing import Any

import pytest

from cms import services
from cms.choices import POST
from cms.models import PostPage
from community.core.models import TargetCounts
from community.follows.services import block
from tests.factories import growing, make_category, make_image, make_post, make_section, make_user
from tests.support.api import NAUGHTY, data_of, fields_of, send

POSTS = "/api/posts"


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMIT_SCALE = 1000


def titles(client: Any, **query: Any) -> list[str]:
    return [post["title"] for post in data_of(client.get(POSTS, query))["items"]]


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
        "coverBlurhash": None,
        "coverColour": None,
        "published": True,
        "views": 5,
        "author": {
            "id": str(cast.creator.pk), "username": "creator", "image": None, "verified": False, "level": 1,
        },
        "_count": {"comments": 2, "reactions": 3},
        "reactions": {},
        "viewer": None,
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
    assert set(fields_of(client.get(POSTS, query))) == {field}


def test_the_most_talked_about_are_popular_with_ties_by_id(client, cast):
    posts = [make_post(cast.creator, title) for title in "ABCD"]
    for post, numbers in zip(posts, [(1, 0, 0), (0, 1, 0), (0, 0, 3), (1, 0, 0)], strict=True):
        TargetCounts.objects.filter(target_id=post.pk).update(
            **dict(zip(("reactions", "comments", "bookmarks"), numbers, strict=True))
        )
    assert titles(client, sort="popular") == ["C", "B", "D", "A"]


def test_trending_goes_by_score_with_ties_by_id(client, cast):
    posts = [make_post(cast.creator, title) for title in "ABC"]
    TargetCounts.objects.filter(target_kind=POST).update(began=45_000)
    TargetCounts.objects.filter(target_id=posts[0].pk).update(reactions_weight=10)
    assert titles(client, sort="trending") == ["A", "C", "B"]


@pytest.mark.parametrize("sort", ["recent", "popular", "trending"])
def test_pages_and_cursors_show_every_post_once(client, cast, sort):
    for number in range(7):
        post = make_post(cast.creator, f"P{number}")
        TargetCounts.objects.filter(target_id=post.pk).update(reactions=number % 3, began=45_000 * (number % 2))
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
    assert set(fields_of(client.get(POSTS, {"limit": 1, "cursor": cursor, "tag": "red"}))) == {"cursor"}


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

    grow = growing(
        lambda number: make_post(
            people[number], tags=[f"t{number}"], category=category, cover_image=make_image(f"p{number}", size=(64, 36))
        )
    )

    flat_cost(f"{POSTS}?limit=100", grow=grow, at_most=6)
    flat_cost(f"{POSTS}?limit=100&sort=trending", grow=lambda _count: None, at_most=8, by=client_for(cast.fan))
    flat_cost("/api/tags?limit=100", grow=lambda _count: None, at_most=2)
    flat_cost("/api/categories", grow=lambda _count: None, at_most=2)


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


def test_the_posts_of_a_person_come_a_part_at_a_time(client, client_for, cast):
    posts = [make_post(cast.creator, f"Post {number}") for number in range(3)]
    make_post(cast.creator, "Draft", published=False)
    make_post(cast.fan, "Another’s")
    first = data_of(client.get("/api/users/creator/posts?limit=2"))
    rest = data_of(client.get(f"/api/users/creator/posts?limit=2&cursor={first['nextCursor']}"))
    shown = [each["id"] for each in first["items"] + rest["items"]]
    assert shown == [str(post.pk) for post in reversed(posts)]
    assert rest["hasMore"] is False
    assert client.get("/api/users/nobody/posts").status_code == 404
    block(actor=cast.fan, username="creator")
    assert client_for(cast.fan).get("/api/users/creator/posts").status_code == 404
