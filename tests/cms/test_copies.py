"""The copies that tests of many posts work with are posts like any other."""

from __future__ import annotations

import pytest
from wagtail.models import Page

from community.core.integrity import run_checks
from tests.factories import Cast, copy_posts, make_category, make_post, make_section
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db


def test_copies_stand_in_the_tree_in_lists_and_in_the_search(client: CheckedClient, cast: Cast) -> None:
    make_category("Films", slug="films")
    make_section("News")
    post = make_post(cast.fan, "Lamp", content="<p>A lamp that shines.</p>", tags=["light"])
    ids = copy_posts(post, 30)
    assert len(set(ids)) == 30
    assert copy_posts(post, 2)[0] not in ids
    assert Page.find_problems() == ([], [], [], [], [])
    assert not run_checks()
    make_post(cast.fan, "The last")
    for path in ("/latest/", "/tags/light/", "/search/?q=shines&type=post", "/creators/fan/"):
        assert "Lamp 1" in client.get(path).content.decode(), path
    assert client.get("/creators/fan/lamp-copy-5/").status_code == 200
    assert client.get("/api/posts?tag=light").json()["data"]["total"] == 33
