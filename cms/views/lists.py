"""Lists of posts: by category, by tag, everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms import selectors
from cms.models import PostPage
from cms.selectors.cards import category_chip
from cms.views import structured_data
from cms.views.choosing import ORDERS, WINDOWS, choose
from cms.views.paging import for_machines, page_of_posts
from community.core.caching import for_guests, keep
from community.core.generations import SITE


def _listing(request: HttpRequest, make: Callable[[], dict[str, Any]]) -> HttpResponse:
    shown = for_guests(request, (SITE,), lambda: _list(request, **make()))
    return keep(render(request, "cms/pages/listing.html", shown), SITE)


def _list(request: HttpRequest, *, rows: QuerySet[PostPage], **context: Any) -> dict[str, Any]:
    order = choose(request, "sort", ORDERS)
    window = choose(request, "window", WINDOWS, before=order.query) if order.value == "popular" else None
    ordered = selectors.order_posts(rows, order.value, window=selectors.WINDOWS[window.value if window else "year"])
    posts = page_of_posts(request, ordered, query=window.query if window else order.query)
    things = structured_data.collection(
        context["heading"],
        request.path,
        description=context.get("description", ""),
        posts=posts.items,
        first=posts.first_number,
    )
    machines = {"structured_data": structured_data.as_script(things), **for_machines(request, posts)}
    return {**context, **machines, "posts": posts, "orders": order.links, "windows": window and window.links}


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """Everything on the site."""

    def make() -> dict[str, Any]:
        return {
            "rows": selectors.list_posts(viewer=request.user),
            "heading": _("Everything new"),
            "description": _("All that people publish here, in one long list."),
            "tags": selectors.talked_about(),
        }

    return _listing(request, make)


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """Posts of a category, with the tags people use there and the categories beside it."""

    def make() -> dict[str, Any]:
        found = selectors.get_category(slug)
        rows = selectors.list_posts(viewer=request.user, category=slug)
        return {
            "rows": rows,
            "heading": found.name,
            "kicker": _("Category"),
            "description": found.description,
            "category": category_chip(found),
            "followed_kind": "category",
            "followed_id": found.pk,
            "categories": [category_chip(row) for row in selectors.list_related_categories(found)],
            "tags": selectors.list_tags_beside(rows),
        }

    return _listing(request, make)


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """Posts with a tag, and the tags that stand beside it."""

    def make() -> dict[str, Any]:
        found = selectors.get_tag(slug)
        rows = selectors.list_posts(viewer=request.user, tag=slug)
        tags = selectors.list_tags_beside(rows, without=slug)
        followed = {"followed_kind": "tag", "followed_id": found.pk}
        return {"rows": rows, "heading": found.name, "kicker": _("Tag"), "tags": tags, **followed}

    return _listing(request, make)
