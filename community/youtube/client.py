"""The one place that asks YouTube: for the words of a video, by oEmbed (https://oembed.com/), and for its picture."""

from __future__ import annotations

import dataclasses
import io
import json
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from community.core import images
from community.core.outbound import NotFetched, fetch
from community.youtube.choices import AUTHOR_MAX, SIDE_MAX, TITLE_MAX
from community.youtube.rules import one_line

MOST_WORDS = 64 * 1024
MOST_PICTURE = 4 * 1024 * 1024
SECONDS = 10.0
#: What YouTube answers about videos that are gone, private, or not to be shown elsewhere.
GONE = frozenset({401, 403, 404, 410})
#: From the largest; not every video has each.
PICTURES = ("maxresdefault", "sddefault", "hqdefault")


class Gone(Exception):
    """YouTube says that there is no such video for everybody."""


class NotUnderstood(NotFetched):
    """Something came that is not what was asked for."""


@dataclasses.dataclass(frozen=True)
class Description:
    """What YouTube says of a video; the size is that of its player."""

    title: str
    author_name: str
    width: int | None
    height: int | None


def describe(video_id: str) -> Description:
    """Title, channel and shape of a video. Raises Gone or NotFetched."""
    query = urlencode({"url": f"https://www.youtube.com/watch?v={video_id}", "format": "json"})
    answer = fetch(
        f"{settings.YOUTUBE_OEMBED_URL}?{query}", most_bytes=MOST_WORDS, seconds=SECONDS, accept="application/json"
    )
    if answer.status in GONE:
        raise Gone(str(answer.status))
    if answer.status != 200:
        raise NotUnderstood(f"status {answer.status}")
    found = _object(answer.content) if answer.mime == "application/json" else {}
    title = one_line(found.get("title"), TITLE_MAX)
    if not title:
        raise NotUnderstood("no title")
    width, height = _side(found.get("width")), _side(found.get("height"))
    shape = (width, height) if width and height else (None, None)
    return Description(title, one_line(found.get("author_name"), AUTHOR_MAX), *shape)


def picture(video_id: str) -> bytes | None:
    """The largest picture of a video, cleaned; None when it has none. Raises NotFetched."""
    trouble: NotFetched | None = None
    for name in PICTURES:
        try:
            found = _picture(f"{settings.YOUTUBE_PICTURES_URL}/{video_id}/{name}.jpg")
        except NotFetched as error:
            trouble = error
        else:
            if found is not None:
                return found
    if trouble is not None:
        raise trouble
    return None


def _picture(url: str) -> bytes | None:
    answer = fetch(url, most_bytes=MOST_PICTURE, seconds=SECONDS, accept="image/jpeg")
    if answer.status in GONE:
        return None
    if answer.status != 200 or not answer.mime.startswith("image/"):
        raise NotUnderstood(f"status {answer.status}, {answer.mime[:40]}")
    try:
        return images.normalise(io.BytesIO(answer.content)).data
    except images.Refused as error:
        raise NotUnderstood("no picture") from error


def _object(content: bytes) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _side(value: object) -> int | None:
    """A length in pixels that can be one."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value <= SIDE_MAX else None
