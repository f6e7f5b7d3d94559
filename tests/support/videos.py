"""A server that stands for YouTube."""

from __future__ import annotations

import json
from typing import Any

from PIL import Image

from tests.support.elsewhere import Elsewhere, Reply
from tests.support.pictures import file_of


def thumbnail(size: tuple[int, int] = (640, 360), colour: str = "#c2185b") -> bytes:
    """A picture in one colour, as JPEG."""
    return file_of(Image.new("RGB", size, colour), "JPEG").getvalue()


class YouTube:
    """What YouTube knows in a test; `settings` are made to ask this server."""

    def __init__(self, site: Elsewhere, settings: Any) -> None:
        self.site = site
        settings.OUTBOUND_TEST_HOSTS = {site.host}
        settings.YOUTUBE_OEMBED_URL = f"{site.url}/oembed"
        settings.YOUTUBE_PICTURES_URL = f"{site.url}/vi"
        self.words: dict[str, Reply] = {}
        site.answers["/oembed"] = self._words

    def _words(self, target: str) -> Reply:
        found = [reply for video_id, reply in self.words.items() if video_id in target]
        return found[0] if found else Reply(404)

    def has(self, video_id: str, title: str = "A lamp", *, pictures: tuple[str, ...] = ("maxresdefault",), **more: Any
            ) -> None:  # fmt: skip
        """There is a video, with these pictures."""
        words = {"title": title, "author_name": "Lamp films", "width": 200, "height": 113, **more}
        self.says(video_id, json.dumps(words).encode())
        for name in pictures:
            self.shows(video_id, Reply(mime="image/jpeg", parts=(thumbnail(),)), name)

    def says(self, video_id: str, content: bytes, *, status: int = 200, mime: str = "application/json") -> None:
        """What it answers about a video."""
        self.words[video_id] = Reply(status, mime, (content,))

    def shows(self, video_id: str, reply: Reply, name: str = "maxresdefault") -> None:
        """What it answers when it is asked for a picture."""
        self.site.answers[f"/vi/{video_id}/{name}.jpg"] = reply

    @property
    def asked(self) -> list[str]:
        """What it was asked for: "words" or the name of a picture."""
        return ["words" if path.startswith("/oembed") else path.rpartition("/")[2][:-4] for path in self.site.paths]
