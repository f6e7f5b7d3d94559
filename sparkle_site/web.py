"""One web process: uvicorn on a socket that somebody else has opened, stopped without losing a request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Generator
from typing import Any

import uvicorn

DRAIN_SECONDS = 0.5
REQUEST_SECONDS = 10
KEEP_ALIVE_SECONDS = 65  # longer than proxies keep idle connections, so that they are the ones who close


class Server(uvicorn.Server):
    """uvicorn that finishes everything begun when SIGTERM comes, and tells when it serves."""

    def __init__(self, config: uvicorn.Config, serving: Callable[[], None]) -> None:
        super().__init__(config)
        self.serving = serving

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """SIGTERM and SIGINT stop the server; unlike uvicorn's own, they then do not end the process."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to accept and tells so."""
        await super().startup(sockets)
        self.serving()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stops accepting, serves half a second more while asking clients to reconnect, then shuts down.

        Requests that run are finished for at most ten seconds; websockets are closed with 1012.
        """
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await asyncio.sleep(DRAIN_SECONDS)
        await super().shutdown(sockets=[])


def serve(
    application: Any,
    listener: socket.socket,
    serving: Callable[[], None] = lambda: None,
    served: Callable[[], None] = lambda: None,
) -> None:
    """Serves an ASGI application on `listener` until SIGTERM, then ends this process.

    Calls `serving` when it accepts connections, and `served` when the last request is answered. The listener must
    be a TCP socket made by Python or by `socket.socket(fileno=…)`, so that its family is known and TCP_NODELAY is
    set on connections.
    """
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=REQUEST_SECONDS,
    )
    listener.setblocking(False)
    Server(config, serving).run(sockets=[listener])
    served()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # a thread that still renders for somebody who went away would hold the process


def run(listener: socket.socket, serving: Callable[[], None] = lambda: None) -> None:
    """Serves the site; see `serve`."""
    from sparkle_site import metrics
    from sparkle_site.asgi import application
    from sparkle_site.front import page_views

    def served() -> None:
        page_views.stop()
        metrics.sync()

    metrics.start()
    page_views.start()
    serve(application, listener, serving, served)
