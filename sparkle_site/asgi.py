"""The front of a web process: guests get kept pages, other pages go to Django in threads, sockets to Channels.

Django's own ASGI handler is not used: it runs each synchronous middleware in another thread hop.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast
from urllib.parse import quote_from_bytes

from a2wsgi import WSGIMiddleware
from channels.routing import URLRouter
from django.conf import settings
from django.urls import re_path

from sparkle_site import metrics
from sparkle_site.front import PageCache, page_views
from sparkle_site.wsgi import application as django_application

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

logger = logging.getLogger(__name__)
pages: Any = WSGIMiddleware(cast(Any, django_application), workers=settings.ENV.web_threads)


class DisconnectedError(ConnectionError):
    """The client went away before its request was complete."""


async def refuse(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a handshake nobody is there for; closing before accepting is an HTTP 403."""
    await receive()
    await send({"type": "websocket.close"})


sockets = URLRouter([re_path(r"", cast(Any, refuse))])


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI 3 application: https://asgi.readthedocs.io/en/stable/specs/main.html."""
    if scope["type"] == "http":
        await front(scope, receive, send)
    elif scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["type"] == "lifespan":
        await lifespan(receive, send)
    else:
        raise ValueError(f"Unknown kind of connection: {scope['type']}")


async def ask_django(scope: Scope, receive: Receive, send: Send) -> None:
    """Django's answer."""
    await pages(clean(scope), complete(receive), guarded(send))


def make_front() -> PageCache:
    """The page cache on the site's Redis; without one, or where templates change while it runs, it keeps nothing."""
    location = str(settings.CACHES["default"].get("LOCATION", ""))
    is_on = location.startswith(("redis://", "rediss://", "unix://")) and not settings.DEBUG
    megabytes = settings.PAGE_CACHE_MB if is_on else 0
    return PageCache(ask_django, location, megabytes, count=metrics.count_page, note=page_views.note_request)


front = make_front()


def clean(scope: Scope) -> Scope:
    """The scope without what WSGI cannot tell apart or take.

    A header with an underscore would pass for one with a dash (`X_Forwarded_For`), and a query string
    must be ASCII.
    """
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    query = scope["query_string"]
    if len(headers) == len(scope["headers"]) and query.isascii():
        return scope
    ascii_query = quote_from_bytes(query, safe="%&=+/?:@!$'()*,;[]~").encode()
    return {**scope, "headers": headers, "query_string": ascii_query}


def complete(receive: Receive) -> Receive:
    """Raises where the request ends early, so that half a body is not taken for a whole one.

    Django turns it into UnreadablePostError.
    """

    async def receive_or_raise() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError("The client went away before its request was complete.")
        return message

    return receive_or_raise


def guarded(send: Send) -> Send:
    """Goes on taking messages when one could not be sent: the thread that makes them would wait forever."""
    broken = False

    async def send_or_drop(message: Message) -> None:
        nonlocal broken
        if broken:
            return
        try:
            await send(message)
        except Exception:
            broken = True
            logger.exception("response_not_sent")

    return send_or_drop


async def lifespan(receive: Receive, send: Send) -> None:
    """Nothing has to be started or stopped here; servers that ask are told so."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
