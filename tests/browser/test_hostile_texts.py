"""Titles and names that want to break, overflow or run something: they are shown as they are, and that is all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from cms.models import PostPage
from community.accounts.choices import Role
from community.accounts.models import Profile, User
from community.core import generations
from community.core.errors import Invalid
from tests.browser.conftest import Visitor
from tests.factories import make_post, make_user

pytestmark = pytest.mark.browser

HOSTILE = [
    "<script>window.ran = 1</script>",
    "\"><img src=x onerror='window.ran = 1'>",
    "'-alert(1)-' {{ 7*7 }} {% load x %} ${window.ran = 1}",
    "</title></head></script><svg onload=window.ran=1>",
    "javascript:window.ran=1//",
    "W" * 255,
    "A̷̛͓n̵͎̈ ̸̹̌o̵̝͝v̶̛̠e̷͎͘r̵̩̾l̶̰̾o̸̪̔a̶̙͑d̶̲͝e̶͔͠d̷͇̚ ̶͉̉t̶̼̓i̴̧͌t̸̰̏l̶̯̈́e̴̠̚",
    "مرحبا بالعالم، هذا عنوان طويل بعض الشيء",
    "abc\u202edef\u2066ghi\u200fjkl",
    "👩‍👩‍👧‍👦🏳️‍🌈👍🏽 ０１２３ ﷽",
    "社會科學院語學研究所" * 12,
    "&lt;b&gt;&amp;nbsp;&#x27; NULL undefined -1/0",
]
#: Whether anything ran, whether the page is wider than the window, and what the first heading says.
STATE = """() => ({
  ran: window.ran, title: document.title, heading: document.querySelector("h1").innerText,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  strangers: [...document.querySelectorAll("main script, main svg[onload], main [onerror], [data-hostile]")].length
    - document.querySelectorAll("main script[src^='/static/']").length,
})"""


@pytest.fixture
def show(visitor: Visitor) -> Iterator[Callable[[list[str]], tuple[User, list[PostPage]]]]:
    """Publishes posts with these titles on top of the first page; they are off the site afterwards."""
    made: list[PostPage] = []

    def publish(titles: list[str]) -> tuple[User, list[PostPage]]:
        author = make_user(role=Role.CREATOR)
        for number, title in enumerate(titles):
            if number % 8 == 7:  # nobody may write more than ten in a minute
                author = make_user(role=Role.CREATOR)
            try:
                made.append(make_post(author, title, content=f"<p>{number}</p>"))
            except Invalid:
                assert not title.strip() or len(title) > 255 or not title.isprintable(), title
        return author, made

    yield publish
    PostPage.objects.filter(pk__in=[post.pk for post in made]).update(live=False)


def check(page: Page, where: str) -> dict[str, object]:
    """Nothing ran, nothing is too wide."""
    state: dict[str, object] = page.evaluate(STATE)
    assert state["ran"] is None, where
    assert state["wide"] <= 0, where
    assert state["strangers"] == 0, where
    return state


def test_hostile_titles_are_only_shown(visitor: Visitor, show: Callable[..., tuple[User, list[PostPage]]]) -> None:
    author, posts = show(HOSTILE)
    assert len(posts) == len(HOSTILE)
    page = visitor.open("/", width=320)
    check(page, "home")
    for path in ("/", f"/creators/{author.username}/"):
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            check(page, path)
    page.set_viewport_size({"width": 320, "height": 600})
    for title, post in zip(HOSTILE, posts, strict=True):
        page.goto(post.url)
        state = check(page, title)
        assert state["heading"] == title
        assert title in str(state["title"])


def test_hostile_names_are_only_shown(visitor: Visitor, show: Callable[..., tuple[User, list[PostPage]]]) -> None:
    author, posts = show(["By somebody with a strange name"])
    page = visitor.open("/", width=320)
    longest = Profile._meta.get_field("display_name").max_length
    for name in HOSTILE:
        shown = name[:longest].strip()
        Profile.objects.filter(user=author).update(display_name=shown)
        generations.bump(generations.SITE)  # an update sends no signal
        page.goto(f"/creators/{author.username}/")
        assert check(page, shown)["heading"] == shown
    for path in ("/", "/creators/", posts[0].url):
        page.goto(path)
        check(page, path)


@pytest.mark.long
def test_naughty_strings_from_elsewhere_are_only_shown(
    visitor: Visitor,
    show: Callable[..., tuple[User, list[PostPage]]],
    shared_data: Callable[[str], Path],
) -> None:
    titles = json.loads(shared_data("strings/blns.json").read_text())
    markup = [title for title in titles if "<" in title or "\u202e" in title or len(title) > 120]
    _, posts = show(markup[::15])
    page = visitor.open("/", width=390)
    check(page, "home")
    for path in {post.get_parent().get_url() for post in posts}:
        page.goto(path)
        check(page, path)
