"""The page of one's security in a real browser: what happened, and an answer without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from community.accounts import services
from community.accounts.choices import AlertKind
from community.accounts.models import User
from tests.browser import world
from tests.browser.conftest import Site, Visitor
from tests.browser.test_access import EVERYTHING, violations
from tests.factories import make_user
from tests.support.layout import PROBLEMS

pytestmark = pytest.mark.browser
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def person(site: Site) -> Iterator[User]:
    """Somebody to whom much has happened."""
    somebody = make_user()
    for address in ("203.0.113.5", "2001:db8:1234:5678:9abc:def0:1234:5678"):
        services.record_success(user=somebody, visit=services.Visit(address, FIREFOX))
    services.raise_alert(person=somebody, kind=AlertKind.DISTRIBUTED_LOGIN_ATTEMPTS, cause="")
    services.raise_alert(person=somebody, kind=AlertKind.SOCIAL_LINKED, cause="github", detail="github")
    yield somebody
    somebody.delete()


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.long)])
def test_what_happened_is_shown_to_everyone(visitor: Visitor, person: User, width: int) -> None:
    page = visitor.open("/account/security/", session=world.session_of(person.username), width=width)
    expect(page.get_by_role("heading", level=1)).to_have_text("Security")
    Axe().run(page)
    # So high that the bar at the lower edge lies over nothing.
    page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight")})
    assert violations(page, EVERYTHING) == []
    assert page.evaluate(PROBLEMS) == []


def test_it_was_not_me_signs_everybody_out_without_javascript(visitor: Visitor, person: User) -> None:
    page = visitor.open("/account/security/", session=world.session_of(person.username), javascript=False)
    page.get_by_role("button", name="That was not me").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
    expect(page.get_by_text("the old password no longer works")).to_be_visible()
    page.goto("/account/security/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome back")
