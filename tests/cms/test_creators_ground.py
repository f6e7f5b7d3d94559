"""How the role of a creator gives ground in the admin and takes it, and where that ground ends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from cms import services
from cms.models import CreatorGround, CreatorPage, PostPage
from community.accounts import services as accounts
from community.accounts.choices import EDITORS, GROUP_OF_ROLE, Role, Status
from community.accounts.models import User
from tests.cms.test_admin import post_form
from tests.factories import PASSWORD, growing, make_post, make_section, make_user

pytestmark = pytest.mark.django_db


def desk_of(person):
    return reverse("wagtailadmin_explore", args=[person.creator_page.pk])


def edit(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def add(person, kind="postpage"):
    return reverse("wagtailadmin_pages:add", args=["cms", kind, person.creator_page.pk])


def rights_of(person):
    pages = GroupPagePermission.objects.filter(group__user=person).values_list("page_id", "permission__codename")
    files = GroupCollectionPermission.objects.filter(group__user=person)
    return set(pages), set(files.values_list("collection_id", "permission__codename"))


def test_the_role_opens_the_admin_and_the_own_group_gives_rights_at_the_own_node_only(cast):
    for person in (cast.creator, cast.verified_creator):
        role = Group.objects.get(name=GROUP_OF_ROLE[person.role])
        assert [right.codename for right in role.permissions.all()] == ["access_admin"]
        pages, files = rights_of(person)
        assert pages == {(person.creator_page.pk, f"{right}_page") for right in ("add", "change", "publish")}
        assert {collection for collection, _right in files} == {person.ground.collection_id}
        assert len(files) == 6
        assert not person.ground.group.permissions.exists()
        assert person.get_all_permissions() == {"wagtailadmin.access_admin"}
    assert cast.creator.ground.collection_id != cast.verified_creator.ground.collection_id


def test_losing_the_role_takes_every_right_and_getting_it_again_gives_the_same_ground(cast, client_for):
    person = cast.fan
    root = accounts.agree_to_terms(actor=User.objects.create_superuser("root_person", "root@people.example", PASSWORD))
    for role in (Role.CREATOR, Role.VERIFIED_CREATOR, Role.CREATOR):
        person = accounts.change_role(actor=root, person=person, role=role, reason="Their role")
    collection = CreatorGround.objects.get(person=person).collection_id
    desk = client_for(person)
    assert desk.get(desk_of(person)).status_code == 200
    for role in (Role.USER, Role.MODERATOR, Role.ADMIN):
        person = accounts.change_role(actor=root, person=person, role=role, reason="Their role")
        assert not Group.objects.filter(name=f"Creator {person.pk}").exists()
        names = set(person.groups.values_list("name", flat=True))
        assert names == ({GROUP_OF_ROLE[role]} if role in GROUP_OF_ROLE else set())
    person = accounts.change_role(actor=root, person=person, role=Role.USER, reason="Their role")
    assert rights_of(person) == (set(), set())
    assert desk.get(desk_of(person), follow=True).status_code == 403
    person = accounts.change_role(actor=root, person=person, role=Role.CREATOR, reason="Their role")
    assert CreatorGround.objects.get(person=person).collection_id == collection
    assert CreatorPage.objects.filter(person=person).count() == 1
    assert desk.get(desk_of(person)).status_code == 200


def test_giving_ground_twice_changes_nothing_and_takes_what_somebody_added(cast):
    person = cast.creator
    before = rights_of(person)
    group = person.ground.group
    group.user_set.add(cast.fan)
    home = services.site_root()
    right = GroupPagePermission.objects.filter(group=group).first().permission
    GroupPagePermission.objects.create(group=group, page_id=home.pk, permission=right)
    files = GroupCollectionPermission.objects.filter(group=group).first().permission
    GroupCollectionPermission.objects.create(group=group, collection=Collection.get_first_root_node(), permission=files)
    services.ensure_site_structure()
    services.give_ground(person=person)
    assert rights_of(person) == before
    assert list(group.user_set.all()) == [person]
    assert CreatorGround.objects.filter(person=person).count() == 1


def test_ground_comes_to_creators_from_before_and_after_somebody_deleted_their_group(cast):
    person = cast.creator
    person.ground.group.delete()
    services.ensure_site_structure()
    assert len(rights_of(person)[0]) == 3
    CreatorGround.objects.all().delete()
    services.ensure_site_structure()
    assert CreatorGround.objects.filter(person=person, group__isnull=False).exists()


def test_who_may_open_the_admin_is_remembered_for_seconds_only():
    from community.accounts.selectors import people

    assert people.REMEMBERED_SECONDS <= 5


def test_bulk_actions_work_on_own_posts_and_on_nothing_else(client_for, cast):
    person = cast.creator
    desk = client_for(person)
    own, foreign = make_post(person, "Own"), make_post(cast.fan, "Secret foreign")
    bulk = "/cms/bulk/wagtailcore/page/unpublish/"
    for query in (
        f"?id={foreign.pk}",
        f"?id={own.pk}&id={foreign.pk}",
        "?id=all",
        "?id=x",
        "?id=",
        "",
        f"?id=all&childOf={foreign.get_parent().pk}",
    ):
        for method in (desk.get, desk.post):
            answer = method(bulk + query)
            assert answer.status_code == 404, query
            assert "Secret" not in answer.content.decode()
    assert desk.post(f"{bulk}?id={own.pk}").status_code == 302
    assert PostPage.objects.get(pk=foreign.pk).live
    assert not PostPage.objects.get(pk=own.pk).live


def test_a_moderator_s_bin_is_not_opened_by_the_author(client_for, cast):
    post = make_post(cast.creator, "Taken away")
    services.delete_post(actor=cast.moderator, post=post)
    desk = client_for(cast.creator)
    assert "Taken away" not in desk.get("/cms/bin/").content.decode()
    desk.post("/cms/bin/", {"post": post.pk})
    for path in (edit(post), f"/cms/bulk/wagtailcore/page/publish/?id={post.pk}"):
        assert desk.post(path, {"action-publish": "1"}).status_code == 404
    post.refresh_from_db()
    assert post.deleted_at is not None
    assert not post.live


def test_suspended_creators_do_nothing_in_the_admin(client_for, cast):
    person = cast.creator
    desk = client_for(person)
    accounts.change_status(actor=cast.moderator, person=person, status=Status.SUSPENDED, reason="Spam")
    desk.force_login(type(person).objects.get(pk=person.pk))
    for path in ("/cms/", desk_of(person), "/cms/images/", "/cms/account/"):
        assert desk.get(path).status_code == 403, path
    assert desk.post(add(person), post_form("No")).status_code == 403


def test_creators_need_no_second_factor_where_staff_does(client_for, cast, settings):
    settings.STAFF_SECOND_FACTOR = True
    assert client_for(cast.creator).get(desk_of(cast.creator)).status_code == 200
    assert "/account/2fa/" in client_for(cast.editor).get("/cms/").headers["Location"]


def test_an_editor_who_is_a_creator_too_keeps_the_work_of_an_editor(client_for, cast):
    person = cast.creator
    person.groups.add(Group.objects.get(name=EDITORS))
    section = make_section()
    desk = client_for(person)
    assert desk.get("/cms/").status_code == 200
    assert desk.get(reverse("wagtailadmin_explore", args=[section.pk])).status_code == 200
    assert desk.get(add(person)).status_code == 200
    assert desk.get(edit(make_post(cast.fan, "Foreign"))).status_code in {302, 403}


def test_tags_of_drafts_of_others_are_not_completed(client_for, cast):
    make_post(cast.fan, "Out", tags=["stardust"])
    make_post(cast.fan, "Not out", published=False, tags=["starsecret"])
    mine = make_post(cast.creator, "Mine", tags=["starmine"])
    for post in (PostPage.objects.get(title="Not out"), mine):
        services.update_post(actor=post.author, post=post, published=True)
        services.unpublish_post(actor=post.author, post=post)
    found = client_for(cast.creator).get("/cms/tag-autocomplete/?term=star").json()
    assert found == ["stardust", "starmine"]
    assert len(client_for(cast.editor).get("/cms/tag-autocomplete/?term=star").json()) == 3
    assert client_for(cast.creator).get("/cms/tag-autocomplete/?term=%00").json() == []
    assert client_for(cast.fan).get("/cms/tag-autocomplete/?term=star").status_code == 302


def test_lists_of_creators_cost_the_same_however_much_there_is(flat_cost, client_for, cast):
    person = cast.creator

    grow_own, grow_foreign = growing(lambda _n: make_post(person)), growing(lambda _n: make_post(cast.fan))

    def grow(number):
        grow_own(number)
        grow_foreign(number)

    flat_cost(desk_of(person), "/cms/posts/", grow=grow, by=client_for(person))


@pytest.mark.django_db(transaction=True)
def test_many_become_creators_at_once(cast):
    people = [make_user() for _ in range(8)]

    def promote(person):
        try:
            accounts.change_role(actor=cast.admin, person=person, role=Role.CREATOR, reason="Their role")
        finally:
            connection.close()

    for _again in range(2):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(promote, people))
    grounds = CreatorGround.objects.filter(person__in=people)
    assert len({ground.collection_id for ground in grounds}) == 8
    assert len({ground.group_id for ground in grounds}) == 8
    assert not any(Collection.find_problems())
    assert not any(Page.find_problems())


@pytest.mark.django_db
def test_the_author_page_moves_with_the_user_name_and_old_addresses_lead_on(cast, client):
    person = cast.creator
    post = make_post(person, "The heron")
    page = person.creator_page
    page.headline = "A draft from before"
    page.save_revision(user=person)
    old_page, old_post = page.url, post.url
    person = accounts.change_username(actor=person, person=person, username="Heron_Friend")
    page.refresh_from_db()
    post.refresh_from_db()
    assert (page.slug, page.url) == ("heron_friend", "/creators/heron_friend/")
    assert post.url == "/creators/heron_friend/the-heron/"
    assert client.get(old_page)["Location"].endswith(page.url)
    assert client.get(old_post)["Location"].endswith(post.url)
    page.get_latest_revision().publish(user=person, skip_permission_checks=True)
    page.refresh_from_db()
    assert (page.slug, page.headline) == ("heron_friend", "A draft from before")
    assert client.get(page.url).status_code == 200
