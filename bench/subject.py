"""Looks at the site from inside: addresses to measure, a signed-in cookie, the queries of each address.

Run as `python -m bench.subject` with the site's settings and the bench's database; prints JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def addresses() -> dict[str, str]:
    """The address of each cell that reads."""
    from wagtail.models import Site

    from cms.models import CreatorPage, PostPage, SectionPage

    home = Site.objects.get(is_default_site=True).root_page
    post = PostPage.objects.live().public().order_by("-first_published_at", "pk").first()
    section = SectionPage.objects.live().order_by("pk").first()
    author = CreatorPage.objects.live().order_by("-numchild", "pk").first()
    assert post
    assert section
    assert author
    return {
        "home": home.url,
        "section": section.url,
        "author": author.url,
        "post": post.url,
        "post_in": post.url,
        "search": "/search/?q=light",
        "list": "/api/posts?limit=20",
        "detail": f"/api/posts/{post.pk}",
        "search_list": "/api/search?q=light",
        "suggest": "/api/search/suggestions?q=li",
    }


def session(username: str) -> tuple[Any, str]:
    """A signed-in test client, and the value of its session cookie."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username=username))
    return client, client.cookies[settings.SESSION_COOKIE_NAME].value


def queries(client: Any, address: str) -> int:
    """How many queries an answer takes once the process has warmed up."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(2):
        client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return len(captured)


def main() -> None:
    """Prints what it found."""
    django.setup()
    from django.test import Client

    found = addresses()
    fan, cookie = session("fan")
    guest = Client(headers={"host": "localhost"})
    counts = {key: queries(fan if key.endswith("_in") else guest, address) for key, address in found.items()}
    json.dump({"addresses": found, "cookie": cookie, "queries": counts}, sys.stdout)


if __name__ == "__main__":
    main()
