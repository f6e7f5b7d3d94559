"""While somebody guesses at an account from everywhere, new devices need a mailed code and known ones pass."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from community.accounts import services
from community.accounts.models import LoginAttempt
from community.accounts.selectors import account_of
from tests.factories import PASSWORD
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db
HOME, ELSEWHERE = "203.0.113.5", "198.51.100.9"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36"


def browser(address: str = HOME, agent: str = FIREFOX) -> CheckedClient:
    return CheckedClient(REMOTE_ADDR=address, headers={"User-Agent": agent})


def by_page(client: CheckedClient, person: Any) -> Any:
    return client.post("/account/login/", {"login": person.email, "password": PASSWORD})


def by_api(client: CheckedClient, person: Any) -> Any:
    body = {"email": person.email, "password": PASSWORD}
    return client.post("/api/auth/login", body, content_type="application/json")


def is_in(client: CheckedClient) -> bool:
    return "_auth_user_id" in client.session


def guess(person: Any, number: int, minutes_ago: int = 10) -> None:
    """So many failures, each from somewhere else."""
    at = timezone.now() - timedelta(minutes=minutes_ago)
    LoginAttempt.objects.bulk_create(
        LoginAttempt(
            account_key=account_of(person).key,
            user=person,
            source=f"10.{minutes_ago}.0.{each}",
            outcome="wrong_password",
            attempted_at=at,
        )
        for each in range(number)
    )


def code_in(mailoutbox: Any) -> str:
    return next(word for word in mailoutbox[-1].body.split() if word.isdigit() and len(word) == 6)


def finish(client: CheckedClient, challenge: str, code: str) -> Any:
    body = {"challenge": challenge, "code": code}
    return client.post("/api/auth/two-factor", body, content_type="application/json")


def challenge_of(answer: Any) -> str:
    assert answer.status_code == 401
    body = answer.json()
    assert body["code"] == "EMAIL_CODE_REQUIRED"
    return str(body["challenge"])


def test_a_new_device_needs_the_code_and_a_known_one_does_not(cast, mailoutbox):
    by_page(browser(), cast.fan)
    guess(cast.fan, 50)
    known = browser()
    by_page(known, cast.fan)
    assert is_in(known)
    assert by_api(browser(), cast.fan).status_code == 200
    assert len(mailoutbox) == 0
    new = browser(ELSEWHERE)
    answer = by_page(new, cast.fan)
    assert answer["Location"] == "/account/login/code/confirm/"
    assert not is_in(new)
    assert new.get("/account/security/").status_code == 302
    page = new.get("/account/login/code/confirm/")
    assert page.status_code == 200
    assert cast.fan.email not in page.content.decode()
    assert mailoutbox[-1].to == [cast.fan.email]
    new.post("/account/login/code/confirm/", {"code": code_in(mailoutbox)})
    assert is_in(new)
    again = browser(ELSEWHERE)
    by_page(again, cast.fan)
    assert is_in(again), "known by now"


def test_another_browser_in_the_same_place_is_a_new_device(cast, mailoutbox):
    by_page(browser(), cast.fan)
    guess(cast.fan, 50)
    other = browser(agent=CHROME)
    by_page(other, cast.fan)
    assert not is_in(other)


@pytest.mark.parametrize(("number", "minutes_ago"), [(49, 10), (60, 61)])
def test_fewer_failures_or_older_ones_ask_nothing(cast, number, minutes_ago):
    guess(cast.fan, number, minutes_ago)
    client = browser(ELSEWHERE)
    by_page(client, cast.fan)
    assert is_in(client)


def test_failures_of_others_and_after_a_new_password_ask_nothing(cast):
    guess(cast.other_fan, 60)
    guess(cast.fan, 60)
    services.lift_locks(user=cast.fan)
    client = browser(ELSEWHERE)
    by_page(client, cast.fan)
    assert is_in(client)


def test_a_program_sends_the_code_with_its_challenge_once(cast, mailoutbox):
    guess(cast.fan, 50)
    client = browser()
    challenge = challenge_of(by_api(client, cast.fan))
    code = code_in(mailoutbox)
    wrong = "000000" if code != "000000" else "111111"
    assert finish(client, challenge, wrong).status_code == 401
    assert finish(browser(agent=CHROME), challenge, code).status_code == 401, "another client"
    done = finish(client, challenge, code)
    assert done.status_code == 200
    token = done.json()["data"]["token"]
    assert client.get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert finish(client, challenge, code).status_code == 401


def test_an_app_gets_the_pending_step_and_confirms_it(cast, mailoutbox):
    guess(cast.fan, 50)
    client = browser()
    body = {"email": cast.fan.email, "password": PASSWORD}
    answer = client.post("/_allauth/app/v1/auth/login", body, content_type="application/json")
    assert answer.status_code == 401
    assert {"id": "login_by_code", "is_pending": True} in answer.json()["data"]["flows"]
    token = answer.json()["meta"]["session_token"]
    done = client.post(
        "/_allauth/app/v1/auth/code/confirm",
        {"code": code_in(mailoutbox)},
        content_type="application/json",
        headers={"X-Session-Token": token},
    )
    assert done.status_code == 200


def test_guessed_codes_lock_like_guessed_passwords(cast, mailoutbox):
    guess(cast.fan, 50)
    client = browser()
    challenge = challenge_of(by_api(client, cast.fan))
    code = code_in(mailoutbox)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(4):
        assert finish(client, challenge, wrong).status_code == 401
    waiting = browser()
    by_page(waiting, cast.fan)
    finish(client, challenge, wrong)
    assert by_api(browser(), cast.fan).status_code == 429
    waiting.post("/account/login/code/confirm/", {"code": code_in(mailoutbox)})
    assert not is_in(waiting), "a step prepared before the lock is shut too"
    assert LoginAttempt.objects.filter(user=cast.fan, outcome="wrong_code", source=HOME).count() == 5


def test_the_code_comes_before_the_second_factor(cast, mailoutbox):
    secret = pyotp.random_base32()
    TOTP.activate(cast.fan, secret)
    guess(cast.fan, 50)
    client = browser()
    first = finish(client, challenge_of(by_api(client, cast.fan)), code_in(mailoutbox))
    assert (first.status_code, first.json()["code"]) == (401, "TWO_FACTOR_REQUIRED")
    second = finish(client, first.json()["challenge"], pyotp.TOTP(secret).now())
    assert second.status_code == 200
    page = browser(agent=CHROME)
    by_page(page, cast.fan)
    answer = page.post("/account/login/code/confirm/", {"code": code_in(mailoutbox)})
    assert answer["Location"] == "/account/2fa/authenticate/"


def test_the_code_lasts_ten_minutes(cast, mailoutbox):
    guess(cast.fan, 50, minutes_ago=1)
    client = browser()
    challenge = challenge_of(by_api(client, cast.fan))
    code = code_in(mailoutbox)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert finish(client, challenge, code).status_code == 401
