"""The front of a web process: what it lets through to Django, and what clients that misbehave can do."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest
import websockets.exceptions
from websockets.sync.client import connect

from sparkle_site.asgi import application
from tests.support.processes import eventually
from tests.support.sites import Site, ask_raw


def test_a_socket_nobody_is_there_for_is_refused(site: Site) -> None:
    before = site.output
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{site.port}/ws/", proxy=None)
    assert refused.value.response.status_code == 403
    said = site.output[len(before) :]
    assert "/ws/" not in said
    assert "Exception in ASGI application" not in said


def test_a_header_with_underscores_does_not_pass_for_a_trusted_one(site: Site) -> None:
    head = b"GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX_Forwarded_For: 6.6.6.6\r\n"
    assert b"0 -\r\n" in ask_raw(site, head + b"\r\n")
    assert b"0 1.2.3.4\r\n" in ask_raw(site, head + b"X-Forwarded-For: 1.2.3.4\r\n\r\n")


def test_bytes_that_are_not_ascii_in_the_query_do_no_harm(site: Site) -> None:
    answer = ask_raw(site, b"GET /echo?q=\xc3\xa4 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 400"))


def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(site: Site) -> None:
    for _ in range(20):  # more often than there are threads
        with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
            connection.sendall(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf")
    assert site.get("/pid")
    eventually(lambda: "UnreadablePostError" in site.output)


def test_clients_that_leave_before_the_answer_hold_no_thread(site: Site) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", site.port), timeout=10) as connection:
            connection.sendall(b"GET /slow?seconds=0.05 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    began = time.monotonic()
    assert site.get("/pid")
    assert time.monotonic() - began < 5


def test_servers_that_ask_for_a_start_and_an_end_get_both() -> None:
    told: list[str] = []
    asked = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, str]:
        return {"type": next(asked)}

    async def send(message: dict[str, str]) -> None:
        told.append(message["type"])

    asyncio.run(application({"type": "lifespan"}, receive, send))
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
