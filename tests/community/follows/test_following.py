"""Following people and things through the API: once, told once, asked for where the profile is not public."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from community.accounts.models import Profile, User
from community.accounts.services import update_profile
from community.core import marks
from community.core.errors import DomainError
from community.core.integrity import run_checks
from community.core.models import OutboxFact
from community.follows import services
from community.follows.choices import Kind, State
from community.follows.models import Block, Follow, FollowCounts, FollowTold, Mute
from tests.factories import make_category, make_post, make_series, make_user
from tests.support.api import data_of, error_of

pytestmark = pytest.mark.django_db
Clients = Callable[[Any], Any]


def told(name: str) -> list[dict[str, Any]]:
    return [fact.payload for fact in OutboxFact.objects.filter(name=name).order_by("pk")]


def hidden(person: User, visibility: str = "private") -> User:
    Profile.objects.filter(user=person).update(visibility=visibility)
    person.profile.visibility = visibility
    return person


def counts(person: User) -> tuple[int, int]:
    row = FollowCounts.objects.filter(target_kind=Kind.USER, target_id=person.pk).first()
    return (row.followers, row.following) if row else (0, 0)


def test_following_is_once_and_counted_and_can_be_ended(client, client_for, cast):
    fan, path = client_for(cast.fan), f"/api/users/{cast.creator.username.upper()}/follow"
    for _time in range(2):
        assert data_of(fan.put(path)) == {"state": "accepted", "followsYou": False, "muted": False, "blocked": False}
    assert (counts(cast.creator), counts(cast.fan)) == ((1, 0), (0, 1))
    stats = data_of(client.get("/api/users/creator"))["stats"]
    assert (stats["followers"], stats["following"]) == (1, 0)
    assert data_of(client_for(cast.creator).get("/api/users/fan/follow"))["followsYou"] is True
    assert marks.of(cast.fan, "user", [cast.creator.pk])[cast.creator.pk] == {"follow": "accepted"}
    for _time in range(2):
        assert fan.delete(path).status_code == 204
    assert (counts(cast.creator), counts(cast.fan)) == ((0, 0), (0, 0))
    assert data_of(fan.get(path))["state"] == "none"
    assert marks.of(cast.fan, "user", [cast.creator.pk]) == {cast.creator.pk: {}}


def test_who_follows_again_and_again_is_told_of_once_a_day(client_for, cast):
    fan, path = client_for(cast.fan), f"/api/users/{cast.creator.username}/follow"
    for _time in range(3):
        fan.put(path)
        fan.delete(path)
    assert told("user.followed") == [{"user_id": cast.creator.pk, "follower_id": cast.fan.pk}]
    FollowTold.objects.update(told_at=timezone.now() - timedelta(hours=24))
    fan.put(path)
    assert len(told("user.followed")) == 2


def test_nobody_follows_mutes_or_blocks_themselves(client_for, cast):
    fan = client_for(cast.fan)
    for act in ("follow", "mute", "block"):
        assert error_of(fan.put(f"/api/users/fan/{act}")) == (400, "VALIDATION_ERROR")
    for values in (
        Follow(follower=cast.fan, target_kind="user", target_id=cast.fan.pk),
        Mute(muter=cast.fan, muted=cast.fan),
        Block(blocker=cast.fan, blocked=cast.fan),
        Follow(follower=cast.fan, target_kind="planet", target_id=1),
        Follow(follower=cast.fan, target_kind="tag", target_id=1, state="requested"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            values.save()


def test_who_may_not_write_follows_nobody_and_who_is_not_there_is_not_found(client, client_for, cast):
    assert client.put("/api/users/creator/follow").status_code == 401
    assert cast.creator
    assert error_of(client_for(cast.new_fan).put("/api/users/creator/follow")) == (403, "EMAIL_NOT_VERIFIED")
    assert client_for(cast.suspended).put("/api/users/creator/follow").status_code == 403
    fan = client_for(cast.fan)
    for name in ("nobody", cast.banned.username, "a" * 51, "%00", "é"):
        for act in ("follow", "mute", "block"):
            assert fan.put(f"/api/users/{name}/{act}").status_code == 404
            assert fan.delete(f"/api/users/{name}/{act}").status_code == 404
    for target in ("user/0", "user/999999999999999999", "tag/1", "series/1", "post/1", "planet/1", f"user/{'9' * 30}"):
        assert fan.put(f"/api/me/follows/{target}").status_code == 404, target
        assert fan.delete(f"/api/me/follows/{target}").status_code == 404, target


@pytest.mark.parametrize("visibility", ["private", "followers"])
def test_a_profile_that_is_not_public_is_asked_and_its_owner_decides(visibility, client_for, cast):
    shy, fan = hidden(cast.other_fan, visibility), client_for(cast.fan)
    owner = client_for(shy)
    assert data_of(fan.put("/api/users/other_fan/follow"))["state"] == "requested"
    assert counts(shy) == (0, 0)
    asked = data_of(owner.get("/api/me/follow-requests"))["items"]
    assert [(one["username"], one["userId"]) for one in asked] == [("fan", str(cast.fan.pk))]
    assert told("user.followed") == []
    assert told("follow.requested") == [{"user_id": shy.pk, "follower_id": cast.fan.pk}]
    for other in (fan, client_for(cast.creator)):
        assert other.put(f"/api/me/follow-requests/{asked[0]['id']}").status_code == 404
        assert other.delete(f"/api/me/follow-requests/{asked[0]['id']}").status_code == 404
    assert data_of(owner.put(f"/api/me/follow-requests/{asked[0]['id']}")) == {"state": "accepted"}
    assert owner.put(f"/api/me/follow-requests/{asked[0]['id']}").status_code == 404
    assert (counts(shy), counts(cast.fan)) == ((1, 0), (0, 1))
    assert told("follow.accepted") == [{"user_id": shy.pk, "follower_id": cast.fan.pk}]
    sees = 200 if visibility == "followers" else 404
    for path in ("", "/followers", "/following"):
        assert fan.get(f"/api/users/other_fan{path}").status_code == sees
        assert client_for(cast.creator).get(f"/api/users/other_fan{path}").status_code == 404
        assert client_for(cast.moderator).get(f"/api/users/other_fan{path}").status_code == 200
    assert owner.delete("/api/me/followers/fan").status_code == 204
    assert fan.get("/api/users/other_fan").status_code == 404
    assert counts(shy) == (0, 0)


def test_a_request_can_be_declined_taken_back_and_waits_for_nobody_it_was_not_made_to(client_for, cast):
    hidden(cast.other_fan)
    fan, owner = client_for(cast.fan), client_for(cast.other_fan)
    for end in ("decline", "cancel"):
        fan.put("/api/users/other_fan/follow")
        request = Follow.objects.get()
        assert data_of(fan.get("/api/me/follows?state=requested"))["items"][0]["targetId"] == str(cast.other_fan.pk)
        if end == "decline":
            assert owner.delete(f"/api/me/follow-requests/{request.pk}").status_code == 204
        else:
            assert fan.delete("/api/users/other_fan/follow").status_code == 204
        assert not Follow.objects.exists()
    assert counts(cast.other_fan) == (0, 0)


def test_requests_become_follows_when_the_profile_becomes_public(cast):
    shy = hidden(cast.other_fan)
    for follower in (cast.fan, cast.creator):
        services.follow(actor=follower, kind=Kind.USER, target_id=shy.pk)
    update_profile(actor=shy, person=shy, visibility="followers")
    assert services.open_requests(person_id=shy.pk) == 0
    assert counts(shy) == (0, 0)
    update_profile(actor=shy, person=User.objects.get(pk=shy.pk), visibility="public")
    assert services.open_requests(person_id=shy.pk) == 2
    assert set(Follow.objects.values_list("state", flat=True)) == {State.ACCEPTED}
    assert counts(shy) == (2, 0)
    assert len(told("follow.accepted")) == 2


def test_things_are_followed_by_kind_and_listed_and_gone_when_they_go(client_for, cast):
    fan, category = client_for(cast.fan), make_category("Films")
    series, post = make_series(cast.verified_creator, "Walks"), make_post(cast.creator, tags=["ink"])
    tag = post.tags.get()
    wanted = [("category", category.pk), ("series", series.pk), ("tag", tag.pk), ("user", cast.creator.pk)]
    for kind, pk in wanted:
        assert data_of(fan.put(f"/api/me/follows/{kind}/{pk}")) == {"state": "accepted"}
        assert data_of(fan.put(f"/api/me/follows/{kind}/{pk}")) == {"state": "accepted"}
    items = data_of(fan.get("/api/me/follows"))["items"]
    assert [(item["kind"], item["title"]) for item in items] == [
        ("user", "creator"), ("tag", "ink"), ("series", "Walks"), ("category", "Films")
    ]  # fmt: skip
    assert [item["title"] for item in data_of(fan.get("/api/me/follows?kind=tag"))["items"]] == ["ink"]
    assert fan.get("/api/me/follows?kind=planet").status_code == 400
    first = data_of(fan.get("/api/me/follows?limit=3"))
    assert [
        item["kind"] for item in data_of(fan.get(f"/api/me/follows?limit=3&cursor={first['nextCursor']}"))["items"]
    ] == ["category"]
    assert fan.get(f"/api/me/follows?kind=tag&cursor={first['nextCursor']}").status_code == 400
    assert counts(cast.fan) == (0, 1)
    category.delete()
    tag.delete()
    assert sorted(Follow.objects.values_list("target_kind", flat=True)) == ["series", "user"]
    assert not FollowCounts.objects.filter(target_kind__in=["tag", "category"]).exists()
    assert fan.delete(f"/api/me/follows/series/{series.pk}").status_code == 204
    assert not run_checks(["follows-counts", "follows-blocks", "follows-people"])


def test_lists_of_followers_show_whom_the_viewer_may_see(client, client_for, cast):
    shy = hidden(make_user("shy"))
    for follower in (shy, cast.fan, cast.other_fan):
        services.follow(actor=follower, kind=Kind.USER, target_id=cast.creator.pk)
    services.follow(actor=cast.fan, kind=Kind.USER, target_id=cast.other_fan.pk)

    def names(who: Any, path: str) -> list[str]:
        return [item["username"] for item in data_of(who.get(path))["items"]]

    path = "/api/users/creator/followers"
    assert names(client, path) == ["other_fan", "fan"]
    assert names(client_for(shy), path) == ["other_fan", "fan", "shy"]
    assert names(client_for(cast.creator), path) == ["other_fan", "fan", "shy"]
    assert names(client_for(cast.moderator), path) == ["other_fan", "fan", "shy"]
    assert names(client, "/api/users/fan/following") == ["other_fan", "creator"]
    services.block(actor=cast.other_fan, username="shy")
    assert names(client_for(shy), path) == ["fan", "shy"]
    shown = data_of(client_for(cast.fan).get(path))["items"]
    assert {item["username"]: item["follow"] for item in shown} == {"other_fan": "accepted", "fan": "none"}
    page = data_of(client.get(f"{path}?limit=1"))
    assert names(client, f"{path}?limit=1&cursor={page['nextCursor']}") == ["fan"]
    for wrong in ("x", page["nextCursor"][:-2], "%00"):
        assert client.get(f"{path}?cursor={wrong}").status_code == 400


def test_lists_cost_the_same_for_many(client_for, cast, flat_cost):
    numbers = iter(range(10_000))

    def grow(many: int) -> None:
        people = User.objects.bulk_create(
            [User(username=f"crowd_{n}", email=f"crowd_{n}@people.example", status="ACTIVE") for n in
             (next(numbers) for _each in range(many * 30))]
        )  # fmt: skip
        Profile.objects.bulk_create([Profile(user=person, display_name=person.username) for person in people])
        Follow.objects.bulk_create(
            [Follow(follower=person, target_kind="user", target_id=cast.fan.pk) for person in people]
            + [Follow(follower=cast.fan, target_kind="user", target_id=person.pk) for person in people]
        )
        Follow.objects.bulk_create(
            [
                Follow(follower=person, target_kind="user", target_id=cast.creator.pk, state="requested")
                for person in people
            ]
        )
        Block.objects.bulk_create([Block(blocker=cast.creator, blocked=person) for person in people[::3]])
        Mute.objects.bulk_create([Mute(muter=cast.creator, muted=person) for person in people[1::3]])

    flat_cost(
        "/api/users/fan/followers", "/api/users/fan/following", "/api/me/follow-requests", "/api/me/blocks",
        "/api/me/mutes", "/api/me/suggestions", "/api/users?q=crowd_",
        grow=grow, by=client_for(cast.creator), at_most=9,
    )  # fmt: skip


def together(*works: Callable[[], Any]) -> list[Any]:
    """What each of these answers, or the refusal it raises, all begun at the same moment."""
    gate, answers = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answers.append(work())
        except DomainError as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_hundred_follows_at_the_same_time_are_one(cast, settings):
    settings.RATE_LIMIT_SCALE = 10_000
    fan, creator, category = cast.fan, cast.creator, make_category("Films")

    def many(target: tuple[str, int]) -> Callable[[], Any]:
        return lambda: [services.follow(actor=fan, kind=target[0], target_id=target[1]) for _time in range(25)][-1]

    assert together(*[many(("user", creator.pk))] * 8) == ["accepted"] * 8
    assert together(*[many(("category", category.pk))] * 4) == ["accepted"] * 4
    assert Follow.objects.count() == 2
    assert (counts(creator), counts(fan)) == ((1, 0), (0, 1))
    assert len(told("user.followed")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_block_is_never_overtaken_by_a_follow(cast, settings):
    settings.RATE_LIMIT_SCALE = 10_000
    fan, creator = cast.fan, cast.creator
    for _time in range(4):
        together(
            lambda: services.follow(actor=fan, kind=Kind.USER, target_id=creator.pk),
            lambda: services.block(actor=creator, username="fan"),
            lambda: services.follow(actor=creator, kind=Kind.USER, target_id=fan.pk),
        )
        assert not Follow.objects.exists()
        assert (counts(creator), counts(fan)) == ((0, 0), (0, 0))
        services.unblock(actor=creator, username="fan")


def test_too_many_acts_are_refused_in_time(client_for, cast, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "act": (1, 60)}
    settings.TRUST_RAISES_LIMITS = [1] * 5
    fan = client_for(cast.fan)
    assert cast.creator
    assert fan.put("/api/users/creator/follow").status_code == 200
    assert error_of(fan.put("/api/users/creator/follow")) == (429, "RATE_LIMIT_ERROR")


def test_numbers_that_are_wrong_are_found_and_mended(cast):
    services.follow(actor=cast.fan, kind=Kind.USER, target_id=cast.creator.pk)
    FollowCounts.objects.filter(target_id=cast.creator.pk).update(followers=7, following=2)
    FollowCounts.objects.filter(target_id=cast.fan.pk).delete()
    assert len(run_checks(["follows-counts"])) == 2
    assert len(services.mend_counts()) == 2
    assert (counts(cast.creator), counts(cast.fan)) == ((1, 0), (0, 1))
    assert services.mend_counts() == {}


def test_whoever_goes_takes_their_follows_along(cast):
    gone = make_user("gone")
    services.follow(actor=gone, kind=Kind.USER, target_id=cast.creator.pk)
    services.follow(actor=cast.fan, kind=Kind.USER, target_id=gone.pk)
    services.block(actor=cast.other_fan, username="gone")
    services.mute(actor=gone, username="fan")
    for _time in range(2):
        services.forget_person(person_id=gone.pk)
    assert (counts(cast.creator), counts(cast.fan), counts(gone)) == ((0, 0), (0, 0), (0, 0))
    assert not any(model.objects.exists() for model in (Follow, Block, Mute, FollowTold))


def test_suggested_are_friends_of_friends_then_who_follows_the_same_then_the_popular(client_for, cast):
    near, topical, star, shy = (make_user(name) for name in ("near", "topical", "star", "shy"))
    category = make_category("Films")
    for follower, kind, pk in (
        (cast.fan, "user", cast.creator.pk), (cast.creator, "user", near.pk), (cast.creator, "user", shy.pk),
        (cast.fan, "category", category.pk), (topical, "category", category.pk),
        (cast.other_fan, "user", star.pk), (cast.moderator, "user", star.pk), (cast.creator, "user", cast.banned.pk),
    ):  # fmt: skip
        Follow.objects.create(follower=follower, target_kind=kind, target_id=pk)
    services.mend_counts()
    hidden(shy)
    fan = client_for(cast.fan)
    assert [item["username"] for item in data_of(fan.get("/api/me/suggestions"))["items"]] == [
        "near",
        "topical",
        "star",
    ]
    services.mute(actor=cast.fan, username="near")
    services.block(actor=star, username="fan")
    assert [item["username"] for item in data_of(fan.get("/api/me/suggestions"))["items"]] == ["topical"]
    assert fan.get("/api/me/suggestions?limit=31").status_code == 400
