"""Sessions: listed, closed one by one or at once, ended by whatever ends an account, renewed by use."""

from __future__ import annotations

import threading
from datetime import timedelta

import jwt as pyjwt
import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from community.accounts import selectors, services, tasks
from community.accounts.choices import Status
from community.accounts.models import PersonalAccessToken, StatusChange, User
from community.core.models import OutboxFact
from tests.factories import PASSWORD, make_user
from tests.support.api import data_of, error_of
from tests.support.openapi import CheckedClient

NEW_PASSWORD = "Another-Curtain-2026!"


def sign_in_api(person, **more):
    answer = CheckedClient().post(
        "/api/auth/login", {"email": person.email, "password": PASSWORD, **more}, content_type="application/json"
    )
    return data_of(answer)


def me(token):
    return CheckedClient().get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code


def refresh(token):
    return CheckedClient().post("/api/auth/refresh", {"refreshToken": token}, content_type="application/json")


def browser(person, agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", **more):
    client = CheckedClient(headers={"User-Agent": agent})
    answer = client.post("/account/login/", {"login": person.email, "password": PASSWORD, **more})
    assert answer.status_code == 302, answer.content
    return client


def key_of(person):
    return services.make_token(actor=person, name="Script", scopes=["read"], days=7)[1]


def closed_facts():
    return [fact.payload for fact in OutboxFact.objects.filter(name="auth.sessions_closed")]


def test_a_session_that_has_ended_or_never_was_is_nobodys(cast):
    here = browser(cast.fan)
    key = here.session.session_key
    assert here.get("/api/me").status_code == 200
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert here.get("/api/me").status_code == 401
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() + timedelta(minutes=1))
    here.cookies[settings.SESSION_COOKIE_NAME] = key  # which the answer before has taken from the browser
    assert here.get("/api/me").status_code == 200
    Session.objects.filter(session_key=key).update(session_data="not what was signed")
    assert here.get("/api/me").status_code == 401
    before = Session.objects.count()
    for invented in ("x" * 32, "short", "' OR true --", "é" * 32):
        for path, status in (("/api/me", 401), ("/", 200)):
            here.cookies[settings.SESSION_COOKIE_NAME] = invented
            assert here.get(path).status_code == status, (path, invented)
    assert Session.objects.count() == before


def test_sessions_are_listed_with_device_and_last_use_and_closed_one_by_one(cast):
    here, there = browser(cast.fan), sign_in_api(cast.fan)
    found = data_of(here.get("/api/me/sessions"))["items"]
    assert [session["current"] for session in found] == [True, False]
    assert found[0]["device"] == "Firefox, Linux"
    assert set(found[0]) == {"id", "device", "address", "place", "createdAt", "lastSeenAt", "current"}
    assert here.delete(f"/api/me/sessions/{found[1]['id']}").status_code == 204
    assert me(there["token"]) == 401
    assert refresh(there["refreshToken"]).status_code == 401
    assert here.get("/api/me").status_code == 200
    assert closed_facts() == [{"user_id": cast.fan.pk, "sessions": [int(found[1]["id"])]}]


def test_nobody_closes_the_sessions_of_others(cast, client_for):
    browser(cast.fan)
    theirs = UserSession.objects.get(user=cast.fan)
    stranger = client_for(cast.other_fan)
    assert stranger.delete(f"/api/me/sessions/{theirs.pk}").status_code == 404
    assert stranger.post("/account/sessions/", {"close": theirs.pk}).status_code == 404
    assert stranger.post("/account/sessions/", {"close": "none"}).status_code == 404
    assert UserSession.objects.filter(pk=theirs.pk).exists()


def test_the_session_of_the_request_can_be_closed_too(cast):
    here = browser(cast.fan)
    mine = data_of(here.get("/api/me/sessions"))["items"][0]
    Session.objects.get()
    assert here.delete(f"/api/me/sessions/{mine['id']}").status_code == 204
    assert here.get("/api/me").status_code == 401


def test_a_bearer_token_closes_all_other_sessions(cast):
    here, there = browser(cast.fan), sign_in_api(cast.fan)
    answer = CheckedClient().delete("/api/me/sessions", headers={"Authorization": f"Bearer {there['token']}"})
    assert answer.status_code == 204
    assert here.get("/api/me").status_code == 401
    assert me(there["token"]) == 200


def test_the_page_closes_one_or_all_others(cast):
    here, other, third = browser(cast.fan), browser(cast.fan), browser(cast.fan)
    page = here.get("/account/sessions/")
    assert page.content.decode().count("Firefox, Linux") >= 3
    wanted = UserSession.objects.get(session_key=other.session.session_key)
    assert here.post("/account/sessions/", {"close": wanted.pk}).status_code == 302
    assert (other.get("/api/me").status_code, third.get("/api/me").status_code) == (401, 200)
    here.post("/account/sessions/", {})
    assert third.get("/api/me").status_code == 401
    assert here.get("/api/me").status_code == 200


def test_sessions_cost_the_same_however_many(cast, flat_cost):
    here = browser(cast.fan)

    def grow(number):
        for _index in range(number):
            sign_in_api(cast.fan)

    flat_cost("/api/me/sessions", "/account/sessions/", grow=grow, by=here)


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.BANNED, Status.DELETED])
def test_what_shuts_an_account_ends_everything_at_once(cast, status):
    here, there, key = browser(cast.fan), sign_in_api(cast.fan), key_of(cast.fan)
    assert (me(there["token"]), me(key)) == (200, 200)
    services.change_status(actor=cast.admin, person=cast.fan, status=status, reason="Spam")
    assert here.get("/api/me").status_code == 401
    assert (me(there["token"]), me(key)) == (401, 401)
    assert refresh(there["refreshToken"]).status_code == 401
    assert [len(fact["sessions"]) for fact in closed_facts()] == [2]
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


def test_a_change_of_status_keeps_reason_actor_and_end(cast):
    until = timezone.now() + timedelta(days=2)
    services.change_status(actor=cast.admin, person=cast.fan, status=Status.SUSPENDED, reason="Spam", until=until)
    change = StatusChange.objects.get(user=cast.fan)
    assert (change.old, change.new, change.reason) == ("ACTIVE", "SUSPENDED", "Spam")
    assert (change.actor, change.until) == (cast.admin, until)


def test_a_suspended_person_signs_in_to_see_why_and_until_when(cast):
    services.change_status(actor=cast.admin, person=cast.fan, status=Status.SUSPENDED, reason="Much <b>spam</b>")
    client = CheckedClient()
    answer = client.post("/account/login/?next=/latest/", {"login": "fan", "password": PASSWORD, "next": "/latest/"})
    assert answer.headers["Location"] == "/account/suspended/"
    page = client.get("/account/suspended/").content.decode()
    assert "Much &lt;b&gt;spam&lt;/b&gt;" in page
    told = CheckedClient().post(
        "/api/auth/login", {"email": "fan", "password": PASSWORD}, content_type="application/json"
    )
    assert error_of(told) == (401, "ACCOUNT_SUSPENDED")
    assert told.json()["reason"] == "Much <b>spam</b>"


def test_a_suspension_ends_by_itself(cast):
    services.change_status(actor=cast.admin, person=cast.fan, status=Status.SUSPENDED, reason="Spam")
    person = cast.other_fan
    services.change_status(actor=cast.admin, person=person, status=Status.SUSPENDED, reason="Spam")
    assert tasks.end_suspensions() == 0
    User.objects.filter(pk=cast.fan.pk).update(suspended_until=timezone.now() - timedelta(seconds=1))
    assert tasks.end_suspensions() == 1
    cast.fan.refresh_from_db()
    person.refresh_from_db()
    assert (cast.fan.status, cast.fan.suspended_until) == (Status.ACTIVE, None)
    assert person.status == Status.SUSPENDED
    assert selectors.suspension_of(cast.fan) is None


def test_a_suspension_that_is_over_hinders_nobody_before_the_job_comes(cast):
    services.change_status(actor=cast.admin, person=cast.fan, status=Status.SUSPENDED, reason="Spam")
    client = CheckedClient()
    client.post("/account/login/", {"login": "fan", "password": PASSWORD})
    User.objects.filter(pk=cast.fan.pk).update(suspended_until=timezone.now() - timedelta(seconds=1))
    assert client.delete("/api/me/avatar").status_code == 204
    assert sign_in_api(cast.fan)["user"]["status"] == "ACTIVE"


def test_a_new_password_ends_all_but_the_session_in_which_it_was_chosen(cast):
    here, there, key = browser(cast.fan), sign_in_api(cast.fan), key_of(cast.fan)
    other = browser(cast.fan)
    body = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert here.post("/account/password/change/", body).status_code == 302
    assert here.get("/api/me").status_code == 200
    assert other.get("/api/me").status_code == 401
    assert (me(there["token"]), me(key)) == (401, 401)
    assert refresh(there["refreshToken"]).status_code == 401
    assert Session.objects.count() == 1
    assert UserSession.objects.count() == 1


def test_a_password_chosen_by_a_link_ends_everything(cast, client):
    there, key = sign_in_api(cast.fan), key_of(cast.fan)
    cast.fan.refresh_from_db()
    path = "/account/password/choose/" + services.one_time_password_link(user=cast.fan).partition("/choose/")[2]
    form = client.get(path).headers["Location"]
    answer = client.post(form, {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    assert answer.status_code == 302
    assert (me(there["token"]), me(key)) == (401, 401)


@pytest.mark.parametrize(("remember", "days"), [(False, 30), (True, 90)])
def test_a_refresh_token_lasts_as_long_as_the_session_also_after_renewal(cast, remember, days):
    pair = sign_in_api(cast.fan, rememberMe=remember)
    renewed = data_of(refresh(pair["refreshToken"]))
    for token in (pair["refreshToken"], renewed["refreshToken"]):
        content = pyjwt.decode(token, options={"verify_signature": False})
        assert abs(content["exp"] - content["iat"] - days * 86400) <= 2
    left = Session.objects.get().expire_date - timezone.now()
    assert abs(left - timedelta(days=days)) < timedelta(seconds=30)


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_of_a_refresh_token_at_once_one_ends_the_session(home):
    pair = sign_in_api(make_user("fan"))
    start, answers = threading.Barrier(2), []

    def use():
        start.wait()
        answers.append(refresh(pair["refreshToken"]).status_code)
        connection.close()

    threads = [threading.Thread(target=use) for _index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 401]
    assert me(pair["token"]) == 401
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(("remember", "days"), [("", 30), ("on", 90)])
def test_use_renews_a_session_once_a_day_in_the_database_and_in_the_browser(cast, remember, days):
    client = browser(cast.fan, remember=remember)
    client.get("/account/sessions/")
    stored = Session.objects.get()
    assert abs(stored.expire_date - timezone.now() - timedelta(days=days)) < timedelta(seconds=30)
    assert "sessionid" not in client.get("/account/sessions/").cookies, "no write on each request"
    session = client.session
    session["accounts.renewed"] = "2020-01-01"
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(days=2))
    cookie = client.get("/account/sessions/").cookies["sessionid"]
    assert cookie["max-age"] == days * 86400
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=days - 1)


def test_the_last_use_is_written_once_a_minute_by_cookie_and_token(cast):
    client, pair = browser(cast.fan), sign_in_api(cast.fan)
    long_ago = timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=long_ago)
    cache.clear()  # as if a minute had gone by
    client.get("/account/sessions/")
    me(pair["token"])
    assert not UserSession.objects.filter(last_seen_at=long_ago).exists()
    cast.fan.refresh_from_db()
    assert timezone.now() - cast.fan.last_seen_at < timedelta(minutes=1)
    UserSession.objects.update(last_seen_at=long_ago)
    client.get("/account/sessions/")
    assert UserSession.objects.filter(last_seen_at=long_ago).count() == 2


def test_no_secret_of_a_token_is_stored(cast):
    key = key_of(cast.fan)
    row = PersonalAccessToken.objects.get()
    assert key not in str(row.__dict__)
    assert len(row.digest) == 64
    assert key not in str(list(OutboxFact.objects.values()))
