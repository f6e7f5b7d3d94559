"""The search page: what it finds, in which order, and what it must never show."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import PageViewRestriction

from cms import services
from cms.models import EmptySearch, PostPage, SeriesPage
from cms.services.search import forget_searches, store_searches
from community.accounts.models import Profile
from community.core.models import TargetCounts
from tests.factories import copy_posts, growing, make_category, make_post, make_user
from tests.support.api import NAUGHTY
from tests.support.searching import found, look

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"
RUDE = [
    "",
    " ",
    "\x00",
    "lamp\x00s",
    "'",
    '"',
    "'''\"\"\"",
    "\\",
    "lamp\\",
    "lamp' & !",
    "& | ! <-> :* ()",
    "lamp:* & (night",
    "NOT lamp OR -night",
    "a" * 10_000,
    "a " * 5_000,
    "%",
    "_",
    "%_\\%",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "🎉",
    "²³",
    "ſtage İstanbul",
]

FORMS = [
    ("Café by the sea", "cafe"),
    ("Cafe by the sea", "café"),
    ("Die Häuser der Straße", "hauser strasse"),
    ("Ein Haus am See", "Häuser"),
    ("The story of a lamp", "stories"),
    ("Many stories", "story"),
    ("A run in the park", "running"),
    ("Łódź at night", "lodz"),
    ("All about node.js", "node.js"),
    ("Rock'n'roll is here", "rock'n'roll"),
    ("An e-mail arrives", "e-mail"),
    ("An e-mail arrives", "mail"),
    ("Привет мир", "привет"),
    ("田中さんにあげて", "田中"),
    ("How to build a stage", "how to the stage"),
    ("The Who", "the who"),
]


@pytest.fixture(autouse=True)
def _many_posts_at_once(settings):
    settings.RATE_LIMIT_SCALE = 10_000


def restrict(post):
    PageViewRestriction.objects.create(page=post, restriction_type=PageViewRestriction.PASSWORD, password="open")


def make_series(author, title, **values):
    parent = services.ensure_author_page(person=author)
    series = services.add_page(parent=parent, page=SeriesPage(title=title, slug=f"series-{parent.numchild}", **values))
    make_post(author, "A part", content="<p>Words.</p>", parent=series)
    return series


def test_a_post_is_found_by_title_text_and_tag(client, cast):
    make_post(cast.fan, "The old theatre", content="<p>A velvet curtain falls.</p>", tags=["Lanterns"])
    make_post(cast.fan, "Something else")
    for words in ("theatre", "curtain", "lanterns", "old curtain lanterns", "THEATRE", "theat"):
        assert found(client, words, type="post") == ["The old theatre"], words
    assert found(client, "theatre zebra") == []


def test_a_changed_tag_is_found_and_the_old_one_is_not(client, cast):
    post = make_post(cast.fan, "Flowers", tags=["violets"])
    services.update_post(actor=cast.fan, post=post, tags=["tulips"])
    assert found(client, "tulips", type="post") == ["Flowers"]
    assert found(client, "violets", type="post") == []


def test_words_are_marked_and_everything_else_is_escaped(client, cast):
    make_post(cast.fan, "<b>Lamps</b> & co", content="<p>Ten &lt;i&gt; lamps and a lampshade.</p>")
    page = look(client, "lamp")
    assert "&lt;b&gt;<mark>Lamps</mark>&lt;/b&gt; &amp; co" in page
    assert "Ten &lt;i&gt; <mark>lamps</mark> and a <mark>lampshade</mark>." in page
    assert "<b>Lamps" not in page


def test_a_passage_around_the_words_is_shown_where_the_excerpt_lacks_them(client, cast):
    text = "Early on. " * 80 + "Then a heron stood there. " + "Later on. " * 80
    make_post(cast.fan, "Birds", content=f"<p>{text}</p>")
    page = look(client, "heron")
    assert "Then a <mark>heron</mark> stood there." in page
    assert page.count("Early on.") < 20


def test_accents_and_forms_of_a_word_do_not_matter(client, cast):
    make_post(cast.fan, "Quite another thing")
    for written, asked in FORMS:
        post = make_post(cast.fan, written)
        assert found(client, asked) == [written], asked
        services.delete_post(actor=cast.fan, post=post)


def test_a_slip_of_the_pen_still_finds_it_and_the_page_says_so(client, cast):
    make_post(cast.fan, "A kitchen full of pinballs", content="<p>Harbour noises.</p>")
    page = look(client, "kitchn harbuor")
    assert found(client, "kitchn noises") == ["A kitchen full of pinballs"]
    assert "“kitchen noises”" in look(client, "kitchn noises")
    assert "kitchn" in look(client, "kitchn noises"), "what was typed stays in the field"
    assert "Nothing for <bdi>" in page, "a word that stands in texts only has nothing to be compared with"


def test_a_slip_of_the_pen_tells_nothing_of_what_is_hidden(client, cast):
    make_post(cast.fan, "Moonlight secrets", published=False)
    restrict(make_post(cast.fan, "Moonlight protected"))
    Profile.objects.filter(user=cast.other_fan).update(display_name="Moonlight Person", visibility="private")
    for words in ("moonligt", "secrts", "protectd"):
        assert "moonlight" not in look(client, words).lower(), words
        assert "Nothing for <bdi>" in look(client, words)


def test_titles_come_before_texts_and_the_very_word_before_its_relatives(client, cast):
    make_post(cast.fan, "One", content="<p>Once there was a cat.</p>")
    make_post(cast.fan, "Categories of wood")
    make_post(cast.fan, "The cat")
    assert found(client, "cat", type="post") == ["The cat", "Categories of wood", "One"]


def test_nobody_finds_what_they_may_not_see(client, client_for, cast):
    make_post(cast.fan, "Zebra draft", published=False)
    services.delete_post(actor=cast.fan, post=make_post(cast.fan, "Zebra in the bin"))
    restrict(make_post(cast.fan, "Zebra behind a password"))
    series = make_series(cast.fan, "Zebra series")
    restrict(series)
    restrict(make_post(cast.fan, "Zoo", tags=["zebra"]))
    assert found(client, "zebra") == []
    assert found(client_for(cast.other_fan), "zebra") == []
    assert "Zebra behind a password" in found(client_for(cast.fan), "zebra"), "their own"
    assert "Zebra behind a password" in found(client_for(cast.moderator), "zebra")


def test_people_who_are_not_to_be_known_are_not_found(client, client_for, cast):
    for person in (cast.fan, cast.other_fan, cast.banned):
        Profile.objects.filter(user=person).update(display_name="Okapi")
    Profile.objects.filter(user=cast.other_fan).update(visibility="private")
    assert found(client, "okapi") == ["Okapi"]
    assert found(client, "banned") == []
    assert len(found(client_for(cast.other_fan), "okapi")) == 2, "oneself"
    assert len(found(client_for(cast.moderator), "okapi")) == 3


def test_people_are_found_by_name_user_name_and_headline(client, cast):
    Profile.objects.filter(user=cast.fan).update(display_name="Zoë Müller")
    page = services.ensure_author_page(person=cast.creator)
    page.headline = "I film lighthouses"
    page.save()
    for words in ("zoe", "muller zoë", "Müll"):
        assert found(client, words) == ["Zoë Müller"], words
    assert found(client, "@FAN") == ["Zoë Müller"]
    assert 'href="/@fan/"' in look(client, "zoe"), "who has no author page is shown by the profile"
    assert 'href="/creators/creator/"' in look(client, "lighthouses")
    assert found(client, "m") == found(client, "zo m") == ["Zoë Müller"]
    assert found(client, "ü") == [], "letters in the middle of a name say nothing"
    make_user("zoe", display_name="Somebody")
    assert found(client, "zoe")[0] == "Somebody", "exactly this name comes first"


def test_series_tags_and_categories_are_found_each_with_a_tab(client, cast):
    make_series(cast.fan, "Night walks", introduction="Ten walks.")
    make_category("Night sky", slug="sky", description="Stars and moons.")
    make_post(cast.fan, "At night", tags=["night shots"])
    page = look(client, "night")
    assert re.findall(r'<a href="[^"]*\?q=night[^"]*"[^>]*>([^<]+)<span class="count">(\d+)</span>', page) == [
        ("Posts ", "1"),
        ("Series ", "1"),
        ("Tags ", "1"),
        ("Categories ", "1"),
    ]
    assert found(client, "night", type="series") == ["Night walks"]
    assert found(client, "night", type="tag") == ["night shots"]
    assert found(client, "moons", type="category") == ["Night sky"]
    assert found(client, "night", type="nonsense") == found(client, "night")


def test_tags_that_only_hidden_posts_carry_are_not_found(client, cast):
    make_post(cast.fan, published=False, tags=["hush"])
    assert found(client, "hush", type="tag") == []


def test_filters_combine_and_work_without_words(client, cast):
    films = make_category("Films", slug="films")
    make_post(cast.fan, "Lamp one", category=films, tags=["red", "Blue sky"], video="dQw4w9WgXcQ")
    make_post(cast.fan, "Lamp two", category=films, tags=["red"])
    german = make_post(cast.other_fan, "Lamp three", tags=["red"])
    PostPage.objects.filter(pk=german.pk).update(language="de")
    assert found(client, "lamp", category="films") == ["Lamp two", "Lamp one"]
    assert found(client, "lamp", author="OTHER_fan") == ["Lamp three"]
    assert found(client, "lamp", tags="red, blue-sky") == ["Lamp one"]
    assert found(client, "lamp", tags="Red, BLUE SKY") == ["Lamp one"]
    assert found(client, "lamp", tags="red,never-was") == []
    assert found(client, "lamp", video="on") == ["Lamp one"]
    assert found(client, "lamp", language="de") == ["Lamp three"]
    assert found(client, "", category="films", video="on") == ["Lamp one"]
    assert "No post fits all of that" in look(client, "lamp", category="films", language="de")


def test_filters_that_mean_nothing_are_left_out(client, cast):
    make_post(cast.fan, "Lamp")
    for wrong in ({"period": "eon"}, {"sort": "best"}, {"category": "none"}, {"language": "tlh"}, {"author": "\x00"}):
        assert found(client, "lamp", **wrong) == ["Lamp"], wrong


def test_a_period_reaches_back_from_now(client, cast):
    for days in (0.5, 5, 20, 200, 800):
        post = make_post(cast.fan, "Lamp")
        published = timezone.now() - timedelta(days=days)
        PostPage.objects.filter(pk=post.pk).update(first_published_at=published)
    for count, period in enumerate(("day", "week", "month", "year", "all"), 1):
        assert len(found(client, "lamp", period=period)) == count, period


def test_the_order_can_be_by_time_or_by_what_people_did(client, cast):
    names = ("Lamp and lamp", "A lamp in a text", "Old")
    posts = [make_post(cast.fan, name, content="<p>lamp</p>") for name in names]
    for days, post in enumerate(posts):
        PostPage.objects.filter(pk=post.pk).update(first_published_at=timezone.now() - timedelta(days=days))
    TargetCounts.objects.filter(target_kind="post", target_id=posts[2].pk).update(reactions=1, comments=2)
    TargetCounts.objects.filter(target_kind="post", target_id=posts[1].pk).update(reactions=4)
    assert found(client, "lamp", sort="recent") == [*names]
    assert found(client, "lamp", sort="popular") == ["Old", "A lamp in a text", "Lamp and lamp"]


def test_whatever_is_typed_is_words(client, cast):
    make_post(cast.fan, "Lamp")
    for text in [*RUDE, *NAUGHTY]:
        look(client, text)
        look(client, text, author=text, tags=text, category=text, period=text, type="post")


def test_the_big_list_of_naughty_strings_is_words(client, cast, shared_data):
    make_post(cast.fan, "Lamp")
    texts = json.loads(shared_data("strings/blns.json").read_text(encoding="utf-8"))
    for text in texts[::12]:
        assert "<script>alert" not in look(client, text), text


def test_results_have_pages_whose_links_keep_the_search(client, cast):
    copy_posts(make_post(cast.fan, "Lamp"), 24)
    page = look(client, "lamp", sort="recent", type="post")
    assert 'href="?q=lamp&amp;sort=recent&amp;type=post&amp;page=2"' in page
    first, second = found(client, "lamp", type="post"), found(client, "lamp", type="post", page="2")
    assert (len(first), len(second)) == (20, 5)
    assert not set(first) & set(second)
    for number in ("0", "3", "-1", "x", "²", "9" * 30):
        assert client.get("/search/", {"q": "lamp", "page": number}).status_code == 404, number


def test_who_finds_nothing_is_shown_ways_on(client, cast):
    make_post(cast.fan, tags=["lanterns"])
    page = look(client, "xyzzyx")
    assert "Nothing for <bdi>" in page
    assert 'href="/tags/lanterns/"' in page
    assert "lanterns" in look(client)


def test_a_search_is_no_page_for_search_engines_and_has_no_form_to_send(client, cast):
    page = look(client, "lamp")
    assert '<meta name="robots" content="noindex">' in page
    assert "csrf" not in page


def test_the_german_search_leads_to_german_pages(client, cast):
    make_post(cast.fan, "Lamp", tags=["lamps"])
    page = client.get("/de/search/?q=lamp").content.decode()
    assert 'href="/de/creators/fan/lamp/"' in page
    assert 'href="/de/tags/lamps/"' in page
    assert 'href="/creators/fan/lamp/"' not in page


def test_what_editors_picked_stands_first_as_far_as_it_may_be_seen(client, cast):
    words = Query.get("lamp")
    shown, draft, hidden = (make_post(cast.fan, title) for title in ("About light", "A plan", "A secret"))
    services.unpublish_post(actor=cast.fan, post=draft)
    restrict(hidden)
    for order, page in enumerate((draft, hidden, shown)):
        SearchPromotion.objects.create(query=words, page=page, description="Start here.", sort_order=order)
    SearchPromotion.objects.create(
        query=words, external_link_url="https://lamps.example/", external_link_text="Lamps elsewhere", sort_order=9
    )
    make_post(cast.fan, "A lamp")
    assert found(client, " LAMP ") == ["About light", "Lamps elsewhere", "A lamp"]
    assert "Picked by the editors" in look(client, "lamp")
    assert "Picked by the editors" not in look(client, "lamps")
    assert "Picked by the editors" not in look(client, "lamp", type="post")


def test_searches_are_counted_once_a_minute(client, cast):
    agent = {"User-Agent": BROWSER}
    for words in ("Zebra  crossing", "zebra crossing"):
        client.get("/search/", {"q": words}, headers=agent)
    make_post(cast.fan, "Lamp")
    client.get("/search/", {"q": "lamp"}, headers=agent)
    assert store_searches() == 2
    assert (Query.get("zebra crossing").hits, Query.get("lamp").hits) == (2, 1)
    client.get("/search/", {"q": "lamp"}, headers=agent)
    assert store_searches() == 1
    assert Query.get("lamp").hits == 2
    assert store_searches() == 0


def test_robots_addresses_filters_and_later_pages_are_not_counted(client, cast):
    client.get("/search/?q=zebra", headers={"User-Agent": "Googlebot/2.1"})
    client.get("/search/?q=zebra")
    client.get("/search/?q=ada%40people.example", headers={"User-Agent": BROWSER})
    client.get("/search/?q=" + "z" * 150, headers={"User-Agent": BROWSER})
    client.get("/search/?q=zebra&type=post", headers={"User-Agent": BROWSER})
    client.get("/search/?q=zebra&video=on", headers={"User-Agent": BROWSER})
    client.head("/search/?q=zebra", headers={"User-Agent": BROWSER})
    assert store_searches() == 0


def test_editors_see_what_people_did_not_find_until_it_is_there(client, client_for, cast):
    agent = {"User-Agent": BROWSER}
    for _time in range(3):
        client.get("/search/", {"q": "<i>zebra"}, headers=agent)
    store_searches()
    report = "/cms/reports/empty-searches/"
    page = client_for(cast.editor).get(report).content.decode()
    assert "&lt;i&gt;zebra" in page
    assert "<td>3</td>" in page
    assert f"/cms/searchpicks/{Query.get('<i>zebra').pk}/" in page
    assert "zebra" in client_for(cast.admin).get(report).content.decode()
    assert client_for(cast.fan).get(report).status_code == client_for(cast.moderator).get(report).status_code == 302
    make_post(cast.fan, "A zebra, i think")
    client.get("/search/", {"q": "<i>zebra"}, headers=agent)
    store_searches()
    assert "zebra" not in client_for(cast.editor).get(report).content.decode()


def test_words_nobody_asks_for_any_more_are_forgotten(client, client_for, cast):
    client.get("/search/", {"q": "zebra"}, headers={"User-Agent": BROWSER})
    store_searches()
    assert forget_searches() == 0
    EmptySearch.objects.update(last_searched_at=timezone.now() - timedelta(days=91))
    assert forget_searches() == 1


def test_many_results_cost_as_many_queries_as_few(cast, flat_cost):
    grow_posts = growing(
        lambda number: make_post(cast.fan, "A lamp", content="<p>Where a lamp is.</p>", tags=[f"lamp {number}"])
    )

    def grow(count):
        ids = grow_posts(count)
        for number in range(count):
            person = make_user(display_name=f"Lamp {number}")
            PostPage.objects.filter(pk=ids[number]).update(author=person)
            make_series(cast.fan, f"Lamp series {number}")
            make_category(f"Lamp {number}")

    kinds = ("post", "person", "series", "tag", "category")
    flat_cost("/search/?q=lamp", *(f"/search/?q=lamp&type={kind}" for kind in kinds), grow=grow, at_most=12)
