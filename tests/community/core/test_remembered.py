"""Parts of pages that are rendered once: `{% remember %}`."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from community.core.templatetags import core

READ: list[str] = []


@dataclasses.dataclass(frozen=True)
class Card:
    """A value that tells when a template reads it."""

    title: str

    @property
    def told(self) -> str:
        """The title."""
        READ.append(self.title)
        return self.title


@pytest.fixture(autouse=True)
def _nothing_read() -> Iterator[None]:
    READ.clear()
    yield
    timezone.deactivate()


def render(source: str, template: Template | None = None, **values: Any) -> str:
    return (template or Template("{% load core i18n %}" + source)).render(Context(values))


def test_a_part_is_rendered_once_for_equal_values_and_anew_for_others():
    template = Template("{% load core %}{% remember card level %}<h{{ level }}>{{ card.told }}{% endremember %}")
    assert [render("", template, card=Card("Lamps & light"), level=2) for _ in range(3)] == [
        "<h2>Lamps &amp; light"
    ] * 3
    assert READ == ["Lamps & light"]
    assert render("", template, card=Card("Lamps & light"), level=3) == "<h3>Lamps &amp; light"
    assert render("", template, card=Card("Other"), level=3) == "<h3>Other"
    assert READ == ["Lamps & light", "Lamps & light", "Other"]


def test_two_parts_with_the_same_values_are_not_mixed_up():
    source = (
        "{% remember card %}A{{ card.title }}{% endremember %}{% remember card %}B{{ card.title }}{% endremember %}"
    )
    assert render(source, card=Card("x")) == "AxBx"


def test_only_named_values_are_inside_so_that_nothing_of_another_reader_can_stay():
    source = "{% remember card %}{{ card.title }}{{ viewer }}{% endremember %}{{ viewer }}"
    assert render(source, card=Card("x"), viewer="Mira") == "xMira"


def test_a_name_without_a_value_is_as_in_any_template():
    source = "{% remember card level %}{{ level|default:3 }}{{ level }}{{ card.title }}{% endremember %}"
    assert render(source, card=Card("x"), level=None) == "3x"
    assert render(source, card=Card("x")) == "3x"


def test_each_language_has_its_own():
    template = Template("{% load core i18n %}{% remember card %}{% translate 'Search' %}{% endremember %}")
    english = render("", template, card=Card("x"))
    with translation.override("de"):
        german = render("", template, card=Card("x"))
    assert english == "Search"
    assert german != english
    assert render("", template, card=Card("x")) == english


def test_each_time_zone_has_its_own():
    template = Template("{% load core %}{% remember at %}{{ at|date:'H:i' }}{% endremember %}")
    at = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert render("", template, at=at) == "12:00"
    timezone.activate("Asia/Tokyo")
    assert render("", template, at=at) == "21:00"


def test_a_text_of_the_site_itself_does_not_make_the_same_text_of_somebody_safe():
    template = Template("{% load core %}{% remember text %}{{ text }}{% endremember %}")
    assert render("", template, text=mark_safe("<b>")) == "<b>"
    assert render("", template, text="<b>") == "&lt;b&gt;"


def test_values_that_have_no_hash_are_rendered_each_time():
    template = Template("{% load core %}{% remember tags card %}{{ card.told }}{{ tags|join:' ' }}{% endremember %}")
    tags = ["a"]
    assert render("", template, card=Card("x"), tags=tags) == "xa"
    tags.append("b")
    assert render("", template, card=Card("x"), tags=tags) == "xa b"
    assert READ == ["x", "x"]


def test_no_more_than_a_few_thousand_are_remembered():
    template = Template("{% load core %}{% remember number %}{{ number }}{% endremember %}")
    for number in range(core.REMEMBERED_MAX + 10):
        assert render("", template, number=number) == str(number)
    assert len(core._remembered) <= core.REMEMBERED_MAX
