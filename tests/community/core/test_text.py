"""Texts from people: cleaned, shortened, made into addresses."""

from __future__ import annotations

import json
import time
import unicodedata

import html5lib
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from community.core import text


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        ("<script>alert(1)</script><p>x</p>", "<p>x</p>"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener nofollow ugc">x</a>'),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<img src="data:text/html,x" alt="y">', '<img alt="y">'),
        ("<h1>Title</h1>", "<h2>Title</h2>"),
        ('<a linktype="page" id="3">x</a>', '<a linktype="page" id="3">x</a>'),
        ('<a linktype="page" id="3 onload=x">x</a>', '<a linktype="page" rel="noopener nofollow ugc">x</a>'),
        ('<p style="position:fixed">a</p>', "<p>a</p>"),
        ("<svg><script>x</script></svg>ok", "ok"),
        ("on going = fine", "on going = fine"),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_only_what_the_policy_allows_passes(source, kept):
    assert text.clean_html(source) == kept


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_cleaning_twice_changes_nothing(source):
    once = text.clean_html(source)
    assert text.clean_html(once) == once


def dangers(html):
    """What a browser would run of this HTML."""
    found = []
    for element in BeautifulSoup(html, "html5lib").body.find_all(True):
        if element.name in {
            "script",
            "style",
            "svg",
            "math",
            "iframe",
            "object",
            "form",
            "input",
            "template",
            "meta",
        }:
            found.append(element.name)
        for name, value in element.attrs.items():
            if name.startswith("on") or name in {"style", "srcdoc", "formaction"}:
                found.append(name)
            bare = "".join(sign for sign in str(value) if sign.isprintable() and not sign.isspace()).lower()
            if name in {"href", "src"} and bare.startswith(("javascript:", "data:", "vbscript:")):
                found.append(bare)
    return found


def test_hostile_html_of_others_is_harmless(shared_data):
    for case in json.loads(shared_data("xss/dompurify-expect.json").read_text()):
        assert not dangers(text.clean_html(case["payload"])), case


@given(st.text(alphabet="<>/ab=\"' pscriptimgonloadsvghref&;#x:jv", max_size=200))
def test_nothing_that_runs_survives(source):
    assert not dangers(text.clean_html(source))


@pytest.mark.parametrize(
    "source",
    ["<p>a<object><p>b", "<h2><span><h3>x", '<a href="/a"><object><a href="/b">x', "<table><a><tr>x", "a&#1;b\x07c"],
)
def test_what_a_browser_would_nest_anew_is_stored_as_it_reads_it(source):
    cleaned = text.clean_html(source)
    assert text.clean_html(cleaned) == cleaned
    html5lib.HTMLParser(strict=True).parseFragment(cleaned)
    assert cleaned.isprintable() or "\n" in cleaned


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<i><b>", "<ul><li>", "<table><tr><td>", "<p>", "<", "<a href=x>"])
def test_half_a_megabyte_of_nested_markup_is_cleaned_quickly(piece):
    begun = time.process_time()
    text.clean_html(piece * (500_000 // len(piece)) + "words")
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello World", "hello-world"),
        ("Über Größe", "uber-grosse"),
        ("日本語のタイトル", "ri-ben-yu-notaitoru"),
        ("Привет мир", "privet-mir"),
        ("🎉🎉", "post"),
        ("   ", "post"),
        ("---", "post"),
        ("a" * 300, "a" * 100),
    ],
)
def test_titles_in_any_script_get_good_slugs(title, slug):
    assert text.make_slug(title) == slug


@given(st.text(max_size=300))
def test_a_slug_is_never_empty_too_long_or_ragged(title):
    slug = text.make_slug(title)
    assert 1 <= len(slug) <= 100
    assert slug == slug.strip("-")
    assert slug.isascii()


@given(st.text(max_size=120), st.integers(min_value=1, max_value=99999))
def test_a_numbered_slug_fits_and_is_not_ragged(title, number):
    slug = text.numbered_slug(text.make_slug(title), number)
    assert len(slug) <= 100
    assert not slug.endswith("-")


@given(st.text(max_size=200), st.integers(min_value=0, max_value=100))
def test_truncated_text_fits_and_begins_like_the_original(source, length):
    short = text.truncate(source, length)
    assert len(short) <= max(length, 0) or short == source
    if short != source and short:
        assert source.startswith(short.removesuffix("…"))


def test_truncating_keeps_marks_with_their_letters():
    word = "e\u0301" * 10
    for length in range(2, 20):
        kept = text.truncate(word, length).removesuffix("…")
        assert not kept or unicodedata.normalize("NFC", kept)[-1] == "é"


@pytest.mark.parametrize(
    ("source", "video"),
    [
        ("dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "dQw4w9WgXcQ"),
        ("https://www.youtube.com/watch?list=x&v=dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("youtu.be/dQw4w9WgXcQ?si=1", "dQw4w9WgXcQ"),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://youtube.com/live/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("https://notyoutube.com/watch?v=dQw4w9WgXcQ", None),
        ("https://evil.example/?u=youtube.com/watch?v=dQw4w9WgXcQ", None),
        ("javascript:youtube.com/watch?v=dQw4w9WgXcQ", None),
        ("https://www.youtube.com/watch?v=<script>ale", None),
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQx", None),
        ("https://[broken", None),
        ("", None),
    ],
)
def test_only_videos_of_youtube_are_recognised(source, video):
    assert text.youtube_id(source) == video


@pytest.mark.parametrize(
    ("value", "web"),
    [
        ("https://a.example/x", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example", False),
    ],
)
def test_only_web_addresses_are_links(value, web):
    assert text.is_web_address(value) is web


def test_plain_text_has_words_apart_and_no_scripts():
    assert text.plain_text("<p>A &amp; b</p><p>c<script>x</script></p>") == "A & b c"
    assert text.plain_text("a < b") == "a < b"


def test_reading_time():
    assert text.reading_minutes(0) == 0
    assert text.reading_minutes(1) == 1
    assert text.reading_minutes(920) == 4
    assert text.count_words("It's two-fold, isn't it?") == 4
    assert text.count_words("日本語") == 2
