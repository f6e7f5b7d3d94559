"""The frame of a page in tests: menus as they are stored, and as readers see them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wagtail.models import Page, Site

from cms.models import SiteFrame

Block = dict[str, Any]


def link(label: str = "", *, page: Page | None = None, address: str = "", language: str = "") -> Block:
    """An entry of a menu, as it is stored."""
    value = {"label": label, "page": page.pk if page else None, "address": address, "language": language}
    return {"type": "link", "value": {**value, "icon": "news"}}


def column(title: str, *links: Block, language: str = "") -> Block:
    """A column of the footer, as it is stored."""
    values = {"title": title, "language": language, "links": [each["value"] for each in links]}
    return {"type": "column", "value": values}


def set_frame(main: Sequence[Block] = (), footer: Sequence[Block] = (), tagline: str = "") -> SiteFrame:
    """The menus of the site are these from now on."""
    frame, _created = SiteFrame.objects.update_or_create(
        site=Site.objects.get(is_default_site=True),
        defaults={"main_menu": list(main), "footer": list(footer), "tagline": tagline},
    )
    return frame


def menu(client: Any, path: str = "/creators/") -> list[tuple[str, str]]:
    """The entries of the left rail on a page: address and words."""
    rail = re.search(r'<nav class="rail".*?</nav>', client.get(path).content.decode(), re.DOTALL)
    assert rail
    return re.findall(r'href="([^"]*)".*?rail__label">([^<]*)<', rail[0], re.DOTALL)


def banners(client: Any, path: str = "/creators/") -> list[str]:
    """The words of the announcements above a page, with their links."""
    page = client.get(path).content.decode()
    return re.findall(r'<div class="announcement .*?<p>(.*?)</p>', page, re.DOTALL)
