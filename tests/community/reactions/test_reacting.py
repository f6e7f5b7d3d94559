"""Reacting through the API: once for each type, counted in the same moment, seen by whoever may."""

from __future__ import annotations

import time

import pytest
from django.db import connection

from cms.services import delete_post, purge_bin, unpublish_post
from community.accounts.models import Profile, User
from community.core.holdings import Subject
from community.core.integrity import run_checks
from community.core.models import OutboxFact, TargetCounts
from community.follows.services import block, mute
from community.reactions.models import Reaction, ReactionType
from community.reactions.services import add_reaction, forget_person, remove_reaction
from tests.factories import make_post, make_user
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(cast):
    return make_post(cast.creator, "Loved")


def react(client, post, code="LIKE", method="put"):
    return getattr(client, method)(f"/api/posts/{post.pk}/reactions/{code}")


def facts(name):
    return [row.payload for row in OutboxFact.objects.filter(name=name).order_by("pk")]


def test_given_twice_it_is_one_and_taken_back_twice_it_is_no_error(cast, post, client_for):
    fan = client_for(cast.fan)
    for _time in range(2):
        answer = react(fan, post)
        assert answer.json()["data"] == {"reactions": {"LIKE": 1}, "total": 1, "own": ["LIKE"]}
    react(fan, post, "FIRE")
    react(client_for(cast.other_fan), post)
    answer = react(fan, post, "LIKE", "delete")
    assert answer.json()["data"] == {"reactions": {"LIKE": 1, "FIRE": 1}, "total": 2, "own": ["FIRE"]}
    assert react(fan, post, "LIKE", "delete").json() == answer.json()
    added, removed = facts("reaction.added"), facts("reaction.removed")
    assert [fact["type"] for fact in added] == ["LIKE", "FIRE", "LIKE"]
    assert removed == [added[0]]
    assert added[0]["author_id"] == cast.creator.pk
    row = TargetCounts.objects.get(target_id=post.pk)
    assert (row.reactions, row.reactions_weight) == (2, 3)
    assert run_checks(["target-counts", "reactions-sums", "reactions-targets"]) == []


def test_posts_tell_numbers_and_what_oneself_did(cast, post, client, client_for):
    fan = client_for(cast.fan)
    react(fan, post, "WOW")
    react(fan, post, "CLAP")
    for url, of in (("/api/posts", lambda data: data["items"][0]), (f"/api/posts/{post.pk}", lambda data: data)):
        mine, guests = of(fan.get(url).json()["data"]), of(client.get(url).json()["data"])
        assert mine["reactions"] == guests["reactions"] == {"WOW": 1, "CLAP": 1}
        assert mine["_count"]["reactions"] == 2
        assert mine["viewer"] == {"reactions": ["WOW", "CLAP"], "bookmarked": False}
        assert guests["viewer"] is None


@pytest.mark.parametrize("code", ["NOPE", "like", "LIKE ", "%F0%9F%94%A5", "L%00", "X" * 300, "LIKE'--", "%3Cb%3E"])
def test_types_that_are_not_there_are_refused(cast, post, client_for, code):
    answer = react(client_for(cast.fan), post, code)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["type"])
    assert react(client_for(cast.fan), post, code, "delete").status_code in (200, 400)
    assert not Reaction.objects.exists()


def test_what_is_offered_no_more_can_be_taken_back_only(cast, post, client_for):
    fan = client_for(cast.fan)
    react(fan, post, "SAD")
    ReactionType.objects.filter(code="SAD").update(active=False)
    assert react(client_for(cast.other_fan), post, "SAD").status_code == 400
    assert react(fan, post, "SAD", "delete").json()["data"]["reactions"] == {}
    assert {"code": "SAD", "active": False}.items() <= fan.get("/api/reaction-types").json()["data"]["items"][5].items()


def test_what_one_may_not_see_is_not_there(cast, post, client, client_for):
    fan = client_for(cast.fan)
    hidden, binned = make_post(cast.creator), make_post(cast.creator)
    for one in (hidden, binned):
        react(fan, one)
    unpublish_post(actor=cast.creator, post=hidden)
    delete_post(actor=cast.creator, post=binned)
    answers = [
        fan.generic(method, f"/api/posts/{number}/reactions{end}")
        for number in (hidden.pk, binned.pk, 0, 10**17, "x", "-1")
        for method, end in (("GET", ""), ("PUT", "/LIKE"), ("DELETE", "/LIKE"))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["error"] for answer in answers}) == 1
    pages = [
        fan.get(f"/reactions/{what}/") for what in (f"post/{hidden.pk}", f"post/{10**30}", f"user/{cast.fan.pk}", "x/1")
    ]
    assert {page.status_code for page in pages} == {404}
    assert fan.get("/api/posts").json()["data"]["total"] == 1


def test_a_block_hides_the_reactions_of_both(cast, post, client_for):
    fan = client_for(cast.fan)
    block(actor=cast.creator, username=cast.fan.username)
    assert react(fan, post).status_code == 404
    assert fan.get(f"/api/posts/{post.pk}/reactions").status_code == 404
    assert react(client_for(cast.other_fan), post).status_code == 200


def test_people_one_does_not_see_are_counted_but_not_named(cast, post, client, client_for):
    people = {name: make_user(name) for name in ("open_one", "private_one", "banned_one", "muted_one", "parted_one")}
    for person in people.values():
        add_reaction(actor=person, kind="post", target_id=post.pk, code="LIKE")
    Profile.objects.filter(user=people["private_one"]).update(visibility="private")
    User.objects.filter(pk=people["banned_one"].pk).update(status="BANNED", is_active=False)

    def names(who, url=f"/api/posts/{post.pk}/reactions"):
        return [item["user"]["username"] for item in who.get(url).json()["data"]["items"]]

    assert names(client) == ["parted_one", "muted_one", "open_one"]
    block(actor=people["parted_one"], username=cast.fan.username)
    mute(actor=cast.fan, username="muted_one")
    assert names(client_for(cast.fan)) == ["open_one"]
    page = client_for(cast.fan).get(f"/reactions/post/{post.pk}/").content.decode()
    assert ("open_one" in page, "muted_one" in page, "private_one" in page) == (True, False, False)
    assert "private_one" in names(client_for(people["private_one"]))
    assert client.get(f"/api/posts/{post.pk}").json()["data"]["reactions"] == {"LIKE": 5}


def test_who_reacted_is_read_on_by_cursor_and_by_type(cast, post, client):
    for number in range(5):
        person = make_user(f"reader_{number}")
        add_reaction(actor=person, kind="post", target_id=post.pk, code="LIKE")
        if number % 2:
            add_reaction(actor=person, kind="post", target_id=post.pk, code="FIRE")
    url = f"/api/posts/{post.pk}/reactions"
    first = client.get(f"{url}?limit=4").json()["data"]
    rest = client.get(f"{url}?limit=4&cursor={first['nextCursor']}").json()["data"]
    assert [(item["user"]["username"], item["type"]) for item in first["items"] + rest["items"]] == [
        ("reader_4", "LIKE"), ("reader_3", "FIRE"), ("reader_3", "LIKE"), ("reader_2", "LIKE"),
        ("reader_1", "FIRE"), ("reader_1", "LIKE"), ("reader_0", "LIKE"),
    ]  # fmt: skip
    fire = client.get(f"{url}?type=FIRE").json()["data"]["items"]
    assert [item["user"]["username"] for item in fire] == ["reader_3", "reader_1"]
    assert client.get(f"{url}?type=NOPE").json()["data"]["items"] == []
    assert client.get(f"{url}?type=FIRE&cursor={first['nextCursor']}").status_code == 400
    assert client.get(f"{url}?limit=0").status_code == 400


def test_a_reaction_is_one_short_transaction(cast, post, client_for, django_assert_max_num_queries):
    fan = client_for(cast.fan)
    react(fan, post)
    with django_assert_max_num_queries(14) as captured:
        react(fan, post, "FIRE")
    statements = [query["sql"] for query in captured.captured_queries]
    assert statements[-2].lstrip().startswith("UPDATE target_counts"), statements


def test_lists_cost_the_same_for_more(cast, post, flat_cost, client_for, settings):
    settings.RATE_LIMIT_SCALE = 1000
    fan = client_for(cast.fan)

    def grow(number):
        Reaction.objects.bulk_create(
            Reaction(user=make_user(), target_kind="post", target_id=post.pk, type_id="LIKE") for _ in range(number)
        )

    urls = (f"/api/posts/{post.pk}/reactions", f"/reactions/post/{post.pk}/", f"/api/posts/{post.pk}")
    flat_cost(*urls, grow=grow, by=fan, at_most={urls[0]: 8, urls[1]: 16, urls[2]: 14})
    # One after the other: the rows were entered without their numbers.
    TargetCounts.objects.filter(target_id=post.pk).update(reactions=30, reactions_by_type={"LIKE": 30})


@pytest.mark.django_db(transaction=True)
def test_the_same_reaction_two_hundred_times_at_once_is_one(cast, post, settings):
    settings.RATE_LIMIT_SCALE = 1000
    fan = cast.fan

    def give():
        return add_reaction(actor=fan, kind="post", target_id=post.pk, code="LIKE")

    answers = at_once([give] * 200, threads=8)
    assert [each for each in answers if isinstance(each, Exception)] == []
    assert {(each.total, each.own) for each in answers} == {(1, ("LIKE",))}
    assert Reaction.objects.count() == len(facts("reaction.added")) == 1


@pytest.mark.django_db(transaction=True)
def test_many_people_giving_and_taking_at_once_are_counted_right(cast, post):
    people = [make_user() for _ in range(16)]

    def act(person, service, code):
        return lambda: service(actor=person, kind="post", target_id=post.pk, code=code)

    calls = [
        act(person, service, code)
        for service, code in (
            (add_reaction, "LIKE"), (add_reaction, "FIRE"), (remove_reaction, "LIKE"), (remove_reaction, "LIKE"),
        )
        for person in people
    ]  # fmt: skip
    answers = at_once(calls, threads=16)
    assert [each for each in answers if isinstance(each, Exception)] == []
    row = TargetCounts.objects.get(target_id=post.pk)
    assert row.reactions == sum(row.reactions_by_type.values()) == Reaction.objects.count()
    assert row.reactions_by_type["FIRE"] == 16


def test_what_goes_with_its_person_or_its_post_is_counted_off(cast, post, settings):
    other = make_post(cast.creator)
    for target in (post, other):
        for code in ("LIKE", "LOVE"):
            add_reaction(actor=cast.fan, kind="post", target_id=target.pk, code=code)
    add_reaction(actor=cast.other_fan, kind="post", target_id=post.pk, code="LOVE")
    forget_person(subject=Subject(cast.fan.pk, "fan", ()))
    numbers = TargetCounts.objects.filter(target_id__in=[post.pk, other.pk]).order_by("target_id")
    assert list(numbers.values_list("reactions", "reactions_by_type", "reactions_weight")) == [
        (1, {"LOVE": 1}, 2), (0, {}, 0),
    ]  # fmt: skip
    delete_post(actor=cast.creator, post=post)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cms_postpage SET deleted_at = now() - interval '40 days' WHERE page_ptr_id = %s", [post.pk]
        )
    purge_bin()
    assert not Reaction.objects.exists()


@pytest.mark.long
def test_a_hundred_thousand_reactions_are_read_like_ten(cast, post, client):
    template = make_user("crowd")
    people = User.objects.bulk_create(
        [
            User(username=f"crowd_{number}", email=f"crowd{number}@people.example", status="ACTIVE", password="!")
            for number in range(100_000)
        ],
        batch_size=5000,
    )
    Profile.objects.bulk_create(
        [Profile(user=person, display_name=person.username) for person in people], batch_size=5000
    )
    Reaction.objects.bulk_create(
        [Reaction(user=person, target_kind="post", target_id=post.pk, type_id="LIKE") for person in people],
        batch_size=5000,
    )
    add_reaction(actor=template, kind="post", target_id=make_post(cast.creator).pk, code="LIKE")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    first = Reaction.objects.order_by("pk").values_list("pk", flat=True)[10]
    url = f"/reactions/post/{post.pk}/"
    for address in (url, f"{url}?type=LIKE", f"{url}?before={first + 50_000}", f"{url}?before={first}"):
        began = time.perf_counter()
        assert "crowd_" in client.get(address).content.decode()
        assert time.perf_counter() - began < 0.5, address
