"""Following, muting and blocking in a real browser, with and without JavaScript, and the card behind a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from community.accounts.models import Profile, User
from community.follows import services
from tests.browser import world
from tests.browser.conftest import Site, Visitor
from tests.browser.test_access import EVERYTHING, violations
from tests.factories import make_user
from tests.support.layout import PROBLEMS

pytestmark = pytest.mark.browser


@pytest.fixture
def people(site: Site) -> Iterator[list[User]]:
    """A reader, somebody with a public profile and somebody with a private one, who know each other."""
    reader, star, shy = made = [make_user() for _each in range(3)]
    Profile.objects.filter(user=star).update(display_name="Ida Lantern", bio="Lights, mostly at night.")
    Profile.objects.filter(user=shy).update(display_name="Juno Quiet", visibility="followers")
    services.follow(actor=star, kind="user", target_id=reader.pk)
    services.follow(actor=shy, kind="user", target_id=star.pk)
    yield made
    for person in made:
        person.delete()


def sound(page: Page, width: int) -> None:
    """Nothing is wrong with the page for eyes, ears and keys."""
    Axe().run(page)
    page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight")})
    assert violations(page, EVERYTHING) == []
    assert page.evaluate(PROBLEMS) == []


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.long
def test_pages_of_follows_are_sound(visitor: Visitor, people: list[User], width: int) -> None:
    reader, star, shy = people
    Profile.objects.filter(user=reader).update(visibility="followers")
    services.follow(actor=shy, kind="user", target_id=reader.pk)
    services.mute(actor=reader, username=shy.username)
    somebody = make_user()
    services.block(actor=reader, username=somebody.username)
    session = world.session_of(reader.username)
    for path in (
        f"/@{star.username}/", f"/@{star.username}/followers/", f"/@{reader.username}/following/", f"/@{shy.username}/",
        "/account/follow-requests/", "/account/blocked/", "/account/blocked/?show=muted", f"/follow/user/{star.pk}/",
    ):  # fmt: skip
        sound(visitor.open(path, session=session, width=width), width)
    somebody.delete()


def test_the_button_answers_where_it_stands(visitor: Visitor, people: list[User]) -> None:
    reader, star, _shy = people
    page = visitor.open(f"/@{star.username}/", session=world.session_of(reader.username))
    page.get_by_role("button", name="Follow Ida Lantern").click()
    button = page.get_by_role("button", name="Stop following Ida Lantern")
    expect(button).to_be_focused()
    expect(page.get_by_text("You follow now.")).to_be_visible()
    button.click()
    expect(page.get_by_role("button", name="Follow Ida Lantern")).to_be_focused()
    page.locator("summary[aria-label='More about Ida Lantern']").click()
    page.get_by_role("button", name="Block").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Blocked and muted")
    page.get_by_role("button", name="Unblock: Ida Lantern").click()
    expect(page.get_by_text("Nobody.")).to_be_visible()


def test_without_javascript_the_form_does_the_same(visitor: Visitor, people: list[User]) -> None:
    reader, star, shy = people
    session = world.session_of(reader.username)
    page = visitor.open(f"/@{star.username}/", session=session, javascript=False)
    page.get_by_role("button", name="Follow Ida Lantern").click()
    expect(page.get_by_role("button", name="Stop following Ida Lantern")).to_be_visible()
    page.goto(f"/@{shy.username}/")
    page.get_by_role("button", name="Follow Juno Quiet").click()
    expect(page.get_by_role("button", name="Take back your request to follow Juno Quiet")).to_be_visible()


def test_a_name_shows_its_card_to_whoever_stays_on_it(visitor: Visitor, people: list[User]) -> None:
    reader, star, shy = people
    page = visitor.open(f"/@{star.username}/followers/", session=world.session_of(shy.username), theme="light")
    link = page.locator(".people a").first
    expect(link).to_be_visible()
    page.goto(f"/@{star.username}/following/")
    services.follow(actor=reader, kind="user", target_id=star.pk)
    page.goto(f"/@{reader.username}/following/")
    page.get_by_role("link", name="Ida Lantern").hover()
    card = page.locator(".hover-card")
    expect(card.get_by_text("Lights, mostly at night.")).to_be_visible()
    card.hover()
    card.get_by_role("button", name="Stop following Ida Lantern").click()
    expect(card.get_by_role("button", name="Follow Ida Lantern")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
