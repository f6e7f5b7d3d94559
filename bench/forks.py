"""An ASGI application in several processes behind the site's server, without a launcher."""

from __future__ import annotations

import os
import signal
import socket
from types import FrameType
from typing import Any

from sparkle_site import web
from sparkle_site.embedded.processes import die_with_parent

BACKLOG = 1024


def serve(application: Any, port: int, processes: int) -> None:
    """Serves on 127.0.0.1 until SIGTERM."""
    parent = os.getpid()
    listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
    children = []
    for _ in range(processes):
        child = os.fork()
        if child == 0:
            die_with_parent(signal.SIGTERM, parent)
            web.serve(application, listener)
        children.append(child)

    def stop(_number: int, _frame: FrameType | None) -> None:
        for child in children:
            os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    for child in children:
        os.waitpid(child, 0)
