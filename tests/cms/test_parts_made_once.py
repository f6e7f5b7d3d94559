"""Parts of pages and lists made once: for whom, how long, and what makes them new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageViewRestriction

from cms import services
from cms.models import PostPage
from community.accounts import services as services_of_people
from community.core import remembered
from community.core.cache import ForgivingRedisCache, RedisAwayError
from tests.factories import Cast, make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    remembered._known.clear()


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        text(client, path)
    return len(captured)


PLACES: dict[str, Callable[[PostPage], str]] = {
    "the first page": lambda post: "/",
    "the post": lambda post: post.url,
    "everything new": lambda post: "/latest/",
    "the author's page": lambda post: f"/creators/{post.author.username}/",
    "the JSON list": lambda post: "/api/posts?limit=20",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_second_guest_costs_nearly_nothing_and_a_change_is_seen_at_once(cast: Cast, place: str) -> None:
    post = make_post(cast.creator, "The first of its kind")
    path = PLACES[place](post)
    assert "The first of its kind" in text(Client(), path)
    assert queries(Client(), path) <= 1
    services.update_post(actor=cast.creator, post=post, title="Quite another")
    shown = text(Client(), path)
    assert "Quite another" in shown
    assert "The first of its kind" not in shown


@pytest.mark.parametrize("place", PLACES)
def test_what_was_taken_off_is_gone_at_once(cast: Cast, place: str) -> None:
    post = make_post(cast.creator, "Here only for now")
    path = PLACES[place](post)
    text(Client(), path)
    services.unpublish_post(actor=cast.creator, post=post)
    response = Client().get(path)
    assert "Here only for now" not in response.content.decode()
    assert response.status_code == (404 if place == "the post" else 200)


def test_a_locked_post_leaves_the_lists_of_guests_and_stays_in_those_of_its_author(cast: Cast) -> None:
    post = make_post(cast.creator, "Behind a word")
    guest, author = Client(), Client()
    author.force_login(cast.creator)
    assert "Behind a word" in text(guest, "/latest/")
    restriction = PageViewRestriction.objects.create(page=Page.objects.get(pk=post.pk), password="open",
                                                     restriction_type="password")  # fmt: skip
    assert "Behind a word" in text(author, "/latest/")
    assert "Behind a word" not in text(guest, "/latest/")
    assert "Behind a word" not in text(guest, post.url)
    restriction.delete()
    assert "Behind a word" in text(guest, post.url)


def test_members_see_what_guests_see_and_nothing_of_each_other(cast: Cast) -> None:
    post = make_post(cast.creator, "For all")
    first, second = Client(), Client()
    first.force_login(cast.fan)
    second.force_login(cast.verified_creator)
    services_of_people.update_profile(actor=cast.fan, person=cast.fan, display_name="Zelda of the Stars")
    assert "Zelda of the Stars" in text(first, post.url)
    assert "Zelda of the Stars" not in text(second, post.url)
    shown = text(Client(), post.url)
    assert "Zelda of the Stars" not in shown
    assert "/account/logout/" not in shown


def test_another_name_of_the_author_is_seen_at_once(cast: Cast) -> None:
    post = make_post(cast.creator, "By whom?")
    text(Client(), post.url)
    services_of_people.update_profile(actor=cast.creator, person=cast.creator, display_name="Somebody Else")
    assert "Somebody Else" in text(Client(), post.url)


def test_languages_are_kept_apart(cast: Cast) -> None:
    make_post(cast.creator, "Alike")
    english, german = text(Client(), "/latest/"), text(Client(), "/de/latest/")
    assert "Everything new" in english
    assert "Everything new" not in german
    assert text(Client(), "/latest/") == english


def test_in_a_transaction_nothing_is_remembered(cast: Cast) -> None:
    make_post(cast.creator, "Seen")
    text(Client(), "/latest/")
    with transaction.atomic():
        make_post(cast.creator, "Not yet committed")
        assert "Not yet committed" in text(Client(), "/latest/")
        transaction.set_rollback(True)
    assert "Not yet committed" not in text(Client(), "/latest/")


def test_without_redis_everything_is_made_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    make_post(cast.creator, "Before")
    text(Client(), "/latest/")

    def away(self: Any, work: Any) -> Any:
        raise RedisAwayError

    monkeypatch.setattr(ForgivingRedisCache, "attempt", away)
    make_post(cast.creator, "While it was away")
    assert "While it was away" in text(Client(), "/latest/")


def test_a_redis_that_forgot_everything_brings_nothing_old_back(cast: Cast) -> None:
    post = make_post(cast.creator, "Old words")
    text(Client(), post.url)
    PostPage.objects.filter(pk=post.pk).update(title="New words")
    caches["default"].attempt(lambda redis: redis.flushdb())  # type: ignore[attr-defined]
    assert "New words" in text(Client(), post.url)


def test_what_is_not_there_pushes_nothing_out(cast: Cast) -> None:
    make_post(cast.creator, "Here")
    text(Client(), "/latest/")
    known = len(remembered._known)
    for number in range(5):
        assert Client().get(f"/not-here-{number}/").status_code == 404
    assert len(remembered._known) <= known + 1
    assert len(remembered._known) <= remembered.MOST


def test_the_longest_unused_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 3)
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number

    with remembered.reading():
        for number in (1, 2, 3, 1, 4, 1, 2):
            assert remembered.remembered(("n", number), ("site",), lambda number=number: make(number)) == number
    assert made == [1, 2, 3, 4, 2]
