"""The yardstick B: a bare ASGI function behind the site's server, `python -m bench.bare PORT PROCESSES`."""

from __future__ import annotations

import os
import signal
import socket
import sys
from typing import Any

from sparkle_site import web
from sparkle_site.embedded.processes import die_with_parent


async def application(_scope: Any, _receive: Any, send: Any) -> None:
    """Answers two bytes, as little as there is to do."""
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


def main() -> None:
    """Serves until SIGTERM."""
    parent = os.getpid()
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    children = []
    for _ in range(int(sys.argv[2])):
        child = os.fork()
        if child == 0:
            die_with_parent(signal.SIGTERM, parent)
            web.serve(application, listener)
        children.append(child)
    signal.signal(signal.SIGTERM, lambda number, frame: [os.kill(child, signal.SIGTERM) for child in children])
    for child in children:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
