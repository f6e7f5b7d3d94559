"""The frame of every page: menus, footer and banners, on pages, through the API and in the admin."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, Site

from cms import selectors, services
from cms.choices import MENU_ICONS
from cms.models import Announcement, StandardPage
from tests.factories import make_post, make_section
from tests.support.api import data_of, fields_of
from tests.support.frames import banners, column, link, menu, set_frame

pytestmark = pytest.mark.django_db


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """`with committing():` what waits for the commit is done at its end."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def add_page(title, parent=None, **values):
    page = StandardPage(title=title, slug=title.lower(), **values)
    return services.add_page(parent=parent or services.site_root(), page=page)


def test_an_empty_menu_fills_itself_from_the_pages_that_want_to_be_in_it(client, home):
    make_section("News")
    add_page("About", show_in_menus=True)
    add_page("Hidden")
    assert menu(client) == [("/", "Home"), ("/creators/", "Creators"), ("/news/", "News")]
    footer = client.get("/creators/").content.decode().partition("<footer")[2]
    assert 'href="/about/"' in footer
    assert 'href="/hidden/"' not in footer


def test_the_menus_of_the_editors_take_the_place_of_those_that_fill_themselves(client, home, committing):
    about, news = add_page("About"), make_section("News")
    with committing():
        set_frame(
            [link(page=news), link("Who we are", page=about), link("Elsewhere", address="https://example.org/a?b=1&c=2")],
            [column("More", link("Find", address="/search/")), column("Empty", link("Lost", address="nowhere"))],
            tagline="Made with care.",
        )  # fmt: skip
    assert menu(client) == [
        ("/news/", "News"),
        ("/about/", "Who we are"),
        ("https://example.org/a?b=1&amp;c=2", "Elsewhere"),
    ]
    page = client.get("/creators/").content.decode()
    footer = page.partition("<footer")[2]
    assert "Made with care." in footer
    assert re.search(r">More</h2>\s*<ul><li><a href=\"/search/\">Find</a>", footer)
    assert "Empty" not in footer
    assert "Around here" not in footer
    assert 'rel="external noopener"' in page


def test_entries_for_one_language_are_seen_by_its_readers_only_and_lead_into_it(client, home, committing):
    with committing():
        set_frame(
            [
                link(page=make_section("News")),
                link("Suche", address="/search/", language="de"),
                link("Search", address="/search/", language="en"),
                link("Program", address="/api-docs"),
            ],
            [column("Mehr", link("Suche", address="/search/"), language="de")],
        )
    assert [label for _url, label in menu(client)] == ["News", "Search", "Program"]
    assert menu(client, "/de/creators/") == [
        ("/de/news/", "News"),
        ("/de/search/", "Suche"),
        ("/api-docs", "Program"),
    ]
    assert "Mehr" not in client.get("/creators/").content.decode()
    assert "Mehr" in client.get("/de/creators/").content.decode()


def test_links_to_unpublished_deleted_and_restricted_pages_vanish_at_once(client, cast, committing):
    post = make_post(cast.fan)
    parent = add_page("Parent")
    gone, secret = add_page("Gone", parent), add_page("Secret", parent)
    with committing():
        set_frame(
            [
                link("Post", page=post),
                link("Gone", page=gone),
                link("Secret", page=secret),
                link("Parent", page=parent),
            ]
        )
    assert [label for _url, label in menu(client)] == ["Post", "Gone", "Secret", "Parent"]
    with committing():
        services.delete_post(actor=cast.fan, post=post)
    assert [label for _url, label in menu(client)] == ["Gone", "Secret", "Parent"]
    with committing():
        PageViewRestriction.objects.create(page=secret, restriction_type=PageViewRestriction.LOGIN)
    assert [label for _url, label in menu(client)] == ["Gone", "Parent"]
    with committing():
        Page.objects.get(pk=gone.pk).specific.delete()
    assert [label for _url, label in menu(client)] == ["Parent"]
    with committing():
        Page.objects.get(pk=parent.pk).specific.unpublish()
    # Nothing is left of the editors' menu, so it fills itself.
    assert [label for _url, label in menu(client)] == ["Home", "Creators"]


def test_a_page_that_moves_or_gets_another_name_takes_its_menu_entry_along(client, home, committing):
    old, new = add_page("Old"), add_page("New")
    deep = add_page("Deep", old)
    with committing():
        set_frame([link(page=deep)])
    assert menu(client) == [("/old/deep/", "Deep")]
    with committing():
        Page.objects.get(pk=deep.pk).move(Page.objects.get(pk=new.pk), pos="last-child")
    assert menu(client) == [("/new/deep/", "Deep")]
    with committing():
        page = StandardPage.objects.get(pk=deep.pk)
        page.title, page.slug = "Deeper", "deeper"
        page.save()
    assert menu(client) == [("/new/deeper/", "Deeper")]


def test_the_entry_nearest_to_the_page_is_marked_and_no_other(client, home, committing):
    news = make_section("News")
    local = services.add_page(parent=news, page=type(news)(title="Local"))
    with committing():
        set_frame([link("Home", address="/"), link(page=news), link(page=local)])
    for path, label in (("/", "Home"), ("/news/", "News"), ("/news/local/", "Local"), ("/de/news/", "News")):
        page = client.get(path).content.decode()
        rail = re.search(r'<nav class="rail".*?</nav>', page, re.DOTALL)
        assert rail
        marked = re.findall(r'aria-current="page".*?rail__label">([^<]*)<', rail[0], re.DOTALL)
        assert marked == [label], path


def test_nine_entries_with_long_words_and_markup_are_shown_as_text(client, home, committing):
    with committing():
        set_frame([link("W" * 60, address=f"/{number}/") for number in range(8)] + [link("<b>9</b>", address="/9/")])
    assert [label for _url, label in menu(client)] == ["W" * 60] * 8 + ["&lt;b&gt;9&lt;/b&gt;"]


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "//evil.example/", "/\t/evil.example/", "/\\evil.example/", "data:text/html,x"],
)
def test_an_unsafe_address_is_never_a_link_however_it_came_into_the_database(client, home, committing, address):
    with committing():
        set_frame([link("Bad", address=address), link("Good", address="/about/")])
        Announcement.objects.create(text="Look", link_text="here", link_address=address)
    page = client.get("/creators/").content.decode()
    assert [label for _url, label in menu(client)] == ["Good"]
    assert "Look" in page
    assert "evil.example" not in page
    assert "alert(1)" not in page


def test_a_warm_page_asks_the_database_nothing_for_its_frame(client, client_for, cast, committing):
    with committing():
        set_frame([link(page=make_section(f"Part {number}")) for number in range(9)])
        Announcement.objects.create(text="Hello")
    for who in (client, client_for(cast.fan)):
        who.get("/")
        with CaptureQueriesContext(connection) as captured:
            assert who.get("/creators/").status_code == 200
        asked = " ".join(query["sql"] for query in captured)
        for table in ("cms_siteframe", "cms_announcement", "cms_sectionpage", "wagtailcore_site"):
            assert table not in asked


def test_the_footer_offers_this_page_in_every_language(client, home):
    page = client.get("/creators/?q=a&page=1").content.decode()
    assert re.search(r'<a href="/de/creators/\?q=a&amp;page=1" hreflang="de" lang="de">Deutsch</a>', page)
    german = client.get("/de/creators/").content.decode()
    assert re.search(r'<a href="/creators/" hreflang="en" lang="en">English</a>', german)
    assert re.search(r'hreflang="de" lang="de" aria-current="true">Deutsch</a>', german)


def test_everybody_sees_the_banners_meant_for_them(client_for, cast, committing):
    with committing():
        for audience in ("guests", "members", "creators"):
            Announcement.objects.create(text=f"For {audience}", audience=audience)
    assert banners(client_for(None)) == ["For guests"]
    assert banners(client_for(cast.fan)) == ["For members"]
    assert banners(client_for(cast.creator)) == ["For creators", "For members"]


def test_at_most_two_banners_stand_above_a_page_the_newest_first(client, home, committing):
    now = timezone.now()
    with committing():
        for days in (3, 1, 2):
            Announcement.objects.create(text=f"{days} days old", starts_at=now - timedelta(days=days))
    assert banners(client) == ["1 days old", "2 days old"]


def test_a_banner_for_one_language_is_above_its_pages_only(client, home, committing):
    with committing():
        Announcement.objects.create(text="Neu hier?", language="de", link_text="Mehr", link_address="/about/")
    assert banners(client) == []
    assert banners(client, "/de/creators/") == ['Neu hier? <a href="/de/about/">Mehr</a>']


def test_markup_in_a_banner_is_text(client, home, committing):
    with committing():
        Announcement.objects.create(text="<script>x</script>", link_text="<i>", link_address='/a?"><b>')
    page = client.get("/creators/").content.decode()
    assert "<script>x" not in page
    assert "/a?&quot;&gt;&lt;b&gt;" in page


def test_banners_come_and_go_at_their_minute_although_they_are_cached(client, home, committing):
    now = timezone.now()
    with committing():
        Announcement.objects.create(text="Now", starts_at=now - timedelta(days=1), ends_at=now + timedelta(seconds=20))
        Announcement.objects.create(text="Soon", starts_at=now + timedelta(seconds=30))
        Announcement.objects.create(text="Over", ends_at=now - timedelta(seconds=1))
        Announcement.objects.create(text="Far", starts_at=now + timedelta(days=1))
    assert banners(client) == ["Now"]
    site = Site.objects.get(is_default_site=True)
    with CaptureQueriesContext(connection) as captured:
        for seconds, texts in ((0, ["Now"]), (21, []), (31, ["Soon"])):
            frame = selectors.get_frame(site=site, viewer=AnonymousUser(), now=now + timedelta(seconds=seconds))
            assert [banner.text for banner in frame.announcements] == texts
    assert len(captured) == 0


def test_a_changed_banner_is_a_new_one_for_those_who_closed_it(client, home, committing):
    with committing():
        banner = Announcement.objects.create(text="One")
    before = data_of(client.get("/api/announcements"))["items"][0]["key"]
    with committing():
        banner.text = "Two"
        banner.save()
    after = data_of(client.get("/api/announcements"))["items"][0]
    assert after["text"] == "Two"
    assert after["key"] != before
    assert f'id="announcement-{after["key"]}"' in client.get("/creators/").content.decode()


def test_a_banner_that_must_stay_has_no_button(client, home, committing):
    with committing():
        Announcement.objects.create(text="Stay", dismissible=False)
    assert "close-button" not in client.get("/creators/").content.decode()


def test_menus_come_with_absolute_addresses_for_the_language_that_is_asked_for(client, home, committing):
    with committing():
        set_frame(
            [link(page=make_section("News")), link("Nur hier", address="/about/", language="de")],
            [column("More", link("Elsewhere", address="https://example.org/"))],
        )
    news = {"label": "News", "url": "http://localhost:8000/news/", "external": False, "icon": "news"}
    assert data_of(client.get("/api/menus")) == {
        "main": [news],
        "footer": [
            {"title": "More", "links": [
                {"label": "Elsewhere", "url": "https://example.org/", "external": True},
            ]},
        ],
    }  # fmt: skip
    german = data_of(client.get("/api/menus", {"language": "de"}))
    assert [entry["label"] for entry in german["main"]] == ["News", "Nur hier"]
    assert german["main"][1]["url"] == "http://localhost:8000/about/"
    by_header = data_of(client.get("/api/menus", headers={"Accept-Language": "de"}))
    assert by_header == german


@pytest.mark.parametrize("language", ["xx", "", "de\x00", "english"])
def test_a_language_the_site_does_not_have_is_refused_by_name(client, home, language):
    assert set(fields_of(client.get("/api/menus", {"language": language}))) == {"language"}


def test_the_site_tells_its_name_languages_colours_and_whether_people_may_join(client, home):
    site = data_of(client.get("/api/site"))
    assert site["name"] == "Sparkle Universe"
    assert site["url"] == "http://localhost:8000/"
    assert site["languages"][1] == {"code": "de", "name": "Deutsch", "url": "http://localhost:8000/de/"}
    assert site["themeColours"] == {"dark": "#0f0c16", "light": "#fbfafd"}
    assert site["registration"] == "open"


def test_announcements_are_those_for_the_asker(client_for, cast, committing):
    with committing():
        Announcement.objects.create(text="Hi", link_text="go", link_address="/about/", level="warning")
        Announcement.objects.create(text="Members", audience="members")
    [guests] = data_of(client_for(None).get("/api/announcements"))["items"]
    assert guests == {
        "id": guests["id"], "key": guests["key"], "text": "Hi", "linkText": "go",
        "url": "http://localhost:8000/about/", "external": False, "level": "warning", "dismissible": True,
        "startsAt": None, "endsAt": None,
    }  # fmt: skip
    members = data_of(client_for(cast.fan).get("/api/announcements"))["items"]
    assert [each["text"] for each in members] == ["Members", "Hi"]


@pytest.mark.parametrize("address", ["/api/site", "/api/menus", "/api/announcements"])
def test_what_has_not_changed_is_not_sent_again(client, home, address):
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_more_entries_cost_no_more_queries(flat_cost, home):
    def grow(count):
        number = Announcement.objects.count()
        for each in range(number, number + count):
            Announcement.objects.create(text=f"Banner {each}")
            section = make_section(f"Section {each}")
            set_frame([], [column("All", *[link(page=section)] * 3)])

    flat_cost("/api/site", "/api/menus", "/api/announcements", "/creators/", grow=grow, at_most=12)


def test_every_icon_a_menu_may_have_can_be_chosen_once():
    names = [name for name, _label in MENU_ICONS]
    assert len(names) == len(set(names))
