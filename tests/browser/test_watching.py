"""The watch itself: what goes wrong on a page is noticed, whatever kind it is."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("harm", "noticed"),
    [
        ("console.error('out loud')", "console: out loud"),
        ("setTimeout(() => { throw new Error('by itself') })", "error: .*by itself"),
        (
            "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))",
            "script-src-elem inline",
        ),
        (
            "document.head.append(Object.assign(document.createElement('style'), {textContent: 'a{}'}))",
            "style-src-elem",
        ),
        ("new Image().src = '/static/never-was.png'", "status: 404 .*never-was"),
        ("fetch('http://127.0.0.2:9/').catch(() => 0)", r"Policy violated: connect-src http://127\.0\.0\.2"),
        ("window.open('http://elsewhere.example/')", "elsewhere: http://elsewhere.example/"),
    ],
)
def test_harm_on_a_page_is_noticed(visitor: Visitor, harm: str, noticed: str) -> None:
    page = visitor.open("/about/")
    assert visitor.unexpected() == []
    page.evaluate(f"() => {{ {harm} }}")
    page.wait_for_timeout(300)
    before = len(visitor.problems)
    visitor.expected.append(noticed)
    assert before > len(visitor.unexpected()), visitor.problems
    visitor.expected.append("")  # the rest is noise of the same harm
