"""Redis as the front asks it: generations, and pages that other processes have made. Never waits longer than 250 ms."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from community.core import generations
from community.core.cache import PATIENCE, Breaker, RedisAwayError
from sparkle_site.embedded.places import PROJECT
from sparkle_site.front.asking import Key
from sparkle_site.front.entries import NEW_FOR, Entry, unpack

T = TypeVar("T")

CONNECTIONS = 16
#: Seconds: generations younger than this are taken; a little older ones while they are read anew.
FRESH, USABLE = 1.0, 1.5
SOURCES = ("cms", "community", "sparkle_site", "templates", "locale")


class Shared:
    """One process' way to Redis; made before the process has an event loop, opened inside it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.version = code_version()
        self.breaker = Breaker("redis")
        self._redis: Redis | None = None

    def _client(self) -> Redis:
        if self._redis is None:
            pool = BlockingConnectionPool.from_url(
                self.url,
                max_connections=CONNECTIONS,
                timeout=PATIENCE,
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 0),
            )
            self._redis = Redis.from_pool(pool)
        return self._redis

    async def close(self) -> None:
        """Gives the connections back."""
        if self._redis is not None:
            await self._redis.aclose()
            self._redis = None

    async def _attempt(self, work: Callable[[Redis], Awaitable[T]]) -> T:
        """Raises RedisAwayError."""
        if not self.breaker.allows():
            raise RedisAwayError
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await work(self._client())
        except (RedisError, OSError, TimeoutError) as error:
            self.breaker.failed(error)
            raise RedisAwayError from error
        self.breaker.succeeded()
        return answer

    async def tokens(self, tags: Iterable[str]) -> dict[str, str]:
        """The token of each tag, all read in one moment; what has none gets one. Raises RedisAwayError."""
        wanted = list(tags)
        keys = [generations.key(tag) for tag in wanted]

        async def work(redis: Redis) -> list[Any]:
            found: list[Any] = await redis.mget(keys)
            if None not in found:
                return found
            async with redis.pipeline(transaction=False) as pipeline:
                for key, token in zip(keys, found, strict=True):
                    if token is None:
                        pipeline.set(key, generations.new_token(), ex=generations.LIFETIME, nx=True)
                await pipeline.execute()
            again: list[Any] = await redis.mget(keys)
            return again

        found = await self._attempt(work)
        return {tag: token.decode() for tag, token in zip(wanted, found, strict=True) if token is not None}

    async def page(self, key: Key) -> Entry | None:
        """What another process has made, if it is there. Raises RedisAwayError."""

        async def work(redis: Redis) -> Any:
            found: Any = await redis.get(self._place(key))
            return found

        packed = await self._attempt(work)
        return unpack(packed) if packed else None

    async def keep(self, key: Key, entry: Entry) -> None:
        """For other processes. Raises RedisAwayError."""

        async def work(redis: Redis) -> None:
            await redis.set(self._place(key), entry.pack(), ex=int(NEW_FOR))

        await self._attempt(work)

    def _place(self, key: Key) -> str:
        return f"sparkle:page:{self.version}:{hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest()}"


class Freshness:
    """The generations that this process knows; read at most once a second, and only while somebody asks."""

    def __init__(self, shared: Shared, wanted: Callable[[], Iterable[str]]) -> None:
        self.shared = shared
        self._wanted = wanted
        #: Another object after each reading, never changed.
        self.known: dict[str, str] = {}
        self.read_at = float("-inf")
        #: What was made before this time may have missed a change: Redis was away.
        self.not_before = 0.0
        self._away = False
        self._reading: asyncio.Task[None] | None = None

    async def is_known(self) -> bool:
        """Whether the generations are known well enough to answer by them."""
        age = time.monotonic() - self.read_at
        if age <= USABLE:
            if age > FRESH:
                self._begin()
            return True
        await asyncio.shield(self._begin())
        return time.monotonic() - self.read_at <= USABLE

    def _begin(self) -> asyncio.Task[None]:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.get_running_loop().create_task(self._read())
        return self._reading

    async def _read(self) -> None:
        begun = time.monotonic()
        try:
            tokens = await self.shared.tokens({generations.ANY, generations.SITE, *self._wanted()})
        except RedisAwayError:
            self._away = True
            return
        if self._away:
            self._away, self.not_before = False, time.time()
        if tokens != self.known:
            self.known = tokens
        self.read_at = begun

    async def learn(self, tags: Iterable[str]) -> None:
        """Knows these as well from now on. Raises RedisAwayError."""
        unknown = set(tags) - self.known.keys()
        if unknown:
            self.known = {**await self.shared.tokens(unknown), **self.known}

    def serves(self, entry: Entry) -> bool:
        """Whether nothing that the entry shows has changed, as far as is known."""
        return entry.made_at >= self.not_before and entry.is_current(self.known)


def code_version() -> str:
    """Another one for other code, templates, files or settings: after a deploy nobody gets pages made before."""
    digest = hashlib.blake2b(repr(getattr(settings, "ENV", "")).encode(), digest_size=8)
    files = [file for folder in SOURCES for file in (PROJECT / folder).rglob("*") if file.suffix in _READ]
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json" if settings.STATIC_ROOT else None
    for file in sorted([*files, *([manifest] if manifest and manifest.exists() else [])]):
        state = file.stat()
        digest.update(f"{file} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


_READ = {".py", ".html", ".css", ".js", ".mo", ".svg", ".json"}
