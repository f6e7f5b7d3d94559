"""The admin's look, its lists and its first page; what somebody may not see is in none of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms import services
from cms.models import Announcement, CreatorPage, HomePage, PostPage, SectionPage, SeriesPage, StandardPage
from community.core import limits
from community.core.models import TargetCounts
from tests.factories import make_category, make_post, make_section, make_series

pytestmark = pytest.mark.django_db


def count(post, **numbers):
    TargetCounts.objects.filter(target_kind="post", target_id=post.pk).update(**numbers)


def read(response):
    assert response.status_code == 200, response.content[:500]
    return response.content.decode()


def test_the_admin_bears_the_sites_name_mark_and_letters(client_for, cast):
    page = read(client_for(cast.editor).get("/cms/"))
    assert "<title>Dashboard - Sparkle Universe</title>" in page
    assert "css/admin.css" in page
    assert "icons/favicon.svg" in page
    assert 'class="desk-brand"' in page
    assert "Good to see you, editor" in page
    assert "/static/wagtailadmin/images/favicon.ico" not in page


def test_the_first_page_shows_what_waits_and_how_the_week_went(client_for, cast):
    section = make_section()
    make_post(cast.editor, "Half a thought", published=False, parent=section)
    later = make_post(cast.editor, "For Sunday", published=False, parent=section)
    later.go_live_at = timezone.now() + timedelta(days=2)
    later.save_revision().publish()
    make_post(cast.fan, "Somebody else's draft", published=False)
    make_post(cast.fan)
    page = read(client_for(cast.editor).get("/cms/"))
    assert "Half a thought" in page
    begun, scheduled = page.index("What you have begun"), page.index("What goes out by itself")
    assert begun < page.index("Half a thought") < scheduled < page.index("For Sunday")
    assert "Somebody else" not in page
    assert "<dt>New posts in seven days</dt><dd>1</dd>" in page
    assert "<dt>New members</dt>" in page


@pytest.mark.long
def test_the_first_page_costs_the_same_with_many_drafts(client_for, cast, flat_cost):
    section = make_section()

    def grow(number):
        with limits.lifted():
            for _n in range(number):
                make_post(cast.editor, published=False, parent=section)
                due = make_post(cast.editor, published=False, parent=section)
                due.go_live_at = timezone.now() + timedelta(days=2)
                due.save_revision().publish()

    grow(5)  # five of a kind are shown
    flat_cost("/cms/", grow=grow, by=client_for(cast.editor))


def test_posts_have_a_list_of_their_own_with_their_numbers(client_for, cast):
    few = make_post(cast.fan, "Hardly read")
    many = make_post(cast.creator, "Read by many")
    count(few, views=7)
    count(many, views=12_345, reactions=6, comments=4)
    desk = client_for(cast.editor)
    assert "/cms/posts/" in read(desk.get("/cms/"))
    page = read(desk.get("/cms/posts/?ordering=-shown_views"))
    assert '<span title="12345">12.3K</span>' in page
    assert page.index("Read by many") < page.index("Hardly read")
    page = read(desk.get("/cms/posts/?ordering=shown_views"))
    assert page.index("Hardly read") < page.index("Read by many")
    assert "Hardly read" not in read(desk.get("/cms/posts/?q=many&ordering=-shown_views"))


def test_the_list_of_posts_is_filtered(client_for, cast):
    films = make_category("Films")
    make_post(cast.fan, "About films", category=films)
    german = make_post(cast.creator, "Über Lampen")
    PostPage.objects.filter(pk=german.pk).update(language="de")
    make_post(cast.editor, "Not out yet", published=False, parent=make_section())
    desk = client_for(cast.editor)

    def found(query):
        page = read(desk.get(f"/cms/posts/?{query}"))
        return {title for title in ("About films", "Über Lampen", "Not out yet") if title in page}

    assert found(f"category={films.pk}") == {"About films"}
    assert found("language=de") == {"Über Lampen"}
    assert found("live=False") == {"Not out yet"}
    assert found("author=FAN") == {"About films"}
    assert found("author=@fan") == {"About films"}
    assert found("author=nobody") == set()
    assert found("author=%00&category=x&language=xx&live=perhaps&ordering=secret&p=9999") == {
        "About films",
        "Über Lampen",
        "Not out yet",
    }


@pytest.mark.long
def test_the_lists_of_pages_cost_the_same_with_many_rows(client_for, cast, flat_cost):
    section = make_section()

    def grow(number):
        with limits.lifted():
            for _n in range(number):
                make_post(cast.editor, parent=section)
                make_post(cast.fan)

    author_page = services.ensure_author_page(person=cast.fan)
    flat_cost(
        "/cms/posts/",
        "/cms/posts/?q=text",
        f"/cms/pages/{section.pk}/",
        f"/cms/pages/{author_page.pk}/",
        grow=grow,
        by=client_for(cast.editor),
    )


def test_the_explorer_shows_types_with_icons_and_numbers_of_posts(client_for, cast):
    section = make_section()
    post = make_post(cast.editor, "Counted", parent=section)
    count(post, views=1_500)
    services.add_page(parent=section, page=SeriesPage(title="Serial things"))
    desk = client_for(cast.editor)
    page = read(desk.get(f"/cms/pages/{section.pk}/"))
    assert "Serial things" in page
    assert "#icon-list-ol" in page
    assert page.count('class="desk-number"><span') == 3, "numbers stand beside posts only"
    assert '<span title="1500">1.5K</span>' in page
    assert "#icon-doc-full" in page
    assert "#icon-folder-open-inverse" in read(desk.get(f"/cms/pages/{section.get_parent().pk}/"))


def test_what_can_be_made_is_shown_with_icon_and_description(client_for, cast):
    page = read(client_for(cast.editor).get(reverse("wagtailadmin_pages:add_subpage", args=[make_section().pk])))
    for type_of_page in (PostPage, SectionPage, SeriesPage):
        assert str(type_of_page.page_description) in page
        assert f"#icon-{type_of_page.admin_icon}" in page
    icons = [kind.admin_icon for kind in (HomePage, CreatorPage, PostPage, SectionPage, SeriesPage, StandardPage)]
    assert len(set(icons)) == len(icons)


def test_an_authors_draft_and_the_bin_are_nowhere_in_an_editors_admin(client_for, cast):
    live = make_post(cast.fan, "Open words")
    draft = make_post(cast.fan, "Hidden-draft", published=False)
    binned = make_post(cast.fan, "Hidden-bin")
    services.delete_post(actor=cast.fan, post=binned)
    draft.save_revision(user=cast.editor)  # an old editor of it
    section = make_section()
    desk = client_for(cast.editor)
    paths = [
        "/cms/",
        "/cms/posts/",
        "/cms/posts/?q=hidden",
        "/cms/posts/?export=csv",
        f"/cms/pages/{live.get_parent().pk}/",
        "/cms/pages/?q=hidden&search_all=1",
        "/cms/pages/search/?q=hidden",
        "/cms/pages/usage/cms/postpage/",
        "/cms/choose-page/",
        f"/cms/choose-page/{live.get_parent().pk}/?page_type=cms.postpage",
        "/cms/choose-page/search/?q=hidden&page_type=cms.postpage",
        "/cms/reports/site-history/",
        "/cms/reports/aging-pages/",
        "/cms/reports/locked/",
        "/cms/reports/page-types-usage/",
        "/cms/reports/page-types-usage/results/",
        "/cms/reports/page-types-usage/?export=csv",
        "/cms/api/main/pages/?search=hidden",
        f"/cms/api/main/pages/?child_of={live.get_parent().pk}&for_explorer=1",
        "/cms/bin/",
    ]
    for path in paths:
        response = desk.get(path, headers={"X-Requested-With": "XMLHttpRequest"} if "choose" in path else {})
        assert response.status_code in {200, 302}, path
        content = b"".join(response) if response.streaming else response.content
        assert b"Hidden-" not in content, path
    assert "Open words" in read(desk.get("/cms/posts/"))
    assert Page.objects.filter(pk=section.pk).exists()


def test_an_author_finds_the_own_draft_in_the_list(client_for, cast):
    make_post(cast.editor, "My own draft", published=False)
    assert "My own draft" in read(client_for(cast.editor).get("/cms/posts/"))


def test_an_administrator_finds_everything_but_the_bin(client_for, cast):
    make_post(cast.fan, "Fan's draft", published=False)
    binned = make_post(cast.fan, "Thrown away")
    services.delete_post(actor=cast.fan, post=binned)
    for path in ("/cms/posts/", "/cms/pages/usage/cms/postpage/"):
        page = read(client_for(cast.admin).get(path))
        assert "Fan&#x27;s draft" in page
        assert "Thrown away" not in page


def test_pages_and_snippets_are_previewed_at_the_widths_of_the_site(client_for, cast):
    desk = client_for(cast.editor)
    post = make_post(cast.editor, parent=make_section())
    page = read(desk.get(reverse("wagtailadmin_pages:edit", args=[post.pk])))
    for width in (390, 820, 1280):
        assert f'data-device-width="{width}"' in page
    assert 'data-device-width="390"' in read(desk.get("/cms/snippets/cms/announcement/add/"))


def test_an_announcement_is_seen_before_it_is_saved(client_for, cast):
    desk = client_for(cast.editor)
    form = {
        "text": "We are <b>live</b> on Sunday",
        "level": "success",
        "audience": "creators",
        "dismissible": "on",
        "link_text": "See when",
        "link_address": "/about/",
    }
    assert desk.post("/cms/snippets/cms/announcement/preview/", form).json() == {
        "is_valid": True,
        "is_available": True,
    }
    page = read(desk.get("/cms/snippets/cms/announcement/preview/"))
    assert "We are &lt;b&gt;live&lt;/b&gt; on Sunday" in page
    assert "announcement--success" in page
    assert 'href="/about/"' in page
    assert not Announcement.objects.exists()


def test_reusable_content_is_seen_before_it_is_saved(client_for, cast):
    desk = client_for(cast.editor)
    form = nested_form_data(
        {
            "name": "House rules",
            "slug": "rules",
            "body": streamfield([("rich_text", rich_text("<p>Be <b>kind</b>.</p>"))]),
        }
    )
    assert desk.post("/cms/snippets/cms/reusablecontent/preview/", form).json()["is_valid"]
    assert "Be <b>kind</b>." in read(desk.get("/cms/snippets/cms/reusablecontent/preview/"))


def test_a_preview_shows_nothing_to_people_outside(client, client_for, cast):
    for visitor in (client, client_for(cast.fan)):
        assert visitor.get("/cms/snippets/cms/announcement/preview/").status_code == 302


def test_series_of_others_are_no_place_for_an_editors_post(client_for, cast):
    series = make_series(cast.fan, "Not yours")
    page = read(client_for(cast.editor).get("/cms/posts/choose_parent/"))
    assert f'value="{series.pk}"' not in page
