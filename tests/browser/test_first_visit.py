"""What a first visit costs and shows: little weight, nothing that jumps, the right theme from the first frame."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

TEXTS = {"document", "stylesheet", "script"}
#: The theme and the ground of the first frame that is painted.
FIRST_FRAME = """requestAnimationFrame(() => {
  const root = document.documentElement;
  window.firstFrame = {theme: root.dataset.theme, ground: getComputedStyle(root).backgroundColor};
});"""
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifts.push(
    {value: shift.value, what: shift.sources.map((source) => source.node?.outerHTML?.slice(0, 120))});
}).observe({type: "layout-shift", buffered: true});"""
DARK, LIGHT = "rgb(15, 12, 22)", "rgb(251, 250, 253)"


def packed(response: Response) -> int:
    """The size of an answer as it travels from a production site."""
    return len(gzip.compress(response.body(), 6))


@pytest.mark.parametrize("name", ["home", "post", "post with a video on top", "author page"])
def test_a_first_visit_weighs_little(visitor: Visitor, name: str) -> None:
    page = visitor.context().new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(visitor.site.pages[name])
    page.evaluate("document.fonts.ready")
    others = [answer for answer in answers if answer.request.resource_type != "image"]
    kinds = {kind: [each for each in others if each.request.resource_type == kind] for kind in (*TEXTS, "font")}
    scripts = sum(map(packed, kinds["script"]))
    texts = sum(packed(each) for kind in TEXTS for each in kinds[kind])
    fonts = sum(len(each.body()) for each in kinds["font"])
    assert scripts <= 45_000
    assert texts <= 90_000
    assert 0 < fonts <= 60_000
    assert len(others) <= 12, "\n".join(each.url[-60:] for each in others)


def test_the_font_is_our_own_and_used(visitor: Visitor) -> None:
    page = visitor.open()
    page.evaluate("document.fonts.ready")
    faces = page.evaluate("[...document.fonts].filter(face => face.status === 'loaded').map(face => face.family)")
    assert any("Inter" in face for face in faces)
    links = page.eval_on_selector_all("link[rel=preload][as=font]", "links => links.map(link => link.href)")
    assert [link.startswith(visitor.site.address) for link in links] == [True]


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "name",
    ["home", "post", "directory"]
    + [pytest.param(name, marks=pytest.mark.long) for name in ("post with a video on top", "author page", "section")],
)
def test_nothing_jumps_while_a_page_loads(visitor: Visitor, name: str, width: int) -> None:
    context = visitor.context(width=width)
    context.add_init_script(SHIFTS)

    def late(route: Route) -> None:
        time.sleep(0.05)
        route.continue_()

    context.route("**/*.{woff2,webp}", late)
    page = context.new_page()
    page.goto(visitor.site.pages[name])
    page.evaluate("document.fonts.ready")
    page.mouse.wheel(0, 4000)
    page.wait_for_load_state("networkidle")
    shifts = page.evaluate("window.shifts")
    assert sum(shift["value"] for shift in shifts) < 0.02, shifts


@contextmanager
def in_pieces(site: str, *, size: int = 400, pause: float = 0.03) -> Iterator[str]:
    """Gives the address of a server that hands on a site's pages in pieces, as a slow network does."""

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = httpx.get(site + self.path, timeout=10)
            body, kind = answer.content.replace(site.encode(), b""), answer.headers["Content-Type"]
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            begin = body.index(b"<body") if kind.startswith("text/html") else len(body)
            self.wfile.write(body[:begin])
            for at in range(begin, len(body), size):
                time.sleep(pause)  # the slowness is what is tested
                self.wfile.write(body[at : at + size])

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is told of single requests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=pytest.mark.long)])
def test_nothing_jumps_while_a_page_comes_piece_by_piece(visitor: Visitor, width: int) -> None:
    context = visitor.context(width=width)
    context.add_init_script(SHIFTS)
    page = context.new_page()
    visitor.expected.append("elsewhere")
    with in_pieces(visitor.site.address) as address:
        page.goto(address + visitor.site.pages["directory"])
        page.wait_for_load_state("networkidle")
        assert page.locator(".footer").is_visible()
        shifts = page.evaluate("window.shifts")
    assert sum(shift["value"] for shift in shifts) < 0.01, shifts


def first_frame(page: Page) -> dict[str, str]:
    """What the first frame of this page looked like."""
    frame: dict[str, str] = page.evaluate("window.firstFrame")
    return frame


def test_a_chosen_theme_is_there_from_the_first_frame_on_every_page(visitor: Visitor) -> None:
    context = visitor.context()
    context.add_init_script(FIRST_FRAME)
    page = context.new_page()
    page.goto("/")
    assert first_frame(page) == {"theme": "dark", "ground": DARK}
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.get_by_role("button", name="Light", exact=True)).to_have_attribute("aria-pressed", "true")
    visitor.expected.append("404")
    for path in ("/", visitor.site.pages["post"], "/nothing/here/"):
        page.goto(path)
        assert first_frame(page) == {"theme": "light", "ground": LIGHT}, path
    assert 'data-theme="light"' in context.request.get("/creators/").text()
    shown = page.eval_on_selector_all("meta[name=theme-color]", "all => all.map(meta => meta.content)")
    assert set(shown) == {"#fbfafd"}


@pytest.mark.parametrize("liked", ["light", "dark"])
def test_the_systems_theme_is_followed_by_those_who_choose_so(visitor: Visitor, liked: str) -> None:
    context = visitor.context(color_scheme=liked)
    context.add_init_script(FIRST_FRAME)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="System").click()
    page.goto("/creators/")
    assert first_frame(page) == {"theme": "system", "ground": LIGHT if liked == "light" else DARK}


def test_a_theme_the_site_does_not_have_is_the_dark_one(visitor: Visitor) -> None:
    page = visitor.open(theme="plaid")
    assert page.locator("html").get_attribute("data-theme") == "dark"
