"""The page cache: answers guests from memory or Redis, and has each page made once for all who wait for it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import structlog

from community.core.cache import RedisAwayError
from community.core.generations import ANY
from sparkle_site.front import entries
from sparkle_site.front.asking import Asked, Key, Message, Reader, Receive, Scope, Send, canonical
from sparkle_site.front.entries import INTERNAL, MOST_BYTES, NEW_FOR, STALE_FOR, Entry
from sparkle_site.front.shared import Freshness, Shared

log = structlog.get_logger(__name__)

Application = Callable[[Scope, Receive, Send], Any]

MB = 1024 * 1024
#: Seconds: nobody waits longer for somebody else's rendering.
RENDER_LIMIT = 10.0
#: Seconds that a page which may not be kept goes to Django without asking again, and how many are remembered.
PASSING_FOR, MOST_PASSING = 5.0, 10_000
#: Seconds: a page whose rendering began so recently is right for those who waited for it.
JUST_NOW = 1.0
ATTEMPTS = 3


class Memory:
    """Entries of this process, the ones used last; as many as fit."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()

    def get(self, key: Key) -> Entry | None:
        """The entry, if it is there."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Keeps the entry and forgets what was not used for the longest time."""
        self.drop(key)
        self._entries[key] = entry
        self.bytes += entry.size
        while self.bytes > self.most_bytes:
            _oldest, forgotten = self._entries.popitem(last=False)
            self.bytes -= forgotten.size

    def drop(self, key: Key) -> None:
        """Forgets the entry."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.bytes -= entry.size

    def tags(self) -> Iterator[str]:
        """Everything that the entries show."""
        for entry in self._entries.values():
            yield from entry.generations


class PageCache:
    """ASGI application in front of `pages`, which asks Django.

    `count` is told what became of each guest's page; `note` of each view of a thing that is counted, with the scope.
    With no `megabytes` every answer is Django's.
    """

    def __init__(
        self,
        pages: Application,
        url: str,
        megabytes: int,
        *,
        count: Callable[[str], None] = lambda outcome: None,
        note: Callable[[str, Scope], None] = lambda target, scope: None,
    ) -> None:
        self.pages, self.count, self.note = pages, count, note
        self.reader = Reader() if megabytes else None
        self.memory = Memory(megabytes * MB)
        self.shared = Shared(url)
        self.freshness = Freshness(self.shared, self.memory.tags)
        self.renderings: dict[Key, asyncio.Future[tuple[Entry, float] | None]] = {}
        self.passing: dict[Key, float] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers from the cache where that is allowed, else lets Django answer."""
        asked = self.reader.read(scope) if self.reader is not None else None
        if asked is None or not await self.freshness.is_known():
            await self._ask_django(scope, receive, send, asked)
            return
        entry = self.memory.get(asked.key)
        if entry is not None and self.freshness.serves(entry):
            age = time.time() - entry.made_at
            if age <= NEW_FOR:
                self.count("hit")
                await self._answer(entry, asked, scope, send)
                return
            if age <= NEW_FOR + STALE_FOR:
                self.count("stale")
                self._make_anew(asked.key, scope)
                await self._answer(entry, asked, scope, send)
                return
        await self._wait_or_make(asked, scope, receive, send)

    async def _answer(self, entry: Entry, asked: Asked, scope: Scope, send: Send) -> None:
        """Sends the kept answer in the form that was asked for."""
        if entry.view and asked.is_get:
            self.note(entry.view, scope)
        tag = entry.zipped_tag if asked.gzip else entry.tag
        if asked.none_match and entries.matches(asked.none_match, tag):
            await send(entry.unchanged_zipped if asked.gzip else entry.unchanged)
            await send({"type": "http.response.body", "body": b""})
            return
        await send(entry.whole_zipped if asked.gzip else entry.whole)
        body = (entry.zipped if asked.gzip else entry.body) if asked.is_get else b""
        await send({"type": "http.response.body", "body": body})

    async def _ask_django(self, scope: Scope, receive: Receive, send: Send, asked: Asked | None) -> None:
        """Django answers this request and nobody else's; what the front alone may know is taken off."""
        if asked is not None:
            self.count("bypass")
        is_get = scope["method"] == "GET"

        async def send_stripped(message: Message) -> None:
            if message["type"] == "http.response.start":
                for name, value in message["headers"]:
                    if name == entries.VIEW and is_get and message["status"] == 200:
                        self.note(value.decode("latin-1"), scope)
                message = _stripped(message)
            await send(message)

        await self.pages(scope, receive, send_stripped)

    async def _wait_or_make(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers when the page is there: made by this request, or by one that was first."""
        key = asked.key
        for _attempt in range(ATTEMPTS):
            if self.passing.get(key, 0.0) > time.monotonic():
                break
            rendering = self.renderings.get(key)
            if rendering is None:
                if await self._make_for(asked, scope, send):
                    return
                break
            made = await _patiently(rendering)
            if made is None:
                break
            entry, begun = made
            if time.monotonic() - begun <= JUST_NOW or self.freshness.serves(entry):
                self.count("hit")
                await self._answer(entry, asked, scope, send)
                return
        await self._ask_django(scope, receive, send, asked)

    async def _make_for(self, asked: Asked, scope: Scope, send: Send) -> bool:
        """Makes the page and answers this request with it; False when nothing was answered."""
        answer = _Answer(send)
        made = await self._make(asked.key, scope, answer)
        if made is None:
            return answer.is_sent
        self.count("miss")
        await self._answer(made, asked, scope, send)
        return True

    def _make_anew(self, key: Key, scope: Scope) -> None:
        """Has the page made while others still get the old one."""
        if key not in self.renderings:
            task = asyncio.get_running_loop().create_task(self._make_unasked(key, scope))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _make_unasked(self, key: Key, scope: Scope) -> None:
        if key not in self.renderings and await self._make(key, scope, _Answer(None)) is None:
            self.memory.drop(key)

    async def _make(self, key: Key, scope: Scope, answer: _Answer) -> Entry | None:
        """The page, from Redis or by rendering it; all others who ask meanwhile get the same."""
        rendering = self.renderings[key] = asyncio.get_running_loop().create_future()
        entry, begun = None, time.monotonic()
        try:
            entry = await self._find(key) or await self._render(key, scope, answer)
        except RedisAwayError:
            pass
        finally:
            del self.renderings[key]
            rendering.set_result((entry, begun) if entry is not None else None)
        return entry

    async def _find(self, key: Key) -> Entry | None:
        """What another process has made and is still right. Raises RedisAwayError."""
        entry = await self.shared.page(key)
        if entry is None or not -1 <= time.time() - entry.made_at <= NEW_FOR:
            return None
        await self.freshness.learn(entry.generations)
        if not self.freshness.serves(entry):
            return None
        self.memory.put(key, entry)
        return entry

    async def _render(self, key: Key, scope: Scope, answer: _Answer) -> Entry | None:
        """The page as Django makes it; kept only by generations read before. Raises RedisAwayError before it begins."""
        known = self.freshness.known
        before = await self.shared.tokens([ANY])
        made_at = time.time()
        await self.pages(canonical(key, scope), _nothing, answer)
        if not answer.is_whole:
            self._pass_by(key)
            return None
        generations = await self._generations_before(answer.tags, before[ANY], known)
        entry = await asyncio.to_thread(
            entries.make, answer.headers, bytes(answer.body), generations=generations, made_at=made_at
        )
        if generations:
            self.memory.put(key, entry)
            try:
                await self.freshness.learn(generations)
                await self.shared.keep(key, entry)
            except RedisAwayError:
                log.info("page_not_shared")
        return entry

    async def _generations_before(self, tags: list[str], any_before: str, known: dict[str, str]) -> dict[str, str]:
        """The tokens of `tags` from before the rendering, which did not know them; nothing when they cannot be told.

        If nothing at all was bumped meanwhile, they are what they are now; else what was known before counts.
        """
        try:
            now = await self.shared.tokens([*tags, ANY])
        except RedisAwayError:
            return {}
        if now[ANY] == any_before:
            return {tag: now[tag] for tag in tags}
        return {tag: known[tag] for tag in tags} if known.keys() >= set(tags) else {}

    def _pass_by(self, key: Key) -> None:
        if len(self.passing) >= MOST_PASSING:
            self.passing.clear()
        self.passing[key] = time.monotonic() + PASSING_FOR


class _Answer:
    """Takes what Django sends: collects a page that may be kept, hands anything else on to the client.

    An answer with a cookie is nobody's: it was made from a request without the client's own.
    """

    def __init__(self, send: Send | None) -> None:
        self.send = send
        self.is_sent = self.is_whole = False
        self.tags: list[str] = []
        self.headers: entries.Headers = []
        self.body = bytearray()
        self._start: Message = {}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif self.is_sent and self.send is not None:
            await self.send(message)
        elif self.tags:
            self.body += message.get("body", b"")
            if len(self.body) > MOST_BYTES:
                await self._give_up(more=message.get("more_body", False))
            else:
                self.is_whole = not message.get("more_body", False)

    async def _begin(self, message: Message) -> None:
        self._start, self.headers = message, list(message["headers"])
        self.tags = entries.tags_of(message["status"], self.headers)
        if not self.tags and not any(name == b"set-cookie" for name, _value in self.headers) and self.send is not None:
            self.is_sent = True
            await self.send(_stripped(message))

    async def _give_up(self, *, more: bool) -> None:
        """Too large to be kept: the client gets what has come, and then the rest."""
        self.tags = []
        if self.send is not None:
            self.is_sent = True
            await self.send(_stripped(self._start))
            await self.send({"type": "http.response.body", "body": bytes(self.body), "more_body": more})
        self.body.clear()


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


def _stripped(message: Message) -> Message:
    return {**message, "headers": [header for header in message["headers"] if header[0] not in INTERNAL]}


async def _patiently(rendering: asyncio.Future[tuple[Entry, float] | None]) -> tuple[Entry, float] | None:
    try:
        async with asyncio.timeout(RENDER_LIMIT):
            return await asyncio.shield(rendering)
    except TimeoutError:
        return None
