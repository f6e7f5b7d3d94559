"""The admin's own parts, in both themes, on a phone and on a desk."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import world
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

#: What stands in Wagtail's pages by our hand.
OURS = [".desk-brand", ".desk-week", ".desk-list", ".desk-empty", ".page-types", ".desk-type", ".desk-number"]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [*(pytest.param(1280, scheme, marks=pytest.mark.long) for scheme in ("dark", "light")), (390, "dark")],
)
def test_the_desk_is_readable_in_the_sites_colours(visitor: Visitor, width: int, scheme: str) -> None:
    context = visitor.context(width=width, session=world.session_of("editor"), color_scheme=scheme)
    page = context.new_page()
    section = visitor.site.section_id
    for path in ("/cms/", "/cms/posts/", f"/cms/pages/{section}/", f"/cms/pages/{section}/add_subpage/"):
        page.goto(path)
        if width == 1280:
            expect(page.locator(".desk-brand:visible")).to_contain_text("Sparkle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.evaluate(Axe().axe_script)
        parts = [selector for selector in OURS if page.locator(selector).count()]
        found = page.evaluate("parts => axe.run({include: parts.map(each => [each])})", parts)["violations"]
        assert [(each["id"], [node["html"][:150] for node in each["nodes"]]) for each in found] == [], path


def test_a_post_is_previewed_at_three_widths(visitor: Visitor) -> None:
    context = visitor.context(width=1440, session=world.session_of("editor"))
    page = context.new_page()
    page.goto(f"/cms/pages/add/cms/postpage/{visitor.site.section_id}/")
    page.get_by_role("textbox", name="Title").first.fill("Seen from three sides")
    page.get_by_role("button", name="Toggle preview").click()
    frame = page.frame_locator("#w-preview-iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Seen from three sides")
    for name, width in (("Preview on a phone", 390), ("Preview on a tablet", 820), ("Preview on a large screen", 1280)):
        page.get_by_label(name).check(force=True)
        page.wait_for_function(
            "width => document.querySelector('#w-preview-iframe').contentWindow.innerWidth === width", arg=width
        )
