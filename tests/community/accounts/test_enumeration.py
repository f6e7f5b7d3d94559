"""Nobody learns whether an account exists: not by words, status, headers, cookies, work or time, at any door."""

from __future__ import annotations

import dataclasses
import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.accounts.models import CodeChallenge, LoginAttempt, NameReservation, User
from community.core.models import LimitCount
from sparkle_site.settings.env import Environment
from sparkle_site.settings.passwords import passwords
from tests.factories import PASSWORD, make_user
from tests.support.hashing import CountingArgon2

pytestmark = pytest.mark.django_db

TRIES, RUNS = 200, 3
#: The medians may differ by so much: a tenth, or five milliseconds.
PART, SECONDS = 0.1, 0.005
WRONG = "Curtain-Falls-2026!"
JSON = "application/json"

Ask = Callable[[], HttpResponse]


def json(client: Client, path: str, body: dict[str, Any], **headers: str) -> Ask:
    return lambda: client.post(path, body, content_type=JSON, headers=headers)  # type: ignore[return-value]


def form(client: Client, path: str, body: dict[str, Any]) -> Ask:
    return lambda: client.post(path, body)  # type: ignore[return-value]


def api_login(client: Client, email: str, name: str) -> Ask:
    return json(client, "/api/auth/login", {"email": email, "password": WRONG})


def page_login(client: Client, email: str, name: str) -> Ask:
    return form(client, "/account/login/", {"login": email, "password": WRONG})


def headless_login(client: Client, email: str, name: str) -> Ask:
    return json(client, "/_allauth/app/v1/auth/login", {"email": email, "password": WRONG})


def api_register(client: Client, email: str, name: str) -> Ask:
    body = {"email": email, "username": name, "password": PASSWORD, "agreeToTerms": True}
    return json(client, "/api/auth/register", body)


def page_register(client: Client, email: str, name: str) -> Ask:
    body = {"email": email, "username": name, "password1": PASSWORD, "agree_to_terms": "on"}
    return form(client, "/account/signup/", body)


def headless_register(client: Client, email: str, name: str) -> Ask:
    body = {"email": email, "username": name, "password": PASSWORD, "agree_to_terms": True}
    return json(client, "/_allauth/app/v1/auth/signup", body)


def api_reset(client: Client, email: str, name: str) -> Ask:
    return json(client, "/api/auth/password-reset", {"email": email})


def page_reset(client: Client, email: str, name: str) -> Ask:
    return form(client, "/account/password/reset/", {"email": email})


def headless_reset(client: Client, email: str, name: str) -> Ask:
    return json(client, "/_allauth/app/v1/auth/password/request", {"email": email})


def api_resend(client: Client, email: str, name: str) -> Ask:
    challenge = api_register(client, email, name)().json()["data"]["challenge"]  # type: ignore[attr-defined]
    row = CodeChallenge.objects.latest("pk")
    CodeChallenge.objects.filter(pk=row.pk).update(sent_at=row.sent_at - timedelta(minutes=2))
    return json(client, "/api/auth/resend", {"challenge": challenge})


def _sent_a_minute_ago(session: Any) -> None:
    session["account_email_verification_code"]["at"] -= 100
    session.save()


def page_resend(client: Client, email: str, name: str) -> Ask:
    page_register(client, email, name)()
    _sent_a_minute_ago(client.session)
    return form(client, "/account/confirm-email/", {"action": "resend"})


def page_after(client: Client, email: str, name: str) -> Ask:
    page_register(client, email, name)()
    return lambda: client.get("/account/confirm-email/")  # type: ignore[return-value]


def page_wrong_code(client: Client, email: str, name: str) -> Ask:
    page_register(client, email, name)()
    return form(client, "/account/confirm-email/", {"code": "1"})


def reset_after(client: Client, email: str, name: str) -> Ask:
    page_reset(client, email, name)()
    return lambda: client.get("/account/password/reset/confirm/")  # type: ignore[return-value]


def name_asked_for(client: Client, email: str, name: str) -> Ask:
    assert api_register(client, email, name)().status_code == 201
    return lambda: client.get(f"/api/users/availability?username={name}")  # type: ignore[return-value]


def passkey_options(client: Client, email: str, name: str) -> Ask:
    return lambda: client.get(f"/_allauth/browser/v1/auth/webauthn/login?email={email}")  # type: ignore[return-value]


def page_passkey_options(client: Client, email: str, name: str) -> Ask:
    return lambda: client.get(  # type: ignore[return-value]
        f"/account/2fa/webauthn/login/?email={email}", headers={"Accept": JSON, "X-Requested-With": "XMLHttpRequest"}
    )


DOORS = [
    api_login,
    page_login,
    headless_login,
    api_register,
    page_register,
    headless_register,
    api_reset,
    page_reset,
    headless_reset,
    api_resend,
    page_resend,
    page_after,
    page_wrong_code,
    reset_after,
    name_asked_for,
    passkey_options,
    page_passkey_options,
]
Door = Callable[[Client, str, str], Ask]


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a stranger sees of an answer, and what it cost."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, Any]
    text: str
    queries: int
    hashes: int


VARYING = re.compile(r"[\w.+-]+@people\.example|name_\d+|[A-Za-z0-9_-]{20,}|\b[0-9a-f-]{32,36}\b")


#: Of the moment, of the client, or of the length of what was sent.
VARYING_HEADERS = {"X-RateLimit-Reset", "X-RateLimit-Remaining", "Expires", "Content-Length", "ETag"}
#: allauth looks accounts up that exist; what stands around a savepoint costs next to nothing.
QUERIES_APART = 3
SAVEPOINTS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


def forget_counts() -> None:
    LimitCount.objects.all().delete()
    LoginAttempt.objects.all().delete()


def look(door: Door, email: str, name: str) -> Seen:
    forget_counts()
    ask = door(Client(), email, name)
    forget_counts()
    before = CountingArgon2.hashes
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    cookies = {key: (morsel["max-age"], morsel["path"]) for key, morsel in answer.cookies.items()}
    headers = {key: VARYING.sub("…", value) for key, value in answer.headers.items() if key not in VARYING_HEADERS}
    text = VARYING.sub("…", answer.content.decode())
    queries = [query for query in captured if not query["sql"].startswith(SAVEPOINTS)]
    return Seen(answer.status_code, headers, cookies, text, len(queries), CountingArgon2.hashes - before)


@pytest.fixture
def counting(settings):
    settings.PASSWORD_HASHERS = ["tests.support.hashing.CountingArgon2"]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_known_address_is_answered_like_an_unknown_one(home, counting, door):
    owner = make_user("owner")
    look(door, "first@people.example", "name_1")  # fills caches
    known = look(door, owner.email, "name_2")
    unknown = look(door, "nobody@people.example", "name_3")
    assert dataclasses.replace(known, queries=0) == dataclasses.replace(unknown, queries=0)
    assert abs(known.queries - unknown.queries) <= QUERIES_APART
    assert known.status < 500


@pytest.mark.parametrize("door", [page_register, headless_register, api_register], ids=lambda door: door.__name__)
def test_joining_with_a_known_address_leaves_nothing_but_the_name_set_aside(home, door):
    owner = make_user("owner")
    people = User.objects.count()
    door(Client(), owner.email, "name_1")()
    assert User.objects.count() == people
    assert NameReservation.objects.filter(username="name_1").exists()
    taken = api_register(Client(REMOTE_ADDR="203.0.113.8"), "x@people.example", "NAME_1")()
    assert set(taken.json()["fields"]) == {"username"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("doors", [(page_reset, headless_reset, api_reset), (page_register, headless_register)])
def test_limits_are_those_of_the_account_by_whichever_door(home, doors):
    owner = make_user("owner")
    for email in (owner.email, "nobody@people.example"):
        statuses = []
        for number in range(4):
            door = doors[number % len(doors)]
            source = Client(REMOTE_ADDR=f"203.0.113.{number + 10}")
            statuses.append(door(source, email, f"name_{number}_{email[0]}")().status_code)
        assert statuses[3] == 429, statuses
        assert 429 not in statuses[:3]
        forget_counts()


@pytest.mark.parametrize("doors", [(page_reset, headless_reset), (page_register, headless_register)])
def test_limits_are_those_of_the_source_by_whichever_door_and_without_the_cache(home, doors, settings):
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    statuses = [doors[n % 2](Client(), f"n{n}@people.example", f"name_{n}")().status_code for n in range(6)]
    assert statuses[5] == 429, statuses
    assert 429 not in statuses[:5]


def test_another_code_on_the_page_comes_once_a_minute(home, mailoutbox):
    client = Client()
    page_register(client, "new@people.example", "name_1")()
    assert client.post("/account/confirm-email/", {"action": "resend"}).status_code == 429
    _sent_a_minute_ago(client.session)
    assert client.post("/account/confirm-email/", {"action": "resend"}).status_code == 302
    assert client.post("/account/confirm-email/", {"action": "resend"}).status_code == 429
    assert len(mailoutbox) == 2


@pytest.mark.long
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_the_time_does_not_tell_either(home, settings, door):
    settings.PASSWORD_HASHERS = passwords(Environment())["PASSWORD_HASHERS"]
    settings.RATE_LIMIT_SCALE = 100  # the minute's limit of all that is asked by API; those of guessing stand
    owner = make_user("owner")
    told = []
    for run in range(RUNS):
        known, unknown = _times(door, owner.email, run)
        if abs(known - unknown) <= max(PART * max(known, unknown), SECONDS):
            return
        told.append(f"known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms")
    pytest.fail(f"{door.__name__}: {told}")


def _times(door: Door, email: str, run: int) -> tuple[float, float]:
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(TRIES):
        for known in (True, False):
            forget_counts()
            name = f"name_{run}{number}{int(known)}"
            ask = door(Client(), email if known else f"{name}@people.example", name)
            forget_counts()
            begun = time.perf_counter()
            ask()
            times[known].append(time.perf_counter() - begun)
    return statistics.median(times[True]), statistics.median(times[False])
