"""Wrong passwords and codes lock the pair of account and source, by every door, whatever is away."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from community.accounts import services
from community.accounts.models import LoginAttempt
from community.core.cache import ForgivingRedisCache, RedisAwayError
from tests.factories import PASSWORD
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db
WRONG = "Wrong-Password-1!"
HOME, ELSEWHERE = "203.0.113.5", "198.51.100.9"


def by_page(login: str, password: str, address: str = HOME) -> bool:
    client = CheckedClient(REMOTE_ADDR=address)
    client.post("/account/login/", {"login": login, "password": password})
    return "_auth_user_id" in client.session


def by_api(login: str, password: str, address: str = HOME) -> bool:
    body = {"email": login, "password": password}
    return (
        CheckedClient(REMOTE_ADDR=address)
        .post("/api/auth/login", body, content_type="application/json")
        .json()["success"]
    )


def by_app(login: str, password: str, address: str = HOME) -> bool:
    name = "email" if "@" in login else "username"
    answer = CheckedClient(REMOTE_ADDR=address).post(
        "/_allauth/app/v1/auth/login", {name: login, "password": password}, content_type="application/json"
    )
    return answer.status_code == 200


DOORS = [by_page, by_api, by_app]


@pytest.mark.parametrize("knock", DOORS)
@pytest.mark.parametrize("enter", DOORS)
def test_five_failures_by_one_door_shut_all_doors(cast, knock, enter):
    for _ in range(5):
        assert not knock(cast.fan.email, WRONG)
    assert not enter(cast.fan.email, PASSWORD)
    assert not enter(cast.fan.username, PASSWORD), "the name is the same account"
    assert enter(cast.other_fan.email, PASSWORD)


def test_nobody_locks_a_victim_out_from_elsewhere(cast):
    for _ in range(5):
        by_api(cast.fan.email, WRONG, ELSEWHERE)
    assert not by_api(cast.fan.email, PASSWORD, ELSEWHERE)
    assert by_api(cast.fan.email, PASSWORD, HOME)
    assert not by_api(cast.fan.email, PASSWORD, ELSEWHERE), "a success clears only its own pair"


def test_the_addresses_of_one_ipv6_network_are_one_source(cast):
    for number in range(5):
        by_api(cast.fan.email, WRONG, f"2001:db8:1:2::{number + 1}")
    assert not by_api(cast.fan.email, PASSWORD, "2001:db8:1:2:ffff::1")
    assert by_api(cast.fan.email, PASSWORD, "2001:db8:1:3::1")


def test_a_made_up_forwarded_address_is_no_other_source(cast):
    for number in range(5):
        CheckedClient(REMOTE_ADDR=HOME, headers={"X-Forwarded-For": f"192.0.2.{number}"}).post(
            "/api/auth/login", {"email": cast.fan.email, "password": WRONG}, content_type="application/json"
        )
    assert not by_api(cast.fan.email, PASSWORD)


def test_the_lock_lasts_fifteen_minutes_from_the_fifth_failure(cast):
    start = timezone.now()
    for minute in (0, 3, 6, 9, 12):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            assert not by_api(cast.fan.email, WRONG)
    for minute, gets_in in ((16, False), (26.9, False), (27.1, True)):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            assert by_api(cast.fan.email, PASSWORD) is gets_in, minute


def test_failures_spread_over_more_than_fifteen_minutes_lock_nothing(cast):
    start = timezone.now()
    for minute in range(0, 40, 4):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            assert not by_api(cast.fan.email, WRONG)
    with time_machine.travel(start + timedelta(minutes=37), tick=False):
        assert by_api(cast.fan.email, PASSWORD)


def test_a_success_begins_the_count_anew(cast):
    for _ in range(2):
        for _ in range(4):
            by_page(cast.fan.email, WRONG)
        assert by_page(cast.fan.email, PASSWORD)


def test_one_source_fails_twenty_times_over_all_accounts(cast):
    for number in range(20):
        by_api(f"nobody-{number}@people.example", WRONG)
    assert not by_api(cast.fan.email, PASSWORD)
    assert by_api(cast.fan.email, PASSWORD, ELSEWHERE)


def test_a_new_password_opens_the_account_again(cast):
    for _ in range(5):
        by_api(cast.fan.email, WRONG)
    services.lift_locks(user=cast.fan)
    assert by_api(cast.fan.email, PASSWORD)


def test_wrong_codes_lock_also_with_a_fresh_password_step(cast):
    secret = pyotp.random_base32()
    TOTP.activate(cast.fan, secret)
    code = pyotp.TOTP(secret)
    waiting = CheckedClient(REMOTE_ADDR=HOME)
    waiting.post("/account/login/", {"login": cast.fan.email, "password": PASSWORD})
    for _ in range(5):
        guesser = CheckedClient(REMOTE_ADDR=HOME)
        guesser.post("/account/login/", {"login": cast.fan.email, "password": PASSWORD})
        guesser.post("/account/2fa/authenticate/", {"code": "000000" if code.now() != "000000" else "111111"})
    assert LoginAttempt.objects.filter(user=cast.fan, outcome="wrong_code").count() == 5
    waiting.post("/account/2fa/authenticate/", {"code": code.now()})
    assert "_auth_user_id" not in waiting.session, "a step prepared before the lock is shut too"


def test_the_right_code_is_no_failure_and_ends_in_one_row(cast):
    secret = pyotp.random_base32()
    TOTP.activate(cast.fan, secret)
    client = CheckedClient()
    client.post("/account/login/", {"login": cast.fan.email, "password": PASSWORD})
    assert list(LoginAttempt.objects.values_list("outcome", flat=True)) == ["half_way"]
    client.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert "_auth_user_id" in client.session
    assert list(LoginAttempt.objects.values_list("outcome", flat=True)) == ["success"]


@pytest.mark.parametrize("enter", DOORS)
def test_without_redis_people_sign_in_and_the_lock_holds(cast, monkeypatch, enter):
    def away(self: Any, work: Any) -> None:
        raise RedisAwayError

    assert cast.fan.pk
    monkeypatch.setattr(ForgivingRedisCache, "_guarded", away)
    assert enter(cast.fan.email, PASSWORD)
    for _ in range(5):
        enter(cast.fan.email, WRONG)
    assert not enter(cast.fan.email, PASSWORD)


def test_an_emptied_cache_opens_nothing(cast):
    for _ in range(5):
        by_api(cast.fan.email, WRONG)
    cache.clear()
    assert not by_api(cast.fan.email, PASSWORD)


def test_unknown_accounts_are_kept_without_a_user_and_without_what_was_typed(cast):
    by_api("nobody@people.example", WRONG)
    row = LoginAttempt.objects.get()
    assert (row.user, row.outcome, row.address) == (None, "wrong_password", HOME)
    assert "nobody" not in str(vars(row))


def test_what_the_lock_says_does_not_tell_whether_the_account_exists(client, cast):
    answers = []
    for login in (cast.fan.email, "nobody@people.example"):
        for _ in range(6):
            answer = client.post(
                "/api/auth/login", {"email": login, "password": WRONG}, content_type="application/json"
            )
        answers.append((answer.status_code, answer.json()["error"]))
    assert answers[0] == answers[1]
    assert answers[0][0] == 429


def test_a_closed_account_is_kept_as_such_and_told_only_with_the_right_password(cast):
    by_api(cast.banned.email, WRONG)
    by_api(cast.banned.email, PASSWORD)
    outcomes = LoginAttempt.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["wrong_password", "closed"]


def test_what_is_older_than_thirty_days_is_forgotten(cast):
    by_api(cast.fan.email, PASSWORD)
    with time_machine.travel(timezone.now() + timedelta(days=29), tick=False):
        assert services.forget_history() == 0
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert services.forget_history() == 1


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_counted_one_by_one(cast):
    email, found = cast.fan.email, []
    start = threading.Barrier(8)

    def guess() -> None:
        client = CheckedClient(REMOTE_ADDR=HOME)
        start.wait()
        answer = client.post("/api/auth/login", {"email": email, "password": WRONG}, content_type="application/json")
        found.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [401] * 5 + [429] * 3


def test_people_read_their_own_history_and_no_other(client_for, cast, flat_cost):
    by_api(cast.fan.email, WRONG)
    by_page(cast.fan.email, PASSWORD)
    by_api(cast.other_fan.email, WRONG)
    client = client_for(cast.fan)
    items = client.get("/api/me/login-history").json()["data"]["items"]
    # Signing the test's own client in is the latest.
    assert [(item["outcome"], item["door"]) for item in items[1:]] == [
        ("success", "page"),
        ("wrong_password", "api"),
    ]
    assert items[-1]["address"] == HOME
    visit = services.Visit(HOME, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    flat_cost(
        "/api/me/login-history?limit=100",
        by=client,
        grow=lambda number: [services.record_success(user=cast.fan, visit=visit) for _ in range(number)],
    )
    assert client.get("/api/me/login-history").json()["data"]["items"][0]["device"] == "Firefox, Linux"
