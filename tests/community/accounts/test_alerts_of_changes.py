"""Alerts of what is changed in an account: told by whichever door, once for a cause within an hour, kept a year."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from community.accounts import services, tasks
from community.accounts.choices import SEVERITIES, AlertKind
from community.accounts.models import LoginAttempt, SecurityAlert
from community.core import integrity, outbox
from community.core.metrics import REGISTRY
from community.core.models import OutboxFact
from community.facts.accounts import IdentityLinked
from tests.community.accounts.test_alerts import START, enter, kinds
from tests.factories import PASSWORD
from tests.support.api import data_of
from tests.support.openapi import CheckedClient
from tests.support.places import town, write_places

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "Another-Curtain-2026!"


def with_app(person: Any) -> pyotp.TOTP:
    secret = pyotp.random_base32()
    TOTP.activate(person, secret)
    return pyotp.TOTP(secret)


def test_a_recovery_code_that_was_used_is_told_each_time(cast):
    with_app(cast.fan)
    _row, codes = services.make_recovery_codes(person=cast.fan)
    for code in codes[:2]:
        client = CheckedClient()
        client.post("/account/login/", {"login": cast.fan.email, "password": PASSWORD})
        client.post("/account/2fa/authenticate/", {"code": code})
        assert "_auth_user_id" in client.session
    assert kinds(cast.fan) == ["2FA_ENABLED", "BACKUP_CODE_USED", "BACKUP_CODE_USED"]


def test_wrong_codes_warn_like_wrong_passwords_and_the_right_one_after_four_does_not(cast):
    app = with_app(cast.fan)
    for _ in range(4):
        client = CheckedClient()
        client.post("/account/login/", {"login": cast.fan.email, "password": PASSWORD})
        client.post("/account/2fa/authenticate/", {"code": "ABCD-EFGH"})
    client.post("/account/2fa/authenticate/", {"code": app.now()})
    assert "_auth_user_id" in client.session
    assert kinds(cast.fan) == ["2FA_ENABLED"]
    for _ in range(5):
        client = CheckedClient()
        client.post("/account/login/", {"login": cast.fan.email, "password": PASSWORD})
        client.post("/account/2fa/authenticate/", {"code": "ABCD-EFGH"})
    assert kinds(cast.fan) == ["2FA_ENABLED", "ACCOUNT_LOCKED", "MULTIPLE_FAILED_LOGINS"]


def passkey(person: Any, name: str) -> Authenticator:
    return Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": name})


def test_the_second_factor_as_a_whole_is_told_on_and_off(cast):
    one, two = passkey(cast.fan, "One"), passkey(cast.fan, "Two")
    assert kinds(cast.fan) == ["2FA_ENABLED"]
    one.delete()
    assert kinds(cast.fan) == ["2FA_ENABLED"]
    two.delete()
    assert kinds(cast.fan) == ["2FA_ENABLED", "2FA_DISABLED"]
    services.make_recovery_codes(person=cast.fan)
    assert len(kinds(cast.fan)) == 2


def test_turning_the_app_off_by_the_api_is_told(cast, client_for):
    app = with_app(cast.fan)
    answer = client_for(cast.fan).post(
        "/api/auth/two-factor/removal", {"password": PASSWORD, "code": app.now()}, content_type="application/json"
    )
    assert answer.status_code == 204
    assert kinds(cast.fan) == ["2FA_ENABLED", "2FA_DISABLED"]


def test_who_is_deleted_is_warned_of_nothing(cast):
    with_app(cast.fan)
    pk = cast.fan.pk
    cast.fan.delete()
    assert not SecurityAlert.objects.filter(user_id=pk).exists()


def by_form(person: Any, client: CheckedClient) -> None:
    values = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/account/password/change/", values)


def by_app_form(person: Any, client: CheckedClient) -> None:
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    client.post("/_allauth/browser/v1/account/password/change", body, content_type="application/json")


def by_link(person: Any, client: CheckedClient) -> None:
    guest = CheckedClient()
    page = guest.get(services.one_time_password_link(user=person).partition("//")[2].partition("/")[2].join(["/", ""]))
    guest.post(page["Location"], {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})


@pytest.mark.parametrize("change", [by_form, by_app_form, by_link])
def test_a_new_password_is_told_once_and_mailed_once(cast, client_for, mailoutbox, change):
    change(cast.fan, client_for(cast.fan))
    cast.fan.refresh_from_db()
    assert cast.fan.check_password(NEW_PASSWORD)
    assert kinds(cast.fan) == ["PASSWORD_CHANGED"]
    assert len(mailoutbox) == 1
    assert OutboxFact.objects.filter(name="auth.password_changed").count() == 1


def test_a_reset_by_the_api_is_told(cast, mailoutbox):
    client = CheckedClient()
    begun = data_of(client.post("/api/auth/password-reset", {"email": cast.fan.email}, content_type="application/json"))
    code = next(word for word in mailoutbox[-1].body.split() if word.isdigit() and len(word) == 6)
    body = {**begun, "code": code, "password": NEW_PASSWORD}
    assert client.post("/api/auth/password-reset/confirm", body, content_type="application/json").status_code == 204
    assert kinds(cast.fan) == ["PASSWORD_CHANGED"]


def test_a_hash_that_is_only_made_stronger_is_no_new_password(cast, settings):
    before = cast.fan.password
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    enter(cast.fan)
    cast.fan.refresh_from_db()
    assert cast.fan.password != before
    assert kinds(cast.fan) == []


def test_an_identity_that_was_joined_is_told(cast):
    with transaction.atomic():
        outbox.record(IdentityLinked(user_id=cast.fan.pk, provider="github"))
    assert kinds(cast.fan) == ["SOCIAL_LINKED"]
    assert SecurityAlert.objects.get().detail == "github"


def test_the_same_alert_is_not_repeated_within_the_hour(cast):
    with time_machine.travel(START, tick=False) as clock:
        first = services.raise_alert(person=cast.fan, kind=AlertKind.SOCIAL_LINKED, cause="google")
        assert first is not None
        clock.shift(timedelta(minutes=59))
        assert services.raise_alert(person=cast.fan, kind=AlertKind.SOCIAL_LINKED, cause="google") is None
        assert services.raise_alert(person=cast.fan, kind=AlertKind.SOCIAL_LINKED, cause="github") is not None
        assert services.raise_alert(person=cast.other_fan, kind=AlertKind.SOCIAL_LINKED, cause="google") is not None
        clock.shift(timedelta(minutes=2))
        assert services.raise_alert(person=cast.fan, kind=AlertKind.SOCIAL_LINKED, cause="google") is not None
    assert OutboxFact.objects.filter(name="security.alert_raised").count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_one_alert_comes(cast):
    person, found = cast.fan, []
    start = threading.Barrier(6)

    def warn() -> None:
        start.wait()
        found.append(
            services.raise_alert(person=person, kind=AlertKind.DISTRIBUTED_LOGIN_ATTEMPTS, cause="") is not None
        )
        connection.close()

    threads = [threading.Thread(target=warn) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 5 + [True]
    assert SecurityAlert.objects.filter(user=person).count() == 1


def test_every_kind_has_its_weight():
    assert set(SEVERITIES) == set(AlertKind)


def test_alerts_are_counted_by_kind_for_operators(cast, django_capture_on_commit_callbacks):
    labels = {"kind": "SOCIAL_LINKED"}
    before = REGISTRY.get_sample_value("sparkle_security_alerts_total", labels) or 0
    with django_capture_on_commit_callbacks(execute=True):
        services.raise_alert(person=cast.fan, kind=AlertKind.SOCIAL_LINKED, cause="x")
        services.raise_alert(person=cast.fan, kind=AlertKind.SOCIAL_LINKED, cause="x")
    assert REGISTRY.get_sample_value("sparkle_security_alerts_total", labels) == before + 1


def test_alerts_are_forgotten_after_a_year_and_sign_ins_after_thirty_days(cast):
    enter(cast.fan)
    services.raise_alert(person=cast.fan, kind=AlertKind.SOCIAL_LINKED, cause="x")
    with time_machine.travel(timezone.now() + timedelta(days=364), tick=False):
        assert tasks.forget_sign_ins() == 1
        assert SecurityAlert.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=366), tick=False):
        assert tasks.forget_sign_ins() == 1
    assert not SecurityAlert.objects.exists()


def test_alerts_out_of_order_are_found(cast):
    alert = services.raise_alert(person=cast.fan, kind=AlertKind.SOCIAL_LINKED, cause="x")
    assert integrity.run_checks() == []
    SecurityAlert.objects.filter(pk=alert.pk).update(severity="low")
    alert.pk = None
    alert.save()
    found = " ".join(map(str, integrity.run_checks()))
    assert "repeats" in found
    assert "weight" in found


def test_history_and_sessions_say_where_and_mark_listed_networks(cast, settings, tmp_path):
    settings.GEOIP_DATABASE = write_places(tmp_path / "t.mmdb", {"203.0.113.0/24": town("Vienna", "Austria")})
    (tmp_path / "list.txt").write_text("203.0.113.0/24\n")
    settings.NETWORK_LIST = str(tmp_path / "list.txt")
    client = enter(cast.fan)
    [row] = data_of(client.get("/api/me/login-history"))["items"]
    assert (row["place"], row["listedNetwork"]) == ("Vienna, Austria", True)
    assert data_of(client.get("/api/me/sessions"))["items"][0]["place"] == "Vienna, Austria"
    page = client.get("/account/security/").content.decode()
    assert "Vienna, Austria" in page
    assert "VPN or proxy" in page
    assert "Vienna, Austria" in client.get("/account/sessions/").content.decode()
    assert LoginAttempt.objects.get().listed


def test_a_password_set_by_command_is_told(cast, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt="": NEW_PASSWORD)
    call_command("changepassword", cast.fan.username)
    assert kinds(cast.fan) == ["PASSWORD_CHANGED"]
