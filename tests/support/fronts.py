"""The page cache before a site of a few lines, as a client meets it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from django.conf import settings

from sparkle_site.front import PageCache
from sparkle_site.front.asking import Key

Answer = tuple[int, dict[str, str], bytes]
KEPT = {"x-page-tags": "site post:5", "cache-control": "public, max-age=0", "vary": "Cookie"}


class Pages:
    """The site behind the cache: a page for each address, which says how often it was made and of what request."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: dict[str, str] = dict(KEPT)
        self.status = 200
        self.body: bytes | None = None
        self.gate: asyncio.Event | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope)
        made = len(self.asked)
        if self.gate is not None:
            await self.gate.wait()
        body = self.body if self.body is not None else f"page {made}".encode()
        headers = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    @property
    def last(self) -> dict[bytes, bytes]:
        """The headers of the request of which the last page was made."""
        return dict(self.asked[-1]["headers"])


class Front:
    """A process of its own, with memory of its own."""

    def __init__(self, pages: Pages, url: str = "", megabytes: int = 32) -> None:
        self.pages = pages
        self.outcomes: list[str] = []
        self.views: list[str] = []
        url = url or settings.CACHES["default"]["LOCATION"]
        self.cache = PageCache(
            pages, url, megabytes, count=self.outcomes.append, note=lambda target, scope: self.views.append(target)
        )

    async def get(self, path: str = "/", method: str = "GET", **headers: str) -> Answer:
        """What one client gets. Names of headers are written with underscores."""
        address, _mark, query = path.partition("?")
        given = {"host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope = {
            "type": "http", "method": method, "path": address, "raw_path": address.encode(), "scheme": "http",
            "query_string": query.encode(), "http_version": "1.1", "client": ("9.9.9.9", 1), "server": ("x", 80),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }  # fmt: skip
        told: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            told.append(message)

        await self.cache(scope, receive, send)
        shown = {name.decode(): value.decode() for name, value in told[0]["headers"]}
        return told[0]["status"], shown, b"".join(message["body"] for message in told[1:])

    async def text(self, path: str = "/", **headers: str) -> str:
        return (await self.get(path, **headers))[2].decode()

    def entry(self, path: str = "/") -> Any:
        return self.cache.memory.get(Key("http", "localhost", path, "", "dark", "", ""))

    async def learns(self) -> None:
        """As if a second had gone by: the generations are read anew at the next request."""
        self.cache.freshness.read_at = float("-inf")


def run(test: Callable[[Front, Pages], Awaitable[None]]) -> None:
    """Runs the test in a loop, with a front of its own."""

    async def inside() -> None:
        pages = Pages()
        front = Front(pages)
        try:
            await test(front, pages)
        finally:
            await front.cache.shared.close()

    asyncio.run(inside())


@asynccontextmanager
async def another(pages: Pages, **options: Any) -> AsyncIterator[Front]:
    front = Front(pages, **options)
    try:
        yield front
    finally:
        await front.cache.shared.close()
