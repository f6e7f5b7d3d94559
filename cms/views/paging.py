"""One page of a list of posts, as templates get it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from cms import selectors
from cms.models import PostPage

PAGE_SIZE = 20


def _cards(posts: list[PostPage]) -> list[selectors.PostCard]:
    cards = selectors.post_cards([post.pk for post in posts])
    return [cards[post.pk] for post in posts if post.pk in cards]


def page_of_posts(
    request: HttpRequest,
    rows: Any,
    *,
    load: Callable[[list[PostPage]], list[selectors.PostCard]] = _cards,
    size: int = PAGE_SIZE,
    query: str = "",
) -> selectors.Paginated[selectors.PostCard]:
    return selectors.paginate(rows.only("pk"), request.GET.get("page"), size=size, load=load, query=query)
