"""Anchors of headings: unique, stable, and the same in the text and in its table of contents."""

from __future__ import annotations

import re

import pytest
from wagtail.rich_text import RichText

from cms import rules, services
from cms.models import ReusableContent, StandardPage
from tests.factories import make_post

pytestmark = pytest.mark.django_db

ASIDE = "<h2>Light</h2><p>Hidden.</p>"


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def make_page(home, *blocks) -> StandardPage:
    page = StandardPage(title="Lamps", slug="lamps", body=list(blocks))
    services.add_page(parent=home, page=page)
    return page


def text(html: str) -> tuple[str, RichText]:
    return "rich_text", RichText(html)


def contents(html: str) -> list[str]:
    return re.findall(r'<li><a href="#([^"]+)">', html)


def test_headings_in_spoilers_and_call_outs_leave_the_anchors_of_the_text_alone(client, home) -> None:
    words = text("<h2>Light</h2><p>On.</p><h3>Shade</h3><p>Off.</p>")
    page = make_page(home, words)
    plain = contents(client.get(page.url).content.decode())
    assert plain == ["light", "shade"]
    page.body = [
        ("spoiler", {"summary": "Who", "text": RichText(ASIDE)}),
        ("callout", {"kind": "tip", "title": "Look", "text": RichText(ASIDE)}),
        words,
        ("spoiler", {"summary": "Why", "text": RichText("<h3>Shade</h3>")}),
    ]
    page.save()
    html = client.get(page.url).content.decode()
    assert contents(html) == plain
    for anchor in plain:
        assert re.search(rf'<h[23] id="{anchor}">', html)
    assert "<h2>Light</h2>" in html
    assert len(ids(html)) == len(set(ids(html)))


def test_reusable_texts_are_part_of_the_contents(client, home) -> None:
    shared = ReusableContent.objects.create(name="Shared", slug="shared", body=[text("<h2>Light</h2><p>Shared.</p>")])
    page = make_page(home, ("reusable", shared), text("<h2>Light</h2><p>Own.</p>"))
    html = client.get(page.url).content.decode()
    assert contents(html) == ["light", "light-2"]
    assert html.index('<h2 id="light">') < html.index("Shared.") < html.index('<h2 id="light-2">')


def test_reusable_texts_that_are_gone_leave_the_page_standing(client, home) -> None:
    shared = ReusableContent.objects.create(name="Shared", slug="shared", body=[text("<h2>Dark</h2>")])
    page = make_page(home, ("reusable", shared), text("<h2>Light</h2>"))
    shared.delete()
    assert contents(client.get(page.url).content.decode()) == ["light"]


def test_no_heading_takes_an_id_of_the_page_around_it(client, home, cast) -> None:
    words = "".join(f"<h2>{name}</h2><p>x</p>" for name in ("Content", "Toc", "Series", "Related", "Finder"))
    page = make_page(home, text(words))
    for url in (page.url, make_post(cast.fan, content=words).url):
        html = client.get(url).content.decode()
        assert len(ids(html)) == len(set(ids(html))), ids(html)
        assert '<main id="content"' in html
        assert '<h2 id="content-2">' in html


def test_a_number_in_a_heading_is_no_second_one() -> None:
    taken = rules.new_anchors()
    words = ["Light 2", "Light", "Light", "Light", "Light 2"]
    found = [rules.anchor(each, taken) for each in words]
    assert found == ["light-2", "light", "light-3", "light-4", "light-2-2"]
