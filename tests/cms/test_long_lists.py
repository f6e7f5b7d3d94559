"""Lists with hundreds of posts cost as much as lists with three."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import growing, make_category, make_image, make_post, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.long]

URLS = {
    "/": 12,
    "/creators/": 12,
    "/creators/author_0/": 12,
    "/categories/films/": 12,
    "/tags/one/": 12,
    "/api/posts?limit=100": 6,
    "/api/posts?limit=100&sort=popular": 6,
    "/api/tags?limit=100": 2,
    "/api/categories": 2,
}


def test_three_hundred_posts_cost_as_much_as_three(client, home, settings):
    settings.RATE_LIMIT_SCALE = 10_000
    category = make_category("Films", slug="films")
    picture = make_image()
    authors = [make_user(f"author_{number}", role="CREATOR") for number in range(3)]

    grow = growing(
        lambda number: make_post(authors[number], tags=["one", f"tag {number}"], category=category, cover_image=picture)
    )

    def queries(url):
        client.get(url)  # fills renditions, content types and caches
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    grow(3)
    few = {url: queries(url) for url in URLS}
    grow(297)
    many = {url: queries(url) for url in URLS}
    assert many == few
    assert {url: count for url, count in many.items() if count > URLS[url]} == {}
