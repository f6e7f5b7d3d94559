"""Videos with the pictures and titles this site keeps of them: nothing is asked elsewhere before the click."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test.utils import override_settings
from playwright.sync_api import expect

from cms import services
from cms.models import StandardPage
from community.youtube.models import VideoPreview
from community.youtube.services import fetch_previews
from tests.browser.conftest import Site, Visitor
from tests.support.elsewhere import elsewhere
from tests.support.videos import YouTube

pytestmark = pytest.mark.browser

KEPT, GONE = "aqz-KE-bpKQ", "abcdefghijk"
TITLE = "How a <b>lamp</b> is lit"


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """A page with two videos: of one, title and picture are kept; the other is gone."""
    body = [("video", {"video": KEPT}), ("video", {"video": GONE})]
    page = services.add_page(
        parent=services.site_root(), page=StandardPage(title="Two lamps", slug="two-lamps", body=body)
    )
    with override_settings(), elsewhere() as there:
        YouTube(there, settings).has(KEPT, TITLE)
        page.save_revision().publish()
        fetch_previews(seconds=30)
    yield page.url
    page.delete()
    VideoPreview.objects.filter(pk__in=[KEPT, GONE]).delete()


def test_a_kept_picture_is_shown_and_youtube_asked_after_the_click_only(visitor: Visitor, address: str) -> None:
    context = visitor.context()
    context.route("https://www.youtube-nocookie.com/**", lambda route: route.fulfill(body="<p>Player</p>"))
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    poster = page.get_by_role("link", name=f"Play: {TITLE} (from YouTube)")
    poster.scroll_into_view_if_needed()
    poster.hover()
    expect(poster.locator(".video__title")).to_have_text(TITLE)
    picture = poster.locator("img")
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
    assert picture.evaluate("image => new URL(image.currentSrc).pathname").startswith(f"/media/videos/{KEPT}/")
    expect(page.get_by_role("link", name="Play: Video (from YouTube)")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert visitor.problems == []
    visitor.expected.append(r"elsewhere: https://www\.youtube-nocookie\.com/embed/")
    poster.click()
    expect(page.locator("iframe")).to_have_attribute("title", TITLE)
    assert len([each for each in visitor.problems if each.startswith("elsewhere")]) == 1
