"""Titles, names, tags and words of links that nobody can see are refused, with words, as empty ones are."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from wagtail.models import Site
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms import services
from cms.models import Announcement, Category, PostPage, SeriesPage, SiteFrame
from tests.cms.test_admin import post_form
from tests.factories import make_post, make_section, make_series
from tests.support.api import data_of, fields_of, send
from tests.support.invisible import INVISIBLE, each_invisible

pytestmark = pytest.mark.django_db

NOTHING = INVISIBLE["zero width"]
HANGUL = INVISIBLE["fillers of Hangul"]


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.RATE_LIMIT_SCALE = 1000


@each_invisible
def test_the_api_refuses_titles_and_tags_of_which_nothing_is_seen(client_for, cast, nothing):
    fan, author = client_for(cast.fan), client_for(cast.verified_creator)
    post, series = make_post(cast.fan, "Seen"), make_series(cast.verified_creator, "Seen")
    for answer in (
        send(fan, "post", "/api/posts", {"title": nothing, "content": "x"}),
        send(fan, "put", f"/api/posts/{post.pk}", {"title": nothing}),
        send(author, "post", "/api/series", {"title": nothing}),
        send(author, "patch", f"/api/series/{series.pk}", {"title": nothing}),
    ):
        assert set(fields_of(answer)) == {"title"}
    for tag, field in ((nothing, "tags.1"), (f"#{nothing}", "tags"), (f"'{nothing}'", "tags")):
        answer = send(fan, "put", f"/api/posts/{post.pk}", {"tags": ["seen", tag]})
        assert fields_of(answer) == {field: "A tag cannot be empty."}
    assert PostPage.objects.get().title == "Seen"
    assert SeriesPage.objects.get().title == "Seen"


def test_the_api_says_what_it_says_of_empty_ones(client_for, cast):
    fan, author = client_for(cast.fan), client_for(cast.verified_creator)
    answer = send(fan, "post", "/api/posts", {"title": HANGUL, "content": "x", "tags": [HANGUL]})
    assert fields_of(answer) == {"title": "A post needs a title.", "tags.0": "A tag cannot be empty."}
    assert fields_of(send(author, "post", "/api/series", {"title": HANGUL})) == {"title": "A series needs a title."}


def test_an_excerpt_of_which_nothing_is_seen_is_none(client_for, cast):
    send(client_for(cast.fan), "post", "/api/posts", {"title": "A", "content": "Words", "excerpt": NOTHING})
    post = PostPage.objects.get()
    assert (post.excerpt, post.summary) == ("", "Words")


@each_invisible
def test_the_form_of_the_admin_refuses_titles_and_tags_of_which_nothing_is_seen(client_for, cast, nothing):
    desk, section = client_for(cast.editor), make_section()
    add = reverse("wagtailadmin_pages:add", args=["cms", "postpage", section.pk])
    for publish in ({}, {"action-publish": "1"}):
        answer = desk.post(add, post_form(f"{nothing}", **publish))
        assert answer.status_code == 200
        assert answer.context["form"].errors.keys() == {"title"}
    answer = desk.post(add, post_form("Seen", tags=f'"#{nothing}", seen'))
    assert answer.context["form"].errors == {"tags": ["A tag cannot be empty."]}
    assert not PostPage.objects.exists()


def test_spaces_between_the_commas_of_tags_are_none(client_for, cast):
    desk, section = client_for(cast.editor), make_section()
    add = reverse("wagtailadmin_pages:add", args=["cms", "postpage", section.pk])
    assert desk.post(add, post_form("Seen", tags='"\u00a0\u3000", , seen')).status_code == 302
    assert [tag.name for tag in PostPage.objects.get().get_latest_revision_as_object().tags.all()] == ["seen"]


def test_the_form_of_the_admin_uses_the_words_of_the_api(client_for, cast):
    desk, section = client_for(cast.editor), make_section()
    answer = desk.post(reverse("wagtailadmin_pages:add", args=["cms", "postpage", section.pk]), post_form(HANGUL))
    assert answer.context["form"].errors == {"title": ["A post needs a title."]}
    assert "A post needs a title." in answer.content.decode()
    form = {"title": HANGUL, "slug": "s", "introduction": "", "cover_image": "", "seo_title": "",
            "search_description": "", "comments-TOTAL_FORMS": 0, "comments-INITIAL_FORMS": 0}  # fmt: skip
    answer = desk.post(reverse("wagtailadmin_pages:add", args=["cms", "seriespage", section.pk]), form)
    assert answer.context["form"].errors == {"title": ["A series needs a title."]}
    edit = reverse("wagtailadmin_pages:edit", args=[section.pk])
    answer = desk.post(edit, {**form, "slug": section.slug, "colour": ""})
    assert answer.context["form"].errors == {"title": ["A page needs a title."]}


def test_tags_in_the_admin_are_those_that_the_api_would_store(client_for, cast):
    desk, section = client_for(cast.editor), make_section()
    add = reverse("wagtailadmin_pages:add", args=["cms", "postpage", section.pk])
    assert desk.post(add, post_form("Tagged", tags='#night, Night, " sky\t high "')).status_code == 302
    assert sorted(tag.name for tag in PostPage.objects.get().get_latest_revision_as_object().tags.all()) == [
        "night",
        "sky high",
    ]
    many = ", ".join(f"tag {number}" for number in range(41))
    answer = desk.post(add, post_form("Many", slug="many", tags=many))
    assert answer.context["form"].errors == {"tags": ["A post has at most 40 tags."]}


@each_invisible
def test_categories_need_a_name_that_is_seen(client_for, cast, nothing):
    desk = client_for(cast.editor)
    form = {"name": nothing, "slug": "films", "description": "", "colour": "", "icon": "", "parent": "", "order": 1}
    answer = desk.post("/cms/snippets/cms/category/add/", form)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"name"}
    assert not Category.objects.exists()


def test_reusable_content_needs_a_name_that_is_seen(client_for, cast):
    form = nested_form_data({"name": HANGUL, "slug": "x", "body": streamfield([])})
    answer = client_for(cast.editor).post("/cms/snippets/cms/reusablecontent/add/", form)
    assert answer.context["form"].errors["name"] == ["A name needs letters, numbers or signs."]


def test_an_announcement_and_its_link_need_words_that_are_seen(client_for, cast):
    desk = client_for(cast.editor)
    values = {"text": "Lamps", "link_text": "More", "link_address": "/news/", "level": "info",
              "audience": "everyone", "language": "", "starts_at": "", "ends_at": ""}  # fmt: skip
    for wrong, errors in (
        ({"text": HANGUL}, {"text": ["An announcement needs words."]}),
        ({"link_text": HANGUL}, {"link_text": ["A link needs words and an address."]}),
        ({"link_text": HANGUL, "link_address": ""}, {"link_text": ["A link needs words and an address."]}),
    ):
        answer = desk.post("/cms/snippets/cms/announcement/add/", {**values, **wrong})
        assert answer.status_code == 200
        assert answer.context["form"].errors.items() >= errors.items(), wrong
    assert not Announcement.objects.exists()


def test_links_of_menus_and_columns_need_words_that_are_seen(client, client_for, cast):
    desk, news = client_for(cast.editor), make_section("News")
    page = f"/cms/settings/cms/siteframe/{Site.objects.get(is_default_site=True).pk}/"

    def form(link, title="More"):
        column = {"title": title, "language": "", "links": streamfield_list([link])}
        return nested_form_data(
            {
                "main_menu": streamfield([("link", {**link, "icon": "page"})]),
                "footer": streamfield([("column", column)]),
                "tagline": "",
            }
        )

    link = {"label": HANGUL, "page": "", "address": "/search/", "language": ""}
    assert "An address needs words." in desk.post(page, form(link)).content.decode()
    titled = {**link, "label": "Find"}
    assert "A column needs a title." in desk.post(page, form(titled, title=HANGUL)).content.decode()
    assert desk.post(page, form({**link, "page": news.pk, "address": ""})).status_code == 302
    assert SiteFrame.objects.get().main_menu[0].value["label"] == "", "so that the page's own title stands there"


def streamfield_list(values):
    """The form of a list of blocks."""
    items = {str(number): {"value": value, "deleted": "", "order": str(number)} for number, value in enumerate(values)}
    return {"count": str(len(values)), **items}


def test_a_title_with_something_to_see_keeps_what_is_not_seen_in_it(client_for, cast):
    title = "👩\u200d👧 می\u200cخواهم"
    made = data_of(send(client_for(cast.fan), "post", "/api/posts", {"title": title, "content": "x"}), 201)
    assert made["title"] == title


def test_a_mark_holds_whole_signs(client, cast):
    title = "ด\u0e49\u0e49\u0e47\u0e47 stacked a\u0301"
    make_post(cast.fan, title)
    services.update_post(actor=cast.fan, post=PostPage.objects.get(), published=True)
    page = client.get("/search/", {"q": "ด stacked"}).content.decode()
    assert "<mark>ด\u0e49\u0e49\u0e47\u0e47</mark>" in page
    assert not re.search(r"</mark>[\u0300-\u036f\u0e31-\u0e4e]", page)
