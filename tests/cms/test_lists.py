"""Lists of posts: everything, categories, tags, sections; and what stands beside them."""

from __future__ import annotations

import pytest
from django.db.models import F

from cms.models import Category, SectionPage
from cms.services import add_page
from community.core.models import TargetCounts
from tests.factories import copy_posts, growing, make_category, make_image, make_post, make_section

pytestmark = pytest.mark.django_db


def words(client, url):
    return client.get(url).content.decode()


def react(post, count):
    TargetCounts.objects.filter(target_id=post.pk).update(
        reactions=F("reactions") + count, reactions_weight=count * 1000
    )


def test_everything_new_lists_all_that_is_live(client, cast):
    make_post(cast.fan, "From a fan")
    make_post(cast.editor, "From the desk", parent=make_section())
    make_post(cast.fan, "Still a draft", published=False)
    page = words(client, "/latest/")
    assert page.index("From the desk") < page.index("From a fan")
    assert "Still a draft" not in page


@pytest.mark.parametrize("url", ["/latest/", "/categories/films/", "/tags/stars/"])
def test_lists_are_sorted_by_time_or_by_what_people_liked(client, cast, url):
    films = make_category("Films", slug="films")
    loved = make_post(cast.fan, "Loved", category=films, tags=["stars"])
    make_post(cast.fan, "Newer", category=films, tags=["stars"])
    react(loved, 5)
    page = words(client, url)
    assert page.index("Newer") < page.index("Loved")
    assert f'href="{url}" aria-current="true"' in page
    for order in ("popular", "trending"):
        page = words(client, f"{url}?sort={order}")
        assert page.index("Loved") < page.index("Newer")
        assert f'href="{url}?sort={order}" aria-current="true"' in page
    assert client.get(f"{url}?sort=none").status_code == 200


def test_pages_keep_the_order(client, cast, settings):
    settings.RATE_LIMIT_SCALE = 1000
    copy_posts(make_post(cast.fan), 20)
    assert 'href="?sort=trending&amp;page=2"' in words(client, "/latest/?sort=trending")
    assert 'href="?page=2"' in words(client, "/latest/")


def test_a_category_names_its_neighbours_the_near_ones_first(client, cast):
    films = make_category("Films", slug="films", colour="#b4234f", description="Made at night.")
    make_category("Chess", slug="chess", order=1)
    make_category("Short films", slug="short-films", parent=films, order=9)
    make_category("Endgames", slug="endgames", parent=Category.objects.get(slug="chess"))
    page = words(client, "/categories/films/")
    assert "Made at night." in page
    assert "background-color:#b4234f" in page
    near = page.partition('id="categories"')[2]
    assert near.index("Short films") < near.index("Chess")
    assert "Endgames" not in near
    part = words(client, "/categories/short-films/").partition('id="categories"')[2]
    assert ">Films<" in part
    assert "Chess" not in part


def test_tags_that_stand_together_lead_to_each_other(client, cast):
    films = make_category("Films", slug="films")
    make_post(cast.fan, tags=["night", "lamps"], category=films)
    make_post(cast.fan, tags=["night", "moths"], published=False)
    make_post(cast.fan, tags=["chess"])
    for url in ("/tags/night/", "/categories/films/"):
        tools = words(client, url).partition('class="list-tools"')[2].partition("</div>")[0]
        assert 'href="/tags/lamps/"' in tools
        assert "moths" not in tools
        assert "chess" not in tools
    assert 'class="chip" href="/tags/night/"' not in words(client, "/tags/night/")


def test_a_section_shows_its_colour_its_picture_and_its_parts(client, cast):
    section = make_section("News", colour="#0f766e", cover_image=make_image("Skyline", size=(1600, 900)))
    part = add_page(parent=section, page=SectionPage(title="Letters"))
    add_page(parent=section, page=SectionPage(title="Not yet", live=False))
    make_post(cast.editor, "In the section", parent=section)
    make_post(cast.editor, "In its part", parent=part)
    page = words(client, section.url)
    assert "background-color:#0f766e" in page
    assert "skyline" in page
    assert f'href="{part.url}"' in page
    assert "Not yet" not in page
    assert "In the section" in page
    assert "In its part" not in page
    assert "In its part" in words(client, part.url)


def test_empty_lists_say_so(client, cast):
    make_category("Films", slug="films")
    for url in ("/latest/", "/categories/films/", make_section().url):
        assert "Nothing here yet" in words(client, url)


def test_lists_cost_the_same_for_few_and_many(flat_cost, cast, settings):
    settings.RATE_LIMIT_SCALE = 1000
    films = make_category("Films", slug="films")
    section = make_section("News")

    grow_films = growing(
        lambda number: make_post(cast.fan, tags=["one", f"tag {number}"], category=films, cover_image=make_image())
    )
    grow_news = growing(lambda _number: make_post(cast.editor, parent=section))

    def grow(count):
        grow_films(count)
        grow_news(count)
        for _number in range(count):
            make_category(parent=films)

    urls = ("/latest/", "/latest/?sort=trending", "/categories/films/", "/tags/one/?sort=popular", section.url)
    flat_cost(*urls, grow=grow, at_most=12)
