"""The styleguide: every piece in both themes, readable, reachable by keyboard, still for those who want it still."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_access import EVERYTHING, FOCUS, violations

pytestmark = pytest.mark.browser

PROJECT = Path(__file__).resolve().parents[2]
GUIDE = "/styleguide/"


def running(page: Page) -> int:
    """How many animations go on."""
    return int(page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length"))


@pytest.mark.parametrize(
    ("theme", "width"),
    [
        ("dark", 390),
        pytest.param("light", 1280, marks=pytest.mark.long),
        pytest.param("dark", 1280, marks=pytest.mark.long),
        pytest.param("light", 390, marks=pytest.mark.long),
    ],
)
def test_axe_finds_nothing_in_the_styleguide(visitor: Visitor, theme: str, width: int) -> None:
    page = visitor.open(GUIDE, theme=theme, width=width)
    # So high that the bar at the lower edge lies over nothing.
    page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight")})
    page.evaluate(Axe().axe_script)
    assert not violations(page, EVERYTHING)


def test_both_themes_are_shown_whatever_the_reader_has_chosen(visitor: Visitor) -> None:
    for theme in ("dark", "light"):
        page = visitor.open(GUIDE, theme=theme)
        grounds = page.eval_on_selector_all(
            "#buttons .guide__theme", "all => all.map(one => getComputedStyle(one).backgroundColor)"
        )
        assert grounds == ["rgb(15, 12, 22)", "rgb(251, 250, 253)"]


def test_every_icon_and_drawing_is_in_the_styleguide(visitor: Visitor) -> None:
    page = visitor.open(GUIDE)
    sprite = (PROJECT / "sparkle_site/static/icons/sprite.svg").read_text()
    dark = page.locator(".guide__theme[data-theme=dark]")
    assert dark.locator(".guide__icons small").all_inner_texts() == re.findall(r'<symbol id="([\w-]+)"', sprite)
    drawings = list((PROJECT / "templates/components/drawings").glob("*.html"))
    expect(dark.locator(".guide__drawings > li > svg.drawing")).to_have_count(len(drawings))


def test_templates_named_in_the_styleguide_exist(visitor: Visitor) -> None:
    named = visitor.open(GUIDE).locator(".guide__head code").all_inner_texts()
    assert len(named) > 10
    for name in ", ".join(named).split(", "):
        folder = "sparkle_site/static/css" if name.endswith(".css") else "templates"
        assert (PROJECT / folder / name).is_file(), name


def test_the_keyboard_goes_through_tabs_menu_and_dialog(visitor: Visitor) -> None:
    page = visitor.open(GUIDE)
    page.locator("#tabs .tabs a").first.focus()
    page.keyboard.press("Tab")
    expect(page.locator("#tabs .tabs a").nth(1)).to_be_focused()
    assert page.evaluate(FOCUS)["shown"]

    menu = page.locator("#menus .menu > summary").first
    menu.focus()
    page.keyboard.press("ArrowDown")
    items = page.locator("#menus .menu").first.get_by_role("link")
    expect(items.filter(has_text="Copy the link")).to_be_focused()
    page.keyboard.press("End")
    expect(items.filter(has_text="Settings")).to_be_focused()
    page.keyboard.press("Escape")
    expect(items.first).to_be_hidden()
    expect(menu).to_be_focused()

    opener = page.locator("#dark-dialog-open")
    dialog = page.get_by_role("dialog", name="Delete this post?")
    for key in ("Enter", "Space"):
        opener.focus()
        page.keyboard.press(key)
        expect(dialog).to_be_visible()
        assert page.evaluate("document.querySelector('dialog[open]').contains(document.activeElement)")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("link", name="Keep it").press("Enter")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_dialog_opens_and_closes_without_a_script(visitor: Visitor) -> None:
    page = visitor.open(GUIDE, javascript=False)
    dialog = page.locator("#dark-dialog")
    expect(dialog).to_be_hidden()
    page.locator("#dark-dialog-open").click()
    expect(dialog).to_be_in_viewport(ratio=1)
    dialog.get_by_text("Keep it").click()
    expect(dialog).to_be_hidden()


def test_a_working_button_keeps_its_width_and_says_what_happens(visitor: Visitor) -> None:
    page = visitor.open(GUIDE)
    idle, busy = page.locator(".guide__theme[data-theme=dark] .button--waits").all()[:2]
    assert idle.bounding_box()["width"] == busy.bounding_box()["width"]
    theme = page.locator("#buttons [data-theme=dark]")
    expect(theme.get_by_role("button", name="Publishing…")).to_have_attribute("aria-busy", "true")
    expect(theme.get_by_role("button", name="Publish post", exact=True)).to_have_count(3)


def test_a_button_out_of_use_says_why(visitor: Visitor) -> None:
    button = visitor.open(GUIDE).locator("#dark-off")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description("Give it a title first.")
    expect(button).to_have_css("cursor", "not-allowed")


def test_a_toast_is_shown_on_demand(visitor: Visitor) -> None:
    page = visitor.open(GUIDE)
    page.locator("#notices").get_by_role("button", name="Show an achievement").first.click()
    expect(page.locator(".messages .notice--achievement")).to_have_text(re.compile("Level 4"))


def test_a_wrong_field_is_marked_and_says_what_to_do(visitor: Visitor) -> None:
    field = visitor.open(GUIDE).locator("#dark-title")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("A post needs a title.")


def test_rows_of_a_table_are_stacked_and_labelled_on_a_phone(visitor: Visitor) -> None:
    page = visitor.open(GUIDE, width=390)
    cells = page.locator("#tables [data-theme=dark] tbody tr").first.locator("td")
    boxes = [cell.bounding_box() for cell in cells.all()]
    assert boxes[0]["y"] < boxes[1]["y"] < boxes[2]["y"]
    labels = cells.evaluate_all("cells => cells.map(cell => getComputedStyle(cell, '::before').content)")
    assert labels == ["none", '"Place"', '"Last seen"'], "the first is the heading of the entry"
    expect(page.get_by_role("table", name="Where you are signed in").first.get_by_role("row")).to_have_count(2)


def test_nothing_moves_where_stillness_is_wanted(visitor: Visitor) -> None:
    page = visitor.open(GUIDE)
    assert running(page) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert running(page) > 0


def test_the_styleguide_never_scrolls_sideways_at_400_percent(visitor: Visitor) -> None:
    page = visitor.open(GUIDE, width=320, height=256)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
