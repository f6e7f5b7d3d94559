"""Searching: suggestions by keyboard and mouse, and everything without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


def field_of(page: Page) -> Locator:
    """The search field that is to be seen."""
    return page.locator("input[name=q]:visible")


def type_and_wait(page: Page, letters: str) -> Locator:
    """The suggestions after `letters` were typed."""
    field_of(page).press_sequentially(letters)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    return options


def test_suggestions_are_chosen_by_keyboard(visitor: Visitor) -> None:
    page = visitor.open("/about/")
    page.get_by_role("searchbox", name="Search").focus()
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_have_attribute("aria-expanded", "false")
    options = type_and_wait(page, "mir")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    expect(options.first).to_have_text("Mira Kay@mira_kay")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "?")
    expect(field).to_have_value("Mira Kay")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_have_value("mir")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/creators/mira_kay/")


def test_escape_gives_back_what_was_typed_and_enter_searches_for_it(visitor: Visitor) -> None:
    page = visitor.open()
    options = type_and_wait(page, "lam")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field_of(page)).to_have_value("lam")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lam")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “lam”")
    expect(page.locator("mark").first).to_be_visible()


def test_a_suggestion_can_be_clicked_and_leads_to_the_language_of_the_page(visitor: Visitor) -> None:
    page = visitor.open("/de/search/", width=390)
    type_and_wait(page, "Lam").first.click()
    page.wait_for_url("**/de/tags/lamps/")


def test_suggestions_go_away_with_the_focus_and_with_the_letters(visitor: Visitor) -> None:
    page = visitor.open()
    options = type_and_wait(page, "lam")
    page.keyboard.press("Tab")
    expect(options).to_have_count(0)
    field_of(page).fill("lamp")
    expect(options.first).to_be_visible()
    field_of(page).fill("")
    expect(options).to_have_count(0)
    expect(field_of(page)).to_have_attribute("aria-expanded", "false")


def test_only_the_suggestions_for_the_last_letters_are_shown(visitor: Visitor) -> None:
    context = visitor.context()
    asked = []
    context.on("request", lambda request: "/suggestions" in request.url and asked.append(request.url))
    page = context.new_page()
    page.goto("/")
    field_of(page).focus()
    expect(page.get_by_role("combobox", name="Search")).to_be_visible()
    # The page's clock stands while the letters come, however slow the machine is.
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.keyboard.type("evening")
    assert asked == [], "typing does not ask for every letter"
    page.clock.run_for(1000)
    expect(page.get_by_role("option").first).to_contain_text("evening", ignore_case=True)
    assert [url.partition("?")[2] for url in asked] == ["q=evening"]


def test_the_list_stays_on_the_screen_of_a_phone(visitor: Visitor) -> None:
    page = visitor.open("/search/", width=320)
    type_and_wait(page, "ev")
    box = page.get_by_role("listbox").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_searching_and_filtering_work_without_javascript(visitor: Visitor) -> None:
    page = visitor.open(javascript=False)
    page.get_by_role("searchbox", name="Search").fill("lamps")
    page.get_by_role("searchbox", name="Search").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “lamps”")
    filters = page.get_by_role("main").locator(".search__filters")
    filters.get_by_label("Category").select_option("Films")
    filters.get_by_label("By").fill("jonas_w")
    filters.get_by_role("button", name="Show results").click()
    assert "q=lamps" in page.url
    assert "category=films" in page.url
    names = page.get_by_role("main").locator(".story .byline__name").all_inner_texts()
    assert set(names) == {"Jonas Wild"}
    page.get_by_role("link", name="Take away").click()
    page.get_by_role("navigation", name="Kinds of results").get_by_role("link", name="Tags").click()
    page.get_by_role("main").get_by_role("link", name="Lamps", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lamps")


def test_filters_open_on_a_phone_by_a_button_and_say_how_many_there_are(visitor: Visitor) -> None:
    page = visitor.open("/search/?q=lamps&author=jonas_w&sort=recent", width=390)
    button = page.get_by_text("Filters 1")
    expect(page.get_by_label("Category")).to_be_hidden()
    button.click()
    expect(page.get_by_label("Category")).to_be_visible()
    expect(page.get_by_label("By")).to_have_value("jonas_w")
