"""A launcher in a process of its own, and what can be seen of its site from outside."""

from __future__ import annotations

import dataclasses
import fcntl
import http.client
import os
import re
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from email.message import Message
from pathlib import Path

from sparkle_site.embedded.places import PROJECT
from tests.support.processes import eventually, processes

TINY = "tests.sparkle_site.tiny_site"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a site answered, and how long it took in seconds."""

    status: int
    headers: Message
    text: str
    seconds: float


class Site:
    """A launcher in a process of its own."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        settings: str = TINY,
        terminal: int | None = None,
        **environment: str,
    ) -> None:
        self.log = folder / f"site-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sparkle_site.serve", "--port=0", *arguments],
                cwd=PROJECT,
                env={**os.environ, "DJANGO_SETTINGS_MODULE": settings, **environment},
                stdin=subprocess.DEVNULL if terminal is None else terminal,
                stdout=log,
                stderr=log,
                start_new_session=terminal is not None,
                preexec_fn=None if terminal is None else lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            )
        self.port = 0

    @property
    def output(self) -> str:
        return self.log.read_text()

    def serves(self) -> Site:
        """Waits for the announced address."""

        def announced() -> bool:
            assert self.process.poll() is None, self.output
            found = re.search(r"^Sparkle Universe: http://localhost:(\d+)/", self.output, re.MULTILINE)
            self.port = int(found[1]) if found else 0
            return bool(found)

        eventually(announced, 60)
        return self

    def get(self, path: str, timeout: float = 20) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            assert response.status == 200, response.status
            return response.read().decode()
        finally:
            connection.close()

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: str = "",
        timeout: float = 20,
    ) -> Answer:
        """Whatever the site answers, on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        began = time.monotonic()
        try:
            connection.request(method, path, body.encode() or None, dict(headers or {}))
            response = connection.getresponse()
            text = response.read().decode()
            return Answer(response.status, response.headers, text, time.monotonic() - began)
        finally:
            connection.close()

    def running(self, name: str = "") -> dict[int, str]:
        """The processes of this site below the launcher: number and name."""
        found: dict[int, str] = {}
        generations = [pid for pid, (parent, _) in processes().items() if parent == self.process.pid]
        for pid, (parent, comm) in processes().items():
            if (parent in generations and comm.startswith("sparkle")) or pid in generations:
                found[pid] = comm if comm.startswith("sparkle") else "preloader"
        return {pid: comm for pid, comm in found.items() if name in comm}

    def one(self, name: str) -> int:
        return min(self.running(name))

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)


def accepts(port: int) -> bool:
    """Whether anybody listens on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except ConnectionRefusedError:
        return False
    return True


def ask_raw(site: Site, request: bytes) -> bytes:
    """Sends bytes as they are and reads until the server closes."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received
