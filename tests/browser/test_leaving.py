"""Taking one's data home, leaving, and coming back, in a browser; also without JavaScript."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from community.accounts import services
from community.accounts.models import DataExport, User
from tests.browser.conftest import Site, Visitor
from tests.browser.test_access import EVERYTHING, violations
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def person(site: Site) -> Iterator[User]:
    """Somebody nobody else meets."""
    somebody = make_user()
    yield somebody
    somebody.delete()


def sign_in(page: Page, person: User) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail or user name").fill(person.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def is_open_to_all(page: Page, javascript: bool) -> None:
    if not javascript:
        return
    page.evaluate(Axe().axe_script)
    page.set_viewport_size({"width": 390, "height": page.evaluate("document.body.scrollHeight")})
    assert not violations(page, EVERYTHING)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("javascript", [False, pytest.param(True, marks=pytest.mark.long)])
def test_somebody_takes_their_data_home_leaves_and_comes_back(visitor: Visitor, person: User, javascript: bool) -> None:
    page = visitor.open(width=390 if javascript else 1280, javascript=javascript)
    sign_in(page, person)
    page.goto("/account/privacy/")
    expect(page.get_by_role("row", name="When and from where you signed in")).to_contain_text("30 days")
    is_open_to_all(page, javascript)

    page.get_by_role("link", name="Get your data").click()
    page.get_by_role("button", name="Make my file").click()
    expect(page.get_by_role("main")).to_contain_text("We are making your file")
    services.make_export(export_id=DataExport.objects.get(user=person).pk)
    page.reload()
    is_open_to_all(page, javascript)
    page.get_by_role("link", name="Download").click()
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_download() as begun:
        page.get_by_role("button", name="Go on").click()
    with zipfile.ZipFile(begun.value.path()) as archive:
        assert person.username in archive.read("index.html").decode()

    page.goto("/account/delete/")
    is_open_to_all(page, javascript)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("main")).to_contain_text("Your account will be deleted on")
    is_open_to_all(page, javascript)
    page.get_by_role("main").get_by_role("link", name="Sign out").click()
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    sign_in(page, person)
    expect(page.get_by_text("Welcome back! Your account stays")).to_be_visible()
