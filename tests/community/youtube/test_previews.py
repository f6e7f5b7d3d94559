"""Previews of videos: wanted by posts, fetched by a job, and calm when YouTube is not there."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from community.core.errors import NotAllowed, NotFound
from community.core.integrity import run_checks
from community.youtube import tasks
from community.youtube.choices import ATTEMPTS_MAX, State
from community.youtube.models import VideoPreview
from community.youtube.rules import files_of
from community.youtube.selectors import list_failing, previews
from community.youtube.services import fetch_preview, fetch_previews, retry_preview, want_previews
from tests.support.elsewhere import Reply, elsewhere
from tests.support.pictures import bomb
from tests.support.videos import YouTube, thumbnail

VIDEO, OTHER = "dQw4w9WgXcQ", "aqz-KE-bpKQ"

pytestmark = pytest.mark.django_db


@pytest.fixture
def youtube(settings: Any) -> Iterator[YouTube]:
    """A server that stands for YouTube, without videos."""
    with elsewhere() as site:
        yield YouTube(site, settings)


def fetched(video_id: str = VIDEO) -> VideoPreview:
    """What is stored after the job has come once."""
    want_previews(video_ids=[video_id])
    fetch_previews(seconds=30)
    return VideoPreview.objects.get(pk=video_id)


def files_there() -> set[str]:
    """All files about the video, also those of other tests."""
    folder = f"videos/{VIDEO}"
    names = default_storage.listdir(folder)[1] if default_storage.exists(folder) else []
    return {f"{folder}/{name}" for name in names}


def test_a_wanted_video_gets_its_words_and_its_picture(youtube: YouTube) -> None:
    youtube.has(VIDEO, "How the curtain falls")
    youtube.shows(VIDEO, Reply(mime="image/jpeg", parts=(thumbnail((1280, 720)),)))
    want_previews(video_ids=[VIDEO, VIDEO, "no id", ""])
    assert previews([VIDEO]) == {}
    assert tasks.fetch_previews() == 1
    found = previews([VIDEO])[VIDEO]
    assert (found.title, found.author_name, found.width, found.height) == (
        "How the curtain falls", "Lamp films", 200, 113,
    )  # fmt: skip
    assert found.picture is not None
    assert (found.picture.width, found.picture.height) == (1280, 720)
    assert found.picture.src.startswith("/media/videos/")
    assert [mime for mime, _srcset in found.picture.sources] == ["image/avif", "image/webp"]
    assert found.picture.placeholder.startswith("data:image/png")
    assert found.picture.colour.startswith("#c")
    assert youtube.asked == ["words", "maxresdefault"]
    assert fetch_previews(seconds=30) == 0, "what is there is not asked again"


def test_wanting_twice_changes_nothing(youtube: YouTube) -> None:
    youtube.has(VIDEO)
    before = fetched()
    want_previews(video_ids=[VIDEO])
    assert VideoPreview.objects.get(pk=VIDEO).next_try_at == before.next_try_at
    assert fetch_previews(seconds=30) == 0


def test_the_largest_picture_that_is_there_is_taken(youtube: YouTube) -> None:
    youtube.has(VIDEO, pictures=())
    youtube.shows(VIDEO, Reply(mime="image/jpeg", parts=(thumbnail((480, 360)),)), "hqdefault")
    assert fetched().state == State.READY
    assert youtube.asked == ["words", "maxresdefault", "sddefault", "hqdefault"]
    shown = previews([VIDEO])[VIDEO].picture
    assert shown is not None
    assert (shown.width, shown.height) == (480, 270), "the black bars are cut off"


def test_a_video_without_any_picture_has_its_title(youtube: YouTube) -> None:
    youtube.has(VIDEO, pictures=())
    assert (fetched().state, previews([VIDEO])[VIDEO].picture) == (State.READY, None)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_video_that_is_gone_is_not_asked_again(youtube: YouTube, status: int) -> None:
    youtube.says(VIDEO, b"Not found", status=status)
    assert fetched().state == State.MISSING
    assert previews([VIDEO]) == {}
    with time_machine.travel(timezone.now() + timedelta(hours=20)):
        want_previews(video_ids=[VIDEO])
        assert fetch_previews(seconds=30) == 0
    assert youtube.asked == ["words"]


def test_a_video_that_was_missing_is_asked_again_when_a_post_shows_it_days_later(youtube: YouTube) -> None:
    assert fetched().state == State.MISSING
    youtube.has(VIDEO)
    VideoPreview.objects.update(fetched_at=timezone.now() - timedelta(days=2))
    assert fetched().state == State.READY


@pytest.mark.parametrize(
    ("words", "mime", "status"),
    [
        (b'{"title": "x"}', "text/html", 200),
        (b'{"title": "x"}', "application/json", 500),
        (b"<html>", "application/json", 200),
        (b'["title"]', "application/json", 200),
        (b"[" * 60_000, "application/json", 200),
        (b'{"title": 7}', "application/json", 200),
        (b'{"title": " \\u0000\\u202e "}', "application/json", 200),
        (b"\xff\xfe", "application/json", 200),
        (b'{"title": "' + b"x" * 70_000 + b'"}', "application/json", 200),
    ],
    ids=["kind", "status", "no JSON", "no object", "deep", "number", "invisible", "no text", "huge"],
)  # fmt: skip
def test_words_that_are_none_are_tried_again_later(youtube: YouTube, words: bytes, mime: str, status: int) -> None:
    youtube.says(VIDEO, words, mime=mime, status=status)
    row = fetched()
    assert (row.state, row.attempts) == (State.PENDING, 1)
    assert row.next_try_at > timezone.now() + timedelta(seconds=60)
    assert fetch_previews(seconds=30) == 0, "not at once"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(mime="text/html", parts=(thumbnail(),)),
        Reply(mime="image/jpeg", parts=(b"<svg onload=alert(1)>",)),
        Reply(mime="image/jpeg", parts=(bomb().getvalue(),)),
        Reply(mime="image/jpeg", parts=(thumbnail()[:300],)),
        Reply(mime="image/jpeg", parts=(b"x" * 65536,) * 70),
        Reply(500),
        Reply(302, headers={"Location": "http://127.0.0.1:9/"}),
    ],
    ids=["kind", "no picture", "bomb", "broken", "huge", "status", "inwards"],
)
def test_a_picture_that_is_none_gives_way_to_the_next(youtube: YouTube, reply: Reply) -> None:
    youtube.has(VIDEO, pictures=("sddefault",))
    youtube.shows(VIDEO, reply)
    assert fetched().state == State.READY
    assert previews([VIDEO])[VIDEO].picture is not None
    youtube.has(OTHER, pictures=())
    youtube.shows(OTHER, reply)
    assert fetched(OTHER).state == State.PENDING, "with trouble only, it is tried again"


def test_foreign_words_are_one_visible_line(youtube: YouTube) -> None:
    family = "\N{MAN}\u200d\N{GIRL}"
    youtube.has(VIDEO, f"  <b>Lamp</b>\n& \u202eco\x00\u200b {family}" + "x" * 400, author_name=None, width=10**9)
    found = fetched()
    assert found.title.startswith(f"<b>Lamp</b> & co {family}x")
    assert len(found.title) == 255
    assert (found.author_name, found.width, found.height) == ("", None, None)


def test_without_a_network_one_waits_longer_each_time_and_gives_up_after_days(settings: Any) -> None:
    settings.YOUTUBE_OEMBED_URL = "http://youtube.invalid/oembed"
    want_previews(video_ids=[VIDEO, OTHER])
    waits = []
    now = timezone.now()
    for _try in range(ATTEMPTS_MAX):
        VideoPreview.objects.update(next_try_at=now)
        assert fetch_previews(seconds=30) == 0
        tried = VideoPreview.objects.order_by("-attempts", "pk").first()
        assert tried is not None
        VideoPreview.objects.exclude(pk=tried.pk).delete()
        if tried.next_try_at is not None:
            waits.append((tried.next_try_at - now).total_seconds())
    assert tried.state == State.MISSING
    assert tried.last_error == "Unreachable: the name is unknown"
    assert all(later > earlier * 1.1 for earlier, later in itertools.pairwise(waits[:10]))
    assert sum(waits) > timedelta(days=1).total_seconds()


def test_the_first_trouble_ends_a_round(youtube: YouTube) -> None:
    youtube.says(VIDEO, b"", status=500)
    youtube.says(OTHER, b"", status=500)
    want_previews(video_ids=[VIDEO, OTHER])
    assert fetch_previews(seconds=30) == 0
    assert youtube.asked == ["words"]


def test_what_is_there_stays_while_youtube_is_away_and_goes_when_the_video_goes(youtube: YouTube) -> None:
    youtube.has(VIDEO, "First")
    files = list(files_of(fetched().variants))
    youtube.says(VIDEO, b"", status=503)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        VideoPreview.objects.update(next_try_at=timezone.now(), attempts=ATTEMPTS_MAX)
        assert fetch_previews(seconds=30) == 0
    assert previews([VIDEO])[VIDEO].title == "First"
    assert all(default_storage.exists(name) for name in files)
    youtube.says(VIDEO, b"", status=404)
    VideoPreview.objects.update(next_try_at=timezone.now())
    assert fetch_previews(seconds=30) == 1
    row = VideoPreview.objects.get(pk=VIDEO)
    assert (row.state, row.title, row.variants, row.blurhash) == (State.MISSING, "", {}, "")


@pytest.mark.django_db(transaction=True)
def test_a_new_picture_replaces_the_files_of_the_old(youtube: YouTube) -> None:
    youtube.has(VIDEO)
    old = list(files_of(fetched().variants))
    VideoPreview.objects.update(variants_version=0)
    assert fetch_previews(seconds=30) == 1, "presets have changed"
    new = list(files_of(VideoPreview.objects.get(pk=VIDEO).variants))
    assert not set(old) & set(new)
    assert not any(default_storage.exists(name) for name in old)
    assert all(default_storage.exists(name) for name in new)


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_ask_once(youtube: YouTube) -> None:
    youtube.has(VIDEO)
    youtube.has(OTHER)
    want_previews(video_ids=[VIDEO, OTHER])

    def work() -> None:
        try:
            fetch_previews(seconds=30)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert youtube.asked.count("words") == 2
    assert VideoPreview.objects.filter(state=State.READY, attempts=0).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_answers_about_one_video_leave_the_files_of_one(youtube: YouTube) -> None:
    youtube.has(VIDEO)
    want_previews(video_ids=[VIDEO])
    before = files_there()

    def work() -> None:
        try:
            fetch_preview(video_id=VIDEO)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert files_there() - before == set(files_of(VideoPreview.objects.get(pk=VIDEO).variants))


def test_posts_published_at_once_may_want_the_same_videos(youtube: YouTube) -> None:
    for _twice in range(2):
        want_previews(video_ids=[OTHER, VIDEO])
        want_previews(video_ids=[VIDEO, OTHER])
    assert VideoPreview.objects.count() == 2


def test_administrators_may_have_youtube_asked_again(youtube: YouTube, cast: Any) -> None:
    assert fetched().state == State.MISSING
    assert list(list_failing().values_list("pk", flat=True)) == [VIDEO]
    for actor in (None, cast.fan, cast.verified_creator, cast.moderator):
        with pytest.raises(NotAllowed):
            retry_preview(actor=actor, video_id=VIDEO)
    with pytest.raises(NotFound):
        retry_preview(actor=cast.admin, video_id=OTHER)
    youtube.has(VIDEO, "Back again")
    retry_preview(actor=cast.admin, video_id=VIDEO)
    assert fetch_previews(seconds=30) == 1
    assert previews([VIDEO])[VIDEO].title == "Back again"
    retry_preview(actor=cast.admin, video_id=VIDEO)
    assert previews([VIDEO])[VIDEO].title == "Back again", "meanwhile it is shown"
    assert fetch_previews(seconds=30) == 1
    assert not list_failing().exists()


def test_a_lost_file_is_found(youtube: YouTube) -> None:
    youtube.has(VIDEO)
    name = next(files_of(fetched().variants))
    assert run_checks(["video-pictures"]) == []
    default_storage.delete(name)
    assert [finding.message for finding in run_checks(["video-pictures"])] == [
        f"video {VIDEO}: its picture {name} is gone"
    ]


@pytest.mark.parametrize(
    "values",
    [
        {"id": "short"},
        {"id": "<script>ale"},
        {"state": "strange"},
        {"state": State.MISSING},
        {"state": State.READY, "fetched_at": None},
        {"next_try_at": None},
        {"title": "Not yet"},
        {"width": 0, "height": 0},
        {"width": 3},
    ],
)
def test_the_database_refuses_a_preview_that_cannot_be(values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        VideoPreview.objects.create(**{"id": VIDEO, "next_try_at": timezone.now(), **values})
