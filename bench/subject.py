"""Looks at the site from inside: addresses to measure, a signed-in cookie, the queries of each address.

Run as `python -m bench.subject` with the site's settings and the bench's database; prints JSON.
"""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

import django


def addresses() -> dict[str, str]:
    """The address of each cell that reads; none for what this site does not have."""
    from django.db.models import Count
    from django.urls import NoReverseMatch, reverse
    from wagtail.models import Site

    from cms.models import Category, CreatorIndexPage, CreatorPage, PostPage, SectionPage, SeriesPage

    home = Site.objects.get(is_default_site=True).root_page
    post = PostPage.objects.live().public().order_by("-first_published_at", "pk").first()
    tag = PostPage.tags.most_common().first()
    pages = {
        "home": home,
        "post": post,
        "post_in": post,
        "author": CreatorPage.objects.live().order_by("-numchild", "pk").first(),
        "section": SectionPage.objects.live().order_by("-numchild", "pk").first(),
        "series": SeriesPage.objects.live().order_by("-numchild", "pk").first(),
        "directory": CreatorIndexPage.objects.live().first(),
    }
    category = Category.objects.annotate(size=Count("posts")).order_by("-size", "pk").first()
    found = {
        **{key: page.url for key, page in pages.items() if page},
        "search": "/search/?q=light",
        "search_list": "/api/search?q=light",
        "suggest": "/api/search/suggestions?q=li",
        "list": "/api/posts?limit=20",
        "feed_in": "/feed/following/",
        "feed_list_in": "/api/me/feed?limit=20",
    }
    if post:
        found["detail"] = f"/api/posts/{post.pk}"
        found["comments"] = f"/api/posts/{post.pk}/comments?limit=20"
        found["talk"] = f"/comments/on/post/{post.pk}/?sort=newest"
        found["comment_1"] = found["comment_8"] = f"/api/posts/{post.pk}/comments"
    if category:
        found["category"] = category.get_absolute_url()
    if tag:
        found["tag"] = reverse("tag", args=[tag.slug])
    with contextlib.suppress(NoReverseMatch):
        found["offline"] = reverse("offline")
    return found


def follow_all(username: str) -> None:
    """Lets somebody follow everybody who has published something."""
    from cms.models import PostPage
    from community.accounts.models import User
    from community.follows import services

    person = User.objects.get(username=username)
    authors = PostPage.objects.live().exclude(author=person).exclude(author=None)
    for pk in authors.order_by().values_list("author", flat=True).distinct():
        services.follow(actor=person, kind="user", target_id=pk)


def session(username: str) -> tuple[Any, str]:
    """A signed-in test client, and the value of its session cookie."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username=username))
    return client, client.cookies[settings.SESSION_COOKIE_NAME].value


def queries(client: Any, address: str) -> int | None:
    """How many queries an answer takes once the process has warmed up; None when it is no good one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(2):
        client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    return len(captured) if answer.status_code == 200 else None


def main() -> None:
    """Prints what it found."""
    django.setup()
    from django.test import Client

    found = addresses()
    follow_all("fan")
    fan, cookie = session("fan")
    guest = Client(headers={"host": "localhost"}, raise_request_exception=False)
    counts = {key: queries(fan if key.endswith("_in") else guest, address) for key, address in found.items()}
    json.dump({"addresses": found, "cookie": cookie, "queries": counts}, sys.stdout)


if __name__ == "__main__":
    main()
