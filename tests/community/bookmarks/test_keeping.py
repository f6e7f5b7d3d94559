"""Bookmarks, folders and shares: private, counted, movable, and gone with whoever or whatever they belong to."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cms.models import PostPage
from cms.services import delete_post, purge_bin, unpublish_post
from community.bookmarks import services
from community.bookmarks.models import Bookmark, Folder, Share
from community.core import limits
from community.core.errors import Invalid
from community.core.holdings import Subject
from community.core.integrity import run_checks
from community.core.models import OutboxFact, TargetCounts
from community.follows.services import block
from tests.factories import make_post
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(cast):
    return make_post(cast.creator, "Worth keeping")


def send(client, method, address, body=None):
    return client.generic(method, f"/api/{address}", json.dumps(body) if body is not None else "", "application/json")


def stored(post, name):
    return getattr(TargetCounts.objects.get(target_id=post.pk), name)


def facts(name):
    return OutboxFact.objects.filter(name=name).count()


def test_a_post_is_kept_once_moved_noted_and_let_go(cast, post, client_for):
    fan = client_for(cast.fan)
    folder = send(fan, "POST", "me/bookmark-folders", {"name": "  Films  "}).json()["data"]
    assert (folder["name"], folder["bookmarks"]) == ("Films", 0)
    first = send(fan, "PUT", f"posts/{post.pk}/bookmark", {"note": "For Sunday"}).json()["data"]
    again = send(fan, "PUT", f"posts/{post.pk}/bookmark", {"folderId": folder["id"]}).json()["data"]
    assert (again["id"], again["note"], again["folderId"]) == (first["id"], "For Sunday", folder["id"])
    assert (stored(post, "bookmarks"), facts("bookmark.added")) == (1, 1)
    [item] = fan.get(f"/api/me/bookmarks?folder={folder['id']}").json()["data"]["items"]
    assert (item["target"]["title"], item["note"], item["folderId"]) == ("Worth keeping", "For Sunday", folder["id"])
    assert fan.get(f"/api/posts/{post.pk}").json()["data"]["viewer"]["bookmarked"] is True
    moved = send(fan, "PUT", f"me/bookmarks/{item['id']}", {"folderId": None, "note": ""}).json()["data"]
    assert (moved["folderId"], moved["note"]) == (None, "")
    for _time in range(2):
        assert send(fan, "DELETE", f"posts/{post.pk}/bookmark").status_code == 204
    assert (stored(post, "bookmarks"), facts("bookmark.removed")) == (0, 1)
    assert send(fan, "DELETE", f"me/bookmarks/{item['id']}").status_code == 404
    assert run_checks(["target-counts", "bookmarks-targets", "bookmarks-folders"]) == []


def test_nobody_sees_or_changes_what_others_keep(cast, post, client, client_for):
    services.add_bookmark(actor=cast.fan, kind="post", target_id=post.pk, note="Secret")
    folder = services.make_folder(actor=cast.fan, name="Secret")
    mine = Bookmark.objects.get()
    other = client_for(cast.admin)
    assert other.get("/api/me/bookmarks").json()["data"]["items"] == []
    assert other.get(f"/api/me/bookmarks?folder={folder.pk}").status_code == 404
    bookmark, drawer = f"me/bookmarks/{mine.pk}", f"me/bookmark-folders/{folder.pk}"
    for method, address, body in (
        ("PUT", bookmark, {"note": "x"}),
        ("DELETE", bookmark, None),
        ("PUT", drawer, {"name": "x"}),
        ("DELETE", drawer, None),
    ):
        assert send(other, method, address, body).status_code == 404
    answer = send(other, "PUT", f"posts/{post.pk}/bookmark", {"folderId": str(folder.pk)})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["folderId"])
    assert not Bookmark.objects.exclude(pk=mine.pk).exists()
    assert "Secret" not in other.get("/account/bookmarks/").content.decode()
    assert "Secret" not in client.get(post.url).content.decode()
    block(actor=cast.creator, username=cast.other_fan.username)
    assert send(client_for(cast.other_fan), "PUT", f"posts/{post.pk}/bookmark", {}).status_code == 404


def test_folders_have_names_of_their_own_and_leave_their_bookmarks_behind(cast, post, client_for, monkeypatch):
    fan = client_for(cast.fan)
    for wrong in ("", "   ", "\u200b", "x" * 61, 7, None, ["a"], "a\u0000b"):
        answer = send(fan, "POST", "me/bookmark-folders", {"name": wrong})
        assert (answer.status_code, list(answer.json()["fields"])) == (400, ["name"]), wrong
    one = send(fan, "POST", "me/bookmark-folders", {"name": "Films"}).json()["data"]
    two = send(fan, "POST", "me/bookmark-folders", {"name": "Books"}).json()["data"]
    assert send(fan, "POST", "me/bookmark-folders", {"name": "fILMS"}).status_code == 409
    assert send(fan, "PUT", f"me/bookmark-folders/{two['id']}", {"name": "FILMS"}).status_code == 409
    assert send(fan, "PUT", f"me/bookmark-folders/{two['id']}", {"name": "BOOKS"}).json()["data"]["name"] == "BOOKS"
    services.add_bookmark(actor=cast.fan, kind="post", target_id=post.pk, folder_id=int(one["id"]))
    assert [item["bookmarks"] for item in fan.get("/api/me/bookmark-folders").json()["data"]["items"]] == [0, 1]
    assert send(fan, "DELETE", f"me/bookmark-folders/{one['id']}").status_code == 204
    assert fan.get("/api/me/bookmarks").json()["data"]["items"][0]["folderId"] is None
    monkeypatch.setattr("community.bookmarks.services.folders.FOLDERS_MAX", 1)
    assert send(fan, "POST", "me/bookmark-folders", {"name": "More"}).status_code == 400
    monkeypatch.setattr("community.bookmarks.services.keeping.BOOKMARKS_MAX", 1)
    assert send(fan, "PUT", f"posts/{make_post(cast.creator).pk}/bookmark", {}).status_code == 409


def test_what_is_hidden_is_no_longer_there_and_has_no_title(cast, post, client_for):
    fan = client_for(cast.fan)
    services.add_bookmark(actor=cast.fan, kind="post", target_id=post.pk)
    unpublish_post(actor=cast.creator, post=post)
    [item] = fan.get("/api/me/bookmarks").json()["data"]["items"]
    assert item["target"] is None
    page = fan.get("/account/bookmarks/").content.decode()
    assert "This is no longer there." in page
    assert "Worth keeping" not in page
    assert send(fan, "DELETE", f"posts/{post.pk}/bookmark").status_code == 204
    assert send(fan, "DELETE", f"posts/{post.pk}/bookmark").status_code == 404


def test_pages_do_it_without_a_script(cast, post, client_for):
    fan = client_for(cast.fan)
    answer = fan.post(f"/bookmarks/post/{post.pk}/", {"add": "1"})
    assert answer["Location"] == f"{post.url}#reactions"
    assert 'name="remove" value="1" aria-pressed="true"' in fan.get(post.url).content.decode()
    made = fan.post("/account/bookmarks/", {"make": "1", "name": "Films"})
    folder = Folder.objects.get()
    assert made["Location"] == f"/account/bookmarks/?folder={folder.pk}"
    assert fan.post("/account/bookmarks/", {"make": "1", "name": "films"}).status_code == 400
    assert fan.post("/account/bookmarks/", {"make": "1", "name": " "}).status_code == 400
    fan.post(f"/bookmarks/post/{post.pk}/", {"keep": "1", "folder": folder.pk, "note": "<b>Soon</b>"})
    assert fan.post(f"/bookmarks/post/{post.pk}/", {"keep": "1", "folder": "99999"}).status_code == 400
    page = fan.get(f"/account/bookmarks/?folder={folder.pk}").content.decode()
    assert "&lt;b&gt;Soon&lt;/b&gt;" in page
    fan.post(f"/account/bookmarks/?folder={folder.pk}", {"rename": folder.pk, "name": "Cinema"})
    assert Folder.objects.get().name == "Cinema"
    for wrong in ("x", "9" * 30, "-1", "0"):
        assert fan.post("/account/bookmarks/", {"remove": wrong}).status_code == 404
        assert fan.post("/account/bookmarks/", {"delete": wrong}).status_code == 404
        assert fan.get(f"/account/bookmarks/?folder={wrong}").status_code == 404
    fan.post("/account/bookmarks/", {"delete": folder.pk})
    fan.post("/account/bookmarks/", {"remove": Bookmark.objects.get().pk})
    assert (Folder.objects.count(), Bookmark.objects.count(), stored(post, "bookmarks")) == (0, 0, 0)


def test_what_one_keeps_costs_the_same_for_more(cast, post, flat_cost, client_for):
    fan = client_for(cast.fan)

    def grow(number):
        # The things need not be there to be listed; their numbers are none of this list.
        Bookmark.objects.bulk_create(
            Bookmark(user=cast.fan, target_kind="post", target_id=10**9 + Bookmark.objects.count() + each)
            for each in range(number)
        )
        Folder.objects.bulk_create(
            Folder(user=cast.fan, name=f"Folder {Folder.objects.count() + each}") for each in range(number)
        )

    flat_cost("/api/me/bookmarks", "/api/me/bookmark-folders", "/account/bookmarks/", grow=grow, by=fan)
    first = fan.get("/api/me/bookmarks?limit=20").json()["data"]
    rest = fan.get(f"/api/me/bookmarks?limit=20&cursor={first['nextCursor']}").json()["data"]
    assert len({item["id"] for item in first["items"] + rest["items"]}) == 30
    assert rest["nextCursor"] is None
    Bookmark.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_kept_and_shared_by_one_person_many_times_at_once_it_is_once(cast, post):
    fan = cast.fan
    calls = [
        lambda: services.add_bookmark(actor=fan, kind="post", target_id=post.pk),
        lambda: services.share_target(actor=fan, kind="post", target_id=post.pk),
    ] * 20
    answers = at_once(calls, threads=8)
    assert [each for each in answers if isinstance(each, Exception)] == []
    assert (Bookmark.objects.count(), Share.objects.count()) == (1, 1)
    assert (stored(post, "bookmarks"), stored(post, "shares")) == (1, 1)
    assert (facts("bookmark.added"), facts("post.shared")) == (1, 1)


def test_a_post_is_shared_once_a_day_with_the_last_note(cast, post, client_for):
    fan = client_for(cast.fan)
    address = f"posts/{post.pk}/shares"
    assert send(fan, "POST", address, {"note": "For nobody"}).json()["fields"].keys() == {"note"}
    first = send(fan, "POST", address, {}).json()["data"]
    again = send(fan, "POST", address, {"toFollowers": True, "note": "Look"}).json()["data"]
    assert (again["id"], again["toFollowers"], again["note"]) == (first["id"], True, "Look")
    assert send(fan, "POST", address, {"toFollowers": True, "note": "x" * 501}).status_code == 400
    assert (stored(post, "shares"), facts("post.shared")) == (1, 1)
    Share.objects.update(on_date=timezone.now().date() - timedelta(days=1))
    fan.post(f"/shares/post/{post.pk}/", {"note": "Once more"})
    assert (stored(post, "shares"), facts("post.shared")) == (2, 2)
    page = fan.get(f"/shares/post/{post.pk}/").content.decode()
    assert "Once more" in page
    assert f"http://testserver{post.url}" in page
    assert fan.post(f"/shares/post/{post.pk}/", {"note": "x" * 501}).status_code == 400
    for _time in range(2):
        assert send(fan, "DELETE", address).status_code == 204
    assert (stored(post, "shares"), Share.objects.count()) == (0, 0)


def test_everything_goes_with_its_person_or_its_post(cast, post):
    for person in (cast.fan, cast.other_fan):
        services.add_bookmark(actor=person, kind="post", target_id=post.pk)
        services.share_target(actor=person, kind="post", target_id=post.pk)
    subject = Subject(cast.fan.pk, "fan", ())
    services.forget_bookmarks(subject=subject)
    services.forget_shares(subject=subject)
    assert (stored(post, "bookmarks"), stored(post, "shares")) == (1, 1)
    delete_post(actor=cast.creator, post=post)
    PostPage.objects.filter(pk=post.pk).update(deleted_at=timezone.now() - timedelta(days=40))
    purge_bin()
    assert (Bookmark.objects.count(), Share.objects.count()) == (0, 0)


@pytest.mark.long
@pytest.mark.data
def test_any_text_is_a_note_or_refused_by_its_field(cast, post, client_for, shared_data):
    fan, bookmark = client_for(cast.fan), services.add_bookmark(actor=cast.fan, kind="post", target_id=post.pk)
    folder = services.make_folder(actor=cast.fan, name="First")
    texts = json.loads(shared_data("strings/blns.json").read_text(encoding="utf-8"))
    refused: set[str] = set()

    def stores(write: Any, **values: Any) -> None:
        try:
            write(actor=cast.fan, **values)
        except Invalid as error:
            refused.update(error.fields)

    with limits.lifted():
        for text in texts:
            stores(services.change_bookmark, bookmark_id=bookmark.pk, note=text)
            stores(services.rename_folder, folder_id=folder.pk, name=text)
            stores(services.share_target, kind="post", target_id=post.pk, to_followers=True, note=text)
        assert refused <= {"note", "name"}
        for text in texts[::25]:
            answer = send(fan, "PUT", f"posts/{post.pk}/bookmark", {"note": text})
            assert answer.status_code == 200 or list(answer.json()["fields"]) == ["note"], text
            for page in ("/account/bookmarks/", f"/shares/post/{post.pk}/"):
                assert fan.get(page).status_code == 200
