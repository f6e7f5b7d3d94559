"""Views of pages, counted in the front, because pages from its cache never reach Django.

What was seen waits in the memory of this process; a thread of its own judges and writes it every ten seconds:
docs/decisions/0013-views.md says by which rules.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import structlog
from crawleruseragents import is_crawler
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils.encoding import force_bytes
from redis import Redis

from community.core.addresses import address_key, client_address
from community.core.cache import RedisAwayError, redis_attempt

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 10.0
#: One viewer counts once for a target in this time.
VIEW_SECONDS = 1800
#: What waits for the next flush, and what is owed to the database, at most; the rest is dropped and said.
WAITING_MAX, OWED_MAX = 5_000, 10_000
#: Of what waits, as much may come from one address, so that a single machine does not crowd out all others.
ADDRESS_MAX = 500
#: Viewers this process has counted and remembers for VIEW_SECONDS, at most.
REMEMBERED_MAX = 50_000
AGENT_LENGTH = 512
#: How many viewers Redis is asked about at a time; an ordinary flush is one round trip.
CHUNK = 1000
#: The last flush of a process that ends may take as long.
STOP_SECONDS = 8.0
#: The thread stands back as long for each user agent that it sees for the first time, so that requests go on.
BREATH_SECONDS = 0.0005

#: A target, and for whom it is noted what they read, if for anybody.
_TARGET = re.compile(r"(([a-z_]{1,40}):([0-9]{1,18}))(?: ([0-9]{1,18}))?", re.ASCII)
#: Every browser says so since 1994, and old Operas say the second; what says neither is a program.
_BROWSER = ("Mozilla/", "Opera/")

Target = tuple[str, int]
Viewer = bytes


class PageViews:
    """The views this process has seen, until they are written."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._waiting: set[tuple[str, str, str]] = set()
        self._by_address: dict[str, int] = {}
        self._dropped = 0
        self._remembered: dict[Viewer, float] = {}
        self._owed: Counter[Target] = Counter()
        self._reads: Counter[tuple[int, int]] = Counter()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, target: str, client: str, user_agent: str) -> None:
        """Somebody sees `target`, such as "post:5", or "post:5 12" for person 12. Only remembers it, in the loop."""
        view = (target, client, user_agent[:AGENT_LENGTH])
        if view in self._waiting:
            return
        share = self._by_address.get(client, 0)
        if len(self._waiting) >= WAITING_MAX or share >= ADDRESS_MAX:
            self._dropped += 1
            return
        self._waiting.add(view)
        self._by_address[client] = share + 1

    def start(self) -> None:
        """Begins to write every ten seconds; after the fork, once in a process."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="page-views", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Writes what is left and ends, within STOP_SECONDS."""
        if self._thread is not None:
            self._stopping.set()
            self._thread.join(STOP_SECONDS)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.wait(FLUSH_SECONDS):
            self._flush_or_keep()
        self._flush_or_keep()

    def _flush_or_keep(self) -> None:
        try:
            self.flush()
        except Exception as error:  # noqa: BLE001 - whatever it was, the next flush tries again
            log.warning("page_views_kept", targets=len(self._owed), error=type(error).__name__)
        finally:
            connection.close()

    def flush(self) -> int:
        """Decides what counts, and writes it in one statement; answers how many targets were written.

        When the database is away its error is raised, and what is owed stays for the next flush.
        """
        for target, reader in self._counted(self._drain()):
            if target in self._owed or len(self._owed) < OWED_MAX:
                self._owed[target] += 1
            else:
                self._dropped += 1
            if reader and target[0] == "post" and len(self._reads) < OWED_MAX:
                self._reads[reader, target[1]] += 1
        dropped, self._dropped = self._dropped, 0
        if dropped:
            log.warning("page_views_dropped", count=dropped)
        if not self._owed:
            return 0
        from community.core import counts  # the tables of a site without them are never asked

        written = counts.add_views(self._owed)
        self._owed.clear()
        if self._reads:
            from cms.services import note_reads

            note_reads(reads=self._reads)
            self._reads.clear()
        return written

    def _drain(self) -> list[tuple[str, str, str]]:
        """Takes what waits, one by one: `note` goes on meanwhile in another thread."""
        views = [self._waiting.pop() for _ in range(len(self._waiting))]
        self._by_address = {}
        return views

    def _counted(self, views: list[tuple[str, str, str]]) -> list[tuple[Target, int]]:
        """The targets of those that count, once for each viewer, each with the person it is noted for, or 0."""
        now = self._clock()
        self._forget_before(now)
        secret = _secret_of(now)
        fresh: dict[Viewer, tuple[Target, int]] = {}
        for name, client, user_agent in views:
            found = _TARGET.fullmatch(name)
            if found is not None and not is_robot(user_agent):
                viewer = _viewer(secret, found[1], address_key(client), user_agent)
                if viewer not in self._remembered:
                    fresh[viewer] = (found[2], int(found[3])), int(found[4] or 0)
        counted: list[tuple[Target, int]] = []
        rest = iter(fresh)
        while viewers := list(islice(rest, CHUNK)):
            for viewer in _first_seen(viewers):
                self._remember(viewer, now)
                counted.append(fresh[viewer])
        return counted

    def _remember(self, viewer: Viewer, now: float) -> None:
        if len(self._remembered) >= REMEMBERED_MAX:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[viewer] = now + VIEW_SECONDS

    def _forget_before(self, now: float) -> None:
        """Viewers lie in the order of their times."""
        while self._remembered and self._remembered[oldest := next(iter(self._remembered))] <= now:
            del self._remembered[oldest]


@lru_cache(4096)
def is_robot(user_agent: str) -> bool:
    """Whether no person reads by this user agent: robots, programs, and whoever says nothing."""
    if not user_agent.startswith(_BROWSER):
        return True
    time.sleep(BREATH_SECONDS)
    return bool(is_crawler(user_agent))


def _secret_of(now: float) -> bytes:
    """The salt of the day (UTC): yesterday's viewers cannot be told to be today's."""
    day = datetime.datetime.fromtimestamp(now, datetime.UTC).date()
    return hmac.digest(force_bytes(settings.SECRET_KEY), f"page views of {day}".encode(), "sha256")


def _viewer(secret: bytes, *parts: str) -> Viewer:
    """Who saw what, as nobody can read it: the same viewer has another one for each target."""
    text = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(text, key=secret, digest_size=16).digest()


def _first_seen(viewers: list[Viewer]) -> list[Viewer]:
    """Those that no process has counted in the last half hour. While Redis is away nobody else is asked: all."""

    def claim(redis: Redis) -> list[Any]:
        pipeline = redis.pipeline(transaction=False)
        for viewer in viewers:
            pipeline.set(b"views:" + viewer, b"", nx=True, ex=VIEW_SECONDS)
        return list(pipeline.execute())

    try:
        claimed = redis_attempt(caches["default"], claim)
    except RedisAwayError:
        return viewers
    return [viewer for viewer, is_first in zip(viewers, claimed, strict=True) if is_first]


_views = PageViews()
note, start, stop = _views.note, _views.start, _views.stop


def note_request(target: str, scope: Mapping[str, Any]) -> None:
    """Notes the view of an ASGI request."""
    user_agent = forwarded = b""
    wanted = _address_header()
    for name, value in scope["headers"]:
        if name == b"user-agent":
            user_agent = value
        elif name == wanted:
            forwarded = forwarded + b"," + value if forwarded else value
    peer = scope.get("client")
    note(target, _client(peer[0] if peer else "", forwarded), user_agent.decode("latin-1"))


@lru_cache(1)
def _address_header() -> bytes:
    """The header that tells the client's address, if this site believes one."""
    believed = settings.CLIENT_IP_HEADER or ("X-Forwarded-For" if settings.TRUSTED_PROXIES else "")
    return str(believed).lower().encode("latin-1")


@lru_cache(4096)
def _client(peer: str, forwarded: bytes) -> str:
    headers = [(_address_header(), forwarded)] if forwarded else []
    return client_address({"client": (peer, 0), "headers": headers})
