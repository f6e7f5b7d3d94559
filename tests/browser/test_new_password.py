"""From joining to a forgotten password: the meter, the code from the mail, a new password, and in again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

NEW = "Quiet-Harbour-1987!"
EMAIL = "ida@people.example"


def code_from_the_mail(page: Page) -> str:
    """The code of the last mail, read where this site keeps its mail; the page is where it was afterwards."""
    waiting = page.url
    page.goto(waiting.partition("/account/")[0] + "/dev/mail/")
    page.locator("table a").first.click()
    expect(page.get_by_text(f"To {EMAIL}")).to_be_visible()
    code = re.search(r"\b\d{6}\b", page.get_by_role("main").inner_text())
    assert code
    page.goto(waiting)
    return code[0]


def test_a_person_joins_forgets_the_password_and_comes_back(visitor: Visitor) -> None:
    page = visitor.open("/account/signup/")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("User name").fill("ida")
    meter = page.get_by_role("meter", name="Strength")
    field = page.get_by_label("Password")
    field.fill("Aa1!")
    expect(page.get_by_text("Still needed")).to_be_visible()
    assert float(meter.evaluate("meter => meter.value")) < 50
    with page.expect_response("**/api/auth/password-strength") as answer:
        field.fill(PASSWORD)
    strength = answer.value.json()["data"]["strength"]
    assert strength >= 50
    expect(meter).to_have_js_property("value", strength)
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Create my account").click()
    page.get_by_label("Code").fill(code_from_the_mail(page))
    page.get_by_role("button", name="Confirm").click()

    menu = page.get_by_label("Menu of ida")
    menu.click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Forgot").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code").fill(code_from_the_mail(page))
    page.get_by_role("button", name="Confirm").click()
    page.locator("input[type=password]").nth(0).fill(NEW)
    page.locator("input[type=password]").nth(1).fill(NEW)
    choosing = page.url
    page.locator("input[type=password]").nth(1).press("Enter")
    expect(page).not_to_have_url(choosing)

    for password, heading in ((PASSWORD, False), (NEW, True)):
        page.goto(page.url.partition("/account/")[0] + "/account/login/")
        page.locator("input[name=login]").fill(EMAIL)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        if heading:
            expect(page.get_by_label("Menu of ida")).to_be_visible()
        else:
            expect(page.locator("input[name=password]")).to_be_visible()
