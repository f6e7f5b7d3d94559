"""The ways from the site's buttons to a new post and a new series."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.auth import require_admin_access

from cms import selectors
from community.accounts.models import User


@hooks.register("register_admin_urls")
def writing_urls() -> list[Any]:
    """Where the site's buttons lead."""
    return [
        path("write/", write_post, name="cms_write"),
        path("write-series/", write_series, name="cms_write_series"),
    ]


@require_admin_access
def write_post(request: HttpRequest) -> HttpResponse:
    """To the form for a post below one's own author page; who has none yet chooses a place."""
    page = selectors.find_author_page(request.user) if isinstance(request.user, User) else None
    if page is None:
        return HttpResponseRedirect(reverse("posts:choose_parent"))
    return HttpResponseRedirect(reverse("wagtailadmin_pages:add", args=["cms", "postpage", page.pk]))


@require_admin_access
def write_series(request: HttpRequest) -> HttpResponse:
    """To the form for a series below one's own author page; who has none yet chooses a place in the explorer."""
    page = selectors.find_author_page(request.user) if isinstance(request.user, User) else None
    if page is None:
        return HttpResponseRedirect(reverse("wagtailadmin_explore_root"))
    return HttpResponseRedirect(reverse("wagtailadmin_pages:add", args=["cms", "seriespage", page.pk]))
