"""Searches that find nothing: what is meant is guessed, at the cost of a few queries."""

from __future__ import annotations

import pytest

from cms import services
from cms.models import SeriesPage
from tests.factories import copy_posts, make_category, make_post, make_user
from tests.support.searching import found, look

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _many_posts_at_once(settings):
    settings.RATE_LIMIT_SCALE = 10_000


def make_series(author, title, **values):
    parent = services.ensure_author_page(person=author)
    series = services.add_page(parent=parent, page=SeriesPage(title=title, slug=f"series-{parent.numchild}", **values))
    make_post(author, "A part", content="<p>Words.</p>", parent=series)
    return series


@pytest.mark.long
def test_each_way_a_search_can_go_costs_few_queries_however_much_there_is(cast, flat_cost):
    def grow(count):
        for number in range(count):
            person = make_user(display_name=f"Kitchen {number}")
            make_post(person, "A kitchen noise", content="<p>Where a kitchen is.</p>", tags=[f"kitchen {number}"])
            make_series(person, f"Kitchen series {number}")
            make_category(f"Kitchen {number}")

    kinds = ("person", "series", "tag", "category")
    plain = ("kitchen", "kitchen&period=week")
    corrected = ("kitchn", "kitchn nosie", "kitchn&period=week", *(f"kitchn&type={kind}" for kind in kinds))
    nothing = ("xyzzyx", "xyzzyx qwertzu zyxwvu", "xyzzyx&period=week", "xyzzyx&type=person")
    allowed = {
        f"/search/?q={asked}": most for each, most in ((plain, 10), (corrected, 12), (nothing, 4)) for asked in each
    }
    flat_cost(*allowed, grow=grow, at_most=allowed)


def test_what_other_kinds_or_the_filters_leave_is_not_guessed_at(client, cast):
    make_user("walrus", display_name="Walrus")
    make_post(cast.fan, "Walnuts of summer", tags=["Waltz"])
    make_series(cast.fan, "Walking")
    for words in ("walrus", "waltz", "walking"):
        assert "this is what comes closest" not in look(client, words, type="category"), words
        assert "Nothing for <bdi>" not in look(client, words, type="category"), words
    assert found(client, "walrus") == ["Walrus"]
    assert found(client, "summr") == found(client, "summr", period="week") == ["Walnuts of summer"]
    assert found(client, "summr", language="de") == [], "what was meant does not fit either"


def test_several_slips_are_corrected_at_once_and_on_later_pages(client, cast):
    copy_posts(make_post(cast.fan, "Kitchen noises"), 24)
    asked = {"type": "post", "sort": "recent"}
    for page in ("1", "2"):
        assert found(client, "kitchn noisse", page=page, **asked) == found(client, "kitchen noises", page=page, **asked)
    assert "“kitchen noises”" in look(client, "kitchn noisse", page="2")
