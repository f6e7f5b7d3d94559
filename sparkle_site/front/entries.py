"""A kept answer: its bytes with and without gzip, its headers as they are sent, and what makes it old."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from typing import Any

from community.core.caching import TAGS_HEADER, VIEW_HEADER

Headers = list[tuple[bytes, bytes]]

#: Seconds: as long as an answer is new, and as long as it then serves while it is made anew.
NEW_FOR, STALE_FOR = 45.0, 10.0
MOST_BYTES = 1024 * 1024
TAGS, VIEW = TAGS_HEADER.lower().encode(), VIEW_HEADER.lower().encode()
INTERNAL = (TAGS, VIEW)
#: Of one answer and not of the page.
_OF_ONE_ANSWER = re.compile(
    rb"x-page-.*|x-ratelimit-.*|x-request-id|x-correlation-id|retry-after|set-cookie|date|age|content-length"
    rb"|connection|transfer-encoding|etag|server-timing"
)
_FORBIDDEN = re.compile(rb"private|no-store")
_OF_304 = (b"cache-control", b"vary", b"content-language")
#: What gzip, the objects and their headers take besides the bytes.
OVERHEAD = 3000
FORMAT = 1


class Entry:
    """An answer that is kept."""

    __slots__ = (
        "body", "changed", "checked", "generations", "headers", "made_at", "size", "tag", "unchanged",
        "unchanged_zipped", "view", "whole", "whole_zipped", "zipped", "zipped_tag",
    )  # fmt: skip

    def __init__(
        self,
        headers: Headers,
        tag: bytes,
        body: bytes,
        zipped: bytes,
        *,
        generations: dict[str, str],
        made_at: float,
        view: str,
    ) -> None:
        self.headers, self.tag, self.body, self.zipped = headers, tag, body, zipped
        self.generations, self.made_at, self.view = generations, made_at, view
        #: The generations with which it was compared last, and what came of it.
        self.checked: Any = None
        self.changed = False
        self.size = len(body) + len(zipped) + OVERHEAD
        # Both forms are told apart by a digit more: If-Match takes either (community/core/api/versions.py).
        self.zipped_tag = tag[:-1] + b'0"'
        shown = [(name, value) for name, value in headers if name in _OF_304]
        zip_headers = [*headers, (b"content-encoding", b"gzip")]
        self.whole = _start(200, [*headers, (b"etag", tag), _length(body)])
        self.whole_zipped = _start(200, [*zip_headers, (b"etag", self.zipped_tag), _length(zipped)])
        self.unchanged = _start(304, [*shown, (b"etag", tag)])
        self.unchanged_zipped = _start(304, [*shown, (b"etag", self.zipped_tag)])

    def is_current(self, generations: dict[str, str]) -> bool:
        """Whether everything it shows is as it was, as far as `generations` knows."""
        if self.checked is not generations:
            self.changed = any(generations.get(tag) != token for tag, token in self.generations.items())
            self.checked = generations
        return not self.changed

    def pack(self) -> bytes:
        """For other processes."""
        described = {
            "format": FORMAT,
            "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in self.headers],
            "tag": self.tag.decode("latin-1"),
            "generations": self.generations,
            "made_at": self.made_at,
            "view": self.view,
        }
        return json.dumps(described).encode() + b"\n" + self.zipped


def unpack(packed: bytes) -> Entry | None:
    """What another process has packed; None for what cannot be read."""
    described, _line, zipped = packed.partition(b"\n")
    try:
        values = json.loads(described)
        if values["format"] != FORMAT:
            return None
        return Entry(
            [(name.encode("latin-1"), value.encode("latin-1")) for name, value in values["headers"]],
            values["tag"].encode("latin-1"),
            gzip.decompress(zipped),
            zipped,
            generations=values["generations"],
            made_at=values["made_at"],
            view=values["view"],
        )
    except (ValueError, KeyError, TypeError, OSError, EOFError):
        return None


def tags_of(status: int, headers: Headers) -> list[str]:
    """What an answer shows, if it may be kept by what its beginning says; else nothing."""
    tags: list[str] = []
    for name, value in headers:
        if name == TAGS:
            tags = value.decode("latin-1").split()
        elif name in (b"set-cookie", b"content-encoding") or (name == b"cache-control" and _FORBIDDEN.search(value)):
            return []
    return tags if status == 200 else []


def make(headers: Headers, body: bytes, *, generations: dict[str, str], made_at: float) -> Entry:
    """An entry of an answer that may be kept. Takes milliseconds: not for the event loop."""
    known = dict(headers)
    tag = known.get(b"etag", b"")
    if not re.fullmatch(rb'"[^"\s]+"', tag):
        tag = b'"%s"' % hashlib.blake2b(body, digest_size=12).hexdigest().encode()
    return Entry(
        [(name, value) for name, value in headers if not _OF_ONE_ANSWER.fullmatch(name)],
        tag,
        body,
        gzip.compress(body, 6, mtime=0),
        generations=generations,
        made_at=made_at,
        view=known.get(VIEW, b"").decode("latin-1"),
    )


def matches(none_match: bytes, tag: bytes) -> bool:
    """Whether If-None-Match names the tag, weak or strong (RFC 9110, section 13.1.2)."""
    return any(part.strip().removeprefix(b"W/") in (tag, b"*") for part in none_match.split(b","))


def _start(status: int, headers: Headers) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()
