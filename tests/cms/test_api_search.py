"""The API of the search: filters, kinds, marks, corrections, suggestions; strict input and bounded cost."""

from __future__ import annotations

import json

import pytest
from wagtail.models import PageViewRestriction

from cms import services
from cms.models import SeriesPage
from community.accounts.models import Profile
from tests.factories import make_category, make_image, make_post, make_user
from tests.support.api import NAUGHTY, data_of, fields_of

pytestmark = pytest.mark.django_db

SEARCH = "/api/search"
SUGGESTIONS = "/api/search/suggestions"


@pytest.fixture(autouse=True)
def _many_requests_at_once(settings):
    settings.RATE_LIMIT_SCALE = 10_000


def search(client, **parameters):
    return data_of(client.get(SEARCH, parameters))


def titles(client, **parameters):
    return [item["title"] for item in search(client, **parameters)["items"]]


def suggestions(client, text):
    return data_of(client.get(SUGGESTIONS, {"q": text}))["items"]


def make_series(author, title, **values):
    parent = services.ensure_author_page(person=author)
    series = services.add_page(parent=parent, page=SeriesPage(title=title, slug=f"series-{parent.numchild}", **values))
    make_post(author, "A part", content="<p>Words.</p>", parent=series)
    return series


def test_a_hit_tells_what_it_is_with_marked_texts(client, cast):
    make_post(cast.fan, "Lamps & <i>shades</i>", content="<p>A café with a lamp.</p>", cover_image=make_image())
    (item,) = search(client, q="lamp cafe")["items"]
    assert (item["type"], item["title"]) == ("post", "Lamps & <i>shades</i>")
    assert item["marked"] == {
        "title": "<mark>Lamps</mark> &amp; &lt;i&gt;shades&lt;/i&gt;",
        "excerpt": "A <mark>café</mark> with a <mark>lamp</mark>.",
    }
    assert item["url"].endswith("/creators/fan/lamps-i-shades-i/")
    assert item["author"]["username"] == "fan"
    assert item["image"].startswith("http")
    assert item["publishedAt"]


def test_kinds_follow_each_other_over_all_pages(client, cast):
    for number in range(3):
        make_post(cast.fan, f"Lamp {number}", tags=["lamp"])
    person = make_user("lamp_lover")
    category = make_category("Lamps")
    make_series(cast.fan, "Lamp series")
    pages = [search(client, q="lamp", limit="2", page=str(number)) for number in (1, 2, 3, 4, 5)]
    kinds = [item["type"] for page in pages for item in page["items"]]
    assert kinds == ["person", "series", "category", "tag", "post", "post", "post"]
    assert {page["total"] for page in pages} == {7}
    assert [page["hasMore"] for page in pages] == [True, True, True, False, False]
    assert pages[0]["totals"] == {"post": 3, "person": 1, "series": 1, "tag": 1, "category": 1}
    first = {item["type"]: item for item in pages[0]["items"] + pages[1]["items"]}
    assert first["person"]["id"] == str(person.pk)
    assert first["person"]["url"].endswith("/@lamp_lover/")
    assert first["category"]["id"] == str(category.pk)
    assert first["category"]["author"] is None


def test_one_kind_can_be_asked_for(client, cast):
    make_post(cast.fan, "Lamp", tags=["lamp"])
    answer = search(client, q="lamp", type="tag")
    assert [item["type"] for item in answer["items"]] == ["tag"]
    assert (answer["total"], answer["totals"]["post"]) == (1, 1)


def test_filters_find_posts_only_and_need_no_words(client, cast):
    films = make_category("Films", slug="films")
    make_post(cast.fan, "Lamp", category=films, tags=["red", "blue"], video="dQw4w9WgXcQ")
    make_post(cast.fan, "Lamp again", tags=["red"])
    make_user("lamp_lover")
    assert titles(client, q="lamp", category="films") == ["Lamp"]
    assert titles(client, tags="red,blue") == ["Lamp"]
    assert titles(client, video="true", language="en", period="day", author="fan") == ["Lamp"]
    assert titles(client, tags="red", sort="recent") == ["Lamp again", "Lamp"]
    assert titles(client) == titles(client, q="") == titles(client, q=" & ") == []


def test_what_may_not_be_asked_is_refused_by_field(client, cast):
    wrong = {"type": "sofa", "sort": "best", "period": "eon", "language": "tlh", "video": "perhaps", "page": "0"}
    for name, value in wrong.items():
        assert list(fields_of(client.get(SEARCH, {"q": "lamp", name: value}))) == [name]
    assert list(fields_of(client.get(SEARCH, {"q": "x" * 10_001}))) == ["q"]
    assert list(fields_of(client.get(SEARCH, {"q": "lamp", "limit": "101"}))) == ["limit"]
    refused = client.get(SEARCH, {"q": "lamp", "type": "person", "category": "films", "period": "day"})
    assert sorted(fields_of(refused)) == ["category", "period"]


def test_a_slip_of_the_pen_is_corrected_and_told(client, cast):
    make_post(cast.fan, "A kitchen at sea")
    assert search(client, q="kitchen")["correctedTo"] is None
    answer = search(client, q="kitchn sea")
    assert (answer["correctedTo"], answer["total"]) == ("kitchen sea", 1)
    assert search(client, q="xyzzyx")["correctedTo"] is None


def test_hidden_things_are_neither_found_nor_counted_nor_suggested(client, client_for, cast):
    make_post(cast.fan, "Zebra draft", published=False, tags=["zebra"])
    services.delete_post(actor=cast.fan, post=make_post(cast.fan, "Zebra in the bin"))
    secret = make_post(cast.fan, "Zebra behind a password")
    PageViewRestriction.objects.create(page=secret, restriction_type="password", password="open")
    Profile.objects.filter(user=cast.other_fan).update(display_name="Zebra", visibility="private")
    Profile.objects.filter(user=cast.banned).update(display_name="Zebra")
    answer = search(client, q="zebra")
    assert (answer["items"], answer["total"], set(answer["totals"].values())) == ([], 0, {0})
    assert suggestions(client, "zeb") == []
    assert titles(client_for(cast.fan), q="zebra", type="post") == ["Zebra behind a password"]


def test_suggestions_begin_like_what_is_typed(client, cast):
    make_post(cast.fan, "Quite a café", tags=["Cafeteria", "décaf"])
    make_user("caf_lover")
    make_user("someone", display_name="Ada Cáfer")
    make_category("Cafés")
    make_series(cast.fan, "Café walks")
    found = suggestions(client, "caf")
    assert [(item["type"], item["title"], item["note"]) for item in found] == [
        ("person", "caf_lover", "@caf_lover"),
        ("person", "Ada Cáfer", "@someone"),
        ("tag", "Cafeteria", "Tag"),
        ("category", "Cafés", "Category"),
        ("series", "Café walks", "Series"),
        ("post", "Quite a café", "Post"),
    ]
    assert suggestions(client, "ada caf")[0]["title"] == "Ada Cáfer"
    assert found[-1]["url"].endswith("/creators/fan/quite-a-cafe/")


def test_suggestions_are_few_and_none_for_a_letter_or_none(client, cast):
    for number in range(6):
        make_post(make_user(display_name=f"Lamp {number}"), f"Lamp {number}", tags=[f"lamp {number}"])
    found = [item["type"] for item in suggestions(client, "la")]
    assert found == ["person"] * 3 + ["tag"] * 2 + ["post"] * 3
    for text in ("", " ", "l", "&", "🎉"):
        assert suggestions(client, text) == []
    assert list(fields_of(client.get(SUGGESTIONS, {"q": "x" * 10_001}))) == ["q"]


def test_notes_of_suggestions_are_in_the_language_asked_for(client, cast):
    make_post(cast.fan, "Lamp")
    (item,) = data_of(client.get(SUGGESTIONS, {"q": "lamp"}, headers={"Accept-Language": "de"}))["items"]
    assert "/de/" not in item["url"], "addresses of the API have no language"


def test_whatever_is_typed_is_words(client, cast):
    make_post(cast.fan, "Lamp")
    for text in ["'", "\\", "lamp' & | ! :*", "%_\\%", "²³", "a" * 10_000, "a " * 5_000, *NAUGHTY]:
        assert client.get(SEARCH, {"q": text}).status_code == 200, text
        assert client.get(SUGGESTIONS, {"q": text}).status_code == 200, text
    for path in (SEARCH, SUGGESTIONS):
        assert list(fields_of(client.get(path, {"q": "lamp\x00"}))) == ["q"]


def test_the_big_list_of_naughty_strings_is_words(client, cast, shared_data):
    make_post(cast.fan, "Lamp")
    texts = json.loads(shared_data("strings/blns.json").read_text(encoding="utf-8"))
    for text in texts[1::12]:
        assert client.get(SUGGESTIONS, {"q": text}).status_code == 200, text


def test_all_kinds_at_once_cost_few_queries(client, cast, django_assert_max_num_queries):
    for number in range(3):
        make_post(make_user(display_name=f"Lamp {number}"), "A lamp", tags=[f"lamp {number}"], cover_image=make_image())
        make_category(f"Lamp {number}")
    client.get(SEARCH, {"q": "lamp"})
    with django_assert_max_num_queries(12):
        assert len(search(client, q="lamp")["items"]) == 12


@pytest.mark.long
def test_many_hits_cost_as_many_queries_as_few(cast, flat_cost):
    image = make_image()

    def grow(count):
        for number in range(count):
            person = make_user(display_name=f"Lamp {number}")
            make_post(person, "A lamp", tags=[f"lamp {number}"], cover_image=image)
            make_category(f"Lamp {number}")
            make_series(person, "Lamp series", cover_image=image)

    flat_cost(
        "/api/search?q=lamp&type=post&limit=100",
        "/api/search?q=lamp&type=person&limit=100",
        "/api/search?q=lamp&type=series&limit=100",
        "/api/search?q=lamp&type=tag&limit=100",
        "/api/search?q=lamp&type=category&limit=100",
        "/api/search/suggestions?q=lamp",
        grow=grow,
        at_most=12,
    )


def test_each_way_a_search_can_go_costs_few_queries_however_much_there_is(cast, flat_cost):
    image = make_image()

    def grow(count):
        for number in range(count):
            person = make_user(display_name=f"Kitchen {number}")
            make_post(person, "A kitchen noise", tags=[f"kitchen {number}"], cover_image=image)
            make_category(f"Kitchen {number}")
            make_series(person, f"Kitchen series {number}", cover_image=image)

    plain = ("kitchen&limit=2", "kitchen&limit=1&page=2", "kitchen&period=week")
    kinds = ("post", "person", "series", "tag", "category")
    corrected = ("kitchn", "kitchn nosie", "kitchn&period=week", *(f"kitchn&type={kind}" for kind in kinds))
    corrected = tuple(f"{asked}&limit=3" for asked in corrected)
    nothing = ("xyzzyx", "xyzzyx qwertzu", "xyzzyx&period=week")
    later = ("xyzzyx&page=2",)
    ways = ((plain, 10), (corrected, 12), (nothing, 4), (("xyzzyx&type=person",), 6), (later, 11))
    allowed = {f"/api/search?q={asked}": most for each, most in ways for asked in each}
    flat_cost(*allowed, grow=grow, at_most=allowed)


def test_a_corrected_search_has_the_pages_and_totals_of_the_right_one(client, cast):
    for number in range(3):
        make_post(make_user(display_name=f"Kitchen {number}"), "A kitchen", tags=[f"kitchen {number}"])
    make_series(cast.fan, "Kitchen series")
    make_category("Kitchens")
    filters = [{"page": page, "limit": "3"} for page in ("1", "2", "3", "4", "5")]
    filters += [{"type": kind} for kind in ("post", "person", "series", "tag", "category")]
    filters += [{"period": "day"}, {"type": "post", "period": "day"}, {"limit": "100"}]
    for each in filters:
        right, slip = search(client, q="kitchen", **each), search(client, q="kitchn", **each)
        assert slip == {**right, "correctedTo": "kitchen"}, each
    assert right["total"] == 11
    assert search(client, q="kitchn", language="de")["correctedTo"] is None


def test_what_other_kinds_hold_is_not_guessed_at_in_a_list_of_everything(client, cast):
    make_user("walrus", display_name="Walrus")
    make_post(cast.fan, "Walnuts of summer", tags=["Waltz"])
    make_series(cast.fan, "Walking")
    for words, kind in (("walrus", "person"), ("waltz", "tag"), ("walking", "series")):
        answer = search(client, q=words)
        assert answer["correctedTo"] is None
        assert answer["items"][0]["type"] == kind
    answer = search(client, q="xyzzyx", type="person")
    assert (answer["total"], answer["correctedTo"], set(answer["totals"].values())) == (0, None, {0})
