"""Whatever fans write into comments, notes, folders and reports is kept or refused, and only ever shown as words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from community.bookmarks.models import Bookmark, Folder, Share
from community.comments.models import Comment
from community.moderation.models import Report
from tests.factories import make_post
from tests.support.api import NAUGHTY, send

pytestmark = pytest.mark.django_db
HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "</textarea></title><svg onload=alert(1)>",
    "[click](javascript:alert(1)) <javascript:alert(1)> [x](data:text/html,<script>)",
    "||<b onclick=alert(1)>hidden</b>||",
    "`<iframe srcdoc='<script>'>`\n\n```\n</code><script>\n```",
    "a\0b",
    "\ud800",
    "\u200b\u2060",
    " \n\t ",
    "‮abc⁦def",
    "x" * 6000,
    "\n" * 500 + "[" * 500 + "*" * 499,
    "é" * 500 + "🏳️‍🌈" * 80,
]
#: Neither do links of our own have these, nor does anything that fans write.
EVIL_SCHEMES = {"javascript", "data", "vbscript"}
STORED, REFUSED = {200, 201, 204, 302}, {400}


class Hostile(HTMLParser):
    """Collects what a page would run that is not the site's own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Scripts without a file of the site, elements the site has none of, and attributes that run."""
        values = dict(attrs)
        told = (values.get("type") or "").endswith("json")
        if tag in {"iframe", "object", "embed", "base"} or (
            tag == "script" and not told and not str(values.get("src", "")).startswith("/static/")
        ):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name == "srcdoc":
                self.found.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"} and urlsplit((value or "").strip()).scheme.lower() in (
                EVIL_SCHEMES
            ):
                self.found.append(f"{tag} {name}={value}")


def run_by(page: str) -> list[str]:
    """What the page would run that somebody wrote."""
    parser = Hostile()
    parser.feed(page)
    parser.close()
    return parser.found


class Fan:
    """Somebody who writes a text wherever a fan can write one, by the API and by forms."""

    def __init__(self, client: Any, cast: Any) -> None:
        self.client, self.post = client, make_post(cast.creator)
        made = send(client, "post", "/api/me/bookmark-folders", {"name": "Films"}).json()["data"]
        kept = send(client, "put", f"/api/posts/{self.post.pk}/bookmark", {}).json()["data"]
        self.folder, self.bookmark = made["id"], kept["id"]

    def by_api(self, text: str) -> dict[str, int]:
        """The status of each field that took the text."""
        post, found = f"/api/posts/{self.post.pk}", {}
        report = {"targetKind": "post", "targetId": str(self.post.pk), "reason": "other", "note": text}
        for method, path, body in (
            ("post", f"{post}/comments", {"content": text}),
            ("put", f"/api/me/bookmark-folders/{self.folder}", {"name": text}),
            ("put", f"/api/me/bookmarks/{self.bookmark}", {"note": text}),
            ("post", f"{post}/shares", {"toFollowers": True, "note": text}),
            ("post", "/api/reports", report),
            ("post", "/api/reports", {**report, "reason": text}),
        ):
            answer = send(self.client, method, path, json.dumps(body))
            found[f"{method} {path} {sorted(body)}"] = answer.status_code
            if path == "/api/reports":
                Report.objects.exclude(reporter=None).delete()
        return found

    def by_form(self, text: str) -> dict[str, int]:
        """The same of the pages."""
        number, found = self.post.pk, {}
        for path, values in (
            (f"/comments/on/post/{number}/", {"content": text}),
            (f"/account/bookmarks/?folder={self.folder}", {"rename": self.folder, "name": text}),
            (f"/bookmarks/post/{number}/", {"keep": "1", "note": text}),
            (f"/shares/post/{number}/", {"share": "1", "note": text}),
            (f"/report/post/{number}/", {"reason": "other", "note": text}),
        ):
            # A browser sends no half of a pair of surrogates.
            answer = self.client.post(path, {name: _sent(value) for name, value in values.items()})
            found[f"POST {path}"] = answer.status_code
            assert run_by(answer.content.decode()) == [], (path, text)
        Report.objects.update(reporter=None)  # so that the same fan can report it again
        return found

    def pages(self) -> Iterable[str]:
        """Where the fan meets these texts again."""
        number = self.post.pk
        yield from (self.post.url, f"/comments/on/post/{number}/?sort=newest", "/account/bookmarks/")
        yield from (
            f"/account/bookmarks/?folder={self.folder}",
            f"/bookmarks/post/{number}/",
            f"/shares/post/{number}/",
        )


def _sent(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@pytest.fixture
def write(client_for: Callable[[Any], Any], cast: Any, settings: Any) -> Callable[[Iterable[str]], None]:
    """Writes texts wherever a fan can, and reads the pages that show them."""
    settings.RATE_LIMIT_SCALE = 100_000
    fan, moderator = Fan(client_for(cast.fan), cast), client_for(cast.moderator)

    def through(texts: Iterable[str]) -> None:
        for text in texts:
            for statuses in (fan.by_api(text), fan.by_form(text)):
                odd = {what: status for what, status in statuses.items() if status not in STORED | REFUSED}
                assert not odd, (text, odd)
            for path in fan.pages():
                answer = fan.client.get(path)
                assert (answer.status_code, run_by(answer.content.decode())) == (200, []), (path, text)
        reports = moderator.get("/cms/reports/open/").content.decode()
        assert run_by(reports.partition('<table class="listing">')[2].partition("</table>")[0]) == []

    return through


def test_the_sieve_finds_what_runs():
    bad = "<p onclick=x><script>1</script><a href=' JavaScript:x'>a</a><iframe></iframe><script src='/static/a'>"
    assert run_by(bad) == ["p onclick", "<script>", "a href= JavaScript:x", "<iframe>"]


def test_hostile_words_of_fans_are_kept_or_refused(write):
    write(HOSTILE[:7])
    stored = [Comment, Bookmark, Folder, Share, Report]
    assert all(model.objects.exists() for model in stored), "not everything is refused"


def test_words_that_cannot_be_stored_are_refused_or_mended(write):
    write(HOSTILE[7:])
    for values in (Comment.objects.values_list("content"), Folder.objects.values_list("name")):
        for (text,) in values:
            assert text.strip()
            assert "\0" not in text


def test_naughty_words_of_fans_are_kept_or_refused(write):
    write(NAUGHTY)


@pytest.mark.long
@pytest.mark.data
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(4))
def test_all_known_naughty_strings_are_kept_or_refused(write, shared_data, part):
    write(json.loads(shared_data("strings/blns.json").read_text())[part::4])


@pytest.mark.long
@pytest.mark.data
@pytest.mark.timeout(1800)
def test_all_known_ways_to_run_something_are_kept_or_refused(write, shared_data):
    write(case["payload"] for case in json.loads(shared_data("xss/dompurify-expect.json").read_text()))
