"""The admin as creators use it: their page, posts, pictures and files."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission
from wagtail.rich_text import RichText
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.models import CreatorPage, CustomDocument, CustomImage, PostPage, ReusableContent
from community.accounts.selectors import may_open_admin
from tests.cms.test_admin import post_form
from tests.factories import make_category, make_image, make_post, make_series
from tests.support.pictures import photograph

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


def picture():
    return SimpleUploadedFile("mine.jpg", photograph().read(), content_type="image/jpeg")


def own_image(person, title="Own", **values):
    image = make_image(title)
    image.collection, image.uploaded_by_user = person.ground.collection, person
    image.save()
    return image


@pytest.mark.parametrize("path", ["/cms/", "/cms/pages/"])
def test_creators_land_on_their_own_page_with_few_things_in_the_menu(client_for, cast, path):
    person = cast.creator
    post = make_post(person, "My own words")
    make_post(cast.fan, "Words of a fan")
    desk = client_for(person)
    assert may_open_admin(person)
    answer = desk.get(path)
    assert answer.headers["Location"] == desk_of(person)
    page = desk.get(desk_of(person)).content.decode()
    assert "My own words" in page
    assert edit(post) in page
    for name in ("Images", "Documents", "Posts", "My page", "Bin"):
        assert f'"{name}"' in page, name
    for name in ("Reports", "Settings", "Snippets", "Categories", "Announcements", "Help"):
        assert f'"{name}"' not in page, name
    for address in ("/cms/images/", "/cms/documents/", "/cms/posts/", "/cms/bin/", "/cms/account/"):
        assert desk.get(address).status_code == 200, address
    listed = desk.get("/cms/posts/").content.decode()
    assert "My own words" in listed
    assert "Words of a fan" not in listed
    assert desk.get("/cms/write/").headers["Location"] == add(person)


def test_a_creator_writes_previews_publishes_changes_and_bins_a_post(client, client_for, cast):
    person = cast.creator
    desk = client_for(person)
    category = make_category("Films")
    form = desk.get(add(person)).content.decode()
    assert "Films" in form
    for name in ("author", "go_live_at", "expire_at", "featured_until", "show_in_menus"):
        assert f'name="{name}"' not in form, name
    stored = desk.post(
        reverse("wagtailadmin_pages:preview_on_add", args=["cms", "postpage", person.creator_page.pk]),
        post_form("From my desk"),
    )
    assert stored.json()["is_valid"], stored.content
    image = own_image(person)
    sent = post_form(
        "From my desk",
        category=category.pk,
        cover_image=image.pk,
        author=cast.fan.pk,
        featured_until="2030-01-01 10:00",
        **{"action-publish": "1"},
    )
    answer = desk.post(add(person), sent)
    assert answer.status_code == 302, answer.content[:3000]
    post = PostPage.objects.get(title="From my desk")
    assert (post.live, post.author, post.category, post.cover_image_id) == (True, person, category, image.pk)
    assert post.featured_until is None
    assert "From my desk" in client.get(post.url).content.decode()

    form = post_form(
        "Changed",
        slug=post.slug,
        loaded_revision_id=post.latest_revision_id,
        author=cast.fan.pk,
        **{"action-publish": "1"},
    )
    assert desk.post(edit(post), form).status_code == 302
    post = PostPage.objects.get(pk=post.pk)
    assert (post.title, post.author) == ("Changed", person)
    for name in ("history", "revisions_index", "copy", "move", "unpublish", "delete", "usage"):
        assert desk.get(reverse(f"wagtailadmin_pages:{name}", args=[post.pk])).status_code in {200, 302}, name
    compare = reverse("wagtailadmin_pages:revisions_compare", args=[post.pk, "earliest", "latest"])
    assert "Changed" in desk.get(compare).content.decode()
    assert desk.post(reverse("wagtailadmin_pages:delete", args=[post.pk])).status_code == 302
    post.refresh_from_db()
    assert post.deleted_at is not None
    assert "Changed" in desk.get("/cms/bin/").content.decode()
    assert desk.get(edit(post)).status_code == 404, "what lies in the bin is brought back first"
    desk.post("/cms/bin/", {"post": post.pk})
    assert PostPage.objects.get(pk=post.pk).deleted_at is None


def test_verified_creators_schedule_and_others_do_not(client_for, cast):
    later = timezone.now() + timedelta(days=2)
    for person, waits in ((cast.verified_creator, True), (cast.creator, False)):
        desk = client_for(person)
        form = desk.get(add(person)).content.decode()
        assert ('name="go_live_at"' in form) is waits
        sent = post_form(
            f"By {person.username}", go_live_at=later.strftime("%Y-%m-%d %H:%M"), **{"action-publish": "1"}
        )
        assert desk.post(add(person), sent).status_code == 302
        post = PostPage.objects.get(title=f"By {person.username}")
        assert post.live is not waits
        assert post.revisions.filter(approved_go_live_at__isnull=False).exists() is waits


def test_verified_creators_make_series_and_others_do_not(client_for, cast):
    for person, status in ((cast.verified_creator, 200), (cast.creator, 404)):
        desk = client_for(person)
        assert desk.get(add(person, "seriespage")).status_code == status
        sent = desk.post(add(person, "seriespage"), {"title": "x", "slug": "x"})
        assert sent.status_code == (302 if status == 200 else 404)
        subpage = desk.get(reverse("wagtailadmin_pages:add_subpage", args=[person.creator_page.pk]))
        assert subpage.status_code == (200 if status == 200 else 302)
    series = make_series(cast.creator, "From before")
    copy = reverse("wagtailadmin_pages:copy", args=[series.pk])
    assert client_for(cast.creator).get(copy).headers["Location"] == "/cms/"


def test_a_post_moves_into_the_own_series_and_not_elsewhere(client_for, cast):
    person = cast.verified_creator
    post, series, foreign = make_post(person, "Part"), make_series(person, "Walks"), make_series(cast.creator, "No")
    desk = client_for(person)
    confirm = "wagtailadmin_pages:move_confirm"
    assert desk.post(reverse(confirm, args=[post.pk, foreign.pk])).status_code == 404
    assert desk.post(reverse(confirm, args=[post.pk, series.pk])).status_code == 302
    assert PostPage.objects.get(pk=post.pk).get_parent().pk == series.pk


def test_the_own_page_is_edited_and_stays_where_it_is(client_for, cast):
    person = cast.creator
    page = person.creator_page
    desk = client_for(person)
    form = desk.get(edit(page)).content.decode()
    for name in ("person", "slug", "show_in_menus"):
        assert f'name="{name}"' not in form, name
    sent = nested_form_data(
        {
            "title": page.title,
            "headline": "Films and walks",
            "about": rich_text("<p>Me</p>"),
            "banner": "",
            "pinned_post": "",
            "person": cast.fan.pk,
            "slug": "other",
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
            "action-publish": "1",
        }
    )
    assert desk.post(edit(page), sent).status_code == 302
    page = CreatorPage.objects.get(pk=page.pk)
    assert (page.headline, page.person, page.slug) == ("Films and walks", person, "creator")
    for name in ("delete", "move", "copy", "unpublish"):
        for method in (desk.get, desk.post):
            assert method(reverse(f"wagtailadmin_pages:{name}", args=[page.pk])).status_code == 404, name
    for action in ("delete", "unpublish", "move"):
        assert desk.post(f"/cms/bulk/wagtailcore/page/{action}/?id={page.pk}").status_code == 404
    assert CreatorPage.objects.get(pk=page.pk).live


@pytest.mark.parametrize("door", ["save", "preview", "invalid"])
def test_what_is_not_theirs_cannot_be_chosen_and_its_title_does_not_come_back(client_for, cast, door):
    person = cast.creator
    desk = client_for(person)
    picture = make_image("Secret picture")
    paper = CustomDocument.objects.create(title="Secret paper", file=ContentFile(b"x", name="paper.txt"))
    words = ReusableContent.objects.create(name="Secret words", slug="secret")
    draft = make_post(cast.fan, "Secret draft", published=False)
    link = f'<p><a linktype="page" id="{draft.pk}">look</a></p>'
    blocks = {
        "cover": {"cover_image": picture.pk},
        "picture": {"body": streamfield([("image", {"image": picture.pk, "caption": "", "alt": "x"})])},
        "document": {"body": streamfield([("file", {"document": paper.pk, "title": ""})])},
        "reusable": {"body": streamfield([("reusable", words.pk)])},
        "link": {"body": streamfield([("rich_text", rich_text(link))])},
    }
    url = add(person)
    if door == "preview":
        url = reverse("wagtailadmin_pages:preview_on_add", args=["cms", "postpage", person.creator_page.pk])
    for name, fields in blocks.items():
        title = "" if door == "invalid" else f"With {name}"
        sent = {**post_form(title), **nested_form_data(fields), "action-publish": "1"}
        answer = desk.post(url, sent)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/cms/"), name
        assert "Secret" not in answer.content.decode(), name
    assert not PostPage.objects.filter(author=person).exists()


def test_own_pictures_and_links_to_what_everybody_reads_are_taken(client_for, cast):
    person = cast.creator
    desk = client_for(person)
    live = make_post(cast.fan, "Out")
    link = f'<p><a linktype="page" id="{live.pk}">look</a></p>'
    fields = {
        "body": streamfield(
            [("rich_text", rich_text(link)), ("image", {"image": own_image(person).pk, "caption": "", "alt": "x"})]
        )
    }
    sent = {**post_form("Both"), **nested_form_data(fields), "action-publish": "1"}
    assert desk.post(add(person), sent).status_code == 302
    # What an editor of the site has put in stays when the author saves.
    post = PostPage.objects.get(title="Both")
    post.cover_image = make_image("From the site")
    post.save_revision().publish()
    post.refresh_from_db()
    sent = post_form(
        "Still",
        slug=post.slug,
        cover_image=post.cover_image_id,
        loaded_revision_id=post.latest_revision_id,
        **{"action-publish": "1"},
    )
    assert desk.post(edit(post), sent).status_code == 302


@pytest.mark.parametrize("value", ["x", "-1", "9" * 40, "1;drop", "\u0663"])
def test_choices_that_are_none_are_refused(client_for, cast, value):
    desk = client_for(cast.creator)
    for fields in ({"cover_image": value}, {"body": streamfield([("file", {"document": value, "title": ""})])}):
        sent = {**post_form("Odd"), **nested_form_data(fields)}
        assert desk.post(add(cast.creator), sent).status_code in {200, 302, 400, 403}
    for half in ({}, {"body-count": value}, {"body-count": "1", "body-0-type": value, "body-0-value": value}):
        assert desk.post(add(cast.creator), {"title": "Odd", **half}).status_code in {200, 400}


def test_new_pictures_and_files_go_into_the_own_collection(client_for, cast):
    person = cast.creator
    desk = client_for(person)
    root = Collection.get_first_root_node()
    for collection in ("", root.pk):
        sent = {"title": f"Mine {collection}", "file": picture(), "collection": collection, "credit": ""}
        desk.post("/cms/images/add/", sent)
    image = CustomImage.objects.filter(title__startswith="Mine").first()
    assert image is not None
    assert set(CustomImage.objects.values_list("collection", flat=True)) == {person.ground.collection_id}
    desk.post(
        "/cms/images/multiple/add/",
        {"title": "Many", "files[]": picture(), "collection": root.pk},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    desk.post("/cms/documents/add/", {"title": "Paper", "file": ContentFile(b"x", name="a.txt"), "collection": root.pk})
    assert not CustomImage.objects.filter(collection=root).exists()
    assert not CustomDocument.objects.filter(collection=root).exists()
    for path in (
        f"/cms/images/{image.pk}/",
        f"/cms/images/chooser/chosen/{image.pk}/",
        f"/cms/images/usage/{image.pk}/",
        f"/cms/images/chooser/{image.pk}/select_format/",
    ):
        assert desk.get(path).status_code == 200, path
    assert "Mine" in desk.get("/cms/images/chooser/").content.decode()


def test_where_own_things_are_used_tells_nothing_of_drafts_of_others(client_for, cast):
    person = cast.creator
    image, post = own_image(person), make_post(person, "Mine")
    draft = make_post(cast.fan, "Secret draft", published=False)
    draft.cover_image = image
    draft.body = [("rich_text", RichText(f'<p><a linktype="page" id="{post.pk}">look</a></p>'))]
    draft.save()
    desk = client_for(person)
    for path in (
        f"/cms/images/usage/{image.pk}/",
        f"/cms/images/{image.pk}/delete/",
        f"/cms/images/{image.pk}/",
        reverse("wagtailadmin_pages:usage", args=[post.pk]),
        reverse("wagtailadmin_pages:delete", args=[post.pk]),
    ):
        answer = desk.get(path)
        assert answer.status_code == 200, path
        assert "Secret" not in answer.content.decode(), path
