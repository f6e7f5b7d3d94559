"""The second factor: codes once, recovery codes once and shown once, secrets encrypted, turning it off."""

from __future__ import annotations

import re
import threading
from typing import Any

import pyotp
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from community.accounts import services
from community.core import encryption
from tests.factories import PASSWORD

NOON = "2026-05-05T12:00:10Z"
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


def with_app(person: Any) -> pyotp.TOTP:
    """An app as the second factor of `person`."""
    secret = pyotp.random_base32()
    TOTP.activate(person, secret)
    return pyotp.TOTP(secret)


def begin(client: Any, person: Any) -> None:
    answer = client.post("/account/login/", {"login": person.username, "password": PASSWORD})
    assert answer["Location"] == "/account/2fa/authenticate/"


def enter(client: Any, code: str) -> int:
    """The status of the answer: 302 goes on."""
    return int(client.post("/account/2fa/authenticate/", {"code": code}).status_code)


def is_somebody(client: Any) -> bool:
    return bool(client.get("/account/email/").status_code == 200)


def signed_in_now(person: Any) -> Client:
    """A browser that has just shown the password."""
    client = Client()
    client.force_login(person)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client


def set_up(client: Client) -> tuple[pyotp.TOTP, list[str]]:
    """Sets an app up on the page; the recovery codes that are shown then."""
    page = client.get("/account/2fa/totp/activate/")
    app = pyotp.TOTP(page.context["form"].secret)
    answer = client.post("/account/2fa/totp/activate/", {"code": app.now()}, follow=True)
    return app, CODE.findall(answer.content.decode().partition("<pre")[2].partition("</pre>")[0])


@pytest.mark.django_db
def test_a_code_lets_in_once_and_later_codes_go_on(cast):
    app = with_app(cast.fan)
    with time_machine.travel(NOON, tick=False) as clock:
        first, second = Client(), Client()
        begin(first, cast.fan)
        begin(second, cast.fan)
        code = app.now()
        assert not is_somebody(first)
        assert enter(first, code) == 302
        assert is_somebody(first)
        assert enter(second, code) == 200, "used up"
        assert not is_somebody(second)
        clock.shift(45)
        assert enter(second, code) == 200, "still within the tolerance, and still used up"
        assert enter(second, app.now()) == 302


@pytest.mark.django_db
@pytest.mark.parametrize(("steps", "status"), [(-2, 200), (-1, 302), (0, 302), (1, 302), (2, 200)])
def test_one_step_of_tolerance(cast, steps, status):
    app = with_app(cast.fan)
    with time_machine.travel(NOON, tick=False):
        client = Client()
        begin(client, cast.fan)
        assert enter(client, app.at(1_777_982_410, counter_offset=steps)) == status


@pytest.mark.django_db
def test_a_code_older_than_the_last_one_taken_is_refused(cast):
    app = with_app(cast.fan)
    with time_machine.travel(NOON, tick=False):
        first, second = Client(), Client()
        begin(first, cast.fan)
        begin(second, cast.fan)
        assert enter(first, app.now()) == 302
        assert enter(second, app.at(1_777_982_410, counter_offset=-1)) == 200


@pytest.mark.django_db
def test_the_code_that_turned_it_on_is_used_up(cast):
    with time_machine.travel(NOON, tick=False) as clock:
        app, _codes = set_up(signed_in_now(cast.fan))
        client = Client()
        begin(client, cast.fan)
        assert enter(client, app.now()) == 200
        clock.shift(30)
        assert enter(client, app.now()) == 302


@pytest.mark.django_db
def test_turning_it_on_asks_who_it_is(client_for, cast):
    answer = client_for(cast.fan).get("/account/2fa/totp/activate/")
    assert answer["Location"].startswith("/account/reauthenticate/")


@pytest.mark.django_db
def test_a_set_up_is_good_for_ten_minutes(cast):
    client = signed_in_now(cast.fan)
    with time_machine.travel(NOON, tick=False) as clock:
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        app = pyotp.TOTP(client.get("/account/2fa/totp/activate/").context["form"].secret)
        clock.shift(601)
        client.post("/account/reauthenticate/", {"password": PASSWORD})
        answer = client.post("/account/2fa/totp/activate/", {"code": app.now()})
        assert answer.status_code == 200
        assert answer.context["form"].secret != app.secret
        assert not Authenticator.objects.exists()


@pytest.mark.django_db
def test_recovery_codes_are_shown_once_and_kept_as_hashes(cast):
    client = signed_in_now(cast.fan)
    _app, codes = set_up(client)
    assert len(set(codes)) == 10
    again = client.get("/account/2fa/recovery-codes/").content.decode()
    assert "10 of 10 codes are left" in again
    assert not CODE.search(again)
    for page in ("/account/2fa/", "/account/2fa/recovery-codes/generate/"):
        assert not CODE.search(client.get(page).content.decode())
    assert client.get("/account/2fa/recovery-codes/download/").status_code == 404
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    opened = encryption.decrypt(
        Authenticator.objects.get(type="recovery_codes").data["hashes"], purpose=f"recovery:{cast.fan.pk}"
    )
    for code in codes:
        for spelling in (code, code.replace("-", "")):
            assert spelling not in stored
            assert spelling not in opened


@pytest.mark.django_db
@pytest.mark.parametrize("spelling", [str, str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_a_recovery_code_lets_in_once(cast, spelling):
    browser = signed_in_now(cast.fan)
    _app, codes = set_up(browser)
    first, second = Client(), Client()
    begin(first, cast.fan)
    begin(second, cast.fan)
    assert enter(first, spelling(codes[3])) == 302
    assert enter(second, spelling(codes[3])) == 200
    assert "9 codes are left" in browser.get("/account/2fa/").content.decode()


@pytest.mark.django_db
def test_a_new_set_ends_the_old_one(cast):
    browser = signed_in_now(cast.fan)
    _app, old = set_up(browser)
    page = browser.post("/account/2fa/recovery-codes/generate/", follow=True).content.decode()
    new = CODE.findall(page.partition("<pre")[2].partition("</pre>")[0])
    assert len(new) == 10
    assert not set(new) & set(old)
    client = Client()
    begin(client, cast.fan)
    assert enter(client, old[0]) == 200
    assert enter(client, new[0]) == 302


@pytest.mark.django_db
def test_the_headless_api_gives_no_recovery_codes_again(cast):
    browser = signed_in_now(cast.fan)
    set_up(browser)
    answer = browser.get("/_allauth/browser/v1/account/authenticators/recovery-codes")
    assert answer.status_code == 200
    assert answer.json()["data"]["unused_code_count"] == 10
    assert not CODE.search(answer.content.decode())
    made = browser.post("/_allauth/browser/v1/account/authenticators/recovery-codes", content_type="application/json")
    assert len(CODE.findall(made.content.decode())) == 10, "of a new set they are shown, once"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_many_who_send_the_same_code_at_once_one_is_let_in(cast, kind):
    app = with_app(cast.fan)
    _row, codes = services.make_recovery_codes(person=cast.fan)
    clients = [Client() for _ in range(4)]
    for client in clients:
        begin(client, cast.fan)
    code = app.now() if kind == "app" else codes[0]
    statuses: list[int] = []
    start = threading.Barrier(4)

    def send(client: Client) -> None:
        start.wait()
        statuses.append(enter(client, code))
        connection.close()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(is_somebody(client) for client in clients) == 1
    assert statuses.count(302) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "right_code", "gone"),
    [(PASSWORD, True, True), (PASSWORD, False, False), ("Wrong-Password-1!", True, False), ("", True, False)],
)
def test_turning_the_app_off_takes_the_password_and_a_code(client_for, cast, password, right_code, gone):
    with_app(cast.fan)
    _row, codes = services.make_recovery_codes(person=cast.fan)
    client = client_for(cast.fan)
    code = codes[0] if right_code else "ZZZZ-ZZZZ"
    client.post("/account/2fa/totp/deactivate/", {"password": password, "code": code})
    assert Authenticator.objects.exists() is not gone
    if not gone:
        assert services.take_recovery_code(
            authenticator=Authenticator.objects.get(type="recovery_codes"), code=codes[0]
        ), "a refused try uses no code up"


@pytest.mark.django_db
def test_people_without_a_password_turn_it_off_by_a_code(client_for, cast):
    app = with_app(cast.fan)
    client = client_for(cast.fan)
    cast.fan.set_unusable_password()
    cast.fan.save()
    client.force_login(cast.fan)
    assert "password" not in client.get("/account/2fa/totp/deactivate/").context["form"].fields
    client.post("/account/2fa/totp/deactivate/", {"code": app.now()})
    assert not Authenticator.objects.exists()


@pytest.mark.django_db
def test_the_headless_api_turns_nothing_off_by_the_password_alone(cast):
    with_app(cast.fan)
    browser = signed_in_now(cast.fan)
    assert browser.delete("/_allauth/browser/v1/account/authenticators/totp").status_code == 401
    assert Authenticator.objects.filter(type="totp").exists()


@pytest.mark.django_db
def test_wrong_codes_are_limited(cast):
    app = with_app(cast.fan)
    client = Client()
    begin(client, cast.fan)
    for _attempt in range(5):
        assert enter(client, "ZZZZ-ZZZZ") == 200
    assert enter(client, app.now()) != 302
    assert not is_somebody(client)


@pytest.mark.django_db
def test_secrets_are_encrypted_and_bound_to_their_person(cast):
    app = with_app(cast.fan)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        stored = cursor.fetchone()[0]
    assert app.secret not in stored
    row = Authenticator.objects.get()
    row.user = cast.other_fan
    row.save()
    with pytest.raises(encryption.UnreadableError):
        services.take_totp_code(authenticator=row, code=app.now())


@pytest.mark.django_db
def test_secrets_of_a_set_up_lie_encrypted_in_the_session(cast):
    client = signed_in_now(cast.fan)
    secret = client.get("/account/2fa/totp/activate/").context["form"].secret
    assert secret not in str(dict(client.session))


@pytest.mark.django_db
def test_keys_are_changed_without_losing_a_secret(cast, settings, capsys):
    app = with_app(cast.fan)
    _row, codes = services.make_recovery_codes(person=cast.fan)
    new = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, *settings.ENCRYPTION_KEYS]
    call_command("rotate_encryption")
    assert "second factors: 2" in capsys.readouterr().out
    settings.ENCRYPTION_KEYS = [new]
    for code in (app.now(), codes[0]):
        client = Client()
        begin(client, cast.fan)
        assert enter(client, code) == 302


@pytest.mark.django_db
def test_a_lost_key_is_told_in_words(cast, settings):
    with_app(cast.fan)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(CommandError, match="ENCRYPTION_KEYS"):
        call_command("rotate_encryption")
