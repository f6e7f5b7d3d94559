"""Becoming one of the people: sign up, the code from the mail, sign out."""

from __future__ import annotations

import re

import pytest
from django.test.utils import override_settings
from playwright.sync_api import expect

from tests.browser import world
from tests.browser.conftest import Visitor
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.long)])
def test_a_person_signs_up_with_the_code_from_the_mail_and_signs_out(visitor: Visitor, width: int) -> None:
    name = f"luna_{width}"
    page = visitor.open(width=width)
    page.get_by_role("banner").get_by_role("link", name="Join").click()
    page.get_by_label("E-mail").fill(f"luna-{width}@people.example")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Create my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")

    waiting = page.url
    page.get_by_role("link", name="This site keeps its mail here").click()
    page.locator("table a").first.click()
    expect(page.get_by_text(f"To luna-{width}@people.example")).to_be_visible()
    code = re.search(r"\b\d{6}\b", page.get_by_role("main").inner_text())
    assert code
    page.goto(waiting)

    page.get_by_label("Code").fill("000000" if code[0] != "000000" else "111111")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.get_by_label("Code").fill(code[0])
    page.get_by_role("button", name="Confirm").click()

    menu = page.get_by_label(f"Menu of {name}")
    menu.click()
    page.get_by_role("link", name="Profile", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    menu.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Join")).to_be_visible()


def test_a_site_that_sends_its_mail_does_not_point_to_kept_mail(visitor: Visitor) -> None:
    session = world.session_waiting_for_a_code()
    with override_settings(KEPT_MAIL=False):
        page = visitor.open(visitor.site.pages["code entry"], session=session)
    expect(page.get_by_label("Code")).to_be_visible()
    expect(page.get_by_role("link", name="This site keeps its mail here")).to_have_count(0)


def test_what_is_wrong_in_a_form_is_said_beside_its_field(visitor: Visitor) -> None:
    page = visitor.open("/account/signup/")
    page.get_by_label("E-mail").fill("luna@people.example")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill("short")
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Create my account").click()
    for label in ("User name", "Password"):
        field = page.get_by_label(label)
        expect(field).to_have_attribute("aria-invalid", "true")
        told = (field.get_attribute("aria-describedby") or "").split()
        assert any(page.locator(f"#{each}.errorlist").count() for each in told), label
