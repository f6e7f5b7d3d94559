"""Reacting, keeping and sharing at the browser: in place with scripts, by forms without, nothing for axe to find."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.world import session_of

pytestmark = pytest.mark.browser
#: Where to leave pictures for people to look at; none by default.
PICTURES = os.environ.get("PICTURES", "")


def look(page: Page, name: str) -> None:
    """axe finds nothing, nothing scrolls sideways."""
    page.evaluate(Axe().axe_script)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=name.endswith("full"))


@pytest.mark.parametrize(("theme", "width"), [pytest.param("light", 1280, marks=pytest.mark.long), ("dark", 390)])
def test_somebody_reacts_keeps_and_shares_in_place(visitor: Visitor, theme: str, width: int) -> None:
    path = visitor.site.pages["post"]
    page = visitor.open(path, theme=theme, width=width, session=session_of("fan"))
    love, fire = page.get_by_role("button", name="Love"), page.get_by_role("button", name="Fire")
    expect(fire).to_have_attribute("aria-pressed", "false")
    love.click()
    expect(love).to_have_attribute("aria-pressed", "true")
    expect(love.locator("[data-count]")).to_have_text("1")
    fire.click()
    expect(fire).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Saved")).to_have_attribute("aria-pressed", "true")
    page.locator(".engage").scroll_into_view_if_needed()
    look(page, f"bar-{theme}")
    page.reload()
    expect(love).to_have_attribute("aria-pressed", "true")
    love.click()
    expect(love).to_have_attribute("aria-pressed", "false")
    expect(love.locator("[data-count]")).to_be_empty()
    page.reload()
    page.get_by_role("link", name="Who reacted").click()
    expect(page.get_by_role("main")).to_contain_text("Fire")
    look(page, f"who-{theme}")
    page.goto("/account/bookmarks/")
    look(page, f"bookmarks-{theme}-full")
    page.get_by_role("link", name="Move or note").click()
    page.get_by_label("Note").fill("For Sunday")
    look(page, f"bookmark-{theme}-full")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Share").click()
    page.get_by_label("Your note").fill("Look at this")
    look(page, f"share-{theme}-full")
    page.get_by_role("button", name="Share with followers").click()
    page.wait_for_url(f"**{path}#reactions")
    fire.click()
    page.get_by_role("button", name="Saved").click()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_attribute("aria-pressed", "false")


def test_guests_are_led_to_the_sign_in_and_forms_do_without_scripts(visitor: Visitor) -> None:
    path = visitor.site.pages["post"]
    page = visitor.open(path)
    look(page, "guest")
    page.locator(".engage").scroll_into_view_if_needed()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/guest.png")
    page.get_by_role("link", name="Wow").click()
    page.wait_for_url("**/account/login/?next=*")
    plain = visitor.open(path, javascript=False, session=session_of("fan"))
    plain.get_by_role("button", name="Wow").click()
    plain.wait_for_url(f"**{path}#reactions")
    wow = plain.get_by_role("button", name="Wow")
    expect(wow).to_have_attribute("aria-pressed", "true")
    wow.click()
    expect(wow).to_have_attribute("aria-pressed", "false")
