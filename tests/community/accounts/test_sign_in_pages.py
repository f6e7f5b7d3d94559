"""Signing up, in and out on the site's pages."""

from __future__ import annotations

import re

import pytest

from community.accounts.choices import Status
from community.accounts.models import Preferences, Profile, User
from community.core.models import OutboxFact
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def code_of(message):
    return re.search(r"\b\d{6}\b", message.body).group()


def sign_up(client, **values):
    return client.post(
        "/account/signup/",
        {
            "email": "new@people.example",
            "username": "newcomer",
            "password1": PASSWORD,
            "agree_to_terms": "on",
            **values,
        },
    )


def test_signing_up_asks_for_the_code_and_then_signs_in(client, home, mailoutbox):
    response = sign_up(client)
    assert response.status_code == 302
    user = User.objects.get(username="newcomer")
    assert user.status == Status.PENDING_VERIFICATION
    assert Profile.objects.get(user=user).display_name == "newcomer"
    assert Preferences.objects.filter(user=user).exists()
    page = client.get(response.headers["Location"])
    assert page.status_code == 200
    client.post(response.headers["Location"], {"code": code_of(mailoutbox[-1])})
    user.refresh_from_db()
    assert user.status == Status.ACTIVE
    assert client.session["_auth_user_id"] == str(user.pk)
    names = list(OutboxFact.objects.filter(aggregate_kind="user", aggregate_id=user.pk).values_list("name", flat=True))
    assert names.count("user.created") == 1
    assert "auth.email_verified" in names
    assert "user.status_changed" in names


def test_a_wrong_code_does_not_sign_in(client, home, mailoutbox):
    response = sign_up(client)
    wrong = "000000" if code_of(mailoutbox[-1]) != "000000" else "111111"
    page = client.post(response.headers["Location"], {"code": wrong})
    assert page.status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_known_address_looks_like_a_new_one(client, cast, mailoutbox):
    unknown = sign_up(client)
    known = client.__class__().post(
        "/account/signup/",
        {
            "email": cast.fan.email.upper(),
            "username": "someone_else",
            "password1": PASSWORD,
            "agree_to_terms": "on",
        },
    )
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert User.objects.filter(email__iexact=cast.fan.email).count() == 1
    assert mailoutbox[-1].to == [cast.fan.email]


@pytest.mark.parametrize("name", ["admin", "API", "a", "with space", "x" * 31, "deleted_5", "<script>", "ünï"])
def test_bad_names_are_refused_in_words(client, home, name):
    response = sign_up(client, username=name)
    assert response.status_code == 200
    assert response.context["form"].errors["username"]
    assert not User.objects.exists()


def test_a_name_in_another_letter_case_is_taken(client, cast):
    cast.fan  # noqa: B018 - made by being asked for
    response = sign_up(client, username="FAN")
    assert response.context["form"].errors["username"]


def test_weak_passwords_are_told_all_at_once(client, home):
    response = sign_up(client, password1="aaa")
    assert len(response.context["form"].errors["password1"]) >= 4


@pytest.mark.parametrize("field", ["username", "email"])
def test_signing_in_by_name_or_address_in_any_letter_case(client, cast, field):
    response = client.post("/account/login/", {"login": getattr(cast.fan, field).upper(), "password": PASSWORD})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(cast.fan.pk)


def test_wrong_password_and_unknown_person_read_the_same(client, cast):
    texts = []
    for login in (cast.fan.email, "nobody@people.example"):
        response = client.post("/account/login/", {"login": login, "password": "Wrong-Word-2026!"})
        assert response.status_code == 200
        texts.append(str(response.context["form"].errors))
    assert texts[0] == texts[1]


def test_signing_in_hashes_once_whether_or_not_there_is_such_an_account(client, cast, monkeypatch):
    from django.contrib.auth.hashers import MD5PasswordHasher

    fan, counts = cast.fan, []
    encode = MD5PasswordHasher.encode

    def counted(self, *args):
        counts[-1] += 1
        return encode(self, *args)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    for login in (fan.email, fan.username, "nobody@people.example", "nobody_here"):
        counts.append(0)
        client.post("/account/login/", {"login": login, "password": "Wrong-Word-2026!"})
    assert counts == [1, 1, 1, 1]


def test_banned_people_do_not_get_in(client, cast):
    response = client.post("/account/login/", {"login": cast.banned.email, "password": PASSWORD}, follow=True)
    assert "_auth_user_id" not in client.session
    assert response.status_code == 200


def test_people_whose_address_is_not_confirmed_sign_in_and_stay_waiting(client, cast):
    client.post("/account/login/", {"login": cast.new_fan.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(cast.new_fan.pk)
    cast.new_fan.refresh_from_db()
    assert cast.new_fan.status == Status.PENDING_VERIFICATION


def test_after_five_wrong_passwords_the_right_one_is_refused_too(client, cast):
    for _ in range(5):
        client.post("/account/login/", {"login": cast.fan.email, "password": "Wrong-Word-2026!"})
    client.post("/account/login/", {"login": cast.fan.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_signing_out_needs_a_post_and_ends_the_session(client_for, cast):
    client = client_for(cast.fan)
    assert client.get("/account/logout/").status_code == 200
    assert client.session.get("_auth_user_id")
    assert client.post("/account/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_after_signing_in_nobody_is_led_elsewhere(client, cast, target):
    response = client.post(
        f"/account/login/?next={target}", {"login": cast.fan.email, "password": PASSWORD, "next": target}
    )
    assert response.headers["Location"] == "/"


def test_guest_pages_hold_no_form_and_no_token(client, cast):
    page = client.get("/").content.decode()
    assert "csrfmiddlewaretoken" not in page
    assert 'method="post"' not in page.lower()


def test_the_one_time_link_of_bootstrap_sets_a_password(client, home, capsys):
    from django.core.management import call_command

    call_command("bootstrap", email="first@people.example", username="first_admin")
    link = re.search(r"http://\S+", capsys.readouterr().out).group()
    user = User.objects.get(username="first_admin")
    assert user.role == "ADMIN"
    assert not user.is_superuser
    page = client.get(link, follow=True)
    assert page.status_code == 200
    client.post(page.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert b"csrfmiddlewaretoken" not in client.get(link, follow=True).content


def test_kept_mail_is_readable_in_development(client, home, settings, tmp_path):
    from django.core.mail import EmailMessage
    from django.core.mail.backends.filebased import EmailBackend

    settings.EMAIL_FILE_PATH = str(tmp_path)
    EmailMessage("Your code", "It is 123456 <b>", to=["new@people.example"], connection=EmailBackend()).send()
    page = client.get("/dev/mail/").content.decode()
    assert "Your code" in page
    link = re.search(r'href="(/dev/mail/[^"]+)"', page).group(1)
    message = client.get(link).content.decode()
    assert "123456 &lt;b&gt;" in message
    assert client.get("/dev/mail/..%2f..%2fetc%2fpasswd").status_code == 404


def test_every_door_makes_a_complete_person(home):
    from community.core.integrity import run_checks

    make_user("by_service")
    User.objects.create_superuser("by_command", "command@people.example", PASSWORD)
    User.objects.create_user("by_manager", "manager@people.example", PASSWORD)
    assert Profile.objects.count() == Preferences.objects.count() == 3
    assert not run_checks(["accounts-complete", "accounts-groups"])
