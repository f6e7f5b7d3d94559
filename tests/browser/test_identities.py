"""Google and GitHub in a real browser: joining by the one, linking the other, signing in again by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from community.accounts.models import User
from tests.browser.conftest import Site, Visitor
from tests.browser.test_access import EVERYTHING, violations
from tests.browser.test_second_factor import is_signed_in, show_it_is_me, sign_in
from tests.factories import make_user
from tests.support.identity_provider import IdentityProvider, github_person, google_person, running

pytestmark = pytest.mark.browser


@pytest.fixture
def provider(site: Site, settings: Any) -> Iterator[IdentityProvider]:
    """Both providers, which ask before they answer; nobody who came by them stays."""
    before = set(User.objects.values_list("pk", flat=True))
    with running(settings) as started:
        started.asks = True
        yield started
    User.objects.exclude(pk__in=before).delete()


def leaves_the_site(visitor: Visitor, provider: IdentityProvider) -> None:
    """A journey that leads to the provider and back, and nowhere else."""
    visitor.expected.append(rf"^elsewhere: {re.escape(provider.origin)}/")


def say_yes(page: Page) -> None:
    expect(page).to_have_title("Who are you?")
    page.get_by_role("link", name="It is me").click()


@pytest.mark.parametrize(("width", "javascript"), [(390, False), pytest.param(1280, True, marks=pytest.mark.long)])
def test_somebody_joins_by_google_links_github_and_comes_back_by_it(
    visitor: Visitor, provider: IdentityProvider, width: int, javascript: bool
) -> None:
    leaves_the_site(visitor, provider)
    name = f"lyra_{width}"
    provider.google = google_person(sub=str(width), email=f"lyra-{width}@people.example")
    provider.github = github_person(id=width, login="lyra-hub", emails=[])
    page = visitor.open("/account/signup/", width=width, javascript=javascript)
    page.get_by_role("button", name="Go on with Google").click()
    say_yes(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Almost there")
    expect(page.get_by_label("E-mail")).to_have_value(f"lyra-{width}@people.example")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Create my account").click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.get_by_label("User name").fill(name)
    page.get_by_role("button", name="Create my account").click()
    is_signed_in(page, User.objects.get(username=name))

    page.goto("/account/profile/")
    if width < 832:  # the menu is folded
        page.get_by_role("navigation", name="Account").get_by_text("Account", exact=True).click()
    page.get_by_role("link", name="Linked accounts").click()
    expect(page.get_by_text("your only way in")).to_be_visible()
    page.get_by_role("button", name="Link GitHub").click()
    say_yes(page)
    expect(page.get_by_text("You can now sign in with it.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="lyra-hub")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing stands out of the page"

    page.context.clear_cookies()
    page.goto("/account/login/?next=/latest/")
    page.get_by_role("button", name="Go on with GitHub").click()
    say_yes(page)
    expect(page).to_have_url(re.compile(r"/latest/$"))
    is_signed_in(page, User.objects.get(username=name))
    page.goto("/account/identities/")
    page.get_by_role("button", name="Remove Google").click()
    expect(page.get_by_text("Google is no longer linked.")).to_be_visible()
    expect(page.get_by_text("your only way in")).to_be_visible()


@pytest.mark.long
def test_linking_asks_for_the_password_and_goes_straight_on(visitor: Visitor, provider: IdentityProvider) -> None:
    leaves_the_site(visitor, provider)
    person = make_user()
    page = visitor.open("/account/login/")
    sign_in(page, person)
    is_signed_in(page, person)
    page.goto("/account/identities/")
    page.get_by_role("button", name="Link Google").click()
    show_it_is_me(page)
    say_yes(page)
    expect(page.get_by_text("You can now sign in with it.")).to_be_visible()


@pytest.mark.long
def test_what_goes_wrong_is_told_in_the_look_of_the_site(visitor: Visitor, provider: IdentityProvider) -> None:
    leaves_the_site(visitor, provider)
    visitor.expected += [r"\b401\b", r"\b409\b", r"\b404\b"]
    page = visitor.open("/account/login/")
    provider.instead["/google/token"] = (500, "text/html", b"Oops")
    page.get_by_role("button", name="Go on with Google").click()
    say_yes(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("That did not work")
    clean(page)
    page.get_by_role("link", name="To the sign-in page").click()
    provider.google = None
    page.get_by_role("button", name="Go on with Google").click()
    say_yes(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You did not go on")
    clean(page)
    make_user(email="lyra@people.example", verified_email=False)
    provider.instead.clear()
    provider.google = google_person(email="lyra@people.example")
    page.get_by_role("link", name="To the sign-in page").click()
    page.get_by_role("button", name="Go on with Google").click()
    say_yes(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Please sign in first")
    clean(page)
    page.goto("/account/google/login/")
    expect(page.get_by_role("heading", level=1)).to_have_text("On to Google")
    clean(page)


@pytest.mark.long
def test_axe_finds_nothing_on_the_pages_of_identities(visitor: Visitor, provider: IdentityProvider) -> None:
    leaves_the_site(visitor, provider)
    person = make_user()
    for number, name in enumerate(("google", "github")):
        SocialAccount.objects.create(user=person, provider=name, uid=f"axe-{number}", extra_data={"shown": "x" * 100})
    page = visitor.open("/account/login/", width=390)
    clean(page)
    page.get_by_role("button", name="Go on with Google").click()
    say_yes(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Almost there")
    clean(page)
    page.goto("/account/login/")
    sign_in(page, person)
    is_signed_in(page, person)
    page.goto("/account/identities/")
    clean(page)


def clean(page: Page) -> None:
    """axe finds nothing in either theme on phone and desk, and nothing stands out of the page."""
    page.evaluate(Axe().axe_script)
    for theme in ("dark", "light"):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight")})
            assert violations(page, EVERYTHING) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
