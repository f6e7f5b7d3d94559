"""Series in the admin: made, ordered and dissolved by those who may, as through the API."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from cms import services
from cms.models import PostPage, SeriesPage
from community.core.integrity import run_checks
from tests.factories import make_post, make_section, make_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_for, cast):
    """A creator whose own group has rights on their own page, and nowhere else."""
    group = Group.objects.create(name="A creator's own page")
    group.permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))
    page = services.ensure_author_page(person=cast.creator)
    for name in ("add_page", "change_page", "publish_page", "bulk_delete_page"):
        right = Permission.objects.get(content_type__app_label="wagtailcore", codename=name)
        GroupPagePermission.objects.create(group=group, page=page, permission=right)
    cast.creator.groups.add(group)
    return client_for(cast.creator)


def series_form(title, slug):
    form = {"title": title, "slug": slug, "introduction": "Ten.", "cover_image": "", "comments": inline_formset([])}
    return nested_form_data({**form, "seo_title": "", "search_description": "", "action-publish": "1"})


def test_a_creator_makes_a_series_below_the_own_page_and_nowhere_else(desk, client, cast):
    own, foreign = (services.ensure_author_page(person=person) for person in (cast.creator, cast.fan))
    address = reverse("wagtailadmin_pages:add", args=["cms", "seriespage", own.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, series_form("Night walks", "night-walks")).status_code == 302
    series = SeriesPage.objects.get()
    assert (series.live, series.owner, series.get_parent().pk) == (True, cast.creator, own.pk)
    assert "Night walks" in client.get("/creators/creator/night-walks/").content.decode()
    for place in (foreign, make_section()):
        address = reverse("wagtailadmin_pages:add", args=["cms", "seriespage", place.pk])
        assert desk.post(address, series_form("Intruder", "intruder")).status_code == 302
    assert SeriesPage.objects.count() == 1


def test_a_creator_orders_the_parts_by_hand(desk, client, cast):
    series = make_series(cast.creator)
    posts = [make_post(cast.creator, title, parent=series) for title in ("One", "Two", "Three")]
    assert desk.get(f"{reverse('wagtailadmin_explore', args=[series.pk])}?ordering=ord").status_code == 200
    address = reverse("wagtailadmin_pages:set_page_position", args=[posts[2].pk])
    assert desk.post(f"{address}?position=0").status_code == 200
    page = client.get(series.url).content.decode()
    assert page.index("Three") < page.index("One") < page.index("Two")


def test_deleting_a_series_in_the_admin_leaves_its_posts(desk, client_for, cast):
    series = make_series(cast.creator)
    post = make_post(cast.creator, "One", parent=series)
    draft = make_post(cast.creator, "Two", parent=series, published=False)
    address = reverse("wagtailadmin_pages:delete", args=[series.pk])
    assert "The posts of this series stay" in desk.get(address).content.decode()
    assert desk.post(address).status_code == 302
    assert not SeriesPage.objects.exists()
    assert {page.get_parent().slug for page in PostPage.objects.filter(pk__in=[post.pk, draft.pk])} == {"creator"}
    foreign = make_series(cast.fan)
    desk.post(reverse("wagtailadmin_pages:delete", args=[foreign.pk]))
    assert SeriesPage.objects.get().pk == foreign.pk
    assert not run_checks(["page-tree", "series"])


def test_deleting_many_series_at_once_leaves_their_posts_too(client_for, cast):
    series = [make_series(cast.fan, f"Series {number}") for number in range(2)]
    posts = [make_post(cast.fan, parent=one) for one in series]
    query = "&".join(f"id={page.pk}" for page in (*series, posts[0]))
    client_for(cast.admin).post(f"/cms/bulk/wagtailcore/page/delete/?{query}", {"cascade_delete": ""})
    assert not SeriesPage.objects.exists()
    assert PostPage.objects.get(pk=posts[1].pk).live
    assert PostPage.objects.get(pk=posts[0].pk).deleted_at is not None


def test_the_authors_own_page_leads_to_a_new_series(client, client_for, cast):
    page = services.ensure_author_page(person=cast.admin)
    office = client_for(cast.admin)
    assert 'href="/cms/write-series/"' in office.get(page.url).content.decode()
    answer = office.get("/cms/write-series/")
    assert answer["Location"] == reverse("wagtailadmin_pages:add", args=["cms", "seriespage", page.pk])
    assert office.get(answer["Location"]).status_code == 200
    other = services.ensure_author_page(person=cast.fan)
    for who, address in ((client, page.url), (client_for(cast.fan), other.url), (office, other.url)):
        assert "write-series" not in who.get(address).content.decode()
