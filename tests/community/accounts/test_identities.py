"""Signing up and in with Google and GitHub, against a server of this machine that speaks as they do."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken

from community.accounts import services
from community.accounts.choices import Door, Outcome, Status
from community.accounts.models import LoginAttempt, Preferences, Profile, Referral, TermsAgreement, User
from community.core.models import OutboxFact
from tests.factories import make_user
from tests.support.identity_provider import (
    SIGN_UP,
    begin,
    finish,
    github_person,
    google_person,
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


def facts_of(user, name):
    return OutboxFact.objects.filter(aggregate_kind="user", aggregate_id=user.pk, name=name).count()


def test_a_new_person_comes_by_google(client, provider):
    answer = sign_in(client, "google")
    assert answer.headers["Location"] == SIGN_UP
    assert signed_in_as(client) is None
    assert not User.objects.exists()
    assert finish(client).status_code == 302
    person = signed_in_as(client)
    assert re.fullmatch(r"ada_love_\w{4}", person.username)
    assert (person.email, person.status) == ("ada.love@people.example", Status.ACTIVE)
    assert (person.first_name, person.last_name, person.has_usable_password()) == ("", "", False)
    assert Profile.objects.get(user=person).display_name == person.username
    assert Preferences.objects.filter(user=person).exists()
    assert TermsAgreement.objects.filter(user=person).exists()
    assert list(EmailAddress.objects.filter(user=person).values_list("email", "verified", "primary")) == [
        (person.email, True, True)
    ]
    for name in ("user.created", "auth.email_verified", "auth.login"):
        assert facts_of(person, name) == 1, name
    assert facts_of(person, "auth.identity_linked") == 0
    row = SocialAccount.objects.get()
    assert (row.provider, row.uid, row.extra_data) == ("google", "1001", {"shown": "ada.love@people.example"})
    assert not SocialToken.objects.exists()
    attempt = LoginAttempt.objects.get(user=person)
    assert (attempt.door, attempt.outcome) == (Door.SOCIAL, Outcome.SUCCESS)


def test_a_new_person_comes_by_github_with_the_name_there_made_fit(client, provider):
    sign_in(client, "github")
    page = client.get(SIGN_UP)
    assert page.context["form"]["username"].value() == "ada_hub"
    finish(client, username="ada_hub")
    person = signed_in_as(client)
    assert (person.username, person.email, person.status) == ("ada_hub", "ada.hub@people.example", Status.ACTIVE)
    assert EmailAddress.objects.filter(user=person).count() == 1
    client.logout()
    assert sign_in(client, "github").headers["Location"] == "/"
    assert signed_in_as(client) == person
    assert User.objects.count() == 1


@pytest.mark.parametrize("login", ["admin", "-", "x", "a" * 60, "ünï", "<b>", "deleted-5", 7, None, "fan"])
def test_a_name_of_github_that_breaks_the_rules_is_not_proposed(client, provider, cast, login):
    assert cast.fan.username == "fan"
    provider.github = github_person(login=login)
    sign_in(client, "github")
    page = client.get(SIGN_UP)
    proposed = page.context["form"]["username"].value()
    assert proposed == ("a" * 30 if login == "a" * 60 else "")
    assert finish(client, username="").status_code == 302
    assert signed_in_as(client).status == Status.ACTIVE


@pytest.mark.parametrize(
    "values", [{"username": "admin"}, {"username": "FAN"}, {"agree_to_terms": ""}, {"email": "no"}]
)
def test_the_last_step_says_what_is_wrong_and_can_be_sent_again(client, provider, cast, values):
    assert cast.fan
    sign_in(client, "google")
    page = finish(client, **values)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == list(values)
    assert not SocialAccount.objects.exists()
    assert finish(client).status_code == 302
    assert signed_in_as(client)


def test_a_referral_survives_the_way_to_the_provider(client, provider, cast):
    code = services.referral_code_of(person=cast.fan)
    assert f'name="referral" value="{code}"' in client.get(f"/account/signup/?referral={code}").content.decode()
    sign_in(client, "google", referral=code)
    page = client.get(SIGN_UP)
    finish(client, referral_code=page.context["form"]["referral_code"].value())
    assert Referral.objects.get().referrer == cast.fan
    assert Referral.objects.get().referred == signed_in_as(client)


@pytest.mark.parametrize(
    "person",
    [
        github_person(emails=None),
        github_person(emails=[]),
        github_person(emails=[{"email": "1+a@users.noreply.github.com", "primary": True, "verified": True}]),
    ],
)
def test_who_brings_no_address_is_asked_for_one_which_is_verified_by_a_code(client, provider, mailoutbox, person):
    provider.github = person
    sign_in(client, "github")
    assert client.get(SIGN_UP).context["form"]["email"].value() == ""
    assert client.post(SIGN_UP, {"agree_to_terms": "on"}).context["form"].errors["email"]
    answer = finish(client, email="ada@people.example")
    made = User.objects.get(email="ada@people.example")
    assert made.status == Status.PENDING_VERIFICATION
    assert signed_in_as(client) is None
    client.post(answer.headers["Location"], {"code": code_of(mailoutbox[-1])})
    made.refresh_from_db()
    assert made.status == Status.ACTIVE
    assert signed_in_as(client) == made


def test_who_has_not_confirmed_the_address_yet_comes_back_by_the_provider_and_may_read(client, provider):
    provider.github = github_person(emails=[])
    sign_in(client, "github")
    finish(client, email="ada@people.example")
    later = client.__class__()
    assert sign_in(later, "github").headers["Location"] == "/"
    person = signed_in_as(later)
    assert person.status == Status.PENDING_VERIFICATION
    assert later.get("/account/profile/").status_code == 200
    assert begin(later, "google", process="connect").status_code == 403


@pytest.mark.parametrize("told", [False, None, "false", "true", 1])
def test_only_a_true_true_is_a_confirmed_address(client, provider, told):
    provider.google = google_person(email_verified=told)
    sign_in(client, "google")
    finish(client)
    assert User.objects.get().status == Status.PENDING_VERIFICATION


def test_another_address_than_the_proved_one_needs_a_code(client, provider):
    sign_in(client, "google")
    finish(client, email="someone.else@people.example")
    assert User.objects.get().status == Status.PENDING_VERIFICATION


# Joining


def test_an_account_is_joined_when_both_sides_have_confirmed_the_address(client, provider, mailoutbox):
    owner = make_user("ada", email="Ada.Love@people.example")
    answer = sign_in(client, "google", next="/latest/")
    assert answer.headers["Location"] == "/latest/"
    assert signed_in_as(client) == owner
    assert owner.has_usable_password()
    assert SocialAccount.objects.get().user == owner
    assert facts_of(owner, "auth.identity_linked") == 1
    assert mailoutbox[-1].to == [owner.email]
    assert "Google" in mailoutbox[-1].body
    sent = len(mailoutbox)
    client.logout()
    sign_in(client, "google")
    assert signed_in_as(client) == owner
    assert facts_of(owner, "auth.identity_linked") == 1
    assert len(mailoutbox) == sent


def test_a_waiting_account_with_the_address_is_not_joined_but_explained(client, provider, mailoutbox):
    squatter = make_user("squatter", email="ada.love@people.example", verified_email=False)
    answer = sign_in(client, "google")
    assert answer.status_code == 409
    assert "Please sign in first" in answer.content.decode()
    assert signed_in_as(client) is None
    assert not SocialAccount.objects.exists()
    assert client.get(SIGN_UP).status_code == 302
    # The owner of the address chooses a new password by a code; then both sides have confirmed it.
    begun = client.post("/account/password/reset/", {"email": squatter.email})
    chosen = client.post(begun.headers["Location"], {"code": code_of(mailoutbox[-1])})
    new = "Quiet-Harbour-1987!"
    client.post(chosen.headers["Location"], {"password1": new, "password2": new})
    squatter.refresh_from_db()
    assert squatter.check_password(new)
    client.logout()
    sign_in(client, "google")
    assert signed_in_as(client) == squatter


def test_an_address_that_the_provider_has_not_confirmed_opens_nothing_and_tells_nothing(client, provider, mailoutbox):
    owner = make_user("ada", email="ada.love@people.example")
    provider.google = google_person(email_verified=False)
    known_way = sign_in(client, "google")
    known = finish(client)
    stranger = client.__class__()
    provider.google = google_person(sub="2", email="unknown@people.example", email_verified=False)
    unknown_way = sign_in(stranger, "google")
    unknown = finish(stranger)
    assert known_way.headers["Location"] == unknown_way.headers["Location"]
    assert known.headers["Location"] == unknown.headers["Location"]
    assert signed_in_as(client) is None
    assert not SocialAccount.objects.filter(user=owner).exists()
    assert [message.to for message in mailoutbox] == [[owner.email], ["unknown@people.example"]]


def test_a_further_address_that_somebody_has_not_confirmed_keeps_nobody_out(client, provider, cast):
    EmailAddress.objects.create(user=cast.fan, email="ada.love@people.example", verified=False, primary=False)
    sign_in(client, "google")
    assert finish(client).status_code == 302
    assert signed_in_as(client).email == "ada.love@people.example"


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_reset_of_a_waiting_account_throws_out_whoever_made_it(client, provider, mailoutbox, door):
    provider.github = github_person(emails=[])
    sign_in(client, "github")
    finish(client, email="victim@people.example")
    made = User.objects.get()
    assert SocialAccount.objects.filter(user=made).exists()
    owner, new = client.__class__(), "Quiet-Harbour-1987!"
    if door == "page":
        begun = owner.post("/account/password/reset/", {"email": made.email})
        chosen = owner.post(begun.headers["Location"], {"code": code_of(mailoutbox[-1])})
        owner.post(chosen.headers["Location"], {"password1": new, "password2": new})
    else:
        kind = "application/json"
        asked = owner.post("/api/auth/password-reset", {"email": made.email}, content_type=kind).json()["data"]
        body = {"challenge": asked["challenge"], "code": code_of(mailoutbox[-1]), "password": new}
        assert owner.post("/api/auth/password-reset/confirm", body, content_type=kind).status_code == 204
    made.refresh_from_db()
    assert (made.status, made.check_password(new)) == (Status.ACTIVE, True)
    assert not SocialAccount.objects.exists()
    assert sign_in(client, "github").headers["Location"] == SIGN_UP
    assert signed_in_as(client) is None
