"""The Wagtail admin, as editors, administrators and everybody else meet it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms import services
from cms.models import Category, PostPage
from community.accounts import services as accounts
from community.accounts.choices import Status
from tests.factories import make_category, make_post, make_section

pytestmark = pytest.mark.django_db


def post_form(title, *, text="<p>Words</p>", **more):
    return nested_form_data(
        {
            "title": title,
            "slug": more.pop("slug", "a-slug"),
            "excerpt": "",
            "video": "",
            "cover_image": "",
            "body": streamfield([("rich_text", rich_text(text))]),
            "category": "",
            "tags": more.pop("tags", ""),
            "language": "en",
            "content_warning": "",
            "original_url": "",
            "seo_title": "",
            "search_description": "",
            "comments_enabled": "on",
            "comments": inline_formset([]),
            **more,
        }
    )


def test_the_admin_has_no_sign_in_of_its_own(client, cast):
    for path in ("/cms/", "/cms/login/", "/cms/pages/", "/django-admin/", "/django-admin/login/", "/_util/login/"):
        response = client.get(path, follow=True)
        assert response.redirect_chain[-1][0].startswith("/account/login/"), path
    for path in ("/cms/login/", "/django-admin/login/", "/_util/login/"):
        client.post(path, {"username": "admin", "password": "Curtain-Rises-2026!", "login": "admin"})
        assert "_auth_user_id" not in client.session


def test_only_creators_and_staff_reach_the_admin(client_for, cast):
    visitor = client_for(cast.fan)
    answer = visitor.get("/cms/", follow=True)
    assert answer.status_code == 403
    assert "This door is not open to you" in answer.content.decode()
    assert "permission to access the admin" not in visitor.get("/").content.decode(), "said once"
    assert client_for(cast.suspended).get("/cms/", follow=True).redirect_chain[-1][0] == "/account/suspended/"
    for person in (cast.editor, cast.admin, cast.moderator):
        assert client_for(person).get("/cms/").status_code == 200, person
    for person in (cast.creator, cast.verified_creator):
        assert client_for(person).get("/cms/", follow=True).status_code == 200, person


def test_an_editor_writes_publishes_and_changes_a_post_in_a_section(client, client_for, cast):
    section = make_section()
    desk = client_for(cast.editor)
    add = reverse("wagtailadmin_pages:add", args=["cms", "postpage", section.pk])
    assert desk.get(add).status_code == 200
    response = desk.post(
        add,
        post_form(
            "From the desk", text="<p>Hi <b onclick='x()'>all</b></p>", tags="One, Two", **{"action-publish": "1"}
        ),
    )
    assert response.status_code == 302, response.content
    post = PostPage.objects.get(title="From the desk")
    assert post.live
    assert post.author == cast.editor
    assert post.body[0].value.source == "<p>Hi <b>all</b></p>"
    assert sorted(tag.name for tag in post.tags.all()) == ["One", "Two"]
    assert "From the desk" in client.get(post.url).content.decode()

    edit = reverse("wagtailadmin_pages:edit", args=[post.pk])
    form = post_form("Changed", slug=post.slug, loaded_revision_id=post.latest_revision_id, **{"action-publish": "1"})
    assert desk.post(edit, form).status_code == 302
    assert PostPage.objects.get(pk=post.pk).title == "Changed"


def test_a_save_from_an_older_version_is_refused_with_both_texts(client_for, cast):
    post = services.create_post(
        actor=cast.editor, title="First", content="<p>a</p>", published=True, parent=make_section()
    )
    stale = post.latest_revision_id
    services.update_post(actor=cast.editor, post=post, title="Theirs", content="<p>Their words</p>")
    desk = client_for(cast.editor)
    edit = reverse("wagtailadmin_pages:edit", args=[post.pk])
    form = post_form("Mine", text="<p>My words</p>", slug=post.slug, loaded_revision_id=stale)
    response = desk.post(edit, form)
    page = response.content.decode()
    assert response.status_code == 409
    for words in ("Mine", "My words", "Theirs", "Their words"):
        assert words in page
    assert PostPage.objects.get(pk=post.pk).title == "Theirs"


def test_delete_in_the_admin_goes_to_the_bin(client_for, cast):
    post = services.create_post(actor=cast.editor, title="Gone", content="x", published=True, parent=make_section())
    desk = client_for(cast.editor)
    response = desk.post(reverse("wagtailadmin_pages:delete", args=[post.pk]))
    assert response.status_code == 302
    post.refresh_from_db()
    assert post.deleted_at is not None
    assert not post.live
    explorer = desk.get(reverse("wagtailadmin_explore", args=[post.get_parent().pk])).content.decode()
    assert f"/cms/pages/{post.pk}/edit/" not in explorer


def test_bulk_delete_in_the_admin_goes_to_the_bin(client_for, cast):
    section = make_section()
    posts = [
        services.create_post(actor=cast.editor, title=f"Gone {n}", content="x", published=True, parent=section)
        for n in range(2)
    ]
    desk = client_for(cast.editor)
    query = "&".join(f"id={post.pk}" for post in posts)
    desk.post(f"/cms/bulk/wagtailcore/page/delete/?{query}", {"cascade_delete": ""})
    assert PostPage.objects.filter(deleted_at__isnull=False).count() == 2


def test_editors_do_not_reach_into_authors_pages(client_for, cast):
    live = make_post(cast.fan, "Fan words")
    draft = make_post(cast.fan, "Secret draft", published=False)
    desk = client_for(cast.editor)
    for post in (live, draft):
        for name in ("edit", "delete", "unpublish", "history", "copy", "move"):
            response = desk.get(reverse(f"wagtailadmin_pages:{name}", args=[post.pk]))
            assert response.status_code in {302, 403}, name
            assert "Secret draft" not in response.content.decode()
    explorer = desk.get(reverse("wagtailadmin_explore", args=[live.get_parent().pk])).content.decode()
    assert "Secret draft" not in explorer


def test_an_administrator_edits_everything(client_for, cast):
    post = make_post(cast.fan)
    office = client_for(cast.admin)
    assert office.get(reverse("wagtailadmin_pages:edit", args=[post.pk])).status_code == 200


def test_editors_keep_categories(client_for, cast):
    desk = client_for(cast.editor)
    response = desk.post(
        "/cms/snippets/cms/category/add/",
        {
            "name": "Films",
            "slug": "films",
            "description": "",
            "colour": "#7c4df0",
            "icon": "",
            "parent": "",
            "order": 1,
        },
    )
    assert response.status_code == 302, response.content[:2000]
    assert Category.objects.get().slug == "films"
    assert desk.get("/cms/snippets/cms/category/").status_code == 200
    bad = {"name": "", "slug": "films", "colour": "red", "order": -1}
    assert desk.post("/cms/snippets/cms/category/add/", bad).status_code == 200
    assert Category.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/cms/",
        "/cms/pages/",
        "/cms/images/",
        "/cms/documents/",
        "/cms/reports/site-history/",
        "/cms/account/",
        "/cms/redirects/",
    ],
)
def test_pages_of_the_admin_open_for_administrators(client_for, cast, path):
    make_category()
    assert client_for(cast.admin).get(path).status_code == 200


def test_preview_shows_the_draft_in_the_sites_look_and_in_a_frame(client_for, cast):
    post = services.create_post(actor=cast.editor, title="Old", content="x", published=True, parent=make_section())
    desk = client_for(cast.editor)
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[post.pk])
    stored = desk.post(url, post_form("New in preview", slug=post.slug))
    assert stored.json()["is_valid"], stored.content
    response = desk.get(url)
    assert "New in preview" in response.content.decode()
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_page_cannot_take_an_address_of_the_site(client_for, cast, home):
    desk = client_for(cast.admin)
    add = reverse("wagtailadmin_pages:add", args=["cms", "sectionpage", home.pk])
    form = nested_form_data({"title": "Search", "slug": "search", "introduction": "", "comments": inline_formset([])})
    response = desk.post(add, {**form, "action-publish": "1"})
    assert response.status_code == 200
    assert "uses this address itself" in response.content.decode()


def test_the_bin_shows_what_one_may_bring_back_and_does_it(client_for, cast):
    section = make_section()
    post = services.create_post(actor=cast.editor, title="Desk words", content="x", published=True, parent=section)
    private = make_post(cast.fan, "Fan words")
    services.delete_post(actor=cast.editor, post=post)
    services.delete_post(actor=cast.fan, post=private)
    desk, office = client_for(cast.editor), client_for(cast.admin)
    listing = desk.get("/cms/bin/").content.decode()
    assert "Desk words" in listing
    assert "Fan words" not in listing
    assert "Fan words" in office.get("/cms/bin/").content.decode()
    for number in (private.pk, 0, "x", -1, 10**30):
        desk.post("/cms/bin/", {"post": number})
    assert PostPage.objects.get(pk=private.pk).deleted_at is not None
    desk.post("/cms/bin/", {"post": post.pk})
    back = PostPage.objects.get(pk=post.pk)
    assert back.deleted_at is None
    assert not back.live
    assert client_for(cast.fan).get("/cms/bin/").status_code == 302
    assert desk.get("/cms/bin/?p=99").status_code == 404


@pytest.mark.parametrize("action", ["delete", "publish", "unpublish", "move"])
def test_bulk_actions_of_editors_do_not_reach_into_authors_pages(client_for, cast, action):
    live, draft = make_post(cast.fan, "Fan words"), make_post(cast.fan, "Secret draft", published=False)
    section = make_section()
    desk = client_for(cast.editor)
    for post in (live, draft):
        address = f"/cms/bulk/wagtailcore/page/{action}/?id={post.pk}"
        assert "Secret draft" not in desk.get(address).content.decode()
        desk.post(address, {"chooser": section.pk, "move_applicable": "on"})
        after = PostPage.objects.get(pk=post.pk)
        assert (after.live, after.path, after.deleted_at) == (post.live, post.path, None)


def test_who_has_no_place_to_write_at_sees_no_way_to_it(cast, client_for):
    for person, writes in ((cast.creator, True), (cast.editor, True), (cast.admin, True), (cast.moderator, False)):
        shown = client_for(person).get("/latest/").content.decode()
        assert ('href="/cms/write/"' in shown) is writes, person
        assert 'href="/cms/"' in shown, person
    assert "/cms/" not in client_for(cast.fan).get("/latest/").content.decode()


def test_a_suspended_editor_does_not_work_in_the_admin(cast, client_for):
    person = cast.editor
    post = make_post(person, "Before", parent=make_section())
    accounts.change_status(actor=None, person=person, status=Status.SUSPENDED, system=True)
    desk = client_for(person)
    edit = f"/cms/pages/{post.pk}/edit/"
    for answer in (desk.get("/cms/", follow=True), desk.get(edit, follow=True)):
        assert answer.redirect_chain[-1][0] == "/account/suspended/"
    for address in (edit, "/cms/images/add/", "/cms/snippets/cms/category/add/"):
        assert desk.post(address, {"title": "After", "name": "After"}).headers["Location"].startswith("/cms/login/")
    post.refresh_from_db()
    assert (post.title, post.latest_revision.content["title"]) == ("Before", "Before")
    assert 'href="/cms/"' not in desk.get("/latest/").content.decode()
    accounts.change_status(actor=None, person=person, status=Status.ACTIVE, system=True)
    assert client_for(person).get(edit).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_same_new_page_sent_twice_at_once_is_stored_twice_under_two_addresses(client_for, cast):
    """An autosave that is still on its way when "Publish" is pressed, or two editors with one title."""
    section = make_section()
    address = reverse("wagtailadmin_pages:add", args=["cms", "postpage", section.pk])
    publish = {"action-publish": "action-publish"}
    visitors, together, answers = [client_for(cast.editor) for _ in range(3)], threading.Barrier(3), []

    def send(visitor, more):
        try:
            together.wait()
            answers.append(visitor.post(address, post_form("At once", slug="at-once", **more)).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=pair) for pair in zip(visitors, [{}, publish, publish], strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Whoever came so late that the address was already taken when it was checked is told so in the form.
    assert set(answers) <= {200, 302}
    assert 302 in answers
    posts = PostPage.objects.child_of(section).filter(title="At once")
    assert posts.count() == answers.count(302)
    assert len(set(posts.values_list("slug", flat=True))) == posts.count()
