"""A browser without a network: the site says so in its own look, and shows nobody what others have read."""

from __future__ import annotations

import pytest
from django.test.utils import override_settings
from playwright.sync_api import Error, Page, Request, expect

from tests.browser import world
from tests.browser.conftest import Visitor
from tests.browser.test_first_visit import DARK, LIGHT
from tests.support.processes import eventually

pytestmark = pytest.mark.browser

#: Installed, and done with what an earlier version left; an error where that does not happen.
READY = """() => Promise.race([
  new Promise((_, reject) => setTimeout(reject, 15_000, new Error("no worker"))),
  navigator.serviceWorker.ready.then(({ active }) => active.state === "activated" || new Promise(
    (resolve) => active.addEventListener("statechange", () => active.state === "activated" && resolve()))),
])"""
KEPT = """async () => {
  const all = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    all[name] = {};
    for (const { url } of await cache.keys()) all[name][new URL(url).pathname] = await (await cache.match(url)).text();
  }
  return all;
}"""
#: What a browser says of an address it cannot reach, and of the answer it gets instead.
EXPECTED = ["ERR_INTERNET_DISCONNECTED", "503"]


def visit(visitor: Visitor, path: str = "/", **options: object) -> Page:
    """A page that has been open long enough to be ready for a journey without a network."""
    page = visitor.context(service_workers="allow", **options).new_page()
    page.goto(path)
    page.evaluate(READY)
    return page


def go_offline(visitor: Visitor, page: Page) -> None:
    """Cuts the network; of files, the browser has only what the worker keeps."""
    visitor.expected += EXPECTED
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.detach()
    page.context.set_offline(True)


def kept(page: Page) -> dict[str, dict[str, str]]:
    """Everything in the caches of the worker: texts by address, by the name of the cache."""
    found: dict[str, dict[str, str]] = page.evaluate(KEPT)
    return found


@pytest.mark.parametrize(
    ("path", "language", "theme", "ground", "width"),
    [
        ("/latest/?page=2", "en", "light", LIGHT, 390),
        ("/de/latest/", "de", "dark", DARK, 1280),
        pytest.param("/de", "de", "light", LIGHT, 390, marks=pytest.mark.long),
    ],
)
def test_without_a_network_the_site_says_so_in_the_language_of_the_address_and_in_its_look(
    visitor: Visitor, path: str, language: str, theme: str, ground: str, width: int
) -> None:
    page = visit(visitor, theme=theme, width=width)
    go_offline(visitor, page)
    answer = page.goto(path)
    assert answer
    assert answer.status == 503
    assert page.url == f"{visitor.site.address}{path}"
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("link")).to_have_count(2)
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == ground
    assert page.locator(".lonely").evaluate("main => getComputedStyle(main).textAlign") == "center"
    faces = "document.fonts.ready.then(() => [...document.fonts].filter(f => f.status === 'loaded').map(f => f.family))"
    assert any("Inter" in face for face in page.evaluate(faces))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_back_online_trying_again_leads_to_what_was_asked_for(visitor: Visitor) -> None:
    page = visit(visitor)
    go_offline(visitor, page)
    page.goto("/search/?q=lamps#results")
    again = page.get_by_role("link", name="Try again")
    again.click()
    expect(again).to_be_visible()
    page.context.set_offline(False)
    again.click()
    expect(page.get_by_role("searchbox").first).to_have_value("lamps")
    assert page.url.startswith(f"{visitor.site.address}/search/?q=lamps")


def test_nothing_a_member_has_read_can_be_read_without_a_network(visitor: Visitor) -> None:
    page = visit(visitor, session=world.session_of("fan"))
    for path in ("/account/email/", visitor.site.pages["post"], "/"):
        page.goto(path)
    expect(page.locator("details[data-menu]")).to_be_attached()
    [files] = kept(page).values()
    assert {path for path in files if not path.startswith("/static/")} == {"/offline/", "/de/offline/"}
    assert not [path for path, text in files.items() if "Ada Fan" in text]
    page.context.clear_cookies()
    go_offline(visitor, page)
    for path in ("/account/email/", visitor.site.pages["post"]):
        answer = page.goto(path)
        assert answer
        assert answer.status == 503, path
        expect(page.get_by_role("link", name="Try again")).to_be_visible()


def test_a_new_version_takes_the_place_of_the_old_one(visitor: Visitor) -> None:
    page = visit(visitor)
    [old] = kept(page)
    page.evaluate("caches.open('offline-of-long-ago').then(() => caches.open('of-something-else'))")
    with override_settings(LANGUAGES=[("en", "English")]):
        page.evaluate("navigator.serviceWorker.ready.then(registration => registration.update())")
        eventually(lambda: old not in page.evaluate("caches.keys()"))
        page.evaluate(READY)
    found = kept(page)
    [new] = found.keys() - {"of-something-else"}
    assert new.startswith("offline-")
    assert new != "offline-of-long-ago"
    assert "/de/offline/" not in found[new]


def test_where_the_offline_page_is_turned_off_browsers_forget_it(visitor: Visitor) -> None:
    page = visit(visitor)
    with override_settings(OFFLINE_PAGE=False):
        page.evaluate("navigator.serviceWorker.ready.then(registration => registration.update())")
        eventually(lambda: page.evaluate("navigator.serviceWorker.getRegistrations()") == [])
        assert kept(page) == {}


def test_the_worker_keeps_out_of_everything_that_is_no_page(visitor: Visitor) -> None:
    page = visit(visitor)
    page.goto("/")
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    image = page.locator("img[src^='/media/']").first.get_attribute("src")
    for asked in ("/api/site", image, "/static/js/site.js"):
        with page.expect_response(f"**{asked}") as got:
            page.evaluate("path => fetch(path).then(answer => answer.blob())", asked)
        assert not got.value.from_service_worker, asked
    go_offline(visitor, page)
    assert page.evaluate("fetch('/api/site').then(() => 'an answer', error => error.name)") == "TypeError"
    for path in ("/api/site", "/cms/", image):
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            page.goto(path)


def test_what_could_not_be_sent_is_not_answered_by_the_offline_page(visitor: Visitor) -> None:
    page = visit(visitor, "/account/login/")
    go_offline(visitor, page)
    page.get_by_role("textbox").first.fill("fan")
    with page.expect_event("requestfailed", lambda request: request.method == "POST"):
        page.locator("main form").first.evaluate("form => form.submit()")


@pytest.mark.parametrize("name", ["home", "post"])
def test_a_first_visit_is_over_before_anything_is_fetched_for_later(visitor: Visitor, name: str) -> None:
    context = visitor.context(service_workers="allow")
    asked: list[Request] = []
    context.on("request", lambda request: asked.append(request))
    page = context.new_page()
    page.goto(visitor.site.pages[name])
    page.evaluate(READY)
    loaded = page.evaluate("performance.timeOrigin + performance.getEntriesByType('navigation')[0].loadEventStart")
    for_later = [request for request in asked if request.service_worker]
    assert for_later
    assert min(request.timing["startTime"] for request in for_later) >= loaded
    pictures = [request for request in asked if request.resource_type == "image" or "/favicon" in request.url]
    at_once = [request.url for request in asked if request not in for_later + pictures]
    assert len(at_once) <= 12, at_once
