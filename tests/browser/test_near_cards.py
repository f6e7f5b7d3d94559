"""Keeping from a card, following from a post and passing a post on, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from cms.models import PostPage
from community.accounts.models import User
from community.bookmarks.models import Bookmark, Share
from community.bookmarks.services import remove_bookmark, unshare_target
from community.follows.services import unfollow
from tests.browser.conftest import Site, Visitor
from tests.browser.test_reacting import look
from tests.browser.world import session_of
from tests.factories import make_post

pytestmark = pytest.mark.browser
#: What a phone would show its person in the place of this.
SHARING = """Object.defineProperty(navigator, "share", { value: async (what) => {
  window.passed = [...(window.passed ?? []), what];
  if (window.fails) throw new DOMException("no", window.fails);
} })"""
CLIPBOARD = """Object.defineProperty(navigator, "clipboard", { value: {
  writeText: async (text) => { window.copied = text; } } })"""


@pytest.fixture
def post(site: Site) -> Iterator[PostPage]:
    """A post by a creator, the newest on the site, and nobody to keep or pass it on afterwards."""
    made = make_post(User.objects.get(username="mira_kay"), "Lamps that remember")
    yield made
    fan = User.objects.get(username="fan")
    unfollow(actor=fan, kind="user", target_id=made.author_id)
    remove_bookmark(actor=fan, kind="post", target_id=made.pk)
    unshare_target(actor=fan, kind="post", target_id=made.pk)
    PostPage.objects.filter(pk=made.pk).update(live=False)


@pytest.mark.parametrize(("theme", "width"), [pytest.param("light", 1280, marks=pytest.mark.long), ("dark", 390)])
def test_somebody_keeps_from_a_card(visitor: Visitor, post: PostPage, theme: str, width: int) -> None:
    page = visitor.open("/", theme=theme, width=width, session=session_of("fan"))
    save = page.get_by_role("button", name="Save: Lamps that remember").first
    saved = page.get_by_role("button", name="Saved: Lamps that remember").first
    look(page, f"home-{theme}-full")
    save.click()
    expect(saved).to_have_attribute("aria-pressed", "true")
    page.goto("/latest/")
    expect(saved).to_have_attribute("aria-pressed", "true")
    look(page, f"latest-{theme}")
    page.goto("/search/?q=lamps")
    look(page, f"search-{theme}")
    saved.click()
    expect(save).to_have_attribute("aria-pressed", "false")
    assert not Bookmark.objects.filter(target_id=post.pk).exists()
    plain = visitor.open("/latest/", javascript=False, session=session_of("fan"))
    plain.get_by_role("button", name="Save: Lamps that remember").first.click()
    plain.wait_for_url("**/latest/")
    expect(plain.get_by_role("button", name="Saved: Lamps that remember").first).to_be_visible()
    guest = visitor.open("/latest/", theme=theme, width=width)
    expect(guest.get_by_role("button", name="Save: Lamps that remember")).to_have_count(0)


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1280)])
@pytest.mark.long
def test_somebody_follows_from_a_post(visitor: Visitor, post: PostPage, theme: str, width: int) -> None:
    page = visitor.open(post.url, theme=theme, width=width, session=session_of("fan"))
    name = User.objects.get(username="mira_kay").profile.display_name
    look(page, f"post-{theme}")
    page.get_by_role("button", name=f"Follow {name}").click()
    expect(page.get_by_role("button", name=f"Stop following {name}")).to_be_visible()
    look(page, f"post-followed-{theme}")
    own = visitor.open(post.url, session=session_of("mira_kay"))
    expect(own.get_by_role("button", name=f"Follow {name}")).to_have_count(0)
    guest = visitor.open(post.url, theme=theme, width=width)
    look(guest, f"post-guest-{theme}")
    guest.get_by_role("link", name=f"Follow {name}").click()
    guest.wait_for_url("**/account/login/?next=*")


def test_what_is_passed_on_counts_once_a_day(visitor: Visitor, post: PostPage) -> None:
    context = visitor.context(width=390, has_touch=True, is_mobile=True, session=session_of("fan"))
    context.add_init_script(SHARING)
    context.add_init_script(CLIPBOARD)
    page = context.new_page()
    page.goto(post.url)
    page.locator(".engage").scroll_into_view_if_needed()
    share = page.get_by_role("link", name="Share")
    page.evaluate("window.fails = 'AbortError'")
    share.click()
    page.wait_for_function("window.passed?.length === 1")
    assert not Share.objects.filter(target_id=post.pk).exists(), "thought better of it"
    page.evaluate("window.fails = ''")
    for number in (2, 3):
        with page.expect_response(f"**/api/posts/{post.pk}/shares") as answer:
            share.click()
        assert answer.value.status == 201
        page.wait_for_function(f"window.passed.length === {number}")
    assert page.evaluate("window.passed[0].url").endswith(post.url)
    page.evaluate("window.fails = 'NotAllowedError'")
    with page.expect_response(f"**/api/posts/{post.pk}/shares"):
        share.click()
    assert page.evaluate("window.copied").endswith(post.url)
    assert Share.objects.filter(target_id=post.pk).count() == 1
    assert not Share.objects.get(target_id=post.pk).to_followers


def test_a_copied_link_counts_and_guests_pass_on_uncounted(visitor: Visitor, post: PostPage) -> None:
    for session in (None, session_of("fan")):
        context = visitor.context(session=session)
        context.add_init_script(CLIPBOARD)
        page = context.new_page()
        page.goto(f"/shares/post/{post.pk}/")
        expect(page.get_by_role("main")).to_contain_text(post.url)
        page.get_by_role("button", name="Copy the link").click()
        page.wait_for_function("window.copied")
        if session is None:
            assert not Share.objects.filter(target_id=post.pk).exists()
    page.wait_for_timeout(0)
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert Share.objects.filter(target_id=post.pk).count() == 1
