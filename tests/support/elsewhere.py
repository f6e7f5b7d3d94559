"""Servers of this machine that stand for sites elsewhere."""

from __future__ import annotations

import contextlib
import dataclasses
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclasses.dataclass
class Reply:
    """What to answer. `parts` come one after the other, `pause` seconds apart; without `length` the end is the end."""

    status: int = 200
    mime: str = "text/plain"
    parts: tuple[bytes, ...] = (b"",)
    pause: float = 0.0
    length: bool = True
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: bytes instead of all that: what is no HTTP, or comes in drops
    raw: tuple[bytes, ...] = ()


class Elsewhere:
    """A running server: `answers` maps paths to replies or functions of the path, the rest is 404."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        self.server = server
        self.port = server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"{scheme}://{self.host}"
        self.answers: dict[str, Reply | Callable[[str], Reply]] = {}
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []

    def reply(self, target: str) -> Reply:
        """What `answers` holds for the path; a query does not matter."""
        found = self.answers.get(target.partition("?")[0], Reply(404))
        return found if isinstance(found, Reply) else found(target)

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for _host, path in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site: Elsewhere = self.server.site  # type: ignore[attr-defined]
        site.asked.append((self.headers.get("Host", ""), self.path))
        site.headers.append(dict(self.headers))
        reply = site.reply(self.path)
        self.close_connection = True
        with contextlib.suppress(OSError):
            if not reply.raw:
                self.send_response(reply.status)
                headers = {"Content-Type": reply.mime, "Connection": "close", **reply.headers}
                if reply.length:
                    headers["Content-Length"] = str(sum(map(len, reply.parts)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
            for part in reply.raw or reply.parts:
                self.wfile.write(part)
                self.wfile.flush()
                time.sleep(reply.pause)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextlib.contextmanager
def elsewhere(tls: ssl.SSLContext | None = None) -> Iterator[Elsewhere]:
    """A server on a free port of 127.0.0.1 as long as the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.block_on_close = False
    site = Elsewhere(server, "https" if tls else "http")
    server.site = site  # type: ignore[attr-defined]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
