"""Pages for everyone: axe finds nothing, nothing scrolls sideways, the keyboard reaches all."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import world
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

#: What somebody sees who is signed in.
OWN_PAGES = ["e-mail addresses", "new password", "sessions", "second factor", "sign-out"]
PAGES = [
    "home", "post", "post with a video on top", "author page", "author's series", "author's words", "series",
    "part of a series", "latest", "section", "directory", "category", "tag", "standard page",
    "search", "profile", "sign-in", "sign-up", "password reset", "locked page", "code entry", "missing page",
    "offline page", "kept mail", *OWN_PAGES,
]  # fmt: skip
#: Made of the pieces of the others.
LIKE_OTHERS = {
    "category", "code entry", "standard page",
    "post with a video on top", "author's series", "author's words", "part of a series", "latest", "tag",
    "password reset", "locked page", "kept mail", "e-mail addresses", "new password", "second factor", "sign-out",
}  # fmt: skip
#: Rules for WCAG 2.2 are off by default.
EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
#: What a theme can change.
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


#: The focused element, and whether it lies in the window with an outline around it or the whole of its card.
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  const outlined = [undefined, "::after"].some((part) => {
    const style = getComputedStyle(at, part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  const middle = Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(box.x + box.width / 2, middle);
  const uncovered = !!top && (at.contains(top) || top.contains(at));
  return {html: at.outerHTML.slice(0, 200), shown: outlined && inside && uncovered};
}"""


def open_named(visitor: Visitor, name: str, **options: object) -> Page:
    """A page by what a reader would call it."""
    if name == "code entry":
        options["session"] = world.session_waiting_for_a_code()
    if name in OWN_PAGES:
        options["session"] = world.session_of("fan")
    if name == "missing page":
        visitor.expected.append("404")
    return visitor.open(visitor.site.pages[name], **options)


def violations(page: Page, rules: dict[str, object]) -> list[str]:
    """What axe finds, a line for each element."""
    found = page.evaluate("rules => axe.run(rules)", rules)["violations"]
    return [f"{each['id']}: {node['html'][:200]} {node['failureSummary']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize(
    "views",
    [
        pytest.param((("dark", EVERYTHING, 1280), ("light", COLOURS, 390)), id="desk"),
        pytest.param((("dark", EVERYTHING, 390),), id="phone", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long) if name in LIKE_OTHERS else name for name in PAGES]
)
def test_axe_finds_nothing_in_either_theme_on_phone_and_desk(
    visitor: Visitor, name: str, views: tuple[tuple[str, dict[str, object], int], ...]
) -> None:
    page = open_named(visitor, name)
    page.evaluate(Axe().axe_script)
    found = []
    for theme, rules, width in views:
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        page.set_viewport_size({"width": width, "height": 844})
        # So high that the bar at the lower edge lies over nothing.
        page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight")})
        found += [f"{theme} {width}: {each}" for each in violations(page, rules)]
    assert not found, "\n".join(found)


def test_nothing_scrolls_sideways_when_magnified_to_400_percent(visitor: Visitor) -> None:
    visitor.expected.append("404")
    wide = []
    page = visitor.context(width=320, height=256, session=world.session_waiting_for_a_code()).new_page()
    for name in PAGES:
        page.goto(visitor.site.pages[name])
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(name)
    assert not wide


def test_what_scrolls_by_itself_is_reached_with_the_keyboard(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["post"], width=320, height=600)
    assert page.locator("pre").first.get_attribute("tabindex") == "0"
    wide = page.locator(".prose table").last
    assert wide.evaluate("table => table.scrollWidth > table.clientWidth && table.tabIndex === 0")


def test_the_skip_link_comes_first_and_leads_to_the_content(visitor: Visitor) -> None:
    page = visitor.open()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_menu_opens_and_closes_by_keyboard(visitor: Visitor) -> None:
    page = visitor.open(session=world.session_of("fan"))
    button = page.locator("details[data-menu] > summary")
    profile = page.get_by_role("link", name="Profile", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(profile).to_be_visible()
    page.keyboard.press("Tab")
    expect(profile).to_be_focused()
    page.keyboard.press("Escape")
    expect(profile).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Space")
    expect(profile).to_be_visible()
    page.mouse.click(200, 600)
    expect(profile).to_be_hidden()


@pytest.mark.parametrize("name", [pytest.param("home", marks=pytest.mark.long), "post", "sign-in"])
def test_focus_is_visible_at_every_step(visitor: Visitor, name: str) -> None:
    page = visitor.open(visitor.site.pages[name], width=1280)
    unseen, steps = [], 0
    while steps < 60:
        page.keyboard.press("Tab")
        seen = page.evaluate(FOCUS)
        if seen is None:
            break
        steps += 1
        if not seen["shown"]:
            unseen.append(seen["html"])
    assert steps > 5
    assert not unseen


def test_a_printed_post_is_only_the_post(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["post"], theme="dark")
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    for part in (".top-bar", ".bottom-bar", ".footer"):
        expect(page.locator(part)).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
