"""The second factor through the API: finishing a sign-in, setting an app up, recovery codes, turning it off."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from tests.factories import PASSWORD
from tests.support.openapi import CheckedClient

NOON = "2026-05-05T12:00:10Z"


def with_app(person: Any) -> pyotp.TOTP:
    """An app as the second factor of `person`."""
    secret = pyotp.random_base32()
    TOTP.activate(person, secret)
    return pyotp.TOTP(secret)


def api(client: CheckedClient, method: str, path: str, body: Any = None, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return getattr(client, method)(f"/api/{path}", body or {}, content_type="application/json", headers=headers)


def challenge(client: CheckedClient, person: Any, **more: Any) -> str:
    answer = api(client, "post", "auth/login", {"email": person.email, "password": PASSWORD, **more})
    assert answer.json()["code"] == "TWO_FACTOR_REQUIRED"
    return str(answer.json()["challenge"])


@pytest.mark.django_db
def test_a_program_finishes_its_sign_in_with_the_challenge(client, cast):
    app = with_app(cast.fan)
    begun = challenge(client, cast.fan)
    wrong = api(client, "post", "auth/two-factor", {"challenge": begun, "code": "ZZZZ-ZZZZ"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "This code is not right.")
    answer = api(client, "post", "auth/two-factor", {"challenge": begun, "code": app.now()})
    assert answer.status_code == 200, answer.content
    assert not answer.cookies
    data = answer.json()["data"]
    assert data["user"]["username"] == "fan"
    assert client.get("/api/me", headers={"Authorization": f"Bearer {data['token']}"}).status_code == 200
    again = api(client, "post", "auth/two-factor", {"challenge": begun, "code": app.now()})
    assert (again.status_code, again.json()["error"]) == (401, "This sign-in took too long. Please begin again.")


@pytest.mark.django_db
def test_a_challenge_belongs_to_its_client_and_ends_after_ten_minutes(client, cast):
    app = with_app(cast.fan)
    with time_machine.travel(NOON, tick=False) as clock:
        begun = challenge(client, cast.fan)
        other = CheckedClient(headers={"User-Agent": "another/1.0"})
        body = {"challenge": begun, "code": app.now()}
        assert api(other, "post", "auth/two-factor", body).status_code == 401
        clock.shift(601)
        assert api(client, "post", "auth/two-factor", {"challenge": begun, "code": app.now()}).status_code == 401
        begun = challenge(client, cast.fan)
        assert api(client, "post", "auth/two-factor", {"challenge": begun, "code": app.now()}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["x", "a:b:c", "é", "\N{SNOWMAN}" * 10])
def test_what_is_no_challenge_is_refused(client, text):
    assert api(client, "post", "auth/two-factor", {"challenge": text, "code": "123456"}).status_code == 401


@pytest.mark.django_db
def test_a_program_sets_an_app_up_and_turns_it_off(client, cast):
    token = api(client, "post", "auth/login", {"email": cast.fan.email, "password": PASSWORD}).json()["data"]["token"]
    refused = api(client, "post", "auth/two-factor/setup", {"password": "Wrong-Password-1!"}, token)
    assert refused.json()["fields"] == {"password": "That is not your password."}
    begun = api(client, "post", "auth/two-factor/setup", {"password": PASSWORD}, token)
    assert not begun.cookies
    data = begun.json()["data"]
    app = pyotp.TOTP(data["secret"])
    assert pyotp.parse_uri(data["uri"]).secret == data["secret"]
    wrong = api(client, "put", "auth/two-factor/setup", {"token": data["token"], "code": "none"}, token)
    assert wrong.json()["fields"] == {"code": "This code is not right."}
    done = api(client, "put", "auth/two-factor/setup", {"token": data["token"], "code": app.now()}, token)
    codes = done.json()["data"]["recoveryCodes"]
    assert len(codes) == 10
    assert (
        api(client, "put", "auth/two-factor/setup", {"token": data["token"], "code": app.now()}, token).status_code
        == 409
    )
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/auth/two-factor", headers=bearer).json()["data"] == {
        "enabled": True, "totp": True, "passkeys": 0, "recoveryCodesLeft": 10,
    }  # fmt: skip
    made = api(client, "post", "auth/recovery-codes", {"password": PASSWORD, "code": codes[0]}, token)
    assert made.status_code == 201
    new = made.json()["data"]["recoveryCodes"]
    assert not set(new) & set(codes)
    used = api(client, "post", "auth/two-factor/removal", {"password": PASSWORD, "code": codes[1]}, token)
    assert (used.status_code, set(used.json()["fields"])) == (400, {"code"})
    gone = api(client, "post", "auth/two-factor/removal", {"password": PASSWORD, "code": new[1]}, token)
    assert (gone.status_code, len(gone.cookies)) == (204, 0)
    assert client.get("/api/auth/recovery-codes", headers=bearer).json()["data"] == {"left": 0}


@pytest.mark.django_db
@pytest.mark.parametrize("strange", ["ÿ\x03🦩", "no token", "gAAAAA=="])
def test_what_is_no_token_of_a_set_up_is_refused(client_for, cast, strange):
    answer = api(client_for(cast.fan), "put", "auth/two-factor/setup", {"token": strange, "code": "123456"})
    assert answer.status_code == 400
    assert not Authenticator.objects.exists()


@pytest.mark.django_db
def test_a_set_up_is_of_one_person_and_ends_after_ten_minutes(client_for, cast):
    fan, other = client_for(cast.fan), client_for(cast.other_fan)
    with time_machine.travel(NOON, tick=False) as clock:
        data = api(fan, "post", "auth/two-factor/setup", {"password": PASSWORD}).json()["data"]
        body = {"token": data["token"], "code": pyotp.TOTP(data["secret"]).now()}
        assert api(other, "put", "auth/two-factor/setup", body).status_code == 400
        clock.shift(601)
        body["code"] = pyotp.TOTP(data["secret"]).now()
        assert api(fan, "put", "auth/two-factor/setup", body).status_code == 400
    assert not Authenticator.objects.exists()


@pytest.mark.django_db
def test_passkeys_are_listed_at_a_flat_cost(client_for, cast, flat_cost):
    def grow(number: int) -> None:
        for _ in range(number):
            Authenticator.objects.create(user=cast.fan, type="webauthn", data={"name": "My phone"})

    client = client_for(cast.fan)
    flat_cost("/api/auth/passkeys", grow=grow, by=client, at_most=8)
    items = client.get("/api/auth/passkeys").json()["data"]["items"]
    assert len(items) == 30
    assert set(items[0]) == {"id", "name", "createdAt", "lastUsedAt"}
    assert not client_for(cast.other_fan).get("/api/auth/passkeys").json()["data"]["items"]
