"""Signing in with Google and GitHub: who may come in, and how the way there and back is kept safe."""

from __future__ import annotations

import re

import pyotp
import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.utils import timezone

from community.accounts import services
from community.accounts.choices import Door, Outcome
from community.accounts.models import LoginAttempt, User
from tests.factories import PASSWORD, make_user
from tests.support.identity_provider import (
    SIGN_UP,
    begin,
    finish,
    google_person,
    parameters,
    returned,
    running,
    sign_in,
    signed_in_as,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings, home):
    with running(settings) as started:
        yield started


def code_of(message):
    return re.search(r"\b\d{6}\b", message.body).group()


def linked(person, provider="google", uid="1001"):
    return SocialAccount.objects.create(user=person, provider=provider, uid=uid, extra_data={"shown": "ada"})


@pytest.mark.parametrize("by", ["identity", "address"])
@pytest.mark.parametrize("status", ["banned", "suspended"])
def test_closed_and_suspended_accounts_are_treated_as_at_every_door(client, provider, cast, status, by):
    person = getattr(cast, status)
    if by == "identity":
        linked(person)
    else:
        provider.google = google_person(email=person.email)
    answer = sign_in(client, "google")
    if status == "suspended":
        assert answer.headers["Location"] == "/account/suspended/"
        assert signed_in_as(client) == person
        return
    assert answer.headers["Location"] == "/account/inactive/"
    assert signed_in_as(client) is None
    assert SocialAccount.objects.count() == (by == "identity")
    attempt = LoginAttempt.objects.get()
    assert (attempt.user, attempt.door, attempt.outcome) == (person, Door.SOCIAL, Outcome.CLOSED)


def test_a_lock_holds_here_too(client, provider, cast):
    linked(cast.fan)
    for _try in range(5):
        client.post("/account/login/", {"login": "fan", "password": "wrong"})
    assert sign_in(client, "google").status_code == 429
    assert signed_in_as(client) is None
    assert LoginAttempt.objects.filter(door=Door.SOCIAL, outcome=Outcome.LOCKED).count() == 1
    elsewhere = client.__class__(REMOTE_ADDR="198.51.100.9")
    sign_in(elsewhere, "google")
    assert signed_in_as(elsewhere) == cast.fan


def test_the_second_factor_is_asked_after_the_provider(client, provider, cast):
    secret = pyotp.random_base32()
    services.set_up_totp(person=cast.fan, secret=secret)
    linked(cast.fan)
    answer = sign_in(client, "google", next="/latest/")
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert signed_in_as(client) is None
    assert client.get("/account/profile/").status_code == 302
    done = client.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()})
    assert done.headers["Location"] == "/latest/"
    assert signed_in_as(client) == cast.fan
    attempt = LoginAttempt.objects.get()
    assert (attempt.door, attempt.outcome) == (Door.SOCIAL, Outcome.SUCCESS)


def test_staff_without_a_second_factor_reach_only_the_way_to_one(client, provider, cast, settings):
    settings.STAFF_SECOND_FACTOR = True
    linked(cast.moderator)
    sign_in(client, "google")
    assert client.get("/latest/").headers["Location"] == "/account/2fa/"


def test_whoever_was_signed_in_before_is_out(client, provider, cast):
    client.force_login(cast.other_fan)
    linked(cast.fan)
    sign_in(client, "google")
    assert signed_in_as(client) == cast.fan


@pytest.mark.parametrize(
    "where",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"],
)
def test_nobody_is_led_to_another_site(client, provider, cast, where):
    linked(cast.fan)
    assert sign_in(client, "google", next=where).headers["Location"] == "/"


# The flow itself


def test_the_provider_is_asked_for_little_and_with_everything_that_protects(client, provider):
    asked = parameters(
        client.post("/account/google/login/?scope=drive&auth_params=redirect_uri%3Dhttps://evil.example")
    )
    assert sorted(asked["scope"].split()) == ["email", "openid"]
    assert asked["redirect_uri"] == "http://testserver/account/google/login/callback/"
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 16
    assert parameters(begin(client, "github"))["scope"] == "user:email"


def test_the_way_back_is_one_address_and_the_language_stays(client, provider):
    asked = client.post("/de/account/google/login/")
    assert parameters(asked)["redirect_uri"] == "http://testserver/account/google/login/callback/"
    back = client.get(returned(asked))
    assert back.headers["Location"] == f"/de{SIGN_UP}"
    page = client.get(f"/de{SIGN_UP}")
    assert 'lang="de"' in page.content.decode()
    provider.instead["/google/token"] = (500, "text/html", b"Oops")
    told = client.get(returned(client.post("/de/account/google/login/")))
    assert (told.status_code, told.headers["Content-Language"]) == (401, "de")


def test_who_came_by_a_provider_only_can_have_a_password_by_mail(client, provider, mailoutbox):
    sign_in(client, "google")
    finish(client)
    person, guest, new = signed_in_as(client), client.__class__(), "Quiet-Harbour-1987!"
    begun = guest.post("/account/password/reset/", {"email": person.email})
    chosen = guest.post(begun.headers["Location"], {"code": code_of(mailoutbox[-1])})
    guest.post(chosen.headers["Location"], {"password1": new, "password2": new})
    person.refresh_from_db()
    assert person.check_password(new)
    assert SocialAccount.objects.get().user == person


def test_a_reset_that_was_begun_elsewhere_takes_nothing_from_who_confirms_by_the_code(
    client, provider, cast, mailoutbox
):
    client.post("/account/password/reset/", {"email": cast.fan.email})
    provider.google = google_person(email_verified=False)
    sign_in(client, "google")
    answer = finish(client)
    client.post(answer.headers["Location"], {"code": code_of(mailoutbox[-1])})
    assert signed_in_as(client).email == "ada.love@people.example"
    assert SocialAccount.objects.exists()


def test_a_link_sends_nobody_to_the_provider(client, provider):
    page = client.get("/account/google/login/?process=connect&next=/latest/")
    assert page.status_code == 200
    assert 'name="next" value="/latest/"' in page.content.decode()
    assert client.head("/account/google/login/").status_code == 200
    strict = client.__class__(enforce_csrf_checks=True)
    assert strict.post("/account/google/login/").status_code == 403
    assert client.put("/account/google/login/").status_code == 405
    assert provider.asked == []


def test_nothing_secret_waits_in_the_session(client, provider):
    sign_in(client, "github")
    [token] = provider.tokens
    assert all(token not in str(session.get_decoded()) for session in Session.objects.all())


def test_an_identity_that_was_proved_long_ago_makes_no_account(client, provider):
    sign_in(client, "google")
    with time_machine.travel(timezone.now() + services.SIGN_UP_LASTS, tick=True):
        answer = client.post(SIGN_UP, {"email": "ada.love@people.example", "agree_to_terms": "on"})
    assert answer.status_code == 302
    assert not User.objects.exists()
    assert client.get(SIGN_UP).headers["Location"] == "/account/login/"


def test_the_buttons_are_there_only_where_it_is_on(client, home, settings):
    for page in ("/account/login/", "/account/signup/"):
        assert "Google" not in client.get(page).content.decode()
    for name in ("google", "github"):
        for path in ("login/", "login/callback/", "login/token/"):
            assert client.get(f"/account/{name}/{path}").status_code == 404
            assert client.post(f"/account/{name}/{path}").status_code in {404, 405}
    with running(settings) as provider:
        for page in ("/account/login/", "/account/signup/"):
            answer = client.get(page)
            assert "Go on with Google" in answer.content.decode()
            assert "Go on with GitHub" in answer.content.decode()
            assert f"form-action 'self' {provider.origin}" in answer.headers["Content-Security-Policy"]
        assert provider.origin not in client.get("/latest/").headers["Content-Security-Policy"]
        assert client.get("/account/google/login/token/").status_code == 404


def test_the_password_still_works_after_all_that(client, provider):
    owner = make_user("ada", email="ada.love@people.example")
    sign_in(client, "google")
    client.logout()
    client.post("/account/login/", {"login": "ada", "password": PASSWORD})
    assert signed_in_as(client) == owner
    assert LoginAttempt.objects.latest("pk").door == Door.PAGE
