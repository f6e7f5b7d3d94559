"""Who may join: everybody, the invited or nobody; the age; throw-away mail; by every door, and at the same time."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.utils import timezone

from community.accounts import rules, selectors, services
from community.accounts.choices import JoiningMode
from community.accounts.models import Invitation, InvitationUse, Referral, TermsAgreement, User
from community.core.errors import NotAllowed
from community.core.models import LimitCount
from tests.factories import PASSWORD, make_user
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db

ADDRESS = "new@people.example"
DOORS = ["api", "page", "headless"]


def join(door: str, email: str = ADDRESS, username: str = "newcomer", **more: Any) -> tuple[bool, Any]:
    """Did it work, and what was said of which field (the names of the form)?"""
    LimitCount.objects.all().delete()
    shared = {"email": email, "username": username, **more}
    if door == "api":
        names = {"invitation_code": "invitationCode", "birth_date": "birthDate", "referral_code": "referralCode"}
        body = {names.get(key, key): value for key, value in shared.items()}
        body |= {"password": PASSWORD, "agreeToTerms": True}
        answer = CheckedClient().post("/api/auth/register", body, content_type="application/json")
        back = {value: key for key, value in names.items()}
        fields = {back.get(key, key): text for key, text in answer.json().get("fields", {}).items()}
        return answer.status_code == 201, fields or answer.json().get("code")
    if door == "headless":
        body = {**shared, "password": PASSWORD, "agree_to_terms": True}
        answer = Client().post("/_allauth/app/v1/auth/signup", body, content_type="application/json")
        said = {error.get("param"): error["message"] for error in answer.json().get("errors", [])}
        return answer.status_code == 401, said or answer.status_code
    page = Client().post("/account/signup/", {**shared, "password1": PASSWORD, "agree_to_terms": "on"})
    form = page.context["form"] if page.context and "form" in page.context else None
    return page.status_code == 302, dict(form.errors) if form else page.status_code


def choose(cast: Any, mode: JoiningMode) -> None:
    services.change_joining_mode(actor=cast.admin, mode=mode)


@pytest.mark.parametrize("door", DOORS)
def test_where_nobody_may_join_no_door_is_open(cast, door):
    choose(cast, JoiningMode.CLOSED)
    people = User.objects.count()
    done, said = join(door)
    assert not done
    assert said in ("REGISTRATION_CLOSED", 403, 200)
    assert User.objects.count() == people
    assert not selectors.registration_allowed("ANYTHING")
    if door == "page":
        assert "Nobody can join at the moment" in Client().get("/account/signup/").content.decode()
    choose(cast, JoiningMode.OPEN)
    assert join(door)[0]


@pytest.mark.parametrize("door", DOORS)
def test_by_invitation_a_code_lets_in_as_many_as_it_says(cast, door):
    choose(cast, JoiningMode.INVITED)
    invitation = services.make_invitation(actor=cast.admin, most=1)
    assert set(join(door)[1]) == {"invitation_code"}
    assert set(join(door, invitation_code="NOTHING1")[1]) == {"invitation_code"}
    assert selectors.registration_allowed(f" {invitation.code.lower()} ")
    assert join(door, invitation_code=invitation.code.lower())[0]
    assert InvitationUse.objects.get().user.username == "newcomer"
    assert set(join(door, "b@people.example", "second_one", invitation_code=invitation.code)[1]) == {"invitation_code"}
    assert not User.objects.filter(username="second_one").exists()


@pytest.mark.parametrize("door", DOORS)
def test_an_invitation_does_not_tell_whether_an_address_was_known(cast, door):
    choose(cast, JoiningMode.INVITED)
    invitation = services.make_invitation(actor=cast.admin, most=1)
    assert join(door, cast.fan.email, invitation_code=invitation.code)[0]
    assert set(join(door, "b@people.example", "second_one", invitation_code=invitation.code)[1]) == {"invitation_code"}
    assert not InvitationUse.objects.exists()


def test_an_invitation_ends(cast):
    choose(cast, JoiningMode.INVITED)
    invitation = services.make_invitation(
        actor=cast.admin, most=5, expires_at=timezone.now() + timedelta(hours=1), note="Friends"
    )
    assert selectors.registration_allowed(invitation.code)
    Invitation.objects.update(expires_at=timezone.now())
    assert set(join("api", invitation_code=invitation.code)[1]) == {"invitation_code"}


def test_the_link_of_an_invitation_fills_the_form(client, cast):
    choose(cast, JoiningMode.INVITED)
    invitation = services.make_invitation(actor=cast.admin)
    page = client.get(f"/account/signup/?invitation={invitation.code}").content.decode()
    assert f'value="{invitation.code}"' in page


@pytest.mark.django_db(transaction=True)
def test_the_last_place_of_an_invitation_is_taken_once(cast):
    choose(cast, JoiningMode.INVITED)
    invitation = services.make_invitation(actor=cast.admin, most=1)
    done: list[bool] = []
    start = threading.Barrier(4)

    def try_it(number: int) -> None:
        start.wait()
        body = {
            "email": f"n{number}@people.example",
            "username": f"name_{number}",
            "password": PASSWORD,
            "agreeToTerms": True,
            "invitationCode": invitation.code,
        }
        client = CheckedClient(REMOTE_ADDR=f"203.0.113.{number}")
        answer = client.post("/api/auth/register", body, content_type="application/json")
        done.append(answer.status_code == 201)
        connection.close()

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, False, False, True]
    assert InvitationUse.objects.count() == 1


@pytest.mark.parametrize("door", DOORS)
def test_the_age_is_asked_and_only_the_answer_kept(cast, settings, door):
    settings.MINIMUM_AGE = 16
    today = timezone.now().date()
    young = date(today.year - 16, today.month, 28) + timedelta(days=35)
    for born in (None, young.isoformat(), (today + timedelta(days=1)).isoformat(), "1066-10-14", "soon"):
        more = {} if born is None else {"birth_date": born}
        done, said = join(door, **more)
        assert not done
        assert set(said) == {"birth_date"}, born
    assert join(door, birth_date="1990-02-28")[0]
    person = User.objects.get(username="newcomer")
    assert TermsAgreement.objects.get(user=person).minimum_age == 16
    assert person.profile.birthday is None


def test_a_birthday_counts_from_its_day_on():
    assert rules.age_on(date(2010, 5, 5), date(2026, 5, 4)) == 15
    assert rules.age_on(date(2010, 5, 5), date(2026, 5, 5)) == 16
    assert rules.age_on(date(2008, 2, 29), date(2024, 2, 28)) == 15
    assert rules.age_on(date(2008, 2, 29), date(2025, 3, 1)) == 17


@pytest.mark.parametrize("door", DOORS)
def test_throw_away_mail_is_refused_where_the_site_wants_it(cast, settings, door):
    settings.DISPOSABLE_MAIL_DOMAINS = ["Gone.example"]
    assert join(door, "a@mailinator.com", "first_one")[0]
    settings.REFUSE_DISPOSABLE_MAIL = True
    for email in ("b@MAILINATOR.com", "c@sub.mailinator.com", "d@gone.example"):
        assert set(join(door, email)[1]) == {"email"}
    assert join(door)[0]


def test_throw_away_mail_is_no_later_address_either(cast, client_for, settings):
    settings.REFUSE_DISPOSABLE_MAIL = True
    page, program = client_for(cast.fan), client_for(cast.fan)
    headless = "/_allauth/browser/v1/account/email"
    for client in (page, program):
        client.post("/account/reauthenticate/", {"password": PASSWORD})
    for email, refused in (("b@MAILINATOR.com", True), ("kept@people.example", False)):
        answer = page.post("/account/email/", {"action_add": "", "email": email})
        assert (answer.status_code == 200) is refused
        assert ("Please use an address that you keep." in answer.content.decode()) is refused
        answer = program.post(headless, {"email": email}, content_type="application/json")
        assert (answer.status_code == 400) is refused, answer.content
    assert not EmailAddress.objects.filter(email__iendswith="mailinator.com").exists()


def test_only_administrators_say_who_may_join(cast):
    for actor in (None, cast.fan, cast.editor, cast.moderator):
        for act in (
            lambda actor=actor: services.change_joining_mode(actor=actor, mode=JoiningMode.CLOSED),
            lambda actor=actor: services.make_invitation(actor=actor),
            lambda actor=actor: services.end_invitation(actor=actor, invitation_id=1),
            lambda actor=actor: selectors.list_invitations(viewer=actor),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert selectors.get_joining_mode() == JoiningMode.OPEN


# New terms


@pytest.fixture
def new_terms(cast, settings):
    assert cast.fan.terms_version == cast.editor.terms_version == settings.TERMS_VERSION
    settings.TERMS_VERSION = "2027-01"


def write(client: Any, **headers: str) -> Any:
    body = {"title": "New", "content": "<p>Words</p>"}
    return client.post("/api/posts", body, content_type="application/json", headers=headers)


def test_new_terms_are_asked_for_before_writing_by_program_and_token(new_terms, client, client_for, cast, settings):
    there = client_for(cast.fan)
    assert there.get("/api/me").status_code == 200
    refused = write(there)
    assert (refused.status_code, refused.json()["code"]) == (403, "TERMS_NOT_AGREED")
    assert set(refused.json()["fields"]) == {"agreeToTerms"}
    assert there.get("/api/me/terms").json()["data"] == {"version": "2027-01", "agreed": False, "agreedAt": None}
    no = there.put("/api/me/terms", {"agreeToTerms": False}, content_type="application/json")
    assert (no.status_code, set(no.json()["fields"])) == (400, {"agreeToTerms"})
    for _ in range(2):
        yes = there.put("/api/me/terms", {"agreeToTerms": True}, content_type="application/json")
        assert yes.json()["data"]["agreed"] is True
    assert write(there).status_code == 201
    assert TermsAgreement.objects.filter(user=cast.fan, version="2027-01").count() == 1


def test_a_token_neither_writes_without_the_terms_nor_agrees_to_them(cast, client, settings):
    _row, token = services.make_token(actor=cast.fan, name="Script", scopes=["read", "write"], days=7)
    bearer = {"Authorization": f"Bearer {token}"}
    settings.TERMS_VERSION = "2027-01"
    assert client.get("/api/me", headers=bearer).status_code == 200
    assert write(client, **bearer).json()["code"] == "TERMS_NOT_AGREED"
    body = {"agreeToTerms": True}
    answer = client.put("/api/me/terms", body, content_type="application/json", headers=bearer)
    assert answer.status_code == 403


def test_on_pages_one_reads_on_and_is_asked_before_writing(new_terms, client_for, cast):
    there = client_for(cast.fan)
    assert there.get("/").status_code == 200
    assert there.get("/account/profile/").status_code == 200
    asked = there.post("/account/profile/", {"display_name": "x"}, headers={"Referer": "http://testserver/latest/"})
    assert asked.status_code == 302
    assert asked["Location"].startswith("/account/terms/?next=")
    page = there.get(asked["Location"])
    assert "2027-01" in page.content.decode()
    assert there.post("/account/terms/", {"next": "/latest/"}).status_code == 400
    done = there.post("/account/terms/", {"agree_to_terms": "on", "next": "/latest/"})
    assert done["Location"] == "/latest/"
    assert there.post("/account/profile/", {"display_name": "x"}).status_code in (302, 400)
    assert "You agreed" in there.get("/account/terms/").content.decode()


def test_agreeing_leads_to_no_other_site(new_terms, client_for, cast):
    form = {"agree_to_terms": "on", "next": "https://evil.example/"}
    assert client_for(cast.fan).post("/account/terms/", form)["Location"] == "/"


def test_the_desk_asks_before_anything_is_written(new_terms, client_for, cast):
    answer = client_for(cast.editor).get("/cms/pages/")
    assert answer["Location"].startswith("/account/terms/?next=%2Fcms%2Fpages%2F")
    assert client_for(cast.editor).post("/account/logout/").status_code == 302


def test_reading_costs_nothing_more(new_terms, client_for, cast, django_assert_max_num_queries):
    there = client_for(cast.fan)
    there.get("/latest/")
    with django_assert_max_num_queries(12):
        there.get("/latest/")


# Bringing friends


def test_the_short_link_leads_to_the_form_and_is_kept_nowhere(client, cast):
    code = services.referral_code_of(person=cast.fan)
    answer = client.get(f"/join/{code.lower()}/")
    assert answer["Location"] == f"/account/signup/?referral={code}"
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/join/NOTHING1/").status_code == 302
    assert client.get("/join/%3Cscript%3E/").status_code == 404
    assert client.get(f"/join/{'A' * 17}/").status_code == 404


def test_the_code_outlasts_the_way_to_the_form(client, cast):
    code = services.referral_code_of(person=cast.fan)
    client.get(f"/join/{code}/")
    form = {"email": ADDRESS, "username": "newcomer", "password1": PASSWORD, "agree_to_terms": "on"}
    client.post("/account/signup/", form)
    assert Referral.objects.get().referrer == cast.fan


def bring(cast: Any, number: int) -> None:
    start = Referral.objects.count()
    for each in range(start, start + number):
        person = make_user(f"brought_{each}", verified_email=each % 2 == 0)
        services.note_referral(person=person, code=services.referral_code_of(person=cast.fan))


def test_one_sees_whom_one_brought_and_what_became_of_it(client_for, cast):
    there = client_for(cast.fan)
    assert "Nobody yet." in there.get("/account/referrals/").content.decode()
    bring(cast, 3)
    services.confirm_referral(user_id=User.objects.get(username="brought_0").pk)
    hidden = User.objects.get(username="brought_2")
    hidden.profile.visibility = "private"
    hidden.profile.save()
    page = there.get("/account/referrals/").content.decode()
    code = services.referral_code_of(person=cast.fan)
    assert f"/join/{code}/" in page
    for word in ("brought_0", "brought_1", "has not confirmed the address yet", "does not count", "private profile"):
        assert word in page
    assert "brought_2" not in page
    rows = there.get("/api/me/referrals/people").json()["data"]["items"]
    assert [row["username"] for row in rows] == ["", "brought_1", "brought_0"]
    assert [row["state"] for row in rows] == ["counts_not", "waits", "counts"]
    assert client_for(cast.other_fan).get("/api/me/referrals/people").json()["data"]["items"] == []


def test_the_lists_of_the_brought_cost_the_same_however_long(client_for, cast, flat_cost):
    flat_cost(
        "/account/referrals/",
        "/api/me/referrals/people?limit=50",
        grow=lambda number: bring(cast, number),
        by=client_for(cast.fan),
    )


def test_a_referral_that_goes_wrong_does_not_break_joining(client, cast):
    for code in ("NOTHING1", "x" * 16):
        LimitCount.objects.all().delete()
        assert join("page", f"{code.lower()}@people.example", f"name_{code[:3].lower()}", referral_code=code)[0]
    assert not Referral.objects.exists()
