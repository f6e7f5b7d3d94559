"""Joining, confirming the address and choosing a new password, by API and page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from community.accounts import services
from community.accounts.choices import Outcome, Status
from community.accounts.models import CodeChallenge, LoginAttempt, NameReservation, Referral, TermsAgreement, User
from community.core import jobs, outbox
from community.core.models import OutboxFact
from tests.factories import PASSWORD, make_user
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db

NEW = "Quiet-Harbour-1987!"


def post(client: CheckedClient, path: str, **body: Any) -> Any:
    return client.post(f"/api/auth/{path}", body, content_type="application/json")


def register(client: CheckedClient, **more: Any) -> Any:
    body = {"email": "new@people.example", "username": "newcomer", "password": PASSWORD, "agreeToTerms": True, **more}
    return post(client, "register", **body)


def mailed_code(mailoutbox: list[Any]) -> str:
    jobs.work()
    found = re.search(r"\b\d{6}\b", mailoutbox[-1].body)
    assert found is not None
    return found.group()


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def lately(minutes: float) -> None:
    """Lets time pass for every challenge."""
    past = timedelta(minutes=minutes)
    for row in CodeChallenge.objects.all():
        CodeChallenge.objects.filter(pk=row.pk).update(sent_at=row.sent_at - past, expires_at=row.expires_at - past)


def test_registering_and_confirming_makes_an_active_account_and_signs_in(client, home, mailoutbox):
    answer = register(client)
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert data["user"] == {"username": "newcomer", "email": "new@people.example"}
    person = User.objects.get(username="newcomer")
    assert person.status == Status.PENDING_VERIFICATION
    assert TermsAgreement.objects.get(user=person).version == django_settings.TERMS_VERSION
    code = mailed_code(mailoutbox)
    assert mailoutbox[-1].to == ["new@people.example"]
    done = post(client, "verify", challenge=data["challenge"], code=code)
    assert done.status_code == 200
    token = done.json()["data"]["token"]
    me = client.get("/api/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["data"]["username"] == "newcomer"
    person.refresh_from_db()
    assert person.status == Status.ACTIVE
    again = post(client, "verify", challenge=data["challenge"], code=code)
    assert error_of(again) == (401, "AUTHENTICATION_ERROR")
    assert OutboxFact.objects.filter(name="auth.email_verified", aggregate_id=person.pk).count() == 1


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(client, cast, mailoutbox):
    unknown = register(client).json()
    known = register(client, email=cast.fan.email.upper(), username="somebody")
    assert known.status_code == 201
    known = known.json()
    assert known["data"]["user"] == {"username": "somebody", "email": cast.fan.email}
    assert len(known["data"]["challenge"]) == len(unknown["data"]["challenge"])
    jobs.work()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(["new@people.example", cast.fan.email])
    to_owner = next(mail for mail in mailoutbox if mail.to == [cast.fan.email])
    assert not re.search(r"\b\d{6}\b", to_owner.body)
    assert User.objects.filter(email__endswith=".invalid").count() == 0
    assert not User.objects.filter(username="somebody").exists()


@pytest.mark.parametrize("door", ["api", "page"])
def test_the_name_is_set_aside_for_a_day_whether_or_not_the_address_was_known(client, cast, door):
    if door == "api":
        assert register(client, email=cast.fan.email, username="somebody").status_code == 201
    else:
        form = {"email": cast.fan.email, "username": "somebody", "password1": PASSWORD, "agree_to_terms": "on"}
        assert Client().post("/account/signup/", form).status_code == 302
    for name in ("somebody", "SOMEBODY"):
        taken = register(client, email="third@people.example", username=name)
        assert set(taken.json()["fields"]) == {"username"}
    form = {"email": "x@people.example", "username": "somebody", "password1": PASSWORD, "agree_to_terms": "on"}
    assert Client().post("/account/signup/", form).context["form"].errors["username"]
    NameReservation.objects.update(reserved_until=timezone.now())
    assert register(client, email="third@people.example", username="somebody").status_code == 201


def test_a_taken_name_is_told_and_never_changed(client, cast):
    assert cast.fan
    answer = register(client, username="FAN")
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"username"})
    assert not User.objects.filter(email="new@people.example").exists()


def test_a_name_nobody_chose_follows_the_rules(client, home):
    answer = post(client, "register", email="a.b-c+d@people.example", password=PASSWORD, agreeToTerms=True)
    assert re.fullmatch(r"[A-Za-z0-9_]{3,30}", answer.json()["data"]["user"]["username"])


def test_everything_that_is_wrong_is_said_at_once(client, home):
    answer = register(client, email='"><script>@x.y', username="admin", password="aaa", agreeToTerms=False)
    fields = answer.json()["fields"]
    assert set(fields) == {"email", "username", "password", "agreeToTerms"}
    assert len(re.findall(r"\.", fields["password"])) >= 4
    assert not User.objects.exists()


def test_letter_case_of_an_address_makes_no_second_account(client, home):
    register(client)
    register(client, email="NEW@people.example", username="second")
    assert User.objects.filter(email__iexact="new@people.example").count() == 1


def test_five_wrong_tries_end_the_challenge_even_for_the_right_code(client, home, mailoutbox):
    challenge = register(client).json()["data"]["challenge"]
    code = mailed_code(mailoutbox)
    for _ in range(5):
        assert post(client, "verify", challenge=challenge, code=other_than(code)).status_code == 401
    assert post(client, "verify", challenge=challenge, code=code).status_code == 401
    assert User.objects.get(username="newcomer").status == Status.PENDING_VERIFICATION


def test_a_code_is_good_for_ten_minutes_and_for_the_client_that_asked(client, home, mailoutbox):
    challenge = register(client).json()["data"]["challenge"]
    code = mailed_code(mailoutbox)
    stranger = CheckedClient(headers={"User-Agent": "Another/1.0"})
    assert post(stranger, "verify", challenge=challenge, code=code).status_code == 401
    lately(10)
    assert post(client, "verify", challenge=challenge, code=code).status_code == 401


@pytest.mark.parametrize("status", [Status.BANNED, Status.SUSPENDED, Status.DELETED])
def test_confirming_brings_no_closed_account_back(client, home, mailoutbox, status):
    challenge = register(client).json()["data"]["challenge"]
    code = mailed_code(mailoutbox)
    person = User.objects.get(username="newcomer")
    for each in [Status.ACTIVE, status]:
        services.change_status(actor=None, person=person, status=each, system=True)
    assert post(client, "verify", challenge=challenge, code=code).status_code == 401
    person.refresh_from_db()
    assert person.status == status


def test_a_code_for_an_address_one_no_longer_has_confirms_nothing(client, home, mailoutbox):
    challenge = register(client).json()["data"]["challenge"]
    code = mailed_code(mailoutbox)
    EmailAddress.objects.update(email="other@people.example")
    assert post(client, "verify", challenge=challenge, code=code).status_code == 401
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_a_code_is_sent_again_once_a_minute_and_replaces_the_first(client, home, mailoutbox):
    challenge = register(client).json()["data"]["challenge"]
    first = mailed_code(mailoutbox)
    early = post(client, "resend", challenge=challenge)
    assert error_of(early) == (429, "RATE_LIMIT_ERROR")
    assert int(early.headers["Retry-After"]) <= 60
    lately(1.1)
    assert post(client, "resend", challenge=challenge).status_code == 200
    second = mailed_code(mailoutbox)
    if first != second:
        assert post(client, "verify", challenge=challenge, code=first).status_code == 401
    assert post(client, "verify", challenge=challenge, code=second).status_code == 200


def test_a_signed_in_person_can_begin_the_confirmation_again(client_for, cast, mailoutbox):
    client = client_for(cast.new_fan)
    answer = post(client, "resend")
    code = mailed_code(mailoutbox)
    assert post(client, "verify", challenge=answer.json()["data"]["challenge"], code=code).status_code == 200
    assert error_of(post(client_for(cast.fan), "resend")) == (409, "CONFLICT")
    assert post(CheckedClient(), "resend").status_code == 401


def test_registrations_are_limited_by_source_and_by_account(client, home):
    assert [register(client, username=f"name_{n}").status_code for n in range(4)] == [201, 201, 201, 429]
    other = CheckedClient(REMOTE_ADDR="203.0.113.9")
    assert post(other, "password-reset", email=" New@people.example").status_code == 429
    numbers = [post(other, "password-reset", email=f"n{n}@people.example").status_code for n in range(6)]
    assert numbers[-1] == 429
    assert numbers[:4] == [200] * 4


def test_a_reset_closes_every_door_and_works_once(client, cast, mailoutbox):
    fan = cast.fan
    body = {"email": fan.email, "password": PASSWORD}
    client.post("/api/auth/login", {**body, "password": "wrong"}, content_type="application/json")
    tokens = client.post("/api/auth/login", body, content_type="application/json").json()["data"]
    older = post(client, "password-reset", email=fan.email).json()["data"]["challenge"]
    older_code = mailed_code(mailoutbox)
    challenge = post(client, "password-reset", email=fan.email.upper()).json()["data"]["challenge"]
    code = mailed_code(mailoutbox)
    weak = post(client, "password-reset/confirm", challenge=challenge, code=code, password="short")
    assert set(weak.json()["fields"]) == {"password"}
    assert post(client, "password-reset/confirm", challenge=challenge, code=code, password=NEW).status_code == 204
    assert client.get("/api/me", headers={"Authorization": f"Bearer {tokens['token']}"}).status_code == 401
    fan.refresh_from_db()
    assert fan.check_password(NEW)
    assert not LoginAttempt.objects.filter(outcome=Outcome.WRONG_PASSWORD, cleared=False).exists(), "locks are lifted"
    assert "password" in (mailoutbox[-1].subject + mailoutbox[-1].body).lower()
    for each, its_code in ((challenge, code), (older, older_code)):
        again = post(client, "password-reset/confirm", challenge=each, code=its_code, password=PASSWORD)
        assert again.status_code == 401


def test_a_reset_for_nobody_or_a_closed_account_answers_alike_and_sends_nothing(client, cast, mailoutbox):
    for email in ("nobody@people.example", cast.banned.email):
        answer = post(client, "password-reset", email=email)
        assert answer.status_code == 200
        assert set(answer.json()["data"]) == {"challenge"}
        jobs.work()
        challenge = answer.json()["data"]["challenge"]
        done = post(client, "password-reset/confirm", challenge=challenge, code="000000", password=NEW)
        assert error_of(done) == (401, "AUTHENTICATION_ERROR")
    assert not mailoutbox


def test_the_reset_page_closes_other_sessions_too(client, cast, mailoutbox):
    fan = cast.fan
    other = Client()
    other.post("/account/login/", {"login": fan.username, "password": PASSWORD})
    assert other.get("/account/email/").status_code == 200
    client.post("/account/password/reset/", {"email": fan.email})
    code = re.search(r"\b\d{6}\b", mailoutbox[-1].body).group()
    step = client.post("/account/password/reset/confirm/", {"code": code}, follow=True)
    client.post(step.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    fan.refresh_from_db()
    assert fan.check_password(NEW)
    assert other.get("/account/email/").status_code == 302


def test_nobody_joins_on_the_page_without_agreeing(client, home):
    form = {"email": "new@people.example", "username": "newcomer", "password1": PASSWORD}
    assert client.post("/account/signup/", form).context["form"].errors["agree_to_terms"]
    client.post("/account/signup/", {**form, "agree_to_terms": "on"})
    assert TermsAgreement.objects.get().user.username == "newcomer"


def test_people_who_did_not_confirm_sign_in_by_page_read_and_can_confirm(client, cast, mailoutbox):
    new_fan = cast.new_fan
    client.post("/account/login/", {"login": new_fan.username, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(new_fan.pk)
    assert client.get("/").status_code == 200
    answer = client.post("/api/posts", {"title": "x", "content": "y"}, content_type="application/json")
    assert error_of(answer) == (403, "EMAIL_NOT_VERIFIED")
    page = client.post("/account/email/", {"email": new_fan.email, "action_send": ""})
    code = re.search(r"\b\d{6}\b", mailoutbox[-1].body).group()
    client.post(page.headers["Location"], {"code": code})
    new_fan.refresh_from_db()
    assert new_fan.status == Status.ACTIVE


def test_accounts_nobody_confirmed_go_after_a_week_and_no_others(client, cast):
    register(client)
    waiting = User.objects.get(username="newcomer")
    imported = make_user("imported", verified_email=False, password=None)
    week = timezone.now() - timedelta(days=7)
    young = make_user("young", verified_email=False)
    User.objects.filter(pk__in=[waiting.pk, imported.pk, cast.fan.pk]).update(created_at=week)
    assert services.forget_unfinished() == 1
    left = set(User.objects.values_list("username", flat=True))
    assert left >= {"imported", young.username, "fan"}
    assert "newcomer" not in left


def referral_code(client_for: Any, person: User) -> str:
    return client_for(person).get("/api/me/referrals").json()["data"]["code"]


def confirmed_referrals(person: User) -> int:
    while outbox.deliver():
        pass
    return OutboxFact.objects.filter(name="referral.confirmed", aggregate_id=person.pk).count()


@pytest.mark.django_db(transaction=True)
def test_a_referral_counts_once_and_only_when_the_address_is_confirmed(client, client_for, cast, mailoutbox):
    code = referral_code(client_for, cast.fan)
    challenge = register(client, referralCode=code.lower()).json()["data"]["challenge"]
    mailed = mailed_code(mailoutbox)
    assert confirmed_referrals(cast.fan) == 0
    post(client, "verify", challenge=challenge, code=mailed)
    assert confirmed_referrals(cast.fan) == 1
    assert not services.confirm_referral(user_id=User.objects.get(username="newcomer").pk)
    data = client_for(cast.fan).get("/api/me/referrals").json()["data"]
    assert (data["joined"], data["confirmed"]) == (1, 1)
    assert data["url"].endswith(f"/join/{code}/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("alias", ["fan+second@people.example", "FAN+x@People.example"])
def test_nobody_brings_themselves_by_an_alias(client, client_for, cast, mailoutbox, alias):
    code = referral_code(client_for, cast.fan)
    challenge = register(client, email=alias, referralCode=code).json()["data"]["challenge"]
    post(client, "verify", challenge=challenge, code=mailed_code(mailoutbox))
    assert User.objects.get(username="newcomer").status == Status.ACTIVE
    assert confirmed_referrals(cast.fan) == 0


def test_a_mailbox_counts_once_and_twenty_referrals_a_day(home, cast):
    fan = cast.fan
    for number in range(23):
        email = f"twin+{number}@people.example" if number < 2 else f"n{number}@people.example"
        person = make_user(f"brought_{number}", email=email)
        Referral.objects.create(referrer=fan, referred=person)
        services.confirm_referral(user_id=person.pk)
    assert Referral.objects.filter(confirmed_at__isnull=False).count() == 20
    assert Referral.objects.get(referred__username="brought_1").confirmed_at is None


def test_an_unknown_referral_code_does_not_break_joining(client, home):
    assert register(client, referralCode="NOTHING1").status_code == 201
    assert not Referral.objects.exists()


def test_the_link_of_a_person_carries_the_code_into_the_form(client, client_for, cast):
    code = referral_code(client_for, cast.fan)
    page = client.get(f"/account/signup/?referral={code}")
    assert f'value="{code}"' in page.content.decode()
    form = {"email": "n@people.example", "username": "newcomer", "password1": PASSWORD, "agree_to_terms": "on"}
    client.post("/account/signup/", {**form, "referral_code": code})
    assert Referral.objects.get().referrer == cast.fan
