"""The page of an author: its tabs, its numbers, its order; and people without one."""

from __future__ import annotations

import pytest
from django.db.models import F

from cms.models import CreatorPage
from community.accounts.models import Profile
from community.core.models import TargetCounts
from tests.factories import growing, make_image, make_post, make_series, make_user

pytestmark = pytest.mark.django_db

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
PAGE = "/creators/creator/"


def words(client, url):
    return client.get(url).content.decode()


def tabs(page):
    nav = page.partition('<nav class="tabs"')[2].partition("</nav>")[0]
    return [name for name in ("Posts", "Series", "Videos", "About") if f">{name}</a>" in nav]


def react(post, count):
    TargetCounts.objects.filter(target_id=post.pk).update(reactions=F("reactions") + count)


def test_only_tabs_with_something_in_them_are_there(client, cast):
    make_post(cast.creator, "Words only")
    assert tabs(words(client, PAGE)) == ["Posts", "About"]
    make_post(cast.creator, "Moving", video=VIDEO)
    make_post(cast.creator, "First part", parent=make_series(cast.creator, "Walks"))
    page = words(client, PAGE)
    assert tabs(page) == ["Posts", "Series", "Videos", "About"]
    assert "<strong>3</strong> posts" in page
    assert "<strong>1</strong> series" in page


def test_each_tab_shows_its_own_and_says_that_it_is_current(client, cast):
    make_post(cast.creator, "Still words")
    make_post(cast.creator, "Moving words", video=VIDEO)
    make_post(cast.creator, "First part", parent=make_series(cast.creator, "Night walks"))
    CreatorPage.objects.update(about="<p>I film at night.</p>")
    shown = {
        "": ("Still words", "I film at night."),
        "?tab=videos": ("Moving words", "Still words"),
        "?tab=series": ("Night walks", "Still words"),
        "?tab=about": ("I film at night.", "Still words"),
    }
    for query, (there, absent) in shown.items():
        page = words(client, f"{PAGE}{query}")
        body = page.partition('class="stage"')[2]
        assert there in body, query
        assert absent not in body, query
        assert f'href="{PAGE}{query}" aria-current="page"' in page


@pytest.mark.parametrize("query", ["?tab=none", "?tab=", "?tab=series", "?tab=%00", "?sort=x"])
def test_an_unknown_or_empty_tab_shows_the_posts(client, cast, query):
    make_post(cast.creator, "Still words")
    response = client.get(f"{PAGE}{query}")
    assert response.status_code == 200
    assert "Still words" in response.content.decode()


def test_posts_can_be_sorted_by_what_people_liked_of_all_times(client, cast, time_machine):
    time_machine.move_to("2021-05-01 12:00Z")
    make_user("early")
    old = make_post(cast.creator, "Old and loved")
    time_machine.move_to("2026-05-01 12:00Z")
    for number in range(4):
        make_post(cast.creator, f"New {number}")
    react(old, 5)
    assert words(client, PAGE).index("New 3") < words(client, PAGE).index("Old and loved")
    popular = words(client, f"{PAGE}?sort=popular")
    assert popular.index("Old and loved") < popular.index("New 3")


def test_the_pinned_post_has_no_first_place_among_the_popular(client, cast):
    posts = [make_post(cast.creator, f"Post number {number}") for number in range(4)]
    CreatorPage.objects.update(pinned_post=posts[0])
    react(posts[2], 5)
    assert "Pinned" in words(client, PAGE)
    popular = words(client, f"{PAGE}?sort=popular")
    assert "Pinned" not in popular
    assert popular.index("Post number 2") < popular.index("Post number 0")


def test_only_an_authors_own_post_stands_pinned_on_their_page(client, cast):
    make_post(cast.creator, "Mine")
    CreatorPage.objects.filter(person=cast.creator).update(pinned_post=make_post(cast.fan, "Not mine"))
    assert "Not mine" not in words(client, PAGE)


def test_a_pinned_post_is_shown_when_it_is_the_only_one(client, cast):
    post = make_post(cast.creator, "Alone")
    CreatorPage.objects.filter(person=cast.creator).update(pinned_post=post)
    page = words(client, PAGE)
    assert page.count(f'href="{post.url}"') == 1
    assert "Pinned" in page


def test_about_says_where_somebody_is_found_and_what_they_like(client, cast):
    make_post(cast.creator)
    Profile.objects.filter(user=cast.creator).update(
        location="Rotterdam", website="https://people.example/", interests=["moths", "<b>lamps</b>"], bio="Short words."
    )
    page = words(client, f"{PAGE}?tab=about")
    for there in (
        "Rotterdam",
        'href="https://people.example/"',
        "moths",
        "&lt;b&gt;lamps",
        "Here since",
        "Short words.",
    ):
        assert there in page


def test_an_author_without_posts_has_an_empty_stage(client, cast):
    from cms.services import ensure_author_page

    ensure_author_page(person=cast.creator)
    page = words(client, PAGE)
    assert "Nothing published yet" in page
    assert tabs(page) == ["Posts", "About"]


def test_large_numbers_are_short(client, cast, settings):
    post = make_post(cast.creator, "Much read")
    TargetCounts.objects.filter(target_id=post.pk).update(views=24_100)
    assert "24.1K views" in words(client, post.url)
    assert "24.1K" not in words(client, f"/de{post.url}")


def test_every_tab_costs_the_same_for_few_and_many(flat_cost, cast, settings):
    settings.RATE_LIMIT_SCALE = 1000
    series = make_series(cast.creator, "Walks")
    picture = make_image()

    grow_posts = growing(
        lambda number: make_post(cast.creator, f"Post {number}", video=VIDEO, cover_image=picture, parent=series)
    )

    def grow(count):
        grow_posts(count)
        CreatorPage.objects.update(pinned_post=make_post(cast.creator, cover_image=picture))

    queries = ("", "?sort=popular", "?tab=videos", "?tab=series", "?tab=about")
    flat_cost(*(f"{PAGE}{query}" for query in queries), grow=grow, at_most=12)


def test_a_person_without_posts_has_a_profile(client, cast):
    Profile.objects.filter(user=cast.fan).update(bio="Watches\nquietly.", location="Ghent", interests=["moths"])
    page = words(client, "/@fan/")
    for there in ("Watches<br>quietly.", "Ghent", "moths", "No posts yet", "@fan"):
        assert there in page
