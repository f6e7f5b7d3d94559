"""Blocks that move: galleries, chapters, spoilers, and tables wider than the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.world import VIDEO

pytestmark = pytest.mark.browser


@pytest.fixture
def post(visitor: Visitor) -> Page:
    """The post with every kind of block."""
    return visitor.open(visitor.site.pages["post"])


def test_a_gallery_opens_large_and_is_turned_by_keys_and_buttons(post: Page) -> None:
    first = post.get_by_role("link", name="Enlarge: View 1")
    first.focus()
    post.keyboard.press("Enter")
    box = post.get_by_role("dialog")
    expect(box).to_be_visible()
    expect(box.get_by_role("img")).to_have_attribute("alt", "View 1")
    post.keyboard.press("ArrowRight")
    expect(box.get_by_role("img")).to_have_attribute("alt", "View 2")
    box.get_by_role("button", name="Previous picture").click()
    expect(box.get_by_role("img")).to_have_attribute("alt", "View 1")
    post.keyboard.press("ArrowLeft")
    expect(box.get_by_role("img")).to_have_attribute("alt", "View 3")
    post.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(post.get_by_role("link", name="Enlarge: View 3")).to_be_focused()


def test_without_a_script_a_picture_leads_to_its_large_form(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["post"], javascript=False)
    target = page.get_by_role("link", name="Enlarge: View 1").get_attribute("href")
    assert page.context.request.get(target or "").headers["content-type"] == "image/jpeg"


def test_a_chapter_starts_the_video_at_its_place(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["post"])
    page.route("https://www.youtube-nocookie.com/**", lambda route: route.fulfill(body="<p>Player</p>"))
    visitor.expected.append(r"elsewhere: https://www\.youtube-nocookie\.com/embed/")
    page.get_by_role("link", name="1:02:03 The curtain").click()
    player = page.locator(".video-block iframe")
    expect(player).to_have_attribute(
        "src", f"https://www.youtube-nocookie.com/embed/{VIDEO}?autoplay=1&rel=0&enablejsapi=1&start=3723"
    )
    page.evaluate("""() => {
      const frame = document.querySelector(".video-block iframe");
      window.sent = [];
      Object.defineProperty(frame, "contentWindow", {value: {postMessage: (...what) => window.sent.push(what)}});
    }""")
    page.get_by_role("link", name="0:00 The lamp").click()
    assert page.evaluate("window.sent") == [
        ['{"event":"command","func":"seekTo","args":[0,true]}', "https://www.youtube-nocookie.com"]
    ]


def test_a_spoiler_shows_its_words_when_it_is_asked(post: Page) -> None:
    hidden = post.get_by_text("The cat.")
    expect(hidden).to_be_hidden()
    post.get_by_text("Who turns off the light").click()
    expect(hidden).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_wide_table_scrolls_by_itself_and_can_be_reached_by_keyboard(visitor: Visitor, width: int) -> None:
    page = visitor.open(visitor.site.pages["post"], width=width)
    frame = page.get_by_role("region", name="Wide")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    expect(frame).to_have_attribute("tabindex", "0")
