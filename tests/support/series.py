"""Asking the API about series in tests."""

from __future__ import annotations

from typing import Any

from cms.models import PostPage, SeriesPage
from tests.factories import make_post, make_series
from tests.support.api import data_of, send
from tests.support.api import fields_of as messages_of

SERIES = "/api/series"


def create(client: Any, **body: Any) -> Any:
    return send(client, "post", SERIES, {"title": "Night walks", **body})


def patch(client: Any, series: Any, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return send(client, "patch", f"{SERIES}/{series}", body, **(headers or {}))


def order(client: Any, series: Any, *posts: Any) -> Any:
    return send(client, "put", f"{SERIES}/{series}/parts", {"posts": [str(getattr(one, "pk", one)) for one in posts]})


def put_post(client: Any, post: Any, **body: Any) -> Any:
    return send(client, "put", f"/api/posts/{post.pk}", body)


def fields_of(answer: Any) -> set[str]:
    return set(messages_of(answer))


def parts_of(client: Any, series: Any) -> list[str]:
    return [item["title"] for item in data_of(client.get(f"{SERIES}/{series}/parts"))["items"]]


def own_series(cast: Any, *titles: str) -> tuple[SeriesPage, list[PostPage]]:
    """A series of the verified creator with parts of these titles."""
    series = make_series(cast.verified_creator)
    return series, [make_post(cast.verified_creator, title, parent=series) for title in titles]


def moved_to(client: Any, url: str) -> str:
    """Where an old address leads."""
    answer = client.get(url)
    assert answer.status_code == 301, answer
    return str(answer["Location"])
