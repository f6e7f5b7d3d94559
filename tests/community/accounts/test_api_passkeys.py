"""Passkeys through the API: made by a device, renamed, removed, and never by a token or without proof."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import PublicKeyCredentialRpEntity

from community.accounts import services
from community.accounts.models import SecurityAlert
from community.core.errors import Conflict, Invalid
from tests.factories import PASSWORD, make_user
from tests.support.api import data_of, error_of, fields_of, send
from tests.support.passkeys import make_passkey

SETUP, KEYS = "/api/auth/passkeys/setup", "/api/auth/passkeys"
SERVER = Fido2Server(PublicKeyCredentialRpEntity(id="testserver", name="Site"))


def begun(client: Any, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = data_of(send(client, "post", SETUP, {"password": PASSWORD, **more}))
    return data


def made(client: Any, **more: str) -> dict[str, Any]:
    start = begun(client)
    body = {"token": start["token"], "credential": make_passkey(start["options"]), **more}
    data: dict[str, Any] = data_of(send(client, "post", KEYS, body), 201)
    return data


def kinds(person: Any) -> list[str]:
    return list(SecurityAlert.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))


def test_a_passkey_is_made_listed_renamed_and_removed(cast, client_for, mailoutbox):
    client = client_for(cast.fan)
    first = made(client, name="My  phone")
    assert first["name"] == "My phone"
    assert len(first["recoveryCodes"]) == 10
    second = made(client)
    assert (second["name"], second["recoveryCodes"]) == ("Passkey 2", [])
    assert [mail.subject for mail in mailoutbox if "passkey" in mail.subject.lower()]

    renamed = send(client, "put", f"{KEYS}/{first['id']}", {"name": "Old phone", "password": PASSWORD})
    assert data_of(renamed)["name"] == "Old phone"
    assert [each["name"] for each in data_of(client.get(KEYS))["items"]] == ["Old phone", "Passkey 2"]
    assert data_of(client.get("/api/auth/two-factor"))["passkeys"] == 2

    # Beside another one the password is enough, the last one takes a code, and the codes go with it.
    assert send(client, "delete", f"{KEYS}/{first['id']}", {"password": PASSWORD}).status_code == 204
    last = f"{KEYS}/{second['id']}"
    assert set(fields_of(send(client, "delete", last, {"password": PASSWORD}))) == {"code"}
    wrong = {"password": PASSWORD, "code": "ZZZZ-ZZZZ"}
    assert set(fields_of(send(client, "delete", last, wrong))) == {"code"}
    body = {"password": PASSWORD, "code": first["recoveryCodes"][0]}
    assert send(client, "delete", last, body).status_code == 204
    assert send(client, "delete", last, body).status_code == 404
    assert not Authenticator.objects.exists()
    assert kinds(cast.fan) == ["2FA_ENABLED", "BACKUP_CODE_USED", "2FA_DISABLED"]


def test_nothing_changes_without_the_password_and_nothing_of_others(cast, client_for):
    mine, strange = client_for(cast.fan), client_for(cast.other_fan)
    key = f"{KEYS}/{made(mine, name='My phone')['id']}"
    for method, path, body in (
        ("post", SETUP, {}),
        ("post", SETUP, {"password": "Wrong-Password-1!"}),
        ("put", key, {"name": "Yours"}),
        ("delete", key, {}),
    ):
        assert "password" in fields_of(send(mine, method, path, body))
    assert "name" in fields_of(send(mine, "put", key, {"name": "\u200b", "password": PASSWORD}))
    for method, more in (("put", {"name": "Mine"}), ("delete", {})):
        assert send(strange, method, key, {"password": PASSWORD, **more}).status_code == 404
    assert Authenticator.objects.get(type="webauthn").data["name"] == "My phone"


def test_who_has_no_password_must_have_just_signed_in(cast, client_for):
    cast.fan.set_unusable_password()
    cast.fan.save()
    client = client_for(cast.fan)
    UserSession.objects.create(user=cast.fan, session_key=client.session.session_key, ip="127.0.0.1", user_agent="")
    key = f"{KEYS}/{made(client)['id']}"
    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=6)):
        assert error_of(send(client, "post", SETUP, {})) == (403, "AUTHORIZATION_ERROR")
        assert error_of(send(client, "put", key, {"name": "Phone"})) == (403, "AUTHORIZATION_ERROR")
    assert set(fields_of(send(client, "delete", key, {}))) == {"code"}


def test_an_answer_is_good_for_one_person_one_address_one_time(cast, client_for):
    client = client_for(cast.fan)
    start = begun(client)
    good = make_passkey(start["options"])
    assert "credential" in fields_of(send(client, "post", KEYS, {"token": begun(client)["token"], "credential": good}))
    elsewhere = make_passkey(start["options"], origin="https://testserver.example")
    unknown_owner = make_passkey(start["options"], knows_owner=False)
    for credential in (elsewhere, unknown_owner):
        body = {"token": start["token"], "credential": credential}
        assert "credential" in fields_of(send(client, "post", KEYS, body))
    body = {"token": start["token"], "credential": good}
    assert send(client_for(cast.other_fan), "post", KEYS, body).status_code == 400
    with time_machine.travel(timezone.now() + services.SET_UP_LASTS + timezone.timedelta(seconds=2)):
        assert send(client, "post", KEYS, body).status_code == 400
    assert send(client, "post", KEYS, body).status_code == 201
    assert send(client, "post", KEYS, body).status_code == 409
    # After the password a device need not know its owner.
    start = begun(client, alone=False)
    body = {"token": start["token"], "credential": make_passkey(start["options"], knows_owner=False)}
    assert send(client, "post", KEYS, body).status_code == 201


def test_what_no_device_answers_is_refused(cast, client_for):
    client = client_for(cast.fan)
    start = begun(client)
    good = make_passkey(start["options"])
    for credential in (
        {},
        {"id": "x"},
        {**good, "id": "another"},
        {**good, "rawId": 7},
        {**good, "response": []},
        {**good, "response": {**good["response"], "attestationObject": "AAAA"}},
        {**good, "response": {**good["response"], "clientDataJSON": "%%%"}},
        {**good, "clientExtensionResults": {"credProps": "\x00"}},
        {**good, "clientExtensionResults": 7},
    ):
        body = {"token": start["token"], "credential": credential}
        assert "credential" in str(fields_of(send(client, "post", KEYS, body))), credential
    assert not Authenticator.objects.exists()
    # What else came with the answer is not kept.
    body = {"token": start["token"], "credential": {**good, "more": "kept"}}
    assert send(client, "post", KEYS, body).status_code == 201
    assert "kept" not in str(list(Authenticator.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"rawId": 7},
        {"response": []},
        {"response": {}},
        {"response": {"attestationObject": "AAAA", "clientDataJSON": "AAAA", "userHandle": "AAAA"}},
        {"more": "\x00"},
    ],
)
def test_nonsense_is_refused_by_page_and_headless_program(cast, client_for, client, change):
    mine = client_for(cast.fan)
    assert mine.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    assert mine.get("/account/2fa/webauthn/add/").status_code == 200
    state = mine.session["mfa.webauthn.state"]
    options = {"publicKey": {"rp": {"id": "testserver"}, "challenge": state["challenge"]}}
    good = make_passkey({"publicKey": {**options["publicKey"], "authenticatorSelection": {"residentKey": "required"}}})
    credential = {**good, **change}
    for answer in (
        mine.post("/account/2fa/webauthn/add/", {"name": "Phone", "credential": json.dumps(credential)}),
        send(mine, "post", "/_allauth/browser/v1/account/authenticators/webauthn", {"credential": credential}),
        send(client, "post", "/_allauth/browser/v1/auth/webauthn/login", {"credential": credential}),
    ):
        assert answer.status_code in (200, 302, 400), answer.content
    assert "more" not in str(list(Authenticator.objects.values_list("data", flat=True)))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_stored_and_the_last_two_do_not_go_without_a_code(home):
    person = make_user()
    start = services.begin_passkey(actor=person, server=SERVER, alone=True)
    credential = make_passkey(start.options)
    errors: list[Exception] = []

    def at_once(*works: Any) -> None:
        def run(work: Any) -> None:
            from django.db import connection

            try:
                work()
            except (Conflict, Invalid) as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def finish() -> None:
        services.finish_passkey(actor=person, server=SERVER, token=start.token, name="", credential=credential)

    at_once(finish, finish)
    assert [type(error).__name__ for error in errors] == ["HasThisPasskey"]
    again = services.begin_passkey(actor=person, server=SERVER, alone=True)
    services.finish_passkey(
        actor=person, server=SERVER, token=again.token, name="", credential=make_passkey(again.options)
    )
    errors.clear()
    one, two = Authenticator.objects.filter(user=person, type="webauthn").values_list("pk", flat=True)

    def remove(pk: int) -> None:
        services.remove_passkey(actor=person, passkey_id=pk, by_code=False)

    at_once(lambda: remove(one), lambda: remove(two))
    assert [type(error).__name__ for error in errors] == ["CodeNeeded"]
    assert Authenticator.objects.filter(user=person, type="webauthn").count() == 1
