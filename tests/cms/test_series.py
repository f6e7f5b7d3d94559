"""Series: their page, the box on each part, who writes into them, and the API."""

from __future__ import annotations

import pytest
from wagtail.models import PageViewRestriction

from cms import services
from cms.models import PostPage, SeriesPage
from community.core.errors import NotAllowed
from tests.factories import copy_posts, growing, make_image, make_post, make_section, make_series

pytestmark = pytest.mark.django_db


def make_parts(author, series, *titles, **values):
    return [make_post(author, title, parent=series, **values) for title in titles]


def words(client, url):
    return client.get(url).content.decode()


def test_a_series_shows_its_parts_in_the_order_of_the_pages(client, cast):
    series = make_series(cast.creator, "Night walks", introduction="Ten of them.")
    one, _two, three = make_parts(cast.creator, series, "The gate", "The bridge", "The quarry")
    page = words(client, series.url)
    assert "Night walks" in page
    assert "Ten of them." in page
    assert "3 parts" in page
    assert page.index("The gate") < page.index("The bridge") < page.index("The quarry")
    PostPage.objects.get(pk=three.pk).move(PostPage.objects.get(pk=one.pk), pos="left")
    page = words(client, series.url)
    assert page.index("The quarry") < page.index("The gate") < page.index("The bridge")


def test_reading_begins_with_the_first_part_and_time_is_counted_in_all(client, cast):
    series = make_series(cast.creator)
    long_text = f"<p>{'word ' * 1200}</p>"
    parts = make_parts(cast.creator, series, "One", "Two", content=long_text)
    page = words(client, series.url)
    start = page.index("Start reading")
    assert f'href="{parts[0].url}"' in page[start - 200 : start]
    minutes = sum(PostPage.objects.get(pk=part.pk).reading_minutes for part in parts)
    assert minutes > 4
    assert f"{minutes} min" in page


def test_a_series_says_whether_more_will_come(client, cast):
    series = make_series(cast.creator)
    make_parts(cast.creator, series, "One")
    assert "More parts will come." in words(client, series.url)
    SeriesPage.objects.filter(pk=series.pk).update(complete=True)
    page = words(client, series.url)
    assert "More parts will come." not in page
    assert "Complete" in page


def test_a_series_without_parts_says_so_and_is_in_no_list(client, cast):
    series = make_series(cast.creator, "Not begun")
    assert "The first part is still being written" in words(client, series.url)
    assert "Not begun" not in words(client, "/creators/creator/?tab=series")
    assert client.get("/api/series").json()["data"]["items"] == []


def test_each_part_tells_its_place_and_the_parts_beside_it(client, cast):
    series = make_series(cast.creator, "Night walks")
    one, two, three = make_parts(cast.creator, series, "The gate", "The bridge", "The quarry")
    page = words(client, two.url)
    assert "Part 2 of 3" in page
    assert f'rel="prev" href="{one.url}"' in page
    assert f'rel="next" href="{three.url}"' in page
    first, last = words(client, one.url), words(client, three.url)
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in last
    assert "Part 3 of 3" in last


def test_a_post_in_no_series_has_no_box(client, cast):
    assert 'id="series"' not in words(client, make_post(cast.creator).url)


def test_drafts_and_deleted_parts_do_not_count(client, cast):
    series = make_series(cast.creator)
    one, gone = make_parts(cast.creator, series, "One", "Gone")
    make_parts(cast.creator, series, "Unfinished", published=False)
    services.delete_post(actor=cast.creator, post=gone)
    for page in (words(client, series.url), words(client, one.url)):
        assert "Unfinished" not in page
        assert "Gone" not in page
    assert "Part 1 of 1" in words(client, one.url)


def test_parts_of_an_unpublished_series_stay_without_its_box(client, cast):
    series = make_series(cast.creator, "Night walks")
    (one,) = make_parts(cast.creator, series, "The gate")
    SeriesPage.objects.get(pk=series.pk).unpublish()
    page = client.get(one.url)
    assert page.status_code == 200
    assert "Night walks" not in page.content.decode()
    assert client.get(series.url).status_code == 404
    assert client.get(f"/api/series/{series.pk}").status_code == 404
    assert client.get(f"/api/posts/{one.pk}").json()["data"]["series"] is None
    assert client.get(f"/api/posts?series={series.pk}").json()["data"]["items"] == []


def test_a_series_behind_a_password_is_in_no_list(client, cast):
    series = make_series(cast.creator, "Night walks")
    make_parts(cast.creator, series, "The gate")
    PageViewRestriction.objects.create(
        page=series, restriction_type=PageViewRestriction.PASSWORD, password="Open-Sesame-2026!"
    )
    for url in ("/creators/creator/?tab=series", "/creators/creator/", "/latest/", "/api/series", "/api/posts"):
        page = words(client, url)
        assert "Night walks" not in page, url
        assert "The gate" not in page, url
    assert client.get(f"/api/series/{series.pk}").status_code == 404


def test_the_cover_is_the_series_own_or_that_of_its_first_part_with_one(client, cast):
    series = make_series(cast.creator)
    first, own = make_image("First"), make_image("Own")
    make_parts(cast.creator, series, "Bare")
    make_parts(cast.creator, series, "Dressed", cover_image=first)
    url = f"/api/series/{series.pk}"
    assert "first" in client.get(url).json()["data"]["coverImage"]
    SeriesPage.objects.filter(pk=series.pk).update(cover_image=own)
    assert "own" in client.get(url).json()["data"]["coverImage"]


def test_parts_are_also_in_the_lists_of_their_author_and_their_section(client, cast):
    series = make_series(cast.creator)
    make_parts(cast.creator, series, "The gate")
    assert "The gate" in words(client, "/creators/creator/")
    section = make_section("News")
    letters = services.add_page(parent=section, page=SeriesPage(title="Letters"))
    make_parts(cast.editor, letters, "Dear reader")
    page = words(client, section.url)
    assert "Dear reader" in page
    assert "Letters" in page


def test_only_its_owner_and_administrators_write_into_a_series(cast):
    series = make_series(cast.creator)
    for writer in (cast.creator, cast.admin):
        assert make_post(writer, parent=series).get_parent().pk == series.pk
    for stranger in (cast.fan, cast.verified_creator, cast.moderator, cast.editor):
        with pytest.raises(NotAllowed):
            make_post(stranger, parent=series)


def test_editors_write_into_the_series_of_a_section_and_fans_do_not(cast):
    series = services.add_page(parent=make_section(), page=SeriesPage(title="Letters"))
    make_post(cast.editor, parent=series)
    with pytest.raises(NotAllowed):
        make_post(cast.fan, parent=series)


def test_titles_in_another_language_say_so(client, cast):
    series = make_series(cast.creator)
    one, two = make_parts(cast.creator, series, "Das Tor", "The bridge")
    PostPage.objects.filter(pk=one.pk).update(language="de")
    page = words(client, two.url)
    assert 'lang="de">Das Tor' in page
    assert 'lang="en"' not in page.partition("<body")[2].replace('hreflang="en" lang="en"', "")
    assert 'lang="de"' in words(client, series.url)
    german = words(client, f"/de{two.url}")
    assert 'lang="en"' in german
    assert 'lang="de">Das Tor' not in german


def test_a_title_of_markup_is_text(client, cast):
    series = make_series(cast.creator, "<b>Bold</b> & long", introduction="<script>alert(1)</script>")
    (one,) = make_parts(cast.creator, series, "One")
    for url in (series.url, one.url, "/creators/creator/?tab=series"):
        page = words(client, url)
        assert "&lt;b&gt;Bold&lt;/b&gt; &amp; long" in page
        assert "<script>alert" not in page


def test_the_api_lists_series_by_author_and_section(client, cast):
    walks = make_series(cast.creator, "Night walks")
    make_parts(cast.creator, walks, "The gate")
    letters = services.add_page(parent=make_section("News"), page=SeriesPage(title="Letters", complete=True))
    make_parts(cast.editor, letters, "Dear reader", "Dear all")

    def titles(query):
        return [item["title"] for item in client.get(f"/api/series{query}").json()["data"]["items"]]

    assert titles("") == ["Letters", "Night walks"]
    assert titles("?author=CREATOR") == ["Night walks"]
    assert titles("?section=news") == ["Letters"]
    assert titles("?author=nobody") == titles("?section=none") == titles("?author=creator&section=news") == []
    one, other = client.get("/api/series").json()["data"]["items"]
    assert (one["parts"], one["complete"], one["author"], one["section"]) == (2, True, None, "News")
    assert other["author"]["username"] == "creator"
    assert other["url"].endswith("/creators/creator/night-walks/")


def test_the_api_gives_a_series_with_its_parts_in_order(client, cast):
    series = make_series(cast.creator)
    parts = make_parts(cast.creator, series, "One", "Two", "Three")
    data = client.get(f"/api/series/{series.pk}").json()["data"]
    assert [post["id"] for post in data["posts"]] == [str(part.pk) for part in parts]
    assert data["parts"] == 3


@pytest.mark.parametrize("text", ["0", "9" * 30, "-1", "x", "1.5", "%00"])
def test_there_is_no_series_of_an_odd_id(client, cast, text):
    assert client.get(f"/api/series/{text}").status_code == 404


@pytest.mark.parametrize("text", ["x", "-1", "1.5", ""])
def test_an_odd_id_as_filter_is_refused_with_its_field(client, cast, text):
    response = client.get(f"/api/posts?series={text}")
    assert response.status_code == 400
    assert "series" in response.json()["fields"]


def test_the_api_filters_posts_by_series_and_tells_the_place_of_each(client, cast):
    series = make_series(cast.creator, "Night walks")
    one, two, three = make_parts(cast.creator, series, "One", "Two", "Three")
    make_post(cast.creator, "Elsewhere")
    items = client.get(f"/api/posts?series={series.pk}").json()["data"]["items"]
    assert [item["title"] for item in items] == ["Three", "Two", "One"]
    assert client.get(f"/api/posts?series={one.pk}").json()["data"]["items"] == []
    place = client.get(f"/api/posts/{two.pk}").json()["data"]["series"]
    assert (place["id"], place["title"]) == (str(series.pk), "Night walks")
    assert (place["position"], place["count"]) == (2, 3)
    assert place["previous"]["id"] == str(one.pk)
    assert place["next"]["title"] == "Three"
    assert client.get(f"/api/posts/{three.pk}").json()["data"]["series"]["next"] is None


def test_a_cursor_of_one_series_does_not_open_another(client, cast):
    series, other = make_series(cast.creator, "A"), make_series(cast.creator, "B")
    make_parts(cast.creator, series, "One", "Two")
    cursor = client.get(f"/api/posts?series={series.pk}&limit=1").json()["data"]["nextCursor"]
    assert client.get(f"/api/posts?series={series.pk}&limit=1&cursor={cursor}").status_code == 200
    assert client.get(f"/api/posts?series={other.pk}&limit=1&cursor={cursor}").status_code == 400


def test_more_parts_than_a_page_go_on_with_their_numbers(client, cast, settings):
    settings.RATE_LIMIT_SCALE = 1000
    series = make_series(cast.creator)
    copy_posts(*make_parts(cast.creator, series, "Chapter"), 51)
    page = words(client, f"{series.url}?page=2")
    assert "Chapter 51" in page
    assert 'aria-hidden="true">51<' in page
    assert "Start reading" not in page
    assert client.get(f"{series.url}?page=3").status_code == 404


def test_parts_cost_nothing_more(flat_cost, cast, settings):
    settings.RATE_LIMIT_SCALE = 1000
    series = make_series(cast.creator, "Walks")
    (one,) = make_parts(cast.creator, series, "One", cover_image=make_image())
    grow = growing(lambda _number: make_parts(cast.creator, series, "Part", cover_image=make_image())[0])
    flat_cost(series.url, one.url, grow=grow, at_most=12)


def test_many_series_cost_as_much_as_few(flat_cost, cast, settings):
    settings.RATE_LIMIT_SCALE = 1000
    section = make_section("News")

    def grow(count):
        for number in range(count):
            series = make_series(cast.creator, f"Series {number}")
            make_parts(cast.creator, series, "Part", cover_image=make_image())
            letters = services.add_page(parent=section, page=SeriesPage(title=f"Letters {number}"))
            make_parts(cast.editor, letters, "Dear all")

    grow(3)
    series = SeriesPage.objects.first()
    urls = ("/creators/creator/?tab=series", section.url, "/api/series", f"/api/series/{series.pk}")
    flat_cost(*urls, grow=grow, at_most=12)


def test_the_api_of_parts_costs_as_much_for_many_as_for_few(flat_cost, cast, settings):
    settings.RATE_LIMIT_SCALE = 1000
    series = make_series(cast.creator)
    (one,) = make_parts(cast.creator, series, "One")
    grow = growing(lambda _number: make_parts(cast.creator, series, "Part", cover_image=make_image())[0])
    urls = (f"/api/series/{series.pk}", f"/api/posts/{one.pk}", f"/api/posts?series={series.pk}")
    flat_cost(*urls, grow=grow, at_most=9)
