"""Who is out of sight: blocks and mutes on pages, in lists, in the search and in the API, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.models import PostPage
from community.accounts.models import Profile
from community.core import remembered, sight, targets
from community.follows import services
from community.follows.models import Block, Follow, Mute
from community.follows.permissions import Sees, what_is_seen
from tests.factories import make_category, make_post, make_series, make_user
from tests.support.api import data_of

pytestmark = pytest.mark.django_db
Clients = Callable[[Any], Any]


@pytest.fixture
def post(cast) -> PostPage:
    """A post of the creator, with what leads to it."""
    return make_post(cast.creator, "Lanterns at night", category=make_category("Films", slug="films"), tags=["ink"])


LISTS = (
    "/", "/latest/", "/categories/films/", "/tags/ink/", "/search/?q=lanterns", "/api/posts", "/api/posts?tag=ink",
    "/api/posts?category=films", "/api/search?q=lanterns", "/api/search/suggestions?q=lant",
)  # fmt: skip
#: Asked for by name: muting does not hide it.
BY_NAME = ("/creators/creator/", "/api/posts?author=creator")


def shows(client: Any, path: str) -> bool:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return "Lanterns at" in answer.content.decode().replace("<mark>", "").replace("</mark>", "")


def test_what_the_muted_write_is_in_no_list_and_everywhere_else(client, client_for, cast, post):
    services.mute(actor=cast.fan, username="creator")
    fan = client_for(cast.fan)
    for path in LISTS:
        assert not shows(fan, path), path
        assert shows(client, path), path
        assert shows(client_for(cast.creator), path), path
    for path in (*BY_NAME, post.url, f"/api/posts/{post.pk}"):
        assert shows(fan, path), path
    assert "post" in targets.kinds()
    assert targets.cards("post", [post.pk], cast.fan)
    assert fan.get("/@creator/", follow=True).status_code == 200
    services.unmute(actor=cast.fan, username="creator")
    assert shows(fan, "/latest/")


@pytest.mark.parametrize("mine", [True, False], ids=["by the viewer", "by the author"])
def test_whom_a_block_parts_are_not_there_for_each_other(mine, client, client_for, cast, post):
    series = make_series(cast.creator, "Walks")
    make_post(cast.creator, "Lanterns at noon", parent=series)
    one, other = (cast.fan, cast.creator) if mine else (cast.creator, cast.fan)
    services.follow(actor=one, kind="user", target_id=other.pk)
    services.block(actor=one, username=other.username)
    fan, moderator = client_for(cast.fan), client_for(cast.moderator)
    gone = [
        "/creators/creator/", "/@creator/", "/@creator/followers/", "/people/creator/card/", post.url, series.url,
        f"/api/posts/{post.pk}", f"/api/series/{series.pk}", "/api/users/creator", "/api/users/creator/followers",
        f"/follow/user/{cast.creator.pk}/", f"/follow/series/{series.pk}/",
    ]  # fmt: skip
    for path in gone:
        assert fan.get(path).status_code == 404, path
        assert moderator.get(path, follow=True).status_code == 200, path
    for path in gone[:-2]:
        assert client.get(path, follow=True).status_code == 200, path
    for path in (*LISTS, "/api/posts?author=creator"):
        assert not shows(fan, path), path
        assert shows(client, path), path
    assert "creator" not in [person["username"] for person in data_of(fan.get("/api/users?q=creator"))["items"]]
    assert data_of(fan.get("/api/series"))["items"] == []
    assert 'href="/creators/creator/"' not in fan.get("/creators/").content.decode()
    assert not targets.cards("post", [post.pk], cast.fan)
    assert fan.put("/api/users/creator/follow").status_code == 404
    assert client_for(cast.creator).put("/api/users/fan/follow").status_code == 404
    # Whoever blocked can take it back, and finds them in the list of those they blocked; the other cannot.
    own, theirs = client_for(one), client_for(other)
    assert [item["username"] for item in data_of(own.get("/api/me/blocks"))["items"]] == [other.username]
    assert theirs.delete(f"/api/users/{one.username}/block").status_code == 404
    assert theirs.put(f"/api/users/{one.username}/block").status_code == 404
    assert own.put(f"/api/users/{other.username}/block").status_code == 200
    assert own.delete(f"/api/users/{other.username}/block").status_code == 204
    assert fan.get("/api/users/creator").status_code == 200
    assert data_of(fan.get("/api/users/creator/follow"))["state"] == "none"


def test_the_rule_between_two_people(cast):
    person = cast.creator
    assert what_is_seen(None, person) == what_is_seen(cast.fan, person) == Sees.PROFILE
    for visibility, follower in (("followers", Sees.PROFILE), ("private", Sees.NAME)):
        Profile.objects.filter(user=person).update(visibility=visibility)
        person.profile.refresh_from_db()
        assert what_is_seen(None, person) == Sees.NOTHING
        assert what_is_seen(cast.fan, person) == Sees.NAME
        assert what_is_seen(person, person) == what_is_seen(cast.moderator, person) == Sees.PROFILE
        services.follow(actor=cast.fan, kind="user", target_id=person.pk)
        assert what_is_seen(cast.fan, person) == Sees.NAME
        services.accept_request(actor=person, request_id=_request_of(cast.fan))
        assert what_is_seen(cast.fan, person) == follower
        services.unfollow(actor=cast.fan, kind="user", target_id=person.pk)
    services.block(actor=person, username="fan")
    assert what_is_seen(cast.fan, person) == what_is_seen(person, cast.fan) == Sees.NOTHING
    assert what_is_seen(cast.moderator, person) == Sees.PROFILE
    assert what_is_seen(cast.fan, cast.banned) == Sees.NOTHING


def test_whether_nobody_of_many_is_out_of_sight(cast, django_assert_num_queries):
    people = [cast.creator.pk, cast.other_fan.pk, cast.fan.pk]
    with django_assert_num_queries(1):
        assert sight.has_all(cast.fan, people)
    with django_assert_num_queries(0):
        assert sight.has_all(None, people)
        assert sight.has_all(cast.fan, [])
        assert sight.has_all(cast.fan, [cast.fan.pk])
    for act, end, by, other in (
        (services.mute, services.unmute, cast.fan, "creator"),
        (services.block, services.unblock, cast.fan, "creator"),
        (services.block, services.unblock, cast.creator, "fan"),
    ):
        act(actor=by, username=other)
        assert not sight.has_all(cast.fan, people), act
        assert sight.has_all(cast.fan, [cast.other_fan.pk]), act
        assert sight.has_all(cast.creator, people) == (act is services.mute)
        end(actor=by, username=other)
        assert sight.has_all(cast.fan, people)


def test_moderators_miss_only_whom_they_muted(cast):
    services.block(actor=cast.creator, username=cast.moderator.username)
    assert sight.has_all(cast.moderator, [cast.creator.pk])
    services.mute(actor=cast.moderator, username="creator")
    assert not sight.has_all(cast.moderator, [cast.creator.pk])


def _request_of(person: Any) -> int:
    return Follow.objects.get(follower=person).pk


def test_a_profile_that_is_not_for_everybody_can_be_asked_on_its_page(client, client_for, cast):
    Profile.objects.filter(user=cast.other_fan).update(visibility="followers", bio="Between us.")
    make_post(cast.creator)
    Profile.objects.filter(user=cast.creator).update(visibility="private", bio="Between us.")
    fan = client_for(cast.fan)
    for path in ("/@other_fan/", "/creators/creator/", "/@creator/"):
        assert client.get(path).status_code == 404
        page = fan.get(path).content.decode()
        assert "You can ask" in page
        assert "Between us." not in page
        assert 'content="noindex"' in page


def test_nobody_pays_who_hides_nobody_and_little_who_does(client_for, cast, post):
    """A post costs a signed-in reader one query more than before there were blocks, a list none and its button one."""
    fan = client_for(cast.fan)

    def cost(path: str) -> int:
        fan.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert fan.get(path).status_code == 200
        return len(captured)

    with CaptureQueriesContext(connection) as captured:
        assert sight.glance(cast.fan, cast.creator.pk).sees_all
    assert len(captured) == 1
    before = {path: cost(path) for path in (post.url, "/latest/", "/categories/films/", "/api/posts")}
    people = [make_user() for _number in range(3)]
    Block.objects.bulk_create([Block(blocker=cast.fan, blocked=person) for person in people])
    Mute.objects.bulk_create([Mute(muter=cast.fan, muted=person) for person in people])
    assert not sight.glance(cast.fan, cast.creator.pk).sees_all
    after = {path: cost(path) for path in before}
    assert after == before
    assert max(number for path, number in after.items() if path != post.url) <= 12


@pytest.mark.django_db(transaction=True)
def test_what_is_made_once_for_all_readers_is_nobodys_in_particular(client, client_for, cast):
    remembered._known.clear()
    post = make_post(cast.fan, "Shown", tags=["ink"])
    make_post(cast.creator, "Lanterns at night", tags=["ink"])
    services.mute(actor=cast.other_fan, username="creator")
    reader, muting = client_for(make_user("reader")), client_for(cast.other_fan)
    for _time in range(2):
        assert not shows(muting, post.url)
        assert shows(reader, post.url)
        assert shows(client, post.url)


def test_kept_pages_hold_nothing_of_anybody(client, client_for, cast, post):
    series = make_series(cast.creator, "Walks")
    make_post(cast.creator, parent=series)
    services.follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    for path in (
        "/creators/creator/",
        "/@moderator/",
        "/categories/films/",
        "/tags/ink/",
        series.url,
        "/people/creator/card/",
    ):
        assert cast.moderator
        answer = client.get(path)
        assert answer["X-Page-Tags"], path
        page = answer.content.decode()
        assert "data-follow" not in page, path
        assert "csrf" not in page.lower(), path
        assert "/account/login/?next=%2Ffollow%2F" in page, path
        own = client_for(cast.fan).get(path)
        assert "X-Page-Tags" not in own
        assert "data-follow" in own.content.decode(), path
    assert "1</strong> follower" in client.get("/creators/creator/").content.decode()
    assert client.get("/creators/creator/")["X-Page-Tags"] == "site person:creator"
    assert client.get("/api/users/CREATOR")["X-Page-Tags"] == "site person:creator"
