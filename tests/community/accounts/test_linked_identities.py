"""The identities of one's account: linked, listed and removed, on the page, by the API and by the headless one."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.utils import timezone

from community.accounts import services
from community.accounts.choices import Status
from community.accounts.models import User
from community.core.integrity import run_checks
from community.core.models import OutboxFact
from sparkle_site.settings import env
from sparkle_site.settings.identities import identities
from tests.factories import PASSWORD, make_user
from tests.support.api import data_of, error_of, send
from tests.support.identity_provider import SIGN_UP, begin, google_person, returned, running, sign_in
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db

PAGE = "/account/identities/"


@pytest.fixture
def provider(settings, home):
    with running(settings) as started:
        yield started


def linked(person, provider="google", uid="1001"):
    return SocialAccount.objects.create(user=person, provider=provider, uid=uid, extra_data={"shown": f"ada {uid}"})


def signed_in(person):
    """A browser in which somebody has just signed in with the password."""
    client = CheckedClient()
    answer = client.post("/account/login/", {"login": person.username, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def show_it_is_me(client):
    return client.post("/account/reauthenticate/", {"password": PASSWORD})


def without_password(person):
    person.set_unusable_password()
    person.save()
    return person


def facts(name):
    return OutboxFact.objects.filter(name=name).count()


def test_an_identity_is_linked_after_a_fresh_proof_and_opens_the_account(provider, cast, mailoutbox):
    client = signed_in(cast.fan)
    assert "Link Google" in client.get(PAGE).content.decode()
    asked = begin(client, "google", process="connect")
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    on = client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/account/google/login/"})
    assert on.headers["Location"].startswith(provider.origin)
    done = client.get(returned(on))
    assert done.headers["Location"] == PAGE
    page = client.get(PAGE).content.decode()
    assert "You can now sign in with it." in page
    assert "ada.love@people.example" in page
    assert SocialAccount.objects.get().user == cast.fan
    assert facts("auth.identity_linked") == 1
    assert [message.to for message in mailoutbox] == [[cast.fan.email]]
    guest = Client()
    sign_in(guest, "google")
    assert guest.session["_auth_user_id"] == str(cast.fan.pk)
    # Once more is nothing new.
    client.get(returned(begin(client, "google", process="connect")))
    assert facts("auth.identity_linked") == 1
    assert len(mailoutbox) == 1


def test_an_identity_of_another_is_not_taken(provider, cast):
    linked(cast.other_fan)
    client = signed_in(cast.fan)
    show_it_is_me(client)
    assert client.get(returned(begin(client, "google", process="connect"))).headers["Location"] == PAGE
    assert "linked to another account" in client.get(PAGE).content.decode()
    assert SocialAccount.objects.get().user == cast.other_fan


def test_the_address_of_another_does_not_matter_when_linking_by_hand(provider, cast):
    make_user("ada", email="ada.love@people.example")
    client = signed_in(cast.fan)
    show_it_is_me(client)
    client.get(returned(begin(client, "google", process="connect")))
    assert SocialAccount.objects.get().user == cast.fan


@pytest.mark.parametrize("who", ["new_fan", "suspended", None])
def test_who_may_not_write_links_nothing(provider, cast, client_for, who):
    client = client_for(getattr(cast, who) if who else None)
    answer = begin(client, "google", process="connect")
    assert answer.status_code == (403 if who else 302)
    assert who or answer.headers["Location"] == f"/account/login/?next={PAGE}"
    back = returned(begin(client, "google"))
    # The state says what was begun: a way back cannot be made into a linking one.
    client.get(f"{back}&process=connect")
    assert not SocialAccount.objects.exists()


def test_linking_asks_again_when_the_proof_went_old_on_the_way(provider, cast):
    client = signed_in(cast.fan)
    show_it_is_me(client)
    on = begin(client, "google", process="connect")
    session = client.session
    for step in session["account_authentication_methods"]:
        step["at"] -= 3600
    session.save()
    assert client.get(returned(on)).headers["Location"].startswith("/account/reauthenticate/")
    assert not SocialAccount.objects.exists()
    assert show_it_is_me(client).headers["Location"] == PAGE
    assert SocialAccount.objects.get().user == cast.fan


def test_an_identity_is_removed_after_a_fresh_proof(provider, cast, mailoutbox):
    row = linked(cast.fan)
    client = signed_in(cast.fan)
    asked = client.post(PAGE, {"remove": row.pk})
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    assert SocialAccount.objects.exists()
    show_it_is_me(client)
    assert client.post(PAGE, {"remove": row.pk}).headers["Location"] == PAGE
    assert "Google is no longer linked." in client.get(PAGE).content.decode()
    assert not SocialAccount.objects.exists()
    assert facts("auth.identity_removed") == 1
    assert mailoutbox[-1].to == [cast.fan.email]
    assert client.post(PAGE, {"remove": row.pk}).status_code == 404
    guest = Client()
    assert sign_in(guest, "google").headers["Location"] == SIGN_UP


@pytest.mark.parametrize("wanted", ["", "0", "-1", "none", "9" * 19, "٣", "1" * 18])
def test_what_is_no_identity_of_mine_is_not_there(provider, cast, wanted):
    other = linked(cast.other_fan)
    client = signed_in(cast.fan)
    show_it_is_me(client)
    for each in (wanted, str(other.pk)):
        assert client.post(PAGE, {"remove": each}).status_code == 404
    assert SocialAccount.objects.count() == 1


def test_the_last_way_in_stays(provider, cast):
    person = without_password(cast.fan)
    row = linked(person)
    client = Client()
    sign_in(client, "google")
    assert "your only way in" in client.get(PAGE).content.decode()
    client.post(PAGE, {"remove": row.pk})
    assert "your only way to sign in" in client.get(PAGE).content.decode()
    assert SocialAccount.objects.get() == row
    other = linked(person, "github", "2002")
    client.post(PAGE, {"remove": row.pk})
    assert SocialAccount.objects.get() == other


def test_a_provider_that_is_turned_off_and_a_passkey_for_the_second_step_are_no_way_in(provider, cast, settings):
    person = without_password(cast.fan)
    row, _off = linked(person), linked(person, "github", "2002")
    settings.SOCIALACCOUNT_PROVIDERS = {**settings.SOCIALACCOUNT_PROVIDERS, "github": {"APPS": []}}
    key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "Key", "credential": {}})
    with pytest.raises(services.LastWayIn):
        services.remove_identity(actor=person, identity_id=row.pk)
    key.data["credential"] = {"clientExtensionResults": {"credProps": {"rk": True}}}
    key.save()
    assert services.remove_identity(actor=person, identity_id=row.pk) == "google"


def test_without_a_password_a_fresh_sign_in_is_the_proof(provider, cast):
    person = without_password(cast.fan)
    row = linked(person)
    linked(person, "github", "2002")
    client = CheckedClient()
    sign_in(client, "google")
    UserSession.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    page = client.get(PAGE).content.decode()
    assert "please sign in once more" in page
    assert f'name="next" value="{PAGE}"' in page
    assert "Link Google" not in page
    client.post(PAGE, {"remove": row.pk})
    assert begin(client, "github", process="connect").headers["Location"] == PAGE
    assert error_of(send(client, "delete", f"/api/me/identities/{row.pk}", {}))[0] == 403
    assert SocialAccount.objects.count() == 2
    assert sign_in(client, "google", next=PAGE).headers["Location"] == PAGE
    assert send(client, "delete", f"/api/me/identities/{row.pk}", {}).status_code == 204
    assert SocialAccount.objects.count() == 1


def test_the_api_lists_and_removes(provider, cast, client_for, mailoutbox):
    first, second = linked(cast.fan), linked(cast.fan, "github", "2002")
    linked(cast.other_fan, "github", "3")
    mine = client_for(cast.fan)
    listed = data_of(mine.get("/api/me/identities"))["items"]
    assert [(each["id"], each["provider"], each["name"], each["lastWayIn"]) for each in listed] == [
        (str(first.pk), "google", "ada 1001", False),
        (str(second.pk), "github", "ada 2002", False),
    ]
    address = f"/api/me/identities/{first.pk}"
    assert error_of(send(mine, "delete", address, {}))[0] == 400
    assert error_of(send(mine, "delete", address, {"password": "wrong"}))[0] == 400
    assert error_of(send(mine, "delete", address, {"password": 7}))[0] == 400
    assert error_of(mine.delete(address))[0] == 400
    assert error_of(mine.delete("/api/me/identities/999999999999999999"))[0] == 404
    assert mine.delete("/api/me/identities/-1").status_code == 404
    assert error_of(send(client_for(cast.other_fan), "delete", address, {"password": PASSWORD}))[0] == 404
    assert SocialAccount.objects.count() == 3
    assert send(mine, "delete", address, {"password": PASSWORD}).status_code == 204
    assert error_of(send(mine, "delete", address, {"password": PASSWORD}))[0] == 404
    assert mailoutbox[-1].to == [cast.fan.email]
    assert facts("auth.identity_removed") == 1
    token = services.make_token(actor=cast.fan, name="Script", scopes=["read", "write"], days=7)[1]
    program = CheckedClient(headers={"Authorization": f"Bearer {token}"})
    assert program.get("/api/me/identities").status_code == 403


def test_the_api_keeps_the_last_way_in(provider, cast):
    person = without_password(cast.fan)
    row = linked(person)
    client = CheckedClient()
    sign_in(client, "google")
    assert error_of(send(client, "delete", f"/api/me/identities/{row.pk}", {}))[0] == 409
    assert SocialAccount.objects.exists()


def test_lists_cost_the_same_however_long(provider, cast, client_for, flat_cost):
    def grow(number):
        for _each in range(number):
            linked(cast.fan, uid=str(SocialAccount.objects.count() + 5000))

    flat_cost("/api/me/identities", PAGE, grow=grow, by=client_for(cast.fan))


# allauth's headless API


def headless(client, method, path, body=None):
    return client.generic(method, f"/_allauth/browser/v1{path}", json.dumps(body or {}), "application/json")


def test_programs_in_the_browser_come_in_by_the_headless_way(provider, home):
    client = Client()
    config = client.get("/_allauth/browser/v1/config").json()["data"]["socialaccount"]["providers"]
    assert [each["id"] for each in config] == ["github", "google"]
    form = {"provider": "google", "callback_url": "/latest/", "process": "login"}
    on = client.post("/_allauth/browser/v1/auth/provider/redirect", form)
    assert client.get(returned(on)).headers["Location"] == "/latest/"
    assert headless(client, "POST", "/auth/provider/signup", {"email": "ada.love@people.example"}).status_code == 400
    body = {"email": "ada.love@people.example", "username": "ada_love", "agree_to_terms": True}
    made = headless(client, "POST", "/auth/provider/signup", body)
    assert made.status_code == 200, made.content
    person = User.objects.get(username="ada_love")
    assert person.status == Status.ACTIVE
    [listed] = client.get("/_allauth/browser/v1/account/providers").json()["data"]
    assert (listed["uid"], listed["display"]) == ("1001", "ada.love@people.example")
    refused = headless(client, "DELETE", "/account/providers", {"provider": "google", "account": "1001"})
    assert refused.status_code == 400
    assert SocialAccount.objects.get().user == person


def test_the_headless_way_leads_nobody_elsewhere_and_refuses_closed_accounts(provider, cast):
    client = Client()
    for form in (
        {"provider": "google", "callback_url": "https://evil.example/", "process": "login"},
        {"provider": "none", "callback_url": "/latest/", "process": "login"},
        {"provider": "google", "callback_url": "/latest/", "process": "redirect"},
        {},
    ):
        assert client.post("/_allauth/browser/v1/auth/provider/redirect", form).status_code == 401
    linked(cast.banned)
    linked(cast.fan, uid="7")
    form = {"provider": "google", "callback_url": "/latest/", "process": "login"}
    back = client.get(returned(client.post("/_allauth/browser/v1/auth/provider/redirect", form)))
    assert back.headers["Location"] == "/latest/?error=account_closed&error_process=login"
    assert "_auth_user_id" not in client.session
    for _try in range(5):
        client.post("/account/login/", {"login": "fan", "password": "wrong"})
    provider.google = google_person(sub="7")
    back = client.get(returned(client.post("/_allauth/browser/v1/auth/provider/redirect", form)))
    assert back.headers["Location"] == "/latest/?error=too_many_login_attempts&error_process=login"
    make_user("begun", email="begun@people.example", verified_email=False)
    provider.google = google_person(sub="8", email="begun@people.example")
    back = client.get(returned(client.post("/_allauth/browser/v1/auth/provider/redirect", form)))
    assert back.headers["Location"] == "/latest/?error=email_begun&error_process=login"
    assert "_auth_user_id" not in client.session


def test_apps_come_in_by_an_id_token(provider, cast):
    linked(cast.fan)
    address = "/_allauth/app/v1/auth/provider/token"

    def send_token(token):
        body = {"provider": "google", "process": "login", "token": {"client_id": "google-client", "id_token": token}}
        return Client().post(address, body, content_type="application/json")

    good = send_token(provider.id_token(google_person()))
    assert good.status_code == 200, good.content
    assert good.json()["data"]["user"]["username"] == "fan"
    for claims in ({"aud": "another"}, {"exp": 1}, {"iss": "https://evil.example"}, {"sub": 7}):
        assert send_token(provider.id_token({**google_person(), **claims})).status_code == 400, claims
    for token in ("", "none", "a.b.c", "ä"):
        assert send_token(token).status_code == 400, token


@pytest.mark.django_db(transaction=True)
def test_two_removals_at_once_leave_a_way_in(provider, cast):
    person = without_password(cast.fan)
    rows = [linked(person), linked(person, "github", "2002")]
    gate, refused = threading.Barrier(2), []

    def remove(row):
        try:
            gate.wait(10)
            services.remove_identity(actor=person, identity_id=row.pk)
        except services.LastWayIn as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 1
    assert SocialAccount.objects.count() == 1


def test_an_account_that_nobody_finished_goes_though_it_has_no_password(provider, cast):
    provider.google = google_person(email_verified=False)
    client = Client()
    sign_in(client, "google")
    client.post(SIGN_UP, {"email": "ada@people.example", "agree_to_terms": "on"})
    imported = make_user("imported", password=None, verified_email=False)
    User.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert services.forget_unfinished() == 1
    assert list(User.objects.filter(status=Status.PENDING_VERIFICATION)) == [imported]
    assert not SocialAccount.objects.exists()


def test_the_integrity_check_finds_an_identity_of_a_deleted_account(cast):
    linked(cast.fan)
    assert not [finding for finding in run_checks() if "identity" in str(finding)]
    services.change_status(actor=None, person=cast.fan, status=Status.DELETED, system=True)
    assert [finding for finding in run_checks() if "identity" in str(finding)]


def test_the_settings_name_only_the_providers_own_addresses():
    values = {"GOOGLE_CLIENT_ID": "a", "GOOGLE_CLIENT_SECRET": "b"}
    made = identities(env.read(values))
    hosts = {urlsplit(url) for addresses in made["IDENTITY_ADDRESSES"].values() for url in addresses.values()}
    assert {parts.scheme for parts in hosts} == {"https"}
    ends = ("github.com", ".google.com", ".googleapis.com")
    assert all(parts.netloc.endswith(ends) for parts in hosts)
    assert made["FORM_ORIGINS"] == ["https://accounts.google.com"]
    assert [bool(made["SOCIALACCOUNT_PROVIDERS"][name]["APPS"]) for name in ("google", "github")] == [True, False]
    with pytest.raises(env.SettingsError, match="GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET"):
        env.read({"GITHUB_CLIENT_ID": "a"})
