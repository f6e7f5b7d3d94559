"""Pages for everyone: axe finds nothing, nothing scrolls sideways, the keyboard reaches all."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import world
from tests.browser.conftest import Site, Visitor

pytestmark = pytest.mark.browser

PAGES = [
    "home", "post", "post with a video on top", "author page", "section", "directory", "category", "standard page",
    "profile", "sign-in", "sign-up", "code entry", "missing page", "kept mail",
]  # fmt: skip
#: Rules for WCAG 2.2 are off by default.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


def open_named(visitor: Visitor, name: str, **options: object) -> Page:
    """A page by what a reader would call it."""
    if name == "code entry":
        waiting = world.session_waiting_for_a_code("waiting")
        return visitor.open("/account/confirm-email/", session=waiting, **options)
    if name == "missing page":
        visitor.expected.append("404")
    return visitor.open(visitor.site.pages[name], **options)


def violations(page: Page) -> list[str]:
    """What axe finds, a line for each element."""
    page.evaluate("typeof axe") == "undefined" or None
    found = page.evaluate("options => axe.run(options)", OPTIONS)["violations"]
    return [f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_either_theme_on_phone_and_desk(visitor: Visitor, name: str) -> None:
    page = open_named(visitor, name)
    page.evaluate(Axe().axe_script)
    found = []
    for theme in ("dark", "light"):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            found += [f"{theme} {width}: {each}" for each in violations(page)]
    assert not found, "\n".join(found)
