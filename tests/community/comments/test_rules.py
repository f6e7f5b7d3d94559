"""The text of a comment: what becomes of Markdown, names, times and hostile texts."""

from __future__ import annotations

import json
import re
import time

import pytest
from bs4 import BeautifulSoup

from community.comments import rules
from community.comments.rules import Setting, moment_in, names_in, render, seconds_of
from tests.support.bad_input import EVIL

SETTING = Setting(people={"mira": "Mira"}, video_id="dQw4w9WgXcQ", video_seconds=3600)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**b** *i* `c`", "<p><strong>b</strong> <em>i</em> <code>c</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("> q", "<blockquote>\n<p>q</p>\n</blockquote>"),
        ("a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>"),
        ("```\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>"),
        ("# no heading", "<p># no heading</p>"),
        ("||it *was* him||", '<p><span class="spoiler" tabindex="0">it <em>was</em> him</span></p>'),
        ("||open", "<p>||open</p>"),
        ("**a || b** ||", "<p><strong>a || b</strong> ||</p>"),
        ("hi @MIRA", '<p>hi <a class="mention" href="/@Mira/">@MIRA</a></p>'),
        ("@nobody me@mira `@mira`", "<p>@nobody me@mira <code>@mira</code></p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        (
            "see https://a.example/x_(y).",
            '<p>see <a rel="nofollow ugc noopener" href="https://a.example/x_(y)">https://a.example/x_(y)</a>.</p>',
        ),
        ("![x](https://a.example/x.png)",
         '<p>!<a rel="nofollow ugc noopener" href="https://a.example/x.png">x</a></p>'),
        (
            "1:23",
            '<p><a class="moment" href="https://www.youtube.com/watch?v=dQw4w9WgXcQ&amp;t=83s" data-seek="83">'
            "1:23</a></p>",
        ),
        ("1:99 2:00:00 12:34:56.7", "<p>1:99 2:00:00 12:34:56.7</p>"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_text(source, html):
    assert render(source, SETTING) == html


def test_trusted_people_have_links_that_count():
    assert 'rel="noopener ugc"' in render("https://a.example/", Setting(followed=True))


def test_names_and_moments():
    assert names_in("@Mira @mira `@code` [@link](https://a.example) x@y @bob!") == ["mira", "bob"]
    assert moment_in("at 1:23 or 0:05", video_seconds=None, most=100) == 83
    assert moment_in("at 1:23 or 0:05", video_seconds=60, most=100) == 5
    assert [seconds_of(words) for words in ("0:00", "1:02:03", "1:60:00", "1:60", "x", "")] == [0, 3723] + [None] * 4


def harmless(html: str) -> bool:
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(True):
        allowed = rules.ATTRIBUTES.get(element.name, set()) | {"title", "lang"}
        if element.name not in rules.TAGS or set(element.attrs) - allowed:
            return False
        if element.name == "a" and not re.match(r"https?://|/@", str(element.get("href", "https://"))):
            return False
    return True


@pytest.mark.parametrize(
    "evil",
    [
        EVIL,
        "[a](data:text/html,x) <javascript:alert(1)> [b](\x01javascript:x) [c](vbscript:x) [d](//evil.example)",
        '[t](https://a.example "\\" onmouseover=alert(1)")',
        "<a class=mention href=javascript:alert(1)>@x</a> ||<img src=x onerror=alert(1)>||",
        "`</code><script>x</script>`",
    ],
)
def test_hostile_texts_do_nothing(evil):
    assert harmless(render(evil, SETTING))


@pytest.mark.data
def test_the_hostile_texts_of_others_do_nothing(shared_data):
    found = json.loads(shared_data("xss/dompurify-expect.json").read_text())
    for case in found:
        assert harmless(render(case["payload"][:5000], SETTING)), case
    for words in json.loads(shared_data("strings/blns.json").read_text()):
        assert harmless(render(words, SETTING)), words


@pytest.mark.parametrize(
    "sign", ["[", "*", "> ", "||", "`", "@a ", "- ", "[a](", "1:23 ", "![[", "\u0301", "(((https://a."]
)
def test_no_text_takes_long(sign):
    begun = time.process_time()
    render((sign * 5000)[:5000], SETTING)
    assert time.process_time() - begun < 1.5
