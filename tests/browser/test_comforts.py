"""Small comforts: passwords that can be seen and are judged, code that is copied, names beside icons, paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def test_a_new_password_is_judged_by_the_sites_own_rules(visitor: Visitor) -> None:
    page = visitor.open("/account/signup/", width=390)
    page.get_by_label("User name").fill("lampmaker")
    password = page.locator("input[name=password1]")
    words, meter = page.locator(".password__words"), page.get_by_role("meter", name="Strength")
    expect(words).to_have_attribute("role", "status")
    password.fill("short")
    expect(words).to_contain_text("at least 12 characters")
    expect(words).to_contain_text("a digit")
    expect(meter).to_have_js_property("value", 20)
    password.fill("Lampmaker-2026!")
    expect(words).to_have_text("Still needed: words unlike your name or address.")
    password.fill("Lamps-For-All-2026!")
    expect(words).to_have_text("Strong.")
    page.wait_for_function("document.querySelector('meter').value >= 75")
    password.fill("")
    expect(words).to_have_text("What it needs:")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_password_can_be_seen_and_is_hidden_again_before_it_is_sent(visitor: Visitor) -> None:
    page = visitor.open("/account/login/")
    password = page.locator("input[name=password]")
    password.fill("Curtain-Rises-2026!")
    peek = page.get_by_role("button", name="Show what is typed")
    expect(peek).to_have_attribute("aria-pressed", "false")
    peek.focus()
    page.keyboard.press("Space")
    expect(password).to_have_attribute("type", "text")
    expect(peek).to_have_attribute("aria-pressed", "true")
    page.evaluate("document.addEventListener('submit', event => event.preventDefault())")
    page.get_by_label("E-mail or user name").fill("fan")
    page.keyboard.press("Enter")
    expect(password).to_have_attribute("type", "password")


def test_the_rules_of_a_password_stand_there_without_scripts(visitor: Visitor) -> None:
    page = visitor.open("/account/signup/", javascript=False)
    expect(page.locator(".password__rules").first).to_contain_text("12")
    expect(page.get_by_role("button", name="Show what is typed")).to_have_count(0)
    expect(page.get_by_role("meter")).to_have_count(0)


def test_code_is_copied_with_one_button(visitor: Visitor) -> None:
    context = visitor.context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(visitor.site.pages["post"])
    figure = page.locator("figure.code").first
    code = figure.locator("pre").inner_text()
    figure.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Enter")
    expect(figure.get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").strip() == code.strip()


def test_code_is_marked_where_the_browser_lets_nobody_copy(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["post"])
    page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('no'); }; }")
    figure = page.locator("figure.code").first
    figure.get_by_role("button", name="Copy").click()
    expect(figure.get_by_role("status")).to_have_text("Marked: press Ctrl+C")
    assert page.evaluate("getSelection().toString().trim()") == figure.locator("pre").inner_text().strip()


def test_without_scripts_nothing_offers_to_copy(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["post"], javascript=False)
    expect(page.locator("figure.code").first).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_the_name_beside_an_icon_of_the_rail_goes_away_with_escape(visitor: Visitor) -> None:
    page = visitor.open("/", width=900)
    link = page.locator(".rail a").first
    shown = "link => Number(getComputedStyle(link.querySelector('span')).opacity)"
    link.hover()
    page.wait_for_function(f"link => ({shown})(link) === 1", arg=link.element_handle())
    page.keyboard.press("Escape")
    page.wait_for_function(f"link => ({shown})(link) === 0", arg=link.element_handle())
    page.mouse.move(500, 500)
    link.hover()
    page.wait_for_function(f"link => ({shown})(link) === 1", arg=link.element_handle())


def test_paper_shows_what_is_closed_and_where_a_film_is(visitor: Visitor) -> None:
    page = visitor.open(visitor.site.pages["post"])
    spoiler = page.locator("details.spoiler").first
    assert not spoiler.evaluate("details => details.open")
    page.emulate_media(media="print")
    hidden = spoiler.locator("p").last
    expect(hidden).to_be_visible()
    assert hidden.evaluate("words => words.checkVisibility({contentVisibilityAuto: true})")
    assert hidden.bounding_box()["height"] > 10
    expect(page.locator(".copy").first).to_be_hidden()
    video = page.locator(".video").first
    address = video.evaluate("video => getComputedStyle(video, '::after').content")
    assert "youtube.com" in address
    cut = page.evaluate(
        "[...document.querySelectorAll('.table-frame, pre')].filter(each => getComputedStyle(each).overflowX === 'auto'"
        " && each.scrollWidth > each.clientWidth).length"
    )
    assert cut == 0
