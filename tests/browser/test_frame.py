"""What stands around every page: banners, search, menus, notices, languages, times."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect
from wagtail.models import Site

from cms.models import Announcement, SiteFrame
from tests.browser import world
from tests.browser.conftest import Visitor
from tests.browser.test_access import EVERYTHING, violations
from tests.browser.test_first_visit import SHIFTS
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

LONG = "W" * 60


@pytest.fixture
def banner(visitor: Visitor) -> Iterator[Announcement]:
    """A banner above every page, with a link."""
    made = Announcement.objects.create(text="The lamps go on at nine.", link_text="Where?", link_address="/about/")
    yield made
    made.delete()


@pytest.fixture
def full_menu(visitor: Visitor) -> Iterator[None]:
    """A main menu with nine entries of sixty letters, and four such columns in the footer."""
    link = {"label": LONG, "page": None, "address": "/about/", "language": "", "icon": "star"}
    frame = SiteFrame.objects.create(
        site=Site.objects.get(is_default_site=True),
        main_menu=[{"type": "link", "value": link}] * 9,
        footer=[{"type": "column", "value": {"title": LONG, "language": "", "links": [link] * 3}}] * 4,
    )
    yield
    frame.delete()


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail or user name").fill("fan")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def test_a_closed_banner_stays_away_without_a_jump_until_its_words_change(
    visitor: Visitor, banner: Announcement
) -> None:
    context = visitor.context()
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.goto("/")
    shown = page.get_by_role("region", name="Announcements")
    expect(shown).to_contain_text("The lamps go on at nine.")
    expect(shown.get_by_role("link", name="Where?")).to_have_attribute("href", "/about/")
    shown.get_by_role("button", name="Close “The lamps go on at nine.”").click()
    expect(shown).to_have_count(0)
    expect(page.locator("main")).to_be_focused()

    page.goto("/creators/")
    expect(page.locator(".announcement")).to_be_hidden()
    assert page.evaluate("window.shifts") == []
    assert page.evaluate("document.querySelector('.top-bar').getBoundingClientRect().top") == 0

    banner.text = "The lamps go on at ten."
    banner.save()
    page.goto("/creators/")
    expect(page.locator(".announcement")).to_be_visible()


def test_a_banner_is_there_without_scripts_and_for_everyone(visitor: Visitor, banner: Announcement) -> None:
    page = visitor.open(javascript=False)
    expect(page.get_by_text(banner.text)).to_be_visible()
    expect(page.locator(".close-button")).to_be_hidden()

    page = visitor.open()
    page.evaluate(Axe().axe_script)
    for theme in ("dark", "light"):
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        assert violations(page, EVERYTHING) == []


def test_what_a_browser_remembers_wrongly_hurts_nothing(visitor: Visitor, banner: Announcement) -> None:
    context = visitor.context()
    page = context.new_page()
    page.goto("/")
    page.evaluate("localStorage.closed = '}{ not a selector'")
    page.reload()
    expect(page.get_by_text(banner.text)).to_be_visible()
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_the_keyboard_meets_the_frame_in_its_order(visitor: Visitor) -> None:
    page = visitor.open("/creators/")
    met = []
    for _step in range(6):
        page.keyboard.press("Tab")
        met.append(
            page.evaluate("document.activeElement.closest('.skip-link, .brand, .finder, .button, .rail')?.className")
        )
    assert met[:3] == ["skip-link", "brand", "finder wide-only"]
    assert "button" in met[3]
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('.rail')")


@pytest.mark.parametrize("javascript", [True, False])
def test_words_in_the_search_field_lead_to_what_is_found(visitor: Visitor, javascript: bool) -> None:
    page = visitor.open("/de/creators/", javascript=javascript)
    field = page.get_by_role("banner").locator("[name=q]")
    field.fill("lamps & curtains")
    field.press("Enter")
    page.wait_for_url(re.compile(r"/de/search/\?q=lamps\+%26\+curtains$"))
    expect(page.get_by_role("banner").locator("[name=q]")).to_have_value("lamps & curtains")


def test_a_phone_has_the_search_above_and_below(visitor: Visitor) -> None:
    page = visitor.open(width=390)
    expect(page.get_by_role("banner").get_by_role("link", name="Search")).to_be_visible()
    bar = page.get_by_role("navigation", name="Main, below")
    assert bar.get_by_role("link").count() <= 5
    bar.get_by_role("link", name="Search").click()
    page.wait_for_url("**/search/")
    expect(bar.get_by_role("link", name="Search")).to_have_attribute("aria-current", "page")


def test_arrows_move_in_a_menu_and_leaving_closes_it(visitor: Visitor) -> None:
    page = visitor.open("/creators/", session=world.session_of("editor"))
    button = page.locator("details[data-menu] > summary")
    first, last = page.get_by_role("link", name="Profile", exact=True), page.get_by_role("button", name="Sign out")
    button.focus()
    for key, place in (("ArrowDown", first), ("ArrowUp", last), ("ArrowDown", first), ("End", last), ("Home", first)):
        page.keyboard.press(key)
        expect(place).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(last).to_be_focused()
    page.keyboard.press("Tab")
    expect(last).to_be_hidden()


def test_notices_come_one_at_a_time_and_wait_for_whoever_reads_them(visitor: Visitor) -> None:
    page = visitor.context().new_page()
    page.clock.install()
    sign_in(page)
    notice = page.get_by_role("status").locator(".notice")
    expect(notice).to_contain_text("Good to see you, fan.")
    for number in (1, 2):
        page.evaluate(
            "text => document.dispatchEvent(new CustomEvent('toast', {detail: {text, level: 'success'}}))",
            f"<b>{number}</b>",
        )
    expect(notice).to_have_count(1)
    notice.hover()
    page.clock.fast_forward(60_000)
    expect(notice).to_contain_text("Good to see you")
    page.mouse.move(800, 100)
    page.clock.fast_forward(7_000)
    expect(notice).to_contain_text("<b>1</b>")
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_contain_text("<b>2</b>")
    expect(notice.get_by_role("button", name="Close")).to_be_focused()
    page.clock.fast_forward(60_000)
    expect(notice).to_have_count(1)
    page.keyboard.press("Enter")
    expect(notice).to_have_count(0)


def test_without_scripts_a_notice_stands_above_the_content(visitor: Visitor) -> None:
    page = visitor.context(javascript=False).new_page()
    sign_in(page)
    notice = page.get_by_role("status")
    expect(notice).to_contain_text("Good to see you, fan.")
    box, heading = notice.bounding_box(), page.get_by_role("heading").first.bounding_box()
    assert box
    assert heading
    assert box["y"] + box["height"] <= heading["y"]


@pytest.mark.parametrize("width", [320, 800, 1280])
def test_nine_entries_with_long_words_push_nothing_aside(visitor: Visitor, full_menu: None, width: int) -> None:
    page = visitor.open("/creators/", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for box in page.locator(".rail__link, .bottom-bar__link, .footer li a").all():
        at = box.bounding_box()
        assert at is None or (at["x"] >= 0 and at["x"] + at["width"] <= width)


def test_the_same_page_is_one_click_away_in_the_other_language(visitor: Visitor) -> None:
    page = visitor.open("/creators/?q=mira")
    switch = page.get_by_role("navigation", name="Language")
    expect(switch.get_by_role("link", name="English")).to_have_attribute("aria-current", "true")
    switch.get_by_role("link", name="Deutsch").click()
    page.wait_for_url("**/de/creators/?q=mira")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_times_are_those_of_the_readers_own_clock_and_calendar(visitor: Visitor) -> None:
    context = visitor.context(timezone_id="Pacific/Auckland", locale="en-GB")

    def with_old_time(route: Route) -> None:
        answer = route.fetch()
        old = '<time datetime="2026-01-31T21:30:00+00:00"\\1>Jan. 31, 2026</time>'
        route.fulfill(response=answer, body=re.sub(r'<time datetime="[^"]*"([^>]*)>[^<]*</time>', old, answer.text()))

    context.route("**/films/", with_old_time)
    page = context.new_page()
    page.goto("/categories/films/")
    time = page.locator("time").first
    expect(time).to_have_text("1 February 2026")
    expect(time).to_have_attribute("title", re.compile("Sunday,? 1 February 2026.* 10:30"))


def test_a_printed_page_has_no_frame(visitor: Visitor, banner: Announcement) -> None:
    page = visitor.open("/creators/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for part in (".announcements", ".top-bar", ".rail", ".bottom-bar", ".footer"):
        expect(page.locator(part)).to_be_hidden()
