"""Open sockets when their process stops: they are told to come back, and come back elsewhere."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from bench.servers import free_port
from sparkle_site.embedded.places import PROJECT
from tests.support.processes import eventually
from tests.support.sites import accepts

SERVICE_RESTART = 1012  # IANA's registry of WebSocket close codes


@pytest.fixture
def echo() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A process that serves pages and a socket that answers what it is told."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.echo", str(port), "1"], cwd=PROJECT, env=dict(os.environ))
    eventually(lambda: accepts(port), 60)
    yield process, port
    process.kill()
    process.wait(10)


def test_a_process_that_stops_tells_its_sockets_to_connect_again(echo: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = echo
    with contextlib.ExitStack() as opened:
        address = f"ws://127.0.0.1:{port}/ws/"
        sockets = [opened.enter_context(connect(address, compression=None, open_timeout=20)) for _ in range(20)]
        for number, socket in enumerate(sockets):
            socket.send(str(number))
            assert socket.recv(10) == str(number)
        process.send_signal(signal.SIGTERM)
        for socket in sockets:
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(20)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == SERVICE_RESTART
    assert process.wait(20) == 0
