"""One page of a list of posts, as templates get it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from cms import selectors
from cms.models import PostPage
from community.core.languages import without_language
from community.core.lists import Paginated, paginate

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
) -> Paginated[selectors.PostCard]:
    return paginate(rows.only("pk"), request.GET.get("page"), size=size, load=load, query=query)


def for_machines(request: HttpRequest, pages: Paginated[Any], **kept: str) -> dict[str, Any]:
    """What the head of a list says: the address of this page, of those before and after it, and whether it is empty.

    `kept` are parameters that make another list of it (a tab). In another order, or narrowed, a list has the address
    of the plain one and names no neighbours.
    """
    path = f"{settings.PUBLIC_URL}{without_language(request.path)}"

    def at(number: int) -> str:
        query = urlencode({**kept, **({"page": str(number)} if number > 1 else {})})
        return f"{path}?{query}" if query else path

    plain = pages.query.rstrip("&") == urlencode(kept)
    return {
        "canonical_url": at(pages.number),
        "previous_page_url": at(pages.previous_number) if plain and pages.has_previous else "",
        "next_page_url": at(pages.next_number) if plain and pages.has_next else "",
        "noindex": not pages.total,
    }
