"""Videos of YouTube in imported texts: a placeholder element that later becomes a block."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

from cms.importers.markup import Element
from community.core.text import youtube_id

#: The element that stands for a video while a text is converted.
TAG = "import-video"
_START = re.compile(r"^(?:(\d{1,2})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s?)?$")
_START_MAX = 86_400


def start_of(address: str) -> int:
    """The second at which a video begins, as its address says (`?t=1m30s`, `?start=90`); 0 without."""
    try:
        parts = urlsplit(html.unescape(address))
    except ValueError:
        return 0
    values = parse_qs(parts.query) | parse_qs(parts.fragment)
    match = _START.match((values.get("t") or values.get("start") or [""])[0])
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return min(hours * 3600 + minutes * 60 + seconds, _START_MAX)


def element(address: str, title: str = "") -> Element | None:
    """The placeholder of the video that `address` names; None when it names none."""
    video = youtube_id(html.unescape(address))
    if video is None:
        return None
    attributes = {"data-id": video, "data-start": str(start_of(address))}
    return Element(TAG, (), attributes | ({"data-title": title} if title else {}))


def placeholder(address: str) -> str:
    """The same as HTML."""
    return str(element(address) or "")


def watch_address(video: Element) -> str:
    """The address at which the video of a placeholder is watched."""
    start = video.get("data-start")
    at = f"&t={start}s" if start not in {"", "0"} else ""
    return f"https://www.youtube.com/watch?v={video.get('data-id')}{at}"
