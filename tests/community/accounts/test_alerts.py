"""Every alert comes in its scenario and not otherwise, once for its cause within an hour, by whichever door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from community.accounts import services
from community.accounts.models import SecurityAlert
from community.core.models import OutboxFact
from tests.community.accounts.test_lockout import DOORS, WRONG, by_api, by_app, by_page
from tests.factories import PASSWORD
from tests.support.facts import told
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db
HOME = "203.0.113.5"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEXT_FIREFOX = FIREFOX.replace("140.0", "141.0")
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36"
START = "2026-05-05T12:00:10Z"


def kinds(person: Any) -> list[str]:
    """The kinds of somebody's alerts in the order they came, once the facts are delivered."""
    told()
    return list(SecurityAlert.objects.filter(user=person).order_by("pk").values_list("kind", flat=True))


def enter(person: Any, address: str = HOME, agent: str = FIREFOX) -> CheckedClient:
    client = CheckedClient(REMOTE_ADDR=address, headers={"User-Agent": agent})
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


@pytest.mark.parametrize("knock", DOORS)
def test_the_fifth_failure_warns_and_locks_and_no_further_one_warns_again(cast, knock):
    for _ in range(4):
        knock(cast.fan.email, WRONG)
    assert kinds(cast.fan) == []
    knock(cast.fan.email, WRONG)
    assert kinds(cast.fan) == ["ACCOUNT_LOCKED", "MULTIPLE_FAILED_LOGINS"]
    for _ in range(5):
        knock(cast.fan.email, WRONG)
    assert kinds(cast.fan) == ["ACCOUNT_LOCKED", "MULTIPLE_FAILED_LOGINS"]


def test_five_failures_from_two_sources_lock_nothing(cast):
    for address in (HOME, HOME, HOME, "198.51.100.1", "198.51.100.1"):
        by_api(cast.fan.email, WRONG, address)
    assert kinds(cast.fan) == ["MULTIPLE_FAILED_LOGINS"]


def test_five_failures_in_more_than_fifteen_minutes_are_no_news(cast):
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(5):
            by_api(cast.fan.email, WRONG)
            clock.shift(timedelta(minutes=4))
        assert kinds(cast.fan) == []


def test_failures_before_a_success_do_not_count(cast):
    for _ in range(2):
        for _ in range(4):
            by_api(cast.fan.email, WRONG)
        assert by_api(cast.fan.email, PASSWORD)
    assert kinds(cast.fan) == []


def test_each_lock_of_another_source_is_told(cast):
    for address in (HOME, "198.51.100.1"):
        for _ in range(5):
            by_api(cast.fan.email, WRONG, address)
    assert kinds(cast.fan).count("ACCOUNT_LOCKED") == 2


def test_unknown_accounts_warn_nobody(cast):
    for _ in range(6):
        by_api("nobody@people.example", WRONG)
    told()
    assert not SecurityAlert.objects.exists()
    assert not OutboxFact.objects.filter(name="auth.sign_in_failed").exists()


def test_failures_from_six_addresses_within_an_hour_are_mailed_at_once(cast, mailoutbox):
    with time_machine.travel(START, tick=False) as clock:
        for number in range(5):
            by_api(cast.fan.email, WRONG, f"198.51.100.{number + 1}")
            clock.shift(timedelta(minutes=5))
        assert "DISTRIBUTED_LOGIN_ATTEMPTS" not in kinds(cast.fan)
        for number in range(3):
            by_api(cast.fan.email, WRONG, f"192.0.2.{number + 1}")
        assert kinds(cast.fan).count("DISTRIBUTED_LOGIN_ATTEMPTS") == 1
    [letter] = mailoutbox
    assert letter.to == [cast.fan.email]
    assert "/account/security/" in letter.body
    fact = OutboxFact.objects.get(name="security.alert_raised", payload__kind="DISTRIBUTED_LOGIN_ATTEMPTS")
    assert fact.payload["severity"] == "critical"


def test_many_addresses_of_one_ipv6_network_are_one(cast):
    for number in range(4):
        by_api(cast.fan.email, WRONG, f"2001:db8:1:2::{number + 1}")
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=False):
        for number in range(4):
            by_api(cast.fan.email, WRONG, f"2001:db8:1:2:9::{number + 1}")
    assert "DISTRIBUTED_LOGIN_ATTEMPTS" not in kinds(cast.fan)


def test_six_addresses_in_more_than_an_hour_are_no_attack(cast):
    with time_machine.travel(START, tick=False) as clock:
        for number in range(7):
            by_api(cast.fan.email, WRONG, f"198.51.100.{number + 1}")
            clock.shift(timedelta(minutes=13))
        assert "DISTRIBUTED_LOGIN_ATTEMPTS" not in kinds(cast.fan)


@pytest.mark.parametrize("come_in", [by_page, by_api, by_app])
def test_the_first_sign_in_is_no_news_and_one_from_elsewhere_is(cast, come_in):
    assert come_in(cast.fan.email, PASSWORD, HOME)
    assert kinds(cast.fan) == []
    assert come_in(cast.fan.email, PASSWORD, HOME)
    assert kinds(cast.fan) == []
    assert come_in(cast.fan.email, PASSWORD, "198.51.100.1")
    assert kinds(cast.fan) == ["NEW_IP_LOGIN"]
    assert come_in(cast.fan.email, PASSWORD, "198.51.100.1")
    assert kinds(cast.fan) == ["NEW_IP_LOGIN"]


def test_addresses_of_one_ipv6_network_are_the_same_place(cast):
    enter(cast.fan, "2001:db8:1:2::1")
    enter(cast.fan, "2001:db8:1:2:ffff::9")
    assert kinds(cast.fan) == []
    enter(cast.fan, "2001:db8:1:3::1")
    assert kinds(cast.fan) == ["NEW_IP_LOGIN"]


def test_an_address_not_seen_for_thirty_days_is_new_again_also_when_nothing_is_kept(cast):
    with time_machine.travel(START, tick=False) as clock:
        enter(cast.fan)
        clock.shift(timedelta(days=31))
        services.forget_history()
        enter(cast.fan)
        assert set(kinds(cast.fan)) == {"NEW_IP_LOGIN", "NEW_DEVICE_LOGIN"}


def test_another_browser_is_news_and_the_next_version_of_one_is_not(cast):
    enter(cast.fan, agent=FIREFOX)
    enter(cast.fan, agent=NEXT_FIREFOX)
    assert kinds(cast.fan) == []
    enter(cast.fan, agent=CHROME)
    assert kinds(cast.fan) == ["NEW_DEVICE_LOGIN"]
    assert SecurityAlert.objects.get().device == "Chrome, Windows"


def sign_in_at(person: Any, day: int, hour: int) -> None:
    with time_machine.travel(f"2026-05-{day:02}T{hour:02}:30:00Z", tick=False):
        enter(person)


def test_an_hour_never_used_is_news_in_the_zone_of_the_person(cast):
    cast.fan.profile.time_zone = "Asia/Kolkata"
    cast.fan.profile.save()
    for hour in range(11):  # 06:00 to 16:00 there
        sign_in_at(cast.fan, 5, hour)
    sign_in_at(cast.fan, 6, 3)
    assert kinds(cast.fan) == []
    sign_in_at(cast.fan, 6, 23)
    assert kinds(cast.fan) == ["UNUSUAL_LOGIN_TIME"]


def test_ten_known_hours_are_too_few_to_call_one_unusual(cast):
    for hour in range(10):
        sign_in_at(cast.fan, 5, hour)
    sign_in_at(cast.fan, 6, 23)
    assert kinds(cast.fan) == []


def test_the_hour_is_that_of_the_persons_clock_and_not_of_the_servers(cast):
    """Across the change of clocks in Vienna an hour of the server is another one there."""
    cast.fan.profile.time_zone = "Europe/Vienna"
    cast.fan.profile.save()
    for hour in range(8, 19):
        with time_machine.travel(f"2026-03-28T{hour:02}:30:00Z", tick=False):
            enter(cast.fan)  # 09:30 to 19:30
    with time_machine.travel("2026-03-30T18:30:00Z", tick=False):
        enter(cast.fan)  # 20:30
    assert kinds(cast.fan) == ["UNUSUAL_LOGIN_TIME"]
