"""The first page: what stands on top, and the rows that editors add."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.models import CreatorPage, HomePage, PostPage, SeriesPage
from cms.services import add_page, ensure_author_page
from community.accounts.choices import Role, Status
from community.accounts.services import change_status
from tests.factories import (
    copy_posts,
    growing,
    make_category,
    make_image,
    make_post,
    make_section,
    make_series,
    make_user,
)

pytestmark = pytest.mark.django_db


def posts_row(*, category=None, page=None, title="", rhythm="trio", count=3):
    value = {"title": title, "category": category, "page": page, "rhythm": rhythm, "count": count}
    return {"type": "posts", "value": value}


def people_row(title, *pages):
    return {"type": "people", "value": {"title": title, "people": [page.pk for page in pages]}}


def set_rows(home, *rows):
    home = HomePage.objects.get(pk=home.pk)
    home.rows = home.rows.stream_block.to_python(list(rows))
    home.save()


def words(client, url="/"):
    return client.get(url).content.decode()


def row_of(page, title):
    """The part of the page from the heading of a row to the end of the row."""
    return page.partition(f">{title}</h2>")[2].partition("</section>")[0]


def fill_the_top(author, count=15):
    """Newer posts, so that what a row shows stands nowhere else."""
    copy_posts(make_post(author, "Newer"), count - 1)


def test_rows_show_the_newest_of_a_category_a_section_a_series_and_an_author(client, cast, home, settings):
    settings.RATE_LIMIT_SCALE = 1000
    films = make_category("Films", slug="films")
    section = make_section("News")
    series = make_series(cast.creator, "Night walks")
    make_post(cast.fan, "About films", category=films)
    make_post(cast.editor, "From the desk", parent=section)
    make_post(cast.creator, "The gate", parent=series)
    make_post(cast.other_fan, "From a stranger")
    fill_the_top(cast.fan)
    set_rows(
        home,
        posts_row(category=films.pk),
        posts_row(page=section.pk, rhythm="lines"),
        posts_row(page=series.pk, rhythm="pair"),
        posts_row(page=CreatorPage.objects.get(person=cast.other_fan).pk, title="Somebody new"),
    )
    page = words(client)
    shown = {
        "Films": ("About films", "/categories/films/"),
        "News": ("From the desk", section.url),
        "Night walks": ("The gate", series.url),
        "Somebody new": ("From a stranger", "/creators/other_fan/"),
    }
    for title, (post, url) in shown.items():
        row = row_of(page, title)
        assert post in row, title
        assert f'href="{url}"' in row, title
    assert page.index(">Films</h2>") < page.index(">News</h2>") < page.index(">Somebody new</h2>")
    assert 'href="/de/categories/films/"' in words(client, "/de/")


def test_a_row_holds_as_many_as_it_should_the_newest_first(client, cast, home, settings):
    settings.RATE_LIMIT_SCALE = 1000
    films = make_category("Films", slug="films")
    for number in range(5):
        make_post(cast.fan, f"Film {number}", category=films)
    fill_the_top(cast.creator)
    set_rows(home, posts_row(category=films.pk, count=2))
    row = row_of(words(client), "Films")
    assert row.index("Film 4") < row.index("Film 3")
    assert "Film 2" not in row


def test_what_stands_on_top_is_not_said_twice(client, cast, home):
    films = make_category("Films", slug="films")
    for number in range(4):
        make_post(cast.fan, f"Film {number}", category=films)
    set_rows(home, posts_row(category=films.pk))
    row = row_of(words(client), "Films")
    assert "Film 0" in row
    assert "Film 3" not in row


def test_rows_with_nothing_to_show_are_left_out(client, cast, home):
    make_post(cast.fan)
    hidden, locked = make_section("Hidden", live=False), make_section("Locked")
    empty = make_category("Empty", slug="empty")
    gone = make_category("Gone", slug="gone")
    for place in (hidden, locked):
        make_post(cast.editor, f"In {place.title}", parent=place)
    fill_the_top(cast.fan, 4)
    PageViewRestriction.objects.create(
        page=locked, restriction_type=PageViewRestriction.PASSWORD, password="Open-Sesame-2026!"
    )
    set_rows(home, *(posts_row(page=place.pk) for place in (hidden, locked)), *(
        posts_row(category=category.pk) for category in (empty, gone)
    ))  # fmt: skip
    gone.delete()
    page = words(client)
    for title in ("Hidden", "Locked", "Empty", "Gone"):
        assert f">{title}</h2>" not in page


def test_people_stand_in_their_order_without_those_who_are_banned(client, cast, home):
    pages = [ensure_author_page(person=person) for person in (cast.creator, cast.fan, cast.banned)]
    set_rows(home, people_row("Voices", *pages), people_row("Nobody left", pages[2]))
    row = row_of(words(client), "Voices")
    assert row.index("/creators/creator/") < row.index("/creators/fan/")
    assert "/creators/banned/" not in row
    assert "Nobody left" not in words(client)
    change_status(actor=None, person=cast.fan, status=Status.BANNED, system=True)
    assert "/creators/fan/" not in row_of(words(client), "Voices")


def test_a_text_of_the_editors_is_cleaned_and_shown(client, home):
    set_rows(home, {"type": "text", "value": "<p>Welcome <b>in</b>.</p>"})
    assert "Welcome <b>in</b>." in words(client)


def test_posts_marked_as_featured_come_before_newer_ones(client, cast):
    marked, over = make_post(cast.creator, "Marked"), make_post(cast.creator, "Over")
    make_post(cast.fan, "Newest")
    now = timezone.now()
    PostPage.objects.filter(pk=marked.pk).update(featured_until=now + timedelta(hours=1))
    PostPage.objects.filter(pk=over.pk).update(featured_until=now - timedelta(hours=1))
    page = words(client)
    assert page.index("Marked") < page.index("Newest") < page.index("Over")


def test_without_a_choice_the_newest_post_with_a_picture_is_on_top(client, cast):
    make_post(cast.fan, "In colour", cover_image=make_image())
    make_post(cast.fan, "Plain words")
    page = words(client)
    assert page.index("In colour") < page.index("Plain words")


def test_the_latest_are_in_the_order_of_time(client, cast, home):
    chosen = [make_post(cast.fan, f"Chosen {number}") for number in range(4)]
    for number in range(3):
        make_post(cast.fan, f"Later {number}")
    for post in chosen:
        home.featured_posts.create(post=post)
    home.save()
    page = words(client)
    latest = page.partition(">Latest</h2>")[2]
    assert latest.index("Later 2") < latest.index("Later 0") < latest.index("Chosen 3")
    assert 'href="/latest/"' in latest


def test_rows_cost_a_fixed_number_of_queries(flat_cost, cast, home, settings):
    settings.RATE_LIMIT_SCALE = 1000
    authors = [make_user(f"author_{number}", role=Role.CREATOR) for number in range(6)]
    pages = [ensure_author_page(person=author) for author in authors]
    films = make_category("Films", slug="films")
    section = make_section("News")
    series = add_page(parent=section, page=SeriesPage(title="Letters"))
    rows = []

    grow_posts = growing(
        lambda number: make_post(authors[number], tags=["one"], category=films, cover_image=make_image())
    )

    def grow(count):
        for number, pk in enumerate(grow_posts(count)):
            PostPage.objects.filter(pk=pk).update(author=authors[number % 6])
        make_post(cast.editor, parent=series)
        make_post(cast.editor, parent=section)
        rows.extend(
            [
                posts_row(category=films.pk),
                posts_row(page=section.pk),
                posts_row(page=series.pk),
                posts_row(page=pages[0].pk),
                people_row("Voices", *pages[:3]),
            ]
        )
        set_rows(home, *rows)

    flat_cost("/", grow=grow, at_most=12)
