"""A POST with an Idempotency-Key is done once, whoever asks how often, and whatever dies in between."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from cms.models import PostPage
from community.core import idempotency
from community.core.api.document import document
from community.core.api.idempotency import answered_once
from community.core.api_address import ALLOWED_HEADERS, EXPOSED_HEADERS
from community.core.errors import NotAllowed, Unavailable
from community.core.idempotency import Answer
from community.core.models import IdempotencyKey, OutboxFact
from tests.factories import make_post
from tests.support.api import data_of, error_of, fields_of, send
from tests.support.openapi import SITE_API

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
BODY = {"title": "Once", "content": "<p>Only once.</p>", "published": True}

DIES = """
import os, signal, sys, django
django.setup()
from django.test import Client
from wagtail.signals import page_published
from community.accounts.models import User

def die(**_arguments):
    os.kill(os.getpid(), signal.SIGKILL)

page_published.connect(die)
client = Client()
client.force_login(User.objects.get(username="fan"))
client.post("/api/posts", sys.argv[2], content_type="application/json", headers={"Idempotency-Key": sys.argv[1]})
"""


def create(client: Any, body: Any = BODY, *, key: str = KEY, path: str = "/api/posts", **headers: str) -> Any:
    return send(client, "post", path, body, **{"Idempotency-Key": key}, **headers)


@pytest.mark.django_db
class TestReplaying:
    def test_the_same_request_gets_the_first_answer_and_makes_one_post(self, cast, client_for):
        client = client_for(cast.fan)
        first, second = create(client), create(client)
        assert data_of(first, 201)["title"] == "Once"
        assert second.content == first.content
        assert second.status_code == 201
        assert second["Content-Type"] == first["Content-Type"]
        assert "Idempotency-Replayed" not in first
        assert second["Idempotency-Replayed"] == "true"
        assert second["Cache-Control"] == "no-store"
        assert PostPage.objects.filter(title="Once").count() == 1
        assert OutboxFact.objects.filter(name="post.created").count() == 1

    def test_every_spelling_of_the_address_is_the_same_request(self, cast, client_for):
        client = client_for(cast.fan)
        create(client)
        assert create(client, path="/api/v1/posts/")["Idempotency-Replayed"] == "true"

    def test_an_answer_without_a_body_is_replayed_too(self):
        work = iter([Answer(204, {"Location": "/there"}, b"")])
        asked = {"owner": "user:1", "key": KEY, "fingerprint": "f"}
        first, kept = idempotency.once(**asked, work=lambda: next(work))
        again, kept_again = idempotency.once(**asked, work=lambda: next(work))
        assert (kept, kept_again) == (False, True)
        assert (again.status, again.headers, again.body) == (first.status, first.headers, first.body)

    def test_a_refusal_is_an_answer_too(self, cast, client_for):
        client = client_for(cast.fan)
        first = create(client, {"title": ""})
        second = create(client, {"title": ""})
        assert fields_of(first)
        assert second.content == first.content
        assert second["Idempotency-Replayed"] == "true"

    def test_a_refusal_undoes_what_was_done_before_it(self, cast):
        request = Request(RequestFactory().post("/api/posts", headers={"Idempotency-Key": KEY}))
        request.user = cast.fan

        def work() -> Response:
            make_post(cast.fan)
            raise NotAllowed

        assert [answered_once(request, work).status_code for _ in range(2)] == [403, 403]
        assert not PostPage.objects.exists()
        assert IdempotencyKey.objects.get().answer_status == 403

    @pytest.mark.parametrize("changed", [{**BODY, "title": "Twice"}, {**BODY, "published": False}])
    def test_another_body_under_the_same_key_is_a_conflict(self, cast, client_for, changed):
        client = client_for(cast.fan)
        create(client)
        assert error_of(create(client, changed)) == (409, "IDEMPOTENCY_KEY_REUSED")
        assert PostPage.objects.filter(author=cast.fan).count() == 1

    def test_another_address_or_query_under_the_same_key_is_a_conflict(self, cast, client_for):
        client = client_for(cast.fan)
        create(client)
        assert error_of(create(client, path="/api/posts?a=1")) == (409, "IDEMPOTENCY_KEY_REUSED")
        other = create(client, path="/api/series")
        assert error_of(other) == (409, "IDEMPOTENCY_KEY_REUSED")

    def test_keys_of_two_people_have_nothing_to_do_with_each_other(self, cast, client_for):
        mine, theirs = (data_of(create(client_for(who)), 201) for who in (cast.fan, cast.other_fan))
        assert mine["id"] != theirs["id"]

    def test_guests_are_told_to_sign_in_and_nothing_is_kept(self, client, home):
        assert create(client).status_code == 401
        assert not IdempotencyKey.objects.exists()

    def test_without_a_key_each_request_counts(self, cast, client_for):
        client = client_for(cast.fan)
        for _ in range(2):
            data_of(send(client, "post", "/api/posts", BODY), 201)
        assert PostPage.objects.filter(title="Once").count() == 2
        assert not IdempotencyKey.objects.exists()

    @pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "schlüssel", "tab\there"])
    def test_a_key_that_is_none_is_refused_by_name(self, cast, client_for, key):
        answer = client_for(cast.fan).post(
            "/api/posts", BODY, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key
        )
        assert set(fields_of(answer)) == {"Idempotency-Key"}
        assert not PostPage.objects.exists()

    def test_the_longest_key_is_one(self, cast, client_for):
        data_of(create(client_for(cast.fan), key="~" * 255), 201)

    def test_only_digests_of_keys_are_kept(self, cast, client_for):
        create(client_for(cast.fan))
        row = IdempotencyKey.objects.get()
        assert row.owner == f"user:{cast.fan.pk}"
        assert KEY not in (row.key_digest, row.fingerprint)

    def test_too_many_requests_are_no_answer_for_good(self, cast, client_for, settings):
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, "write": (1, 60)}
        client = client_for(cast.fan)
        create(client, key="first")
        assert create(client).status_code == 429
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, "write": (2, 60)}
        assert "Idempotency-Replayed" not in create(client)
        assert PostPage.objects.count() == 2

    def test_what_passes_leaves_no_row(self):
        def away() -> Answer:
            raise Unavailable

        for _ in range(2):
            with pytest.raises(Unavailable):
                idempotency.once(owner="user:1", key=KEY, fingerprint="f", work=away)
        passing = Answer(503, {}, b"{}", final=False)
        assert idempotency.once(owner="user:1", key=KEY, fingerprint="f", work=lambda: passing) == (passing, False)
        assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
class TestForgetting:
    def test_after_a_day_the_key_is_free_again(self, cast, client_for):
        client = client_for(cast.fan)
        first = data_of(create(client), 201)
        IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
        second = create(client, {**BODY, "title": "Another"})
        assert data_of(second, 201)["id"] != first["id"]
        assert create(client, {**BODY, "title": "Another"}).content == second.content

    def test_within_the_day_it_is_not(self, cast, client_for):
        client = client_for(cast.fan)
        create(client)
        IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=23, minutes=59))
        assert idempotency.forget_old() == 0
        assert create(client)["Idempotency-Replayed"] == "true"

    def test_the_job_forgets_what_is_over(self, cast, client_for):
        create(client_for(cast.fan))
        IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
        assert idempotency.forget_old() == 1

    def test_one_owner_keeps_so_many_answers(self, monkeypatch):
        monkeypatch.setattr(idempotency, "MOST_ANSWERS", 3)
        for number in range(5):
            keep(f"key {number}")
        keep("of somebody else", owner="user:2")
        assert IdempotencyKey.objects.filter(owner="user:1").count() == 3
        assert keep("key 4")
        assert not keep("key 0"), "the oldest went first"

    def test_one_owner_keeps_so_many_bytes(self, monkeypatch):
        monkeypatch.setattr(idempotency, "MOST_BYTES", 250)
        for number in range(5):
            keep(f"key {number}", body=b"x" * 100)
        assert IdempotencyKey.objects.count() == 2


def keep(key: str, *, owner: str = "user:1", body: bytes = b"{}") -> bool:
    """Whether there was an answer under this key before; from now on there is."""
    return idempotency.once(owner=owner, key=key, fingerprint="f", work=lambda: Answer(200, {}, body))[1]


class TestAtOnce:
    def test_twenty_at_once_make_one_post(self, cast, client_for, transactional_db, settings):
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, "write": (1, 60)}
        fan = cast.fan
        clients = [client_for(fan) for _ in range(20)]
        together = threading.Barrier(len(clients))

        def ask(client: Client) -> Any:
            try:
                together.wait()
                return create(client)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(clients)) as pool:
            answers = list(pool.map(ask, clients))
        assert PostPage.objects.filter(title="Once").count() == 1
        assert OutboxFact.objects.filter(name="post.published").count() == 1
        made = [answer for answer in answers if answer.status_code == 201]
        assert len({answer.content for answer in made}) == 1
        assert Counter("Idempotency-Replayed" in answer for answer in made)[False] == 1
        for answer in answers:
            if answer not in made:
                assert error_of(answer) == (409, "IDEMPOTENCY_KEY_IN_USE")
        assert create(client_for(fan)).content == made[0].content

    def test_whoever_comes_while_the_first_works_is_asked_to_come_back(
        self, cast, client_for, transactional_db, monkeypatch
    ):
        monkeypatch.setattr(idempotency, "WAIT_MS", 50)
        client = client_for(cast.fan)
        working, enough = threading.Event(), threading.Event()

        def work() -> Answer:
            working.set()
            assert enough.wait(20)
            return Answer(200, {}, b"{}")

        def first() -> bool:
            try:
                return idempotency.once(owner=f"user:{cast.fan.pk}", key=KEY, fingerprint="f", work=work)[1]
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            doing = pool.submit(first)
            assert working.wait(20)
            answer = create(client)
            enough.set()
            assert doing.result() is False
        assert error_of(answer) == (409, "IDEMPOTENCY_KEY_IN_USE")
        assert answer["Retry-After"] == "1"

    def test_the_work_itself_may_wait_for_locks_as_long_as_ever(self, transactional_db):
        def work() -> Answer:
            with connection.cursor() as cursor:
                cursor.execute("SHOW lock_timeout")
                return Answer(200, {}, cursor.fetchone()[0].encode())

        answer, _replayed = idempotency.once(owner="user:1", key=KEY, fingerprint="f", work=work)
        assert answer.body == b"10s"

    def test_a_deadlock_lets_the_request_begin_again(self, cast, transactional_db):
        request = Request(RequestFactory().post("/api/posts", headers={"Idempotency-Key": KEY}))
        request.user = cast.fan
        titles = iter(["First", "Second"])

        def work() -> Response:
            post = make_post(cast.fan, next(titles))
            if post.title == "First":
                with connection.cursor() as cursor:
                    cursor.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END $$")
            return Response({"title": post.title}, status=201)

        answers = [answered_once(request, work) for _ in range(2)]
        assert [answer.content for answer in answers] == [b'{"success":true,"data":{"title":"Second"}}'] * 2
        assert PostPage.objects.get().title == "Second"

    def test_a_first_request_that_fails_leaves_the_key_to_the_next(self, transactional_db):
        tries = iter([ZeroDivisionError, None])

        def work() -> Answer:
            if fault := next(tries):
                raise fault
            return Answer(200, {}, b"done")

        with pytest.raises(ZeroDivisionError):
            idempotency.once(owner="user:1", key=KEY, fingerprint="f", work=work)
        answer, replayed = idempotency.once(owner="user:1", key=KEY, fingerprint="f", work=work)
        assert (answer.body, replayed) == (b"done", False)

    def test_a_process_that_is_killed_in_the_middle_leaves_nothing_and_blocks_nobody(
        self, cast, client_for, transactional_db
    ):
        fan = cast.fan
        body = '{"title": "Once", "content": "<p>Only once.</p>", "published": true}'
        done = subprocess.run(
            [sys.executable, "-c", DIES, KEY, body],
            env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "sparkle_site.settings.test"},
            check=False,
            timeout=60,
        )
        assert done.returncode == -signal.SIGKILL
        assert not PostPage.objects.exists()
        answer = send(client_for(fan), "post", "/api/posts", body, **{"Idempotency-Key": KEY})
        assert "Idempotency-Replayed" not in answer
        assert data_of(answer, 201)["published"] is True
        assert PostPage.objects.count() == 1


def database_url() -> str:
    """The address of the test database, for another process."""
    return re.sub(r"/sparkle_\w+\?", f"/{connection.settings_dict['NAME']}?", os.environ["DATABASE_URL"])


class TestDocument:
    @pytest.fixture
    def posts(self) -> dict[str, Any]:
        return {path: methods["post"] for path, methods in document(SITE_API)["paths"].items() if "post" in methods}

    def test_every_post_takes_the_key_except_signing_in_and_out_and_what_answers_a_secret(self, posts):
        without = {path for path, one in posts.items() if "Idempotency-Key" not in parameters(one)}
        assert without == {path for path in posts if path.startswith("/api/auth/")} | {
            "/api/me/tokens",
            "/api/me/deletion",
        }
        assert len(without) < len(posts)
        for path in set(posts) - without:
            assert {"400", "409"} <= set(posts[path]["responses"])

    def test_no_answer_with_a_secret_is_kept(self, posts):
        secrets = {"token", "refreshToken", "accessToken", "secret", "password", "recoveryCodes", "challenge"}
        schemas = document(SITE_API)["components"]["schemas"]
        told = {"SignedIn", "Tokens"}
        assert all(secrets & set(schemas[name]["properties"]) for name in told)
        for path, one in posts.items():
            if "Idempotency-Key" in parameters(one):
                for name in shapes(one, schemas):
                    assert not secrets & set(schemas[name].get("properties", {})), f"{path} answers a secret"

    def test_scripts_of_other_origins_may_send_and_read_the_headers(self):
        assert "Idempotency-Key" in ALLOWED_HEADERS
        assert "Idempotency-Replayed" in EXPOSED_HEADERS


def parameters(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", [])}


def shapes(part: Any, schemas: dict[str, Any]) -> set[str]:
    """The names of all shapes that a part of the document refers to, and those that these refer to."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found - {"Error", "ValidationError", "ConflictError", "ForbiddenError", "NotSignedInError"}
