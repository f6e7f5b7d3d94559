"""Having one's account deleted: who one is is asked again, there are days of grace, and then nobody gets in."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from community.accounts import services
from community.accounts.choices import Role, Status
from community.accounts.models import DataExport, DeletionRequest, RetiredName, User
from community.core.errors import NotAllowed
from community.core.models import MailMessage, OutboxFact
from tests.factories import PASSWORD, make_user
from tests.support.api import data_of, error_of, fields_of, send

PAGE, API = "/account/delete/", "/api/me/deletion"
#: Words that stand for a person wherever they stand.
NAME, SECRET, NAMED, MAIL = "Zephyrine Quillfeather", "okapiwhisperer", "zephyrquill", "zephyr.quill@wherever.example"
WORDS = [NAME.lower(), "quillfeather", SECRET, NAMED, MAIL, "wherever.example", "old_zephyr"]


def ask(person, **values):
    return services.request_deletion(actor=person, **values)


def make_due(person):
    DeletionRequest.objects.filter(user=person).update(due_at=timezone.now() - timedelta(seconds=1))


def erase(person, **values):
    ask(person, **values)
    make_due(person)
    assert services.erase_due() == 1
    return User.objects.select_related("profile").get(pk=person.pk)


def test_the_page_asks_who_it_is_tells_the_day_and_takes_it_back(cast, client_for, mailoutbox):
    mine, elsewhere = client_for(cast.fan), client_for(cast.fan)
    for browser in (mine, elsewhere):
        assert browser.post("/account/login/", {"login": "fan", "password": PASSWORD}).status_code == 302
    assert "14 days" in mine.get(PAGE).content.decode()
    wrong = mine.post(PAGE, {"password": "Not-My-Word-2026!"})
    assert wrong.status_code == 400
    assert "not your password" in wrong.content.decode()
    assert not DeletionRequest.objects.exists()
    assert mine.post(PAGE, {"password": PASSWORD, "with_content": "on"}).status_code == 302
    found = DeletionRequest.objects.get(user=cast.fan)
    assert found.with_content
    assert timedelta(days=13, hours=23) < found.due_at - timezone.now() <= timedelta(days=14)
    shown = mine.get(PAGE).content.decode()
    assert "will be deleted on" in shown
    assert "will be deleted on" in mine.get("/account/privacy/").content.decode()
    (letter,) = mailoutbox
    assert letter.to == [cast.fan.email]
    assert "Sign in before that day" in letter.body
    assert mine.post(PAGE, {"keep": "1"}, follow=True).content.decode().count("Your account stays.") == 1
    assert not DeletionRequest.objects.exists()
    assert OutboxFact.objects.filter(name="user.deletion_requested").count() == 1
    assert OutboxFact.objects.filter(name="user.deletion_undone").count() == 1


def test_other_sessions_end_at_once_and_signing_in_keeps_the_account(cast, client, mailoutbox):
    assert cast.fan.status == Status.ACTIVE
    first, second = Client(), Client()
    for browser in (first, second):
        browser.post("/account/login/", {"login": "fan", "password": PASSWORD})
    first.post(PAGE, {"password": PASSWORD})
    assert first.get("/account/sessions/").status_code == 200
    assert second.get("/account/sessions/").status_code == 302
    back = second.post("/account/login/", {"login": "fan", "password": PASSWORD}, follow=True)
    assert "Welcome back! Your account stays" in back.content.decode()
    assert not DeletionRequest.objects.exists()
    assert "came back in time" in mailoutbox[-1].body
    again = second.post("/account/login/", {"login": "fan", "password": PASSWORD}, follow=True)
    assert "Welcome back! Your account stays" not in again.content.decode()


def test_programs_ask_and_take_back(cast, client_for):
    mine = client_for(cast.fan)
    assert data_of(mine.get(API)) == {"scheduled": False, "askedAt": None, "dueAt": None, "withContent": False}
    assert "password" in fields_of(send(mine, "post", API, {}))
    assert "password" in fields_of(send(mine, "post", API, {"password": "wrong"}))
    made = data_of(send(mine, "post", API, {"password": PASSWORD}), 202)
    assert (made["scheduled"], made["withContent"]) == (True, False)
    again = data_of(send(mine, "post", API, {"password": PASSWORD, "withContent": True}), 202)
    assert again == {**made, "withContent": True}
    assert OutboxFact.objects.filter(name="user.deletion_requested").count() == 1
    assert mine.delete(API).status_code == 204
    assert mine.delete(API).status_code == 404
    assert data_of(mine.get(API))["scheduled"] is False


@pytest.mark.parametrize(
    "body",
    [{"password": 7}, {"password": PASSWORD, "withContent": "yes"}, [], {"password": "\0"}, {"password": "x" * 9999}],
)
def test_what_makes_no_sense_is_refused(cast, client_for, body):
    assert send(client_for(cast.fan), "post", API, body).status_code == 400
    assert not DeletionRequest.objects.exists()


def test_with_a_second_factor_the_code_is_asked_for_and_used_up(cast, client_for):
    secret = pyotp.random_base32()
    services.set_up_totp(person=cast.fan, secret=secret)
    mine, code = client_for(cast.fan), pyotp.TOTP(secret).now()
    assert "code" in fields_of(send(mine, "post", API, {"password": PASSWORD}))
    assert "code" in fields_of(send(mine, "post", API, {"password": PASSWORD, "code": "000000"}))
    assert mine.post(PAGE, {"password": PASSWORD}).status_code == 400
    assert mine.post(PAGE, {"password": PASSWORD, "code": code}).status_code == 302
    mine.delete(API)
    assert "code" in fields_of(send(mine, "post", API, {"password": PASSWORD, "code": code}))


def test_suspended_and_unconfirmed_people_may_leave_and_guests_may_not(cast, client, client_for):
    for person in (cast.suspended, cast.new_fan):
        data_of(send(client_for(person), "post", API, {"password": PASSWORD}), 202)
        make_due(person)
    assert services.erase_due() == 2
    for person in (cast.suspended, cast.new_fan):
        person.refresh_from_db()
        assert (person.status, person.username) == (Status.DELETED, f"deleted_{person.pk}")
    assert send(client, "post", API, {"password": PASSWORD}).status_code == 401
    assert client.get(PAGE).status_code == 302


def test_the_last_administrator_hears_why_not(cast, client_for):
    mine = client_for(cast.admin)
    assert error_of(send(mine, "post", API, {"password": PASSWORD})) == (409, "CONFLICT")
    assert "only administrator" in mine.get(PAGE).content.decode()
    second = make_user("second_admin", role=Role.ADMIN)
    assert "only administrator" not in mine.get(PAGE).content.decode()
    assert "your rights as one of the staff" in mine.get(PAGE).content.decode()
    ask(second)
    assert error_of(send(mine, "post", API, {"password": PASSWORD})) == (409, "CONFLICT")
    # When the day comes and nobody else is left, the account stays too.
    services.undo_deletion(person=second)
    ask(cast.admin)
    User.objects.filter(pk=second.pk).update(role=Role.USER)
    make_due(cast.admin)
    assert services.erase_due() == 0
    cast.admin.refresh_from_db()
    assert cast.admin.status == Status.ACTIVE


def test_nothing_happens_before_the_day(cast):
    ask(cast.fan)
    assert services.erase_due() == 0
    cast.fan.refresh_from_db()
    assert cast.fan.status == Status.ACTIVE


def test_only_administrators_have_people_erased_and_their_data_goes_too(cast):
    banned, fan = cast.banned, cast.fan
    for actor, person in ((cast.moderator, banned), (cast.admin, cast.admin), (fan, banned), (None, banned)):
        with pytest.raises(NotAllowed):
            services.erase_person(actor=actor, person=person, reason="They asked by post.")
    services.erase_person(actor=cast.admin, person=banned, reason="They asked by post.")
    assert services.erase_due() == 1
    banned.refresh_from_db()
    assert banned.status == Status.DELETED
    assert banned.username.startswith("deleted_")


def test_names_are_nobodys_for_90_days_and_then_free(cast):
    person = cast.fan
    services.change_username(actor=person, person=person, username="heron_friend")
    person.refresh_from_db()
    erase(person)
    for name in ("heron_friend", "Heron_Friend", "fan"):
        with pytest.raises(services.NameTaken):
            make_user(name, email=f"{name}@else.example")
    RetiredName.objects.update(free_at=timezone.now() - timedelta(seconds=1))
    assert services.erase_due() == 0
    assert not RetiredName.objects.exists()
    assert make_user("heron_friend").username == "heron_friend"
    assert make_user("bigfan", email=cast.fan.email).email == cast.fan.email


def test_nobody_gets_in_any_more_and_the_number_is_nobodys_name(cast, client_for, client):
    mine, token = client_for(cast.fan), services.make_token(actor=cast.fan, name="One", scopes=["read"], days=7)[1]
    cast.fan.groups.add(Group.objects.create(name="Friends"))
    person = erase(cast.fan)
    assert mine.get("/api/me").status_code == 401
    assert client.get("/api/me", headers={"authorization": f"Bearer {token}"}).status_code == 401
    for login in ("fan", person.username, "fan@people.example", person.email):
        assert send(client, "post", "/api/auth/login", {"email": login, "password": PASSWORD}).status_code == 401
    answer = client.get(f"/api/users/availability?username={person.username}")
    assert data_of(answer)["available"] is False
    assert client.get(f"/api/users/{person.username}").status_code == 404


def test_mail_that_waits_for_the_address_is_not_sent(cast, mailoutbox):
    ask(cast.fan)
    make_due(cast.fan)
    assert MailMessage.objects.filter(recipient=cast.fan.email).exists()
    services.erase_due()
    assert not MailMessage.objects.filter(recipient=cast.fan.email).exists()
    assert len(mailoutbox) == 0


def test_the_pages_cost_the_same_with_many_rows(cast, client_for, flat_cost):
    def grow(number):
        DataExport.objects.bulk_create([DataExport(user=cast.fan) for _ in range(number)])

    flat_cost(PAGE, "/account/privacy/", "/account/export/", API, "/api/me/export", grow=grow, by=client_for(cast.fan))
