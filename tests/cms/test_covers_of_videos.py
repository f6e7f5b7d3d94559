"""Posts without a cover show the stored picture of their video in lists, at the same cost for any number."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from cms.models import PostPage
from community.youtube.choices import State
from community.youtube.models import VideoPreview
from community.youtube.services import fetch_previews, want_previews
from tests.factories import growing, make_category, make_image, make_post
from tests.support.api import data_of
from tests.support.elsewhere import elsewhere
from tests.support.videos import YouTube

VIDEO, OTHER = "dQw4w9WgXcQ", "aqz-KE-bpKQ"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMIT_SCALE = 1000


@pytest.fixture
def stored(settings: Any) -> None:
    """The pictures of two videos are stored here."""
    with elsewhere() as site:
        youtube = YouTube(site, settings)
        for video_id in (VIDEO, OTHER):
            youtube.has(video_id)
        want_previews(video_ids=[VIDEO, OTHER])
        fetch_previews(seconds=30)
    assert VideoPreview.objects.filter(state=State.READY).count() == 2


def covers(page: str) -> list[str]:
    """What the covers of a page's cards show: the folder of each picture, or nothing."""
    found = re.findall(r'<div class="cover[^"]*">(.*?)</div>', page, re.DOTALL)
    return ["".join(re.findall(r'<img src="/media/((?:videos/)?[^/]+)/', cover)) for cover in found]


@pytest.mark.usefixtures("stored")
def test_lists_show_the_picture_of_the_video_where_a_post_has_no_cover(client: Any, cast: Any) -> None:
    category = make_category("Lamps")
    make_post(cast.creator, "With both", category=category, video=OTHER, cover_image=make_image())
    make_post(cast.creator, "With a video", category=category, video=f"https://youtu.be/{VIDEO}")
    for path in (category.get_absolute_url(), "/latest/", "/", "/creators/creator/", "/search/?q=with"):
        page = client.get(path).content.decode()
        assert f"videos/{VIDEO}" in covers(page), path
        assert f"/media/videos/{OTHER}" not in page, "the author's own cover comes first"
    hero = client.get("/").content.decode()
    assert "cover__play" in hero
    assert "ytimg" not in hero


def test_nothing_stands_there_while_nothing_is_stored(client: Any, cast: Any) -> None:
    make_post(cast.creator, "With a video", video=VIDEO)
    want_previews(video_ids=[VIDEO])
    assert "/media/videos/" not in client.get("/latest/").content.decode()


@pytest.mark.usefixtures("stored")
def test_the_page_of_the_post_shows_the_picture_once(client: Any, cast: Any) -> None:
    post = make_post(cast.creator, "With a video", video=VIDEO)
    page = client.get(post.url).content.decode()
    assert page.count(f'<img src="/media/videos/{VIDEO}') == 1


@pytest.mark.usefixtures("stored")
def test_the_api_tells_the_authors_own_cover_only(client: Any, cast: Any) -> None:
    post = make_post(cast.creator, "With a video", video=VIDEO)
    answer = data_of(client.get(f"/api/posts/{post.pk}"))
    assert answer["coverImage"] is None, "what is read can be sent back"
    assert f"/media/videos/{VIDEO}/" in str(answer["video"]["thumbnail"])


@pytest.mark.usefixtures("stored")
def test_thirty_videos_cost_what_three_cost(cast: Any, flat_cost: Any) -> None:
    numbers = itertools.count()
    make_post(cast.creator, "The first", video=VIDEO)
    grow_posts = growing(lambda number: make_post(cast.creator, f"Post {number}", video=VIDEO))

    def grow(count: int) -> None:
        for pk, number in zip(grow_posts(count), numbers, strict=False):
            row = VideoPreview.objects.get(pk=VIDEO)
            row.pk = f"{number:011}"
            row.save(force_insert=True)
            PostPage.objects.filter(pk=pk).update(video=row.pk)

    flat_cost("/latest/", "/", "/creators/creator/", "/search/?q=post", grow=grow)
    assert PostPage.objects.count() == 31
