"""What feeds are made of: where posts stand, what is noted of who wants it, and how little a feed costs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from wagtail.models import Page

from cms.models import CategoryRead, ListedPost, PostPage
from cms.services import note_reads, unpublish_post, update_post
from community.bookmarks.services import share_target
from community.core.integrity import run_checks
from community.follows.services import follow
from community.reactions.services import add_reaction
from tests.factories import copy_posts, growing, make_category, make_post, make_series, make_user

pytestmark = pytest.mark.django_db

FEED = "/api/me/feed"


@pytest.fixture(autouse=True)
def _unlimited(settings):
    settings.RATE_LIMIT_SCALE = 10_000


def test_turned_off_for_you_is_gone_and_nothing_is_noted(cast, client_for, settings):
    music = make_category("Music", slug="music")
    post = make_post(cast.creator, "A song", category=music)
    fan = client_for(cast.fan)
    note_reads(reads={(cast.fan.pk, post.pk): 2, (cast.other_fan.pk, post.pk): 1})
    answer = fan.get(f"{FEED}/preferences").json()["data"]
    assert answer == {"forYou": True, "reads": [{"name": "Music", "share": 1.0}]}
    assert "Music" in fan.get("/account/feed/").content.decode()
    off = fan.put(f"{FEED}/preferences", json.dumps({"forYou": False}), "application/json").json()["data"]
    assert off == {"forYou": False, "reads": []}
    note_reads(reads={(cast.fan.pk, post.pk): 2})
    assert list(CategoryRead.objects.values_list("user", flat=True)) == [cast.other_fan.pk]
    assert fan.get(FEED, {"kind": "for-you"}).status_code == 409
    assert fan.get("/feed/for-you/").status_code == 302
    assert "/feed/for-you/" not in fan.get("/feed/latest/").content.decode()
    assert run_checks(["feed-reads"]) == []
    assert fan.post("/account/feed/", {"for_you": "on"}).status_code == 302
    assert "/feed/for-you/" in fan.get("/feed/latest/").content.decode()
    assert fan.put(f"{FEED}/preferences", json.dumps({"forYou": "x"}), "application/json").status_code == 400


def test_reads_fade_by_half_in_thirty_days_and_count_once_for_each_post(cast):
    music = make_category("Music", slug="music")
    post = make_post(cast.creator, "A song", category=music)
    note_reads(reads={(cast.fan.pk, post.pk): 1, (2**40, post.pk): 1, (cast.fan.pk, 2**40): 1})
    CategoryRead.objects.update(read_at=timezone.now() - timedelta(days=30))
    note_reads(reads={(cast.fan.pk, post.pk): 1})
    assert CategoryRead.objects.get().reads == pytest.approx(1.5, abs=0.001)


def test_where_posts_stand_is_kept_whoever_writes(cast, home):
    films, music = make_category("Films", slug="films"), make_category("Music", slug="music")
    series = make_series(cast.creator, "Nights")
    post = make_post(cast.creator, "Post", category=films, tags=["one", "two"])

    def places():
        assert run_checks(["post-listed"]) == []
        return sorted(ListedPost.objects.filter(post=post).values_list("kind", flat=True))

    assert places() == ["all", "category", "tag", "tag", "user"]
    update_post(actor=cast.creator, post=post, tags=["two"], category=music, series=series)
    assert places() == ["all", "category", "series", "tag", "user"]
    assert ListedPost.objects.filter(kind="category", source_id=music.pk).count() == 1
    music.delete()
    assert places() == ["all", "series", "tag", "user"]
    PostPage.objects.filter(pk=post.pk).update(author=cast.editor)
    assert ListedPost.objects.get(post=post, kind="user").source_id == cast.editor.pk
    PostPage.objects.filter(pk=post.pk).update(author=cast.creator)
    Page.objects.filter(pk=post.pk).update(first_published_at=timezone.now() - timedelta(days=3))
    assert places()
    unpublish_post(actor=cast.creator, post=PostPage.objects.get(pk=post.pk))
    assert places() == []
    copies = copy_posts(make_post(cast.creator, "Other", tags=["one"]), 3)
    assert ListedPost.objects.filter(post__in=copies).count() == 9
    ListedPost.objects.filter(kind="tag").delete()
    assert len(run_checks(["post-listed"])) == 4
    ListedPost.objects.all().delete()
    PostPage.objects.get(pk=copies[0]).delete()
    assert connection.in_atomic_block


URLS = {
    "/": 12,
    "/feed/following/": 12,
    "/feed/following/?order=ranked": 12,
    "/feed/for-you/": 12,
    "/feed/trending/": 12,
    "/feed/latest/": 12,
    f"{FEED}?limit=100": 10,
    f"{FEED}?limit=100&order=ranked": 10,
    f"{FEED}?limit=100&kind=for-you": 11,
    f"{FEED}?limit=100&kind=trending": 10,
    f"{FEED}?limit=100&kind=latest": 10,
}


def test_a_feed_costs_as_much_for_thirty_posts_and_people_as_for_three(cast, client_for, flat_cost):
    films = make_category("Films", slug="films")
    follow(actor=cast.fan, kind="category", target_id=films.pk)
    follow(actor=cast.fan, kind="user", target_id=cast.other_fan.pk)
    grow_posts = growing(lambda n: make_post(make_user(), f"Post {n}", category=films, tags=[f"tag {n}"]))

    def grow(count):
        ids = grow_posts(count)
        for pk in ids:
            author = make_user(role="CREATOR")
            PostPage.objects.filter(pk=pk).update(author=author)
            follow(actor=cast.fan, kind="user", target_id=author.pk)
        share_target(actor=cast.other_fan, kind="post", target_id=ids[0], to_followers=True, note="x")
        add_reaction(actor=cast.other_fan, kind="post", target_id=ids[1], code="LIKE")
        note_reads(reads={(cast.fan.pk, ids[2]): 1})

    flat_cost(*URLS, grow=grow, at_most=URLS, by=client_for(cast.fan))
