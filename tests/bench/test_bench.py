"""The measurement: it begins when the site is calm, and tells of an answer that is broken."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from bench import calm, run
from bench.cells import Cell
from bench.servers import Server
from cms.models import CustomImage
from community.core import outbox
from community.core.models import OutboxFact
from community.facts.posts import PostUpdated
from tests.factories import make_image, make_post


class Broken(BaseHTTPRequestHandler):
    """Answers nothing but errors."""

    def do_GET(self) -> None:
        self.send_error(500)

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def broken_site() -> Iterator[Server]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Broken) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Server(SimpleNamespace(pid=os.getpid()), server.server_address[1], 0.0)
        server.shutdown()


@pytest.mark.django_db(transaction=True)
def test_a_site_is_calm_when_its_facts_are_delivered_and_its_pictures_are_made(cast):
    make_post(cast.creator, cover_image=make_image(size=(400, 225)))
    assert "waiting facts: " in calm.left()
    done = calm.settle(60)
    assert done["facts"] >= 1
    assert done["pictures"] == 1
    assert done["left"] == calm.left() == ""
    assert "avif" in CustomImage.objects.get().variants["card"]["sources"]
    assert calm.settle(60) | {"seconds": 0} == {"facts": 0, "pictures": 0, "seconds": 0, "left": ""}


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_fails_ends_the_waiting_with_its_error(cast, monkeypatch):
    def fail(_recorded: outbox.Recorded) -> None:
        raise ValueError("The lamp is broken.")

    calm.settle(60)
    OutboxFact.objects.all().delete()
    monkeypatch.setitem(outbox._subscribers, PostUpdated.name, {"tests.fail": fail})
    with transaction.atomic():
        outbox.record(PostUpdated(post_id=1))
    done = calm.settle(60)
    assert done["left"].startswith("waiting facts: 1, facts that failed: 1; the last error: ")
    assert "The lamp is broken." in done["left"]
    OutboxFact.objects.all().delete()


def test_a_broken_answer_is_kept_in_mind_and_an_address_that_is_not_there_is_not(broken_site, capsys):
    table = run.Table(1, run.Yardstick(broken_site), run.Yardstick(broken_site))
    found = {"addresses": {"home": "/"}, "queries": {}, "cookie": ""}
    table.cell(broken_site, Cell("home", "home, guest"), found)
    table.cell(broken_site, Cell("offline", "offline page"), found)
    assert table.broken == ["home, guest ✗ / answers 500"]
    assert "this site has no such address" in capsys.readouterr().out
