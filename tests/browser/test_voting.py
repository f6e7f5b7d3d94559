"""Voting at the browser: in place with scripts, by a form without, bars on a phone, nothing for axe to find."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.world import session_of

pytestmark = pytest.mark.browser
#: Where to leave pictures for people to look at; none by default.
PICTURES = os.environ.get("PICTURES", "")


def look(page: Page, name: str) -> None:
    """axe finds nothing, nothing scrolls sideways."""
    page.evaluate(Axe().axe_script)
    found = page.evaluate("axe.run('#poll', {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if PICTURES:
        page.locator("#poll").scroll_into_view_if_needed()
        page.screenshot(path=f"{PICTURES}/poll-{name}.png")


def poll_of(page: Page) -> Locator:
    return page.locator("#poll")


@pytest.mark.parametrize(("theme", "width"), [pytest.param("light", 1280, marks=pytest.mark.long), ("dark", 390)])
def test_somebody_votes_sees_the_numbers_and_changes_in_place(visitor: Visitor, theme: str, width: int) -> None:
    page = visitor.open(visitor.site.pages["post"], theme=theme, width=width, session=session_of("fan"))
    poll = poll_of(page)
    poll.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    look(page, f"before-{theme}")
    expect(poll).to_contain_text("You see the numbers when you have voted.")
    poll.get_by_role("radio", name="The new one").check()
    poll.get_by_role("button", name="Vote").click()
    told = poll.get_by_role("status")
    expect(told).to_contain_text("Your vote counts.")
    expect(told).to_be_focused()
    expect(poll.get_by_role("radio", name="The new one")).to_be_checked()
    expect(poll).to_contain_text("100%")
    assert page.evaluate("scrollY") > 0, "no new page was loaded"
    look(page, f"voted-{theme}")
    poll.get_by_role("radio", name="The old one").check()
    poll.get_by_role("button", name="Change my vote").click()
    expect(poll.locator(".poll__answer").first).to_contain_text("100%")
    page.evaluate("for (const words of document.querySelectorAll('#poll [dir]')) words.append('W'.repeat(200))")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "words without an end are broken"
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/poll-long-{theme}.png")
    page.reload()
    expect(poll.get_by_role("radio", name="The old one")).to_be_checked()
    page.wait_for_load_state("networkidle")
    poll.get_by_role("button", name="Take it back").click()
    expect(poll).to_contain_text("Nobody has voted yet.")
    expect(poll.get_by_role("radio", name="The old one")).not_to_be_checked()


def test_a_form_votes_without_scripts_and_guests_are_led_to_the_sign_in(visitor: Visitor) -> None:
    path = visitor.site.pages["post"]
    plain = visitor.open(path, javascript=False, session=session_of("fan"))
    poll_of(plain).get_by_label("The new one").check()
    poll_of(plain).get_by_role("button", name="Vote").click()
    plain.wait_for_url(f"**{path}#poll")
    expect(poll_of(plain).get_by_label("The new one")).to_be_checked()
    guest = visitor.open(path, width=390)
    look(guest, "guest")
    expect(poll_of(guest)).to_contain_text("1 person has voted.")
    poll_of(guest).get_by_role("link", name="Sign in to vote").click()
    guest.wait_for_url("**/account/login/?next=*")
    poll_of(plain).get_by_role("button", name="Take it back").click()
    plain.wait_for_url(f"**{path}#poll")
    expect(poll_of(plain).get_by_label("The new one")).not_to_be_checked()
