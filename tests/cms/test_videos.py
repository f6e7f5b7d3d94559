"""Videos of posts: their own titles and pictures on the page and in the API, without asking YouTube there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from cms import services
from cms.models import ReusableContent, StandardPage
from community.core import outbox
from community.youtube.models import VideoPreview
from community.youtube.services import fetch_previews
from tests.cms.wxr import builder
from tests.cms.wxr.running import run_file
from tests.factories import make_image, make_post
from tests.support.api import data_of
from tests.support.elsewhere import elsewhere
from tests.support.videos import YouTube

TOP, FIRST, SECOND = "dQw4w9WgXcQ", "aqz-KE-bpKQ", "abcdefghijk"
HOSTILE = "</a><script>alert(1)</script> \"'><img src=x onerror=alert(1)>"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def youtube(settings: Any) -> Iterator[YouTube]:
    """A server that stands for YouTube, with three videos."""
    with elsewhere() as site:
        made = YouTube(site, settings)
        for video_id, title in ((TOP, "On top"), (FIRST, "The first"), (SECOND, "The second")):
            made.has(video_id, title)
        yield made


def video(video_id: str, **values: Any) -> tuple[str, dict[str, Any]]:
    """A block of a body."""
    return "video", {"video": f"https://youtu.be/{video_id}", **values}


def tell_and_fetch() -> None:
    """What worker and job do within the next minutes."""
    outbox.deliver()
    fetch_previews(seconds=30)


def test_a_published_post_gets_the_titles_and_pictures_of_its_videos(client: Any, cast: Any, youtube: YouTube) -> None:
    post = make_post(cast.creator, "A post", content=None, video=TOP, body=[video(FIRST), video(SECOND, title="Mine")])
    before = client.get(post.url).content.decode()
    assert "Play: A post (from YouTube)" in before
    assert "/media/videos/" not in before
    tell_and_fetch()
    page = client.get(post.url).content.decode()
    for title in ("On top", "The first", "Mine"):
        assert f"Play: {title} (from YouTube)" in page
        assert f'data-title="{title}"' in page
    assert "The second" not in page, "the author's own title comes first"
    assert all(f'src="/media/videos/{video_id}/' in page for video_id in (TOP, FIRST, SECOND))
    assert "ytimg" not in page
    assert page.index("/media/videos/") < page.index("</head>"), "the picture of the first screen is loaded early"


def test_the_cover_comes_before_the_picture_of_youtube(client: Any, cast: Any, youtube: YouTube) -> None:
    post = make_post(cast.creator, video=TOP, cover_image=make_image())
    tell_and_fetch()
    page = client.get(post.url).content.decode()
    assert "/media/videos/" not in page
    assert "Play: On top" in page


def test_search_engines_and_networks_get_the_stored_title_and_picture(
    client: Any, cast: Any, youtube: YouTube, settings: Any
) -> None:
    post = make_post(cast.creator, "A post", video=TOP)
    before = client.get(post.url).content.decode()
    assert "VideoObject" not in before, "not without the picture that they require"
    assert 'property="og:image"' not in before or "/media/videos/" not in before
    tell_and_fetch()
    page = client.get(post.url).content.decode()
    data = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    (seen,) = [thing for thing in data["@graph"] if thing["@type"] == "VideoObject"]
    assert seen["name"] == "On top"
    assert seen["thumbnailUrl"][0].startswith(f"{settings.PUBLIC_URL}/media/videos/{TOP}/")
    shared = page.split('property="og:image" content="')[1].split('"')[0]
    assert shared.startswith(f"{settings.PUBLIC_URL}/media/videos/{TOP}/")


def test_a_change_of_reusable_content_wants_its_videos(client: Any, cast: Any, youtube: YouTube) -> None:
    shared = ReusableContent.objects.create(name="Trailer", slug="trailer", body=[])
    post = make_post(cast.creator, content=None, body=[("reusable", shared)])
    shared.body = [video(FIRST)]
    shared.save()
    fetch_previews(seconds=30)
    assert "Play: The first" in client.get(post.url).content.decode()


@pytest.mark.parametrize("harm", ["gone", "away"])
def test_a_video_that_cannot_be_fetched_has_a_calm_place(
    client: Any, cast: Any, youtube: YouTube, settings: Any, harm: str
) -> None:
    youtube.words.clear()
    if harm == "away":
        settings.YOUTUBE_OEMBED_URL = "http://127.0.0.1:9/oembed"
    post = make_post(cast.creator, "A post", video=TOP)
    tell_and_fetch()
    page = client.get(post.url)
    assert page.status_code == 200
    assert '<span class="video__title">' in page.content.decode()
    assert "Play: A post (from YouTube)" in page.content.decode()
    assert data_of(client.get(f"/api/posts/{post.pk}"))["video"] == {"id": TOP, "title": "", "thumbnail": None}


def test_a_hostile_title_is_only_words(client: Any, cast: Any, youtube: YouTube) -> None:
    youtube.has(TOP, HOSTILE)
    post = make_post(cast.creator, video=TOP)
    tell_and_fetch()
    page = client.get(post.url).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count(escape(HOSTILE)) == 2
    assert data_of(client.get(f"/api/posts/{post.pk}"))["video"]["title"] == HOSTILE


def test_a_change_of_a_post_wants_its_new_videos(client_for: Any, cast: Any, youtube: YouTube) -> None:
    post = make_post(cast.creator, video=TOP)
    services.update_post(actor=cast.creator, post=post, body=[video(FIRST)], published=True)
    outbox.deliver()
    assert set(VideoPreview.objects.values_list("pk", flat=True)) == {TOP, FIRST}
    services.unpublish_post(actor=cast.creator, post=post)
    services.update_post(actor=cast.creator, post=post, body=[video(SECOND)])
    tell_and_fetch()
    answer = data_of(client_for(cast.creator).get(f"/api/posts/{post.pk}"))
    assert answer["body"][0]["video"]["title"] == "The second", "drafts show them too"


def test_a_deleted_post_wants_nothing_and_breaks_nothing(cast: Any, youtube: YouTube) -> None:
    post = make_post(cast.creator, video=TOP)
    services.delete_post(actor=cast.creator, post=post)
    outbox.deliver()
    assert not VideoPreview.objects.exists()


def test_videos_of_reusable_content_are_among_them(client: Any, cast: Any, youtube: YouTube) -> None:
    snippet = ReusableContent.objects.create(name="Trailer", slug="trailer", body=[video(FIRST)])
    post = make_post(cast.creator, content=None, body=[("reusable", snippet)])
    tell_and_fetch()
    page = client.get(post.url).content.decode()
    assert "Play: The first" in page
    assert f"/media/videos/{FIRST}/" in page


def test_a_plain_page_has_them_as_well(client: Any, home: Any, youtube: YouTube) -> None:
    page = services.add_page(parent=home, page=StandardPage(title="About", slug="about-us", body=[video(FIRST)]))
    page.save_revision().publish()
    fetch_previews(seconds=30)
    shown = client.get(page.url).content.decode()
    assert "Play: The first" in shown
    assert f"/media/videos/{FIRST}/" in shown


def test_the_api_tells_what_is_stored_and_takes_it_back(client: Any, client_for: Any, cast: Any, youtube: YouTube
                                                       ) -> None:  # fmt: skip
    body = [video(FIRST), video(SECOND, title="Mine"), ("quote", {"text": "Words"})]
    post = make_post(cast.creator, content=None, video=TOP, body=body)
    bare = data_of(client.get(f"/api/posts/{post.pk}"))
    assert bare["video"] == {"id": TOP, "title": "", "thumbnail": None}
    tell_and_fetch()
    answer = data_of(client.get(f"/api/posts/{post.pk}"))
    assert answer["video"]["title"] == "On top"
    assert answer["video"]["thumbnail"].startswith(f"http://localhost:8000/media/videos/{TOP}/")
    assert [block.get("video", {}).get("title") for block in answer["body"]] == ["The first", "Mine", None]
    assert [block["value"] for block in answer["body"]] == [block["value"] for block in bare["body"]]
    assert "video" not in answer["body"][2]
    sent = json.dumps({"body": answer["body"]})
    again = client_for(cast.creator).put(f"/api/posts/{post.pk}", sent, content_type="application/json")
    assert again.status_code == 200, again.content
    assert [block.get("video") for block in data_of(again)["body"]] == [block.get("video") for block in answer["body"]]
    without = make_post(cast.creator)
    assert data_of(client.get(f"/api/posts/{without.pk}"))["video"] is None


def test_thirty_videos_cost_one_query_and_none_costs_none(
    client: Any, cast: Any, youtube: YouTube, flat_cost: Any
) -> None:
    post = make_post(cast.creator, content=None, body=[video(FIRST)])

    def grow(count: int) -> None:
        post.refresh_from_db()
        old = [("video", dict(child.value)) for child in post.body]
        ids = [f"video-{len(old) + number:05}" for number in range(count)]
        VideoPreview.objects.bulk_create([
            VideoPreview(pk=each, state="ready", title=each, fetched_at="2026-01-01T00:00:00Z") for each in ids
        ])  # fmt: skip
        services.update_post(actor=cast.creator, post=post, body=[*old, *map(video, ids)], published=True)

    flat_cost(post.url, f"/api/posts/{post.pk}", grow=grow)
    assert client.get(post.url).content.decode().count("Play: video-") == 30
    plain = make_post(cast.creator)
    client.get(plain.url)
    with CaptureQueriesContext(connection) as asked:
        client.get(plain.url)
    assert not [query for query in asked if "youtube_videopreview" in query["sql"]]


def test_imported_texts_want_the_previews_of_their_videos(home: Any, tmp_path: Path) -> None:
    text = f"<p>Look.</p>\n\nhttps://www.youtube.com/watch?v={FIRST}"
    run_file(builder.write(tmp_path, builder.item(1, content__encoded=text)))
    assert list(VideoPreview.objects.values_list("pk", flat=True)) == [FIRST]
