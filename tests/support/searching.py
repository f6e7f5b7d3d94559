"""The search page, as somebody reads it."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client


def look(client: Client, text: str = "", **parameters: str) -> str:
    """The page of a search, as text."""
    response = client.get("/search/", {"q": text, **parameters})
    assert response.status_code == 200, response.content[:300]
    return response.content.decode()


def found(client: Client, text: str = "", **parameters: str) -> list[str]:
    """The titles of the results, in their order."""
    titles = re.findall(
        r'<h\d class="(?:story__title|person__name)[^>]*><a [^>]*>(.*?)</a>', look(client, text, **parameters)
    )
    return [unescape(re.sub(r"<[^>]+>", "", title)) for title in titles]
