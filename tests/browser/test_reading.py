"""Reading: videos that wait for a click, and everything essential without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.world import VIDEO
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

PLAYER = "https://www.youtube-nocookie.com/embed/**"


def with_player(visitor: Visitor, path: str) -> Page:
    """A page on which YouTube's player is a stand-in."""

    def answer(route: Route) -> None:
        route.fulfill(body="<!DOCTYPE html><title>Player</title>", content_type="text/html")

    context = visitor.context()
    context.route(PLAYER, answer)
    page = context.new_page()
    page.goto(path, wait_until="networkidle")
    return page


def test_a_video_asks_youtube_for_nothing_before_a_click(visitor: Visitor) -> None:
    page = with_player(visitor, visitor.site.pages["post"])
    page.locator("a[data-video]").first.hover()
    page.mouse.wheel(0, 5000)
    page.wait_for_load_state("networkidle")
    assert visitor.problems == []
    visitor.expected.append(r"elsewhere: https://www\.youtube-nocookie\.com/embed/")
    page.get_by_role("link", name="Play: How the curtain falls").click()
    frame = page.frame_locator("iframe.video__player")
    expect(frame.locator("html")).to_be_attached()
    expect(page.locator("iframe")).to_have_attribute(
        "src", f"https://www.youtube-nocookie.com/embed/{VIDEO}?autoplay=1&rel=0&enablejsapi=1&start=42"
    )
    expect(page.locator("iframe")).to_have_attribute("title", "How the curtain falls")
    asked = [each for each in visitor.problems if each.startswith("elsewhere")]
    assert len(asked) == 1


def test_a_video_starts_by_keyboard_in_the_place_of_its_picture(visitor: Visitor) -> None:
    visitor.expected.append(r"elsewhere: https://www\.youtube-nocookie\.com/embed/")
    page = with_player(visitor, visitor.site.pages["post with a video on top"])
    poster = page.locator("a[data-video]")
    before = poster.bounding_box()
    poster.focus()
    page.keyboard.press("Enter")
    player = page.locator("iframe.video__player")
    expect(player).to_be_focused()
    assert before == player.bounding_box()


def test_reading_and_finding_work_without_javascript(visitor: Visitor) -> None:
    page = visitor.open(javascript=False)
    expect(page.locator("[data-toggle-theme]")).to_be_hidden()
    page.get_by_role("link", name="The whole stage in one evening").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The whole stage")
    for video in page.locator("a[data-video]").all():
        assert re.match(rf"https://www\.youtube\.com/watch\?v={VIDEO}(&t=\d+s)?$", video.get_attribute("href") or "")
    page.get_by_role("navigation", name="Around here").get_by_role("link", name="Creators").click()
    page.get_by_role("searchbox", name="Find a creator").fill("mira")
    page.get_by_role("searchbox", name="Find a creator").press("Enter")
    expect(page.get_by_role("link", name="Mira Kay")).to_be_visible()
    expect(page.get_by_role("link", name="Jonas Wild")).to_have_count(0)


def test_signing_in_and_out_works_without_javascript(visitor: Visitor) -> None:
    page = visitor.open(javascript=False)
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail or user name").fill("fan")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.locator("details[data-menu] > summary").click()
    expect(page.get_by_role("link", name="Profile", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.long
def test_a_series_is_read_from_part_to_part_without_javascript(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["series"], javascript=False)
    page.get_by_role("link", name="Start reading").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The desk lamp")
    box = page.get_by_role("region", name="Lamps, one by one")
    expect(box).to_contain_text("Part 1 of 3")
    box.get_by_role("link", name="After this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Die Stehlampe")
    expect(page.get_by_text("The light goes out")).to_be_hidden()
    page.get_by_text("Show it").click()
    expect(page.get_by_text("The light goes out")).to_be_visible()
    page.get_by_text("All parts").click()
    page.get_by_role("list").get_by_role("link", name="The lantern").click()
    expect(page.get_by_role("region", name="Lamps, one by one")).to_contain_text("Part 3 of 3")


def test_the_directory_is_narrowed_without_javascript(visitor: Visitor) -> None:
    page = visitor.open("/creators/", javascript=False)
    page.get_by_role("combobox", name="Language").select_option(label="Deutsch")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Mira Kay")).to_be_visible()
    expect(page.get_by_role("link", name="Jonas Wild")).to_have_count(0)
