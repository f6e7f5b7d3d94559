"""A feed is as fast for who follows 2,000 people as for who follows 5, among a hundred thousand posts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest
from django.test import Client

from community.accounts.models import User
from community.follows.models import Follow
from tests.factories import make_user
from tests.factories.crowd import make_crowd

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.timeout(900)]

PEOPLE, POSTS = 2050, 100_000
ROUNDS = 40
P95_SECONDS, RATIO = 0.150, 1.5


def followers_of(person: User, kind: str, ids: list[int]) -> None:
    Follow.objects.bulk_create(Follow(follower=person, target_kind=kind, target_id=pk) for pk in ids)


def test_a_feed_page_is_as_fast_for_two_thousand_as_for_five(
    client_for: Callable[[User], Client], settings: pytest.FixtureRequest
) -> None:
    settings.RATE_LIMIT_SCALE = 10_000  # type: ignore[attr-defined] # the fixture of pytest-django has no class
    crowd = make_crowd(make_user(role="CREATOR"), people=PEOPLE, posts=POSTS)
    many, few, silent, topics = (make_user() for _each in range(4))
    followers_of(many, "user", crowd.people[:2000])
    followers_of(few, "user", crowd.people[:5])
    followers_of(silent, "user", crowd.silent[:5])
    followers_of(topics, "tag", [crowd.tag])
    followers_of(topics, "category", crowd.categories[:3])
    readers = {"many": many, "few": few, "silent": silent, "topics": topics}
    clients = {name: client_for(who) for name, who in readers.items()}
    taken: dict[str, list[float]] = {name: [] for name in clients}
    for turn in range(ROUNDS + 3):
        for name, client in clients.items():
            begun = time.perf_counter()
            answer = client.get("/feed/following/")
            if turn >= 3:
                taken[name].append(time.perf_counter() - begun)
            assert answer.content.count(b'class="feed__item"') == 20, name
    middle = {name: statistics.median(each) for name, each in taken.items()}
    p95 = {name: statistics.quantiles(each, n=20)[-1] for name, each in taken.items()}
    assert max(p95.values()) <= P95_SECONDS, p95
    assert max(middle.values()) / min(middle.values()) <= RATIO, middle
