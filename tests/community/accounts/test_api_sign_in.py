"""Signing in, renewing tokens and signing out through the API."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import jwt as pyjwt
import pyotp
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from community.accounts import services
from community.accounts.choices import Status
from community.core.cache import ForgivingRedisCache, RedisAwayError
from tests.factories import PASSWORD, make_user
from tests.support.openapi import CheckedClient

LOGIN = "/api/auth/login"


def sign_in(client: CheckedClient, email: Any, password: Any = PASSWORD, **more: Any) -> Any:
    return client.post(LOGIN, {"email": email, "password": password, **more}, content_type="application/json")


def signed_in(client: CheckedClient, person: Any, **more: Any) -> dict[str, Any]:
    answer = sign_in(client, person.email, **more)
    assert answer.status_code == 200, answer.content
    return answer.json()["data"]


def me(client: CheckedClient, token: str) -> Any:
    return client.get("/api/me", headers={"Authorization": f"Bearer {token}"})


def refresh(client: CheckedClient, token: Any) -> Any:
    return client.post("/api/auth/refresh", {"refreshToken": token}, content_type="application/json")


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("login", ["fan@people.example", "FAN@People.Example", " fan@people.example ", "fan", "FAN"])
def test_address_and_name_sign_in_in_any_letter_case(client, cast, login):
    assert cast.fan
    data = sign_in(client, login).json()["data"]
    assert data["user"]["username"] == "fan"
    assert data["user"]["email"] == "fan@people.example"
    assert data["expiresIn"] == 900
    assert me(client, data["token"]).json()["data"]["email"] == "fan@people.example"


def test_the_answer_holds_the_account_and_nothing_else(client, cast):
    data = signed_in(client, cast.fan)
    assert set(data) == {"user", "token", "refreshToken", "expiresIn"}
    assert set(data["user"]) == {
        "id", "username", "email", "image", "role", "level", "experience", "verified", "status", "createdAt",
        "updatedAt", "version", "url",
    }  # fmt: skip
    assert cast.fan.password not in str(data)


def test_no_cookie_is_set_and_the_browsers_session_stays(client_for, cast):
    client = client_for(cast.other_fan)
    before = client.session.session_key
    answer = sign_in(client, cast.fan.email)
    assert answer.status_code == 200
    assert not answer.cookies
    assert client.get("/api/me").json()["data"]["username"] == "other_fan"
    assert client.session.session_key == before


def test_wrong_password_and_unknown_account_look_the_same(client, cast):
    assert cast.fan
    answers = [
        sign_in(client, "fan@people.example", "Wrong-Password-1!"),
        sign_in(client, "nobody@people.example", "Wrong-Password-1!"),
        sign_in(client, "fan", "Wrong-Password-1!"),
        sign_in(client, "nobody", "Wrong-Password-1!"),
    ]
    assert {error_of(answer) for answer in answers} == {(401, "AUTHENTICATION_ERROR")}
    assert {answer.json()["error"] for answer in answers} == {"Wrong e-mail or password."}
    assert len({frozenset(answer.json()) for answer in answers}) == 1
    assert all("WWW-Authenticate" in answer for answer in answers)


@pytest.mark.parametrize("login", ["fan@people.example", "fan", "nobody@people.example", "nobody", "banned"])
def test_every_refusal_costs_one_hash(client, cast, monkeypatch, login):
    assert cast.fan.pk
    assert cast.banned.pk
    hashes: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashes.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    assert sign_in(client, login, "Wrong-Password-1!").status_code == 401
    assert len(hashes) == 1, "the time must not tell whether the account exists"


def test_the_state_of_an_account_is_told_only_with_the_right_password(client, cast):
    for person in (cast.banned, cast.suspended):
        assert error_of(sign_in(client, person.email, "Wrong-Password-1!")) == (401, "AUTHENTICATION_ERROR")
    assert error_of(sign_in(client, cast.banned.email)) == (401, "ACCOUNT_BANNED")
    suspended = sign_in(client, cast.suspended.email)
    assert error_of(suspended) == (401, "ACCOUNT_SUSPENDED")
    assert suspended.json()["until"] == cast.suspended.suspended_until.isoformat()
    assert not UserSession.objects.exists()


def test_people_whose_address_is_not_confirmed_sign_in_and_read(client, cast):
    data = signed_in(client, cast.new_fan)
    assert data["user"]["status"] == "PENDING_VERIFICATION"
    assert me(client, data["token"]).status_code == 200


def test_deleted_accounts_do_not_exist(client, cast):
    services.change_status(actor=None, person=cast.fan, status=Status.DELETED, system=True)
    assert error_of(sign_in(client, cast.fan.email)) == (401, "AUTHENTICATION_ERROR")


def test_five_failures_lock_also_the_right_password_and_only_that_account(client, cast):
    for _attempt in range(5):
        assert sign_in(client, cast.fan.email, "Wrong-Password-1!").status_code == 401
    locked = sign_in(client, cast.fan.email)
    assert error_of(locked) == (429, "RATE_LIMIT_ERROR")
    assert int(locked["Retry-After"]) > 0
    assert sign_in(client, cast.other_fan.email).status_code == 200


def test_unknown_accounts_are_locked_alike(client, cast):
    statuses = [sign_in(client, "nobody@people.example", "x").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"email", "password"}),
        ({"email": "", "password": ""}, {"email", "password"}),
        ({"email": 5, "password": ["x"]}, {"email", "password"}),
        ({"email": None, "password": None}, {"email", "password"}),
        ({"email": "a", "password": "b", "rememberMe": "yes"}, {"rememberMe"}),
        ({"email": "a", "password": "b", "twoFactorCode": 123456}, {"twoFactorCode"}),
        ({"email": "a" * 256, "password": "b" * 1025}, {"email", "password"}),
        ({"email": "a\x00b", "password": "b"}, {"email"}),
        ({"email": {"$ne": None}, "password": "b"}, {"email"}),
        ({"email": "a", "password": "b", "isAdmin": True}, {"isAdmin"}),
    ],
)
def test_bad_input_is_named_field_by_field(client, db, body, fields):
    answer = client.post(LOGIN, body, content_type="application/json")
    assert error_of(answer) == (400, "VALIDATION_ERROR")
    assert set(answer.json()["fields"]) == fields


@pytest.mark.parametrize("login", ["' OR 1=1 --", "%", "🎉@例え.テスト", "a@b@c", "\u202efan", "ﬀ" * 100, "fan\n"])
def test_odd_logins_are_wrong_and_nothing_else(client, db, login):
    assert sign_in(client, login, "Wrong-Password-1!").status_code == 401


def test_a_password_is_taken_as_it_is(client, db):
    person = make_user("spacious", password="  Spaces-Count-2026!  ")
    assert sign_in(client, person.email, "  Spaces-Count-2026!  ").status_code == 200
    assert sign_in(client, person.email, "Spaces-Count-2026!").status_code == 401


def test_the_session_lasts_as_long_as_asked(client, cast):
    for remember, days in ((False, 30), (True, 90)):
        signed_in(client, cast.fan, rememberMe=remember)
        session = Session.objects.get(session_key=UserSession.objects.latest("pk").session_key)
        assert timedelta(days=days - 1) < session.expire_date - timezone.now() <= timedelta(days=days)


def test_a_token_ends_with_its_session(client, cast):
    data = signed_in(client, cast.fan)
    UserSession.objects.get().end()
    assert error_of(me(client, data["token"])) == (401, "AUTHENTICATION_ERROR")
    assert error_of(refresh(client, data["refreshToken"])) == (401, "AUTHENTICATION_ERROR")


def test_a_token_ends_with_the_account(client, cast):
    token = signed_in(client, cast.fan)["token"]
    services.change_status(actor=None, person=cast.fan, status=Status.BANNED, system=True)
    assert me(client, token).status_code == 401


def test_a_token_ends_with_the_password(client, cast):
    data = signed_in(client, cast.fan)
    cast.fan.set_password("Another-Curtain-2026!")
    cast.fan.save()
    assert me(client, data["token"]).status_code == 401
    assert refresh(client, data["refreshToken"]).status_code == 401


def test_tokens_of_another_kind_key_or_time_are_refused(client, cast):
    data = signed_in(client, cast.fan)
    payload = pyjwt.decode(data["token"], options={"verify_signature": False})
    key = django_settings.SECRET_KEY
    forged = [
        data["refreshToken"],
        pyjwt.encode(payload, "x" * 64, algorithm="HS256"),
        pyjwt.encode(payload, None, algorithm="none"),
        pyjwt.encode({**payload, "exp": 1}, key, algorithm="HS256"),
        pyjwt.encode({**payload, "sub": str(cast.other_fan.pk)}, key, algorithm="HS256"),
        pyjwt.encode({**payload, "sid": "!"}, key, algorithm="HS256"),
        data["token"][:-2],
    ]
    assert [me(client, token).status_code for token in forged] == [401] * len(forged)
    assert refresh(client, data["token"]).status_code == 401


def test_refreshing_gives_new_tokens_and_uses_up_the_old_one(client, cast):
    first = signed_in(client, cast.fan)
    second = refresh(client, first["refreshToken"]).json()["data"]
    assert me(client, second["token"]).status_code == 200
    assert second["refreshToken"] != first["refreshToken"]
    third = refresh(client, second["refreshToken"]).json()["data"]
    assert me(client, third["token"]).status_code == 200


def test_an_old_refresh_token_ends_the_session(client, cast):
    first = signed_in(client, cast.fan)
    second = refresh(client, first["refreshToken"]).json()["data"]
    assert refresh(client, first["refreshToken"]).status_code == 401
    assert me(client, second["token"]).status_code == 401, "somebody has a copy: nobody goes on"
    assert refresh(client, second["refreshToken"]).status_code == 401
    assert not UserSession.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_refreshes_at_once_one_wins(client, cast):
    token = signed_in(client, cast.fan)["refreshToken"]
    statuses: list[int] = []
    start = threading.Barrier(4)

    def renew() -> None:
        start.wait()
        statuses.append(refresh(CheckedClient(), token).status_code)
        connection.close()

    threads = [threading.Thread(target=renew) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 401, 401, 401]


@pytest.mark.parametrize("token", ["", "x", 5, None, "a.b.c", "x" * 5000, "\x00", "💥"])
def test_bad_refresh_tokens_are_refused(client, db, token):
    assert refresh(client, token).status_code in (400, 401)


def test_signing_out_ends_the_tokens_session_only(client, cast):
    first, second = signed_in(client, cast.fan), signed_in(client, cast.fan)
    answer = client.post("/api/auth/logout", headers={"Authorization": f"Bearer {first['token']}"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert me(client, first["token"]).status_code == 401
    assert refresh(client, first["refreshToken"]).status_code == 401
    assert me(client, second["token"]).status_code == 200
    assert UserSession.objects.count() == 1


def test_signing_out_ends_the_cookies_session(client_for, cast):
    client = client_for(cast.fan)
    assert client.post("/api/auth/logout").status_code == 204
    assert client.get("/api/me").status_code == 401
    assert client.post("/api/auth/logout").status_code == 401


def test_cookies_need_the_csrf_token_and_bearers_do_not(cast):
    browser = CheckedClient(enforce_csrf_checks=True)
    browser.force_login(cast.fan)
    refused = browser.post("/api/auth/logout")
    assert error_of(refused) == (403, "AUTHORIZATION_ERROR")
    assert browser.get("/api/me").status_code == 200
    token = signed_in(CheckedClient(enforce_csrf_checks=True), cast.fan)["token"]
    program = CheckedClient(enforce_csrf_checks=True)
    assert program.post("/api/auth/logout", headers={"Authorization": f"Bearer {token}"}).status_code == 204


@pytest.fixture
def totp(cast):
    """The fan's second factor."""
    secret = pyotp.random_base32()
    TOTP.activate(cast.fan, secret)
    EmailAddress.objects.filter(user=cast.fan).update(verified=True)
    return pyotp.TOTP(secret)


def test_a_second_factor_is_asked_for(client, cast, totp):
    asked = sign_in(client, cast.fan.email)
    assert error_of(asked) == (401, "TWO_FACTOR_REQUIRED")
    assert asked.json()["challenge"]
    assert not UserSession.objects.exists()
    assert error_of(sign_in(client, cast.fan.email, "Wrong-Password-1!")) == (401, "AUTHENTICATION_ERROR")


def test_the_code_finishes_the_sign_in(client, cast, totp):
    data = signed_in(client, cast.fan, twoFactorCode=totp.now())
    assert me(client, data["token"]).status_code == 200


def test_wrong_codes_are_refused_and_limited(client, cast, totp):
    wrong = "000000" if totp.now() != "000000" else "111111"
    answers = [sign_in(client, cast.fan.email, twoFactorCode=wrong) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert error_of(answers[0]) == (401, "AUTHENTICATION_ERROR")
    assert not UserSession.objects.exists()


def test_a_challenge_is_nobody(client, cast, totp):
    challenge = sign_in(client, cast.fan.email).json()["challenge"]
    assert me(client, challenge).status_code == 401
    session = Session.objects.latest("expire_date")
    assert session.session_key not in challenge
    assert session.expire_date - timezone.now() <= timedelta(minutes=10)
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    assert client.get("/api/me").status_code == 401


def test_without_redis_people_sign_in_and_failures_are_counted_all_the_same(client, cast, monkeypatch):
    def away(self: Any, work: Any) -> None:
        raise RedisAwayError

    assert cast.fan.pk
    monkeypatch.setattr(ForgivingRedisCache, "_guarded", away)
    reading = client.get("/api/users/fan")
    assert (reading.status_code, reading["X-RateLimit-Remaining"]) == (200, reading["X-RateLimit-Limit"])
    assert sign_in(client, cast.fan.email).status_code == 200
    for _attempt in range(5):
        assert error_of(sign_in(client, cast.fan.email, "Wrong-Password-1!")) == (401, "AUTHENTICATION_ERROR")
    assert error_of(sign_in(client, cast.fan.email)) == (429, "RATE_LIMIT_ERROR"), "shut, not open"
