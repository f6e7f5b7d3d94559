"""Feeds at the browser: a new post is said and shown, one reads on, tabs fit a phone, and all of it without scripts."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from community.accounts.models import User
from community.bookmarks.services import share_target, unshare_target
from community.follows import services
from tests.browser import world
from tests.browser.conftest import Site, Visitor
from tests.browser.test_access import EVERYTHING, violations
from tests.factories import make_post, make_user
from tests.support.layout import PROBLEMS

pytestmark = pytest.mark.browser
#: Where to leave pictures for people to look at; none by default.
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def reader(site: Site) -> Iterator[User]:
    """Somebody who follows Mira Kay, a tag, and a friend who shared something."""
    person, friend = made = [make_user(), make_user(display_name="Jo Friend")]
    mira = User.objects.get(username="mira_kay")
    services.follow(actor=person, kind="user", target_id=mira.pk)
    services.follow(actor=person, kind="user", target_id=friend.pk)
    video = site.pages["post with a video on top"]
    post = User.objects.get(username="jonas_w").posts.get(slug=video.strip("/").rpartition("/")[2])
    share_target(actor=friend, kind="post", target_id=post.pk, to_followers=True, note="The curtain at the end!")
    yield person
    unshare_target(actor=friend, kind="post", target_id=post.pk)
    for each in made:
        each.delete()


def sound(page: Page, width: int, name: str) -> None:
    """Nothing is wrong with the page for eyes, ears and keys."""
    Axe().run(page)
    page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight")})
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/feed-{name}-{width}.png", full_page=True)
    assert violations(page, EVERYTHING) == []
    assert page.evaluate(PROBLEMS) == []


@pytest.mark.parametrize(("theme", "width"), [("dark", 390), pytest.param("light", 1280, marks=pytest.mark.long)])
def test_pages_of_feeds_are_sound(visitor: Visitor, reader: User, theme: str, width: int) -> None:
    newcomer = make_user()
    session = world.session_of(reader.username)
    for name, path, who in (
        ("home", "/", session), ("for-you", "/feed/for-you/", session), ("latest", "/feed/latest/", session),
        ("choices", "/account/feed/", session), ("nobody", "/feed/following/", world.session_of(newcomer.username)),
        ("home-nobody", "/", world.session_of(newcomer.username)),
    ):  # fmt: skip
        sound(visitor.open(path, session=who, width=width, theme=theme), width, f"{name}-{theme}")
    newcomer.delete()


def test_a_new_post_is_said_within_a_minute_and_stands_there_when_pressed(visitor: Visitor, reader: User) -> None:
    page = visitor.context(session=world.session_of(reader.username)).new_page()
    page.clock.install()
    page.goto("/")
    expect(page.get_by_text("Shared by Jo Friend")).to_be_visible()
    expect(page.get_by_text("The curtain at the end!")).to_be_visible()
    mira = User.objects.get(username="mira_kay")
    post = make_post(mira, "Just now, under the lamp")
    page.clock.fast_forward(61_000)
    pill = page.get_by_role("status").get_by_role("link", name="1 new post")
    expect(pill).to_be_visible()
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/feed-pill.png")
    pill.click()
    first = page.locator(".feed__item").first
    expect(first).to_contain_text("Just now, under the lamp")
    expect(first).to_contain_text("You follow Mira Kay")
    post.delete()


@pytest.mark.parametrize("javascript", [True, False])
def test_one_reads_on(visitor: Visitor, reader: User, javascript: bool) -> None:
    page = visitor.open("/feed/latest/", session=world.session_of(reader.username), javascript=javascript)
    titles = page.locator(".feed__item h2 a")
    expect(titles).to_have_count(20)
    first = [title.get_attribute("href") for title in titles.all()]
    page.get_by_role("link", name="More posts").click()
    expect(page.get_by_role("link", name="More posts")).to_have_count(0)
    if javascript:
        expect(titles.nth(20)).to_be_focused()
    every = [title.get_attribute("href") for title in titles.all()]
    seen = every if javascript else first + every
    assert seen[:20] == first
    assert len(seen) == len(set(seen)) > 20


def test_for_you_is_turned_off_and_its_tab_is_gone(visitor: Visitor, reader: User) -> None:
    page = visitor.open("/feed/for-you/", session=world.session_of(reader.username), width=390)
    page.get_by_role("link", name="How it is made, and off").click()
    page.get_by_role("button", name="Turn “For you” off and delete this").click()
    expect(page.get_by_role("button", name="Turn “For you” on")).to_be_visible()
    page.goto("/")
    tabs = page.get_by_role("navigation", name="Feeds")
    expect(tabs.get_by_role("link")).to_have_text(["Following", "Trending", "Latest"])
