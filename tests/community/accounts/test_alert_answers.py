"""Answering alerts by page and API, and taking a changed address back by the link from the mail."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from community.accounts import services
from community.accounts.choices import AlertKind
from community.accounts.models import EmailChange, PersonalAccessToken, SecurityAlert
from community.core.models import OutboxFact
from tests.factories import PASSWORD, make_user
from tests.support.api import data_of, error_of
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db
NEW = "new@people.example"
NEW_PASSWORD = "Another-Curtain-2026!"
LINK = re.compile(r"https?://\S+")


def an_alert(person: Any, cause: object = "x", kind: AlertKind = AlertKind.NEW_IP_LOGIN) -> SecurityAlert:
    alert = services.raise_alert(person=person, kind=kind, cause=cause)
    assert alert is not None
    return alert


def answer(client: Any, alert_id: object, said: Any) -> Any:
    return client.put(f"/api/me/security-alerts/{alert_id}/answer", {"answer": said}, content_type="application/json")


def link_in(letter: Any) -> str:
    """The path of the only link of a letter."""
    [found] = {link for link in LINK.findall(letter.body) if link.count("/") > 3}
    return "/" + found.partition("//")[2].partition("/")[2]


def changed(person: Any, client: CheckedClient, new: str = NEW) -> None:
    """Makes another confirmed address the main one, on the page."""
    EmailAddress.objects.create(user=person, email=new, verified=True)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert client.post("/account/email/", {"email": new, "action_primary": ""}).status_code == 302
    person.refresh_from_db()
    assert person.email == new


def test_alerts_are_listed_open_ones_first_and_nobody_elses(cast, client_for, flat_cost):
    one, two = an_alert(cast.fan, 1), an_alert(cast.fan, 2)
    an_alert(cast.other_fan)
    client = client_for(cast.fan)
    assert answer(client, two.pk, "me").status_code == 200
    items = data_of(client.get("/api/me/security-alerts?limit=50"))["items"]
    assert [(item["id"], item["answer"]) for item in items] == [(str(one.pk), None), (str(two.pk), "me")]
    assert items[0]["kind"] == "NEW_IP_LOGIN"
    assert items[0]["severity"] == "medium"
    assert items[0]["answeredAt"] is None
    start = iter(range(10, 1000))
    flat_cost(
        "/api/me/security-alerts?limit=100",
        "/account/security/",
        by=client,
        grow=lambda number: [an_alert(cast.fan, next(start)) for _ in range(number)],
    )


def test_alerts_are_read_on_by_cursor(cast, client_for):
    ids = [an_alert(cast.fan, number).pk for number in range(5)]
    services.answer_alert(actor=cast.fan, alert_id=ids[4], answer="me")
    client, cursor, seen = client_for(cast.fan), "", []
    for _ in range(3):
        part = data_of(client.get(f"/api/me/security-alerts?limit=2{cursor}"))
        seen += [int(item["id"]) for item in part["items"]]
        cursor = f"&cursor={part['nextCursor']}"
    assert seen == [*reversed(ids[:4]), ids[4]]
    assert client.get("/api/me/security-alerts?cursor=none").status_code == 400


def test_it_was_me_is_kept_and_can_be_said_twice(cast, client_for):
    client, alert = client_for(cast.fan), an_alert(cast.fan)
    for _ in range(2):
        assert data_of(answer(client, alert.pk, "me"))["answer"] == "me"
    assert client.get("/api/me").status_code == 200


@pytest.mark.parametrize("said", ["", None, 7, "maybe", ["me"], "ME", "me\x00", "<b>"])
def test_other_answers_are_refused(cast, client_for, said):
    alert = an_alert(cast.fan)
    assert answer(client_for(cast.fan), alert.pk, said).status_code == 400
    alert.refresh_from_db()
    assert alert.is_open


def test_alerts_of_others_and_unknown_ones_are_not_there(cast, client_for):
    theirs = an_alert(cast.other_fan)
    client = client_for(cast.fan)
    for number in (theirs.pk, 0, 999_999_999_999_999_999):
        refused = answer(client, number, "not_me")
        assert error_of(refused)[0] == 404
        assert client.post("/account/security/", {"me": number}).status_code == 404
    for odd in ("", "-1", "x", "9" * 40, "²"):
        assert client.post("/account/security/", {"me": odd}).status_code == 404
    assert client.get("/api/me").status_code == 200
    theirs.refresh_from_db()
    assert theirs.is_open
    assert CheckedClient().get("/api/me/security-alerts").status_code == 401


def assert_shut(person: Any, mailoutbox: Any) -> None:
    """Nobody is signed in, the password is gone, and the link in the mail sets another one, once."""
    assert not UserSession.objects.filter(user=person).exists()
    assert not PersonalAccessToken.objects.living().filter(user=person).exists()
    person.refresh_from_db()
    assert not person.has_usable_password()
    guest = CheckedClient()
    body = {"email": person.username, "password": PASSWORD}
    assert guest.post("/api/auth/login", body, content_type="application/json").status_code == 401
    letter = mailoutbox[-1]
    assert letter.to == [person.email]
    page = guest.get(link_in(letter))
    guest.post(page["Location"], {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    body["password"] = NEW_PASSWORD
    assert guest.post("/api/auth/login", body, content_type="application/json").status_code == 200
    assert guest.get(link_in(letter), follow=True).context["validlink"] is False


def test_it_was_not_me_closes_everything_and_forces_a_reset_by_the_api(cast, client_for, mailoutbox):
    services.make_token(actor=cast.fan, name="Script", scopes=["read"], days=7)
    alert, client, elsewhere = an_alert(cast.fan), client_for(cast.fan), client_for(cast.fan)
    assert data_of(answer(client, alert.pk, "not_me"))["answer"] == "not_me"
    assert client.get("/api/me").status_code == 401
    assert elsewhere.get("/api/me").status_code == 401
    assert_shut(cast.fan, mailoutbox)
    cast.fan.refresh_from_db()
    assert answer(client_for(cast.fan), alert.pk, "me").status_code == 409


def test_it_was_not_me_on_the_page(cast, client_for, mailoutbox):
    alert, client = an_alert(cast.fan), client_for(cast.fan)
    answered = client.post("/account/security/", {"not_me": alert.pk}, follow=True)
    assert answered.redirect_chain == [("/account/login/", 302)]
    assert "no longer works" in answered.content.decode()
    assert_shut(cast.fan, mailoutbox)


def test_the_page_shows_alerts_with_their_buttons_and_where_to_go_on(cast, client_for):
    alert = an_alert(cast.fan, kind=AlertKind.TWO_FACTOR_DISABLED)
    client = client_for(cast.fan)
    page = client.get("/account/security/").content.decode()
    assert "Two-factor was turned off" in page
    assert f'name="not_me" value="{alert.pk}"' in page
    for path in ("/account/sessions/", "/account/tokens/", "/account/2fa/", "/account/2fa/webauthn/"):
        assert f'href="{path}"' in page
    client.post("/account/security/", {"me": alert.pk})
    page = client.get("/account/security/").content.decode()
    assert f'value="{alert.pk}"' not in page
    assert "it was me" in page
    for odd in ("page=0", "page=x", "page=99999999999", "alerts=-1", "alerts=%00", "page=²"):
        assert client.get(f"/account/security/?{odd}").status_code == 200


def test_waiting_and_suspended_people_answer_too(cast, client_for):
    for person in (cast.new_fan, cast.suspended):
        assert answer(client_for(person), an_alert(person).pk, "me").status_code == 200


def test_a_changed_address_is_told_to_the_old_one_once(cast, client_for, mailoutbox):
    old = cast.fan.email
    changed(cast.fan, client_for(cast.fan))
    assert [letter.to for letter in mailoutbox] == [[old]]
    assert list(SecurityAlert.objects.values_list("kind", "severity")) == [("EMAIL_CHANGED", "high")]
    assert OutboxFact.objects.filter(name="auth.email_changed").count() == 1
    assert old not in str(OutboxFact.objects.get(name="auth.email_changed").payload)


def test_adding_or_removing_another_address_is_no_change(cast, client_for, mailoutbox):
    client = client_for(cast.fan)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    EmailAddress.objects.create(user=cast.fan, email=NEW, verified=True)
    client.post("/account/email/", {"email": NEW, "action_remove": ""})
    assert not SecurityAlert.objects.exists()
    assert not EmailChange.objects.exists()


def test_the_old_address_takes_the_account_back_without_a_sign_in(cast, client_for, mailoutbox):
    old, thief = cast.fan.email, client_for(cast.fan)
    changed(cast.fan, thief)
    EmailAddress.objects.filter(user=cast.fan, email=old).delete()
    path, owner = link_in(mailoutbox[-1]), CheckedClient()
    for _ in range(2):  # programs that look at mail open links
        assert owner.get(path).status_code == 200
    cast.fan.refresh_from_db()
    assert cast.fan.email == NEW
    assert owner.post(path).status_code == 302
    cast.fan.refresh_from_db()
    assert cast.fan.email == old
    assert list(EmailAddress.objects.filter(user=cast.fan).values_list("email", "primary", "verified")) == [
        (old, True, True)
    ]
    assert thief.get("/api/me").status_code == 401
    assert (owner.get(path).status_code, owner.post(path).status_code) == (404, 404)
    assert_shut(cast.fan, mailoutbox)


def test_the_link_lasts_seven_days(cast, client_for, mailoutbox):
    changed(cast.fan, client_for(cast.fan))
    path = link_in(mailoutbox[-1])
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23), tick=False):
        assert CheckedClient().get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1), tick=False):
        assert CheckedClient().get(path).status_code == 404
        assert CheckedClient().post(path).status_code == 404
        services.forget_alerts()
    assert not EmailChange.objects.exists()


def test_the_first_address_takes_back_a_chain_of_changes(cast, client_for, mailoutbox):
    old, thief = cast.fan.email, client_for(cast.fan)
    changed(cast.fan, thief)
    path = link_in(mailoutbox[-1])
    cache.clear()
    changed(cast.fan, thief, "third@people.example")
    second = link_in(mailoutbox[-1])
    assert CheckedClient().post(path).status_code == 302
    cast.fan.refresh_from_db()
    assert cast.fan.email == old
    assert EmailAddress.objects.filter(user=cast.fan).count() == 1
    assert CheckedClient().post(second).status_code == 404, "the thief's mailbox takes nothing back"


def test_an_address_that_is_somebody_elses_by_now_stays_theirs(cast, client_for, mailoutbox):
    old = cast.fan.email
    changed(cast.fan, client_for(cast.fan))
    EmailAddress.objects.filter(user=cast.fan, email=old).delete()
    make_user("newcomer", email=old)
    refused = CheckedClient().post(link_in(mailoutbox[-1]))
    assert refused.status_code == 409
    cast.fan.refresh_from_db()
    assert cast.fan.email == NEW
    assert cast.fan.has_usable_password()


@pytest.mark.parametrize("token", ["none", "x" * 500, "%00", "é", "..", "<b>"])
def test_made_up_links_are_not_there(client, home, token):
    assert client.get(f"/account/email/undo/{token}/").status_code == 404
    assert client.post(f"/account/email/undo/{token}/").status_code == 404


def test_a_change_of_address_that_was_not_me_is_undone_before_the_mail_goes_out(cast, client_for, mailoutbox):
    old, client = cast.fan.email, client_for(cast.fan)
    changed(cast.fan, client)
    assert answer(client, SecurityAlert.objects.get().pk, "not_me").status_code == 200
    cast.fan.refresh_from_db()
    assert cast.fan.email == old
    assert_shut(cast.fan, mailoutbox)


@pytest.mark.django_db(transaction=True)
def test_a_link_opened_twice_at_once_works_once(cast, client_for, mailoutbox):
    changed(cast.fan, client_for(cast.fan))
    path, found, start = link_in(mailoutbox[-1]), [], threading.Barrier(4)

    def undo() -> None:
        client = CheckedClient()
        start.wait()
        found.append(client.post(path).status_code)
        connection.close()

    threads = [threading.Thread(target=undo) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [302, 404, 404, 404]
