"""A journey with nothing but the keyboard: each step is seen, nothing traps, everything closes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import world
from tests.browser.conftest import Visitor
from tests.browser.test_access import FOCUS

pytestmark = pytest.mark.browser

MANY = 140


#: A number for the focused element, the same each time, and the part of the page it stands in.
PLACE = """() => {
  const at = document.activeElement;
  window.met ??= new Map();
  if (!met.has(at)) met.set(at, met.size);
  return [met.get(at), at.closest("header, nav, aside, main, footer, body").localName];
}"""


def walk(page: Page, key: str) -> list[tuple[int, str]]:
    """What `key` meets until the page ends or begins anew; every place must be seen."""
    met: list[tuple[int, str]] = []
    for _step in range(MANY):
        page.keyboard.press(key)
        seen = page.evaluate(FOCUS)
        place = tuple(page.evaluate(PLACE))
        if seen is None or place in met:
            return met
        assert seen["shown"], seen["html"]
        met.append(place)
    raise AssertionError("The keyboard is caught, or the page never ends.")


@pytest.mark.parametrize("width", [pytest.param(390, marks=pytest.mark.long), 1280])
@pytest.mark.parametrize(
    "name", ["search", *(pytest.param(name, marks=pytest.mark.long) for name in ("author page", "directory"))]
)
def test_tab_leads_through_the_whole_page_and_back(visitor: Visitor, name: str, width: int) -> None:
    page = visitor.open(visitor.site.pages[name], width=width, session=world.session_of("fan"))
    there = walk(page, "Tab")
    parts = [part for _number, part in there]
    assert 0 < parts.index("main") < parts.index("footer")
    assert walk(page, "Shift+Tab") == there[::-1]


def test_a_reader_finds_a_post_by_keyboard_alone(visitor: Visitor) -> None:
    page = visitor.open("/", width=1280, session=world.session_of("fan"))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    expect(page.locator("main")).to_be_focused()
    page.get_by_role("combobox", name="Search").or_(page.get_by_role("searchbox", name="Search")).first.focus()
    page.keyboard.type("lamps")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lamps")
    hit = page.get_by_role("main").locator("h2 a, h3 a").first
    hit.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/search/" not in page.url


def test_tabs_of_an_author_are_links_that_enter_follows(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["author page"])
    tabs = page.get_by_role("navigation").filter(has=page.get_by_role("link", name="Series"))
    tabs.get_by_role("link", name="Series").focus()
    page.keyboard.press("Enter")
    expect(tabs.get_by_role("link", name="Series")).to_have_attribute("aria-current", "page")


def test_a_gallery_gives_the_focus_back_where_it_came_from(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["post"])
    picture = page.locator(".gallery a").first
    picture.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _step in range(6):
        page.keyboard.press("Tab")
        inside = "dialog => dialog.contains(document.activeElement) || document.activeElement === document.body"
        assert dialog.evaluate(inside), "the focus stays in the dialog"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(picture).to_be_focused()
