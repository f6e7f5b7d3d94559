"""Passwords: one set of rules at every door, everything said at once, and how they are kept."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from community.accounts import services
from community.accounts.models import User
from community.core import jobs
from sparkle_site.settings import env
from sparkle_site.settings.passwords import POLICIES, passwords
from tests.factories import PASSWORD, make_user
from tests.support.openapi import CheckedClient

pytestmark = pytest.mark.django_db

PHRASE = "quiet harbour lantern walrus"
#: password, and a word of each sentence with which the default rules refuse it
REFUSED = [
    ("Ab1!", ["12 characters"]),
    ("Ab1!" + "xy" * 511, ["1,?024 characters"]),
    ("QUIET-HARBOUR-19", ["lower-case"]),
    ("quiet-harbour-19", ["upper-case"]),
    ("Quiet-Harbour-xx", ["digit"]),
    ("QuietHarbour1987", ["special"]),
    ("Quiet-Harbourrr-19", ["three times"]),
    ("Sparkle-Universe-19!", ["common here"]),
    ("Newcomer-19!", ["similar"]),
    ("passw", ["12 characters", "upper-case", "digit", "special"]),
    ("password1234", ["common", "upper-case", "special"]),
]


def said(errors: Any) -> str:
    return " ".join(errors) if isinstance(errors, list) else str(errors)


def register_by_api(password: str) -> str:
    body = {"email": "newcomer-at@people.example", "username": "newcomer", "password": password, "agreeToTerms": True}
    answer = CheckedClient().post("/api/auth/register", body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    return said(answer.json()["fields"]["password"])


def join_by_page(password: str) -> str:
    form = {
        "email": "newcomer-at@people.example",
        "username": "newcomer",
        "password1": password,
        "agree_to_terms": "on",
    }
    return said(list(Client().post("/account/signup/", form).context["form"].errors["password1"]))


def join_headless(password: str) -> str:
    body = {
        "email": "newcomer-at@people.example",
        "username": "newcomer",
        "password": password,
        "agree_to_terms": True,
    }
    answer = Client().post("/_allauth/app/v1/auth/signup", body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    return said([error["message"] for error in answer.json()["errors"] if error["param"] == "password"])


def signed_in() -> tuple[Client, User]:
    person = make_user("newcomer", email="newcomer-at@people.example")
    client = Client()
    client.force_login(person)
    return client, person


def change_by_page(password: str) -> str:
    client, _person = signed_in()
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    return said(list(client.post("/account/password/change/", form).context["form"].errors["password1"]))


def change_headless(password: str) -> str:
    client, _person = signed_in()
    body = {"current_password": PASSWORD, "new_password": password}
    answer = client.post("/_allauth/browser/v1/account/password/change", body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    return said([error["message"] for error in answer.json()["errors"]])


def set_by_page(password: str) -> str:
    client, person = signed_in()
    person.set_unusable_password()
    person.save()
    client.force_login(person)
    client.post("/account/reauthenticate/", {})
    answer = client.post("/account/password/set/", {"password1": password, "password2": password})
    return said(list(answer.context["form"].errors["password1"]))


def choose_by_link(password: str) -> str:
    person = make_user("newcomer", email="newcomer-at@people.example")
    client = Client()
    page = client.get(urlsplit(services.one_time_password_link(user=person)).path)
    answer = client.post(page["Location"], {"new_password1": password, "new_password2": password})
    return said(list(answer.context["form"].errors["new_password2"]))


def reset_by_page(password: str) -> str:
    person = make_user("newcomer", email="newcomer-at@people.example")
    client = Client()
    client.post("/account/password/reset/", {"email": person.email})
    jobs.work()
    code = re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))
    assert code is not None
    step = client.post("/account/password/reset/confirm/", {"code": code.group()}, follow=True)
    answer = client.post(step.redirect_chain[-1][0], {"password1": password, "password2": password})
    return said(list(answer.context["form"].errors["password1"]))


def reset_by_api(password: str) -> str:
    person = make_user("newcomer", email="newcomer-at@people.example")
    client = CheckedClient()
    begun = client.post("/api/auth/password-reset", {"email": person.email}, content_type="application/json")
    jobs.work()
    code = re.search(r"\b\d{6}\b", str(mail.outbox[-1].body))
    assert code is not None
    body = {"challenge": begun.json()["data"]["challenge"], "code": code.group(), "password": password}
    answer = client.post("/api/auth/password-reset/confirm", body, content_type="application/json")
    assert answer.status_code == 400, answer.content
    return said(answer.json()["fields"]["password"])


def make_superuser(password: str) -> str:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DJANGO_SUPERUSER_PASSWORD", password)
        try:
            call_command(
                "createsuperuser", "--noinput", username="newcomer", email="newcomer-at@people.example", verbosity=0
            )
        except CommandError as error:
            return str(error)
    return ""


DOORS = {
    "api": register_by_api,
    "page": join_by_page,
    "headless": join_headless,
    "change": change_by_page,
    "change headless": change_headless,
    "set": set_by_page,
    "link": choose_by_link,
    "reset": reset_by_page,
    "reset by api": reset_by_api,
    "command": make_superuser,
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("password", "words"), REFUSED, ids=[words[-1] for _password, words in REFUSED])
def test_every_door_refuses_alike_and_says_everything_at_once(home, settings, door, password, words):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    text = DOORS[door](password)
    for word in words:
        assert re.search(word, text), f"{door}: {word!r} is not in {text!r}"


@pytest.mark.parametrize("door", DOORS)
def test_a_policy_of_phrases_takes_words_and_refuses_what_is_guessed(home, settings, door):
    settings.AUTH_PASSWORD_VALIDATORS = POLICIES["passphrase"]
    text = DOORS[door]("Aa1!Aa1!Aa1!")
    assert "guessed quickly" in text
    assert "special" not in text


def test_a_phrase_joins_under_the_policy_of_phrases_and_only_there(home, settings):
    assert "upper-case" in register_by_api(PHRASE)
    settings.AUTH_PASSWORD_VALIDATORS = POLICIES["passphrase"]
    form = {"email": "n@people.example", "username": "newcomer", "password1": PHRASE, "agree_to_terms": "on"}
    assert Client().post("/account/signup/", form).status_code == 302
    assert User.objects.get(username="newcomer").check_password(PHRASE)


def test_a_very_long_phrase_is_judged_at_once(home, settings):
    settings.AUTH_PASSWORD_VALIDATORS = POLICIES["passphrase"]
    answer = judge(CheckedClient(), "Aa1!" * 255)
    assert answer.status_code == 200


def judge(client: Any, password: Any, **who: str) -> Any:
    body = {"password": password, **who}
    return client.post("/api/auth/password-strength", body, content_type="application/json")


@pytest.mark.parametrize("policy", POLICIES)
def test_the_meter_agrees_with_the_rules(client, home, settings, policy):
    settings.AUTH_PASSWORD_VALIDATORS = POLICIES[policy]
    for password, _words in [*REFUSED, (PASSWORD, []), (PHRASE, []), ("Aa1!Aa1!Aa1!", [])]:
        if len(password) > 1024:
            continue
        data = judge(client, password, username="newcomer", email="newcomer-at@people.example").json()["data"]
        assert (data["strength"] >= 50) == (not data["problems"]), (password, data)


def test_the_meter_knows_who_is_signed_in_and_takes_no_nonsense(client, client_for, cast):
    assert judge(client_for(cast.other_fan), "Other-Fan-9!").json()["data"]["problems"]
    for bad in ("", None, 7, ["x"], "x" * 2000):
        assert judge(client, bad).status_code == 400
    assert judge(client, "\x00").status_code in {200, 400}


def test_the_meter_is_limited(client, home):
    statuses = [judge(client, "Quiet-Harbour-1987!").status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]


PEPPERS = ["first-pepper-of-more-than-32-characters", "second-pepper-of-more-than-32-characters"]
QUICK = ["tests.support.hashing.QuickPeppered", "tests.support.hashing.QuickArgon2"]


@pytest.fixture
def peppered(settings):
    settings.PASSWORD_HASHERS = QUICK
    settings.PASSWORD_PEPPERS = PEPPERS[:1]
    return settings


def sign_in(door: str, password: str = PASSWORD) -> bool:
    if door == "api":
        body = {"email": "fan", "password": password}
        answer = CheckedClient().post("/api/auth/login", body, content_type="application/json")
        return answer.status_code == 200
    if door == "headless":
        body = {"username": "fan", "password": password}
        answer = Client().post("/_allauth/app/v1/auth/login", body, content_type="application/json")
        return answer.status_code == 200
    return Client().post("/account/login/", {"login": "fan", "password": password}).status_code == 302


@pytest.mark.parametrize("door", ["page", "api", "headless"])
def test_with_a_pepper_people_sign_in_by_every_door(peppered, cast, door):
    assert cast.fan.password.startswith("argon2_peppered$")
    assert sign_in(door)
    assert not sign_in(door, "Another-Word-2026!")


def test_a_hash_is_of_no_use_without_the_pepper(peppered, cast):
    assert cast.fan.check_password(PASSWORD)
    peppered.PASSWORD_PEPPERS = PEPPERS[1:]
    assert not cast.fan.check_password(PASSWORD)
    peppered.PASSWORD_PEPPERS = []
    peppered.PASSWORD_HASHERS = QUICK[::-1]
    assert not cast.fan.check_password(PASSWORD)


def test_older_peppers_and_hashes_without_one_verify_and_are_made_anew_at_sign_in(peppered, cast):
    older = cast.fan.password
    for was in (older, make_password(PASSWORD, hasher="argon2")):
        User.objects.filter(pk=cast.fan.pk).update(password=was)
        peppered.PASSWORD_PEPPERS = [PEPPERS[1], PEPPERS[0]]
        assert sign_in("page")
        cast.fan.refresh_from_db()
        assert cast.fan.password != was
        peppered.PASSWORD_PEPPERS = PEPPERS[1:]
        assert cast.fan.check_password(PASSWORD)
        peppered.PASSWORD_PEPPERS = PEPPERS[:1]


def test_giving_up_a_pepper_keeps_everybody_in_while_it_is_known(peppered, cast):
    peppered.PASSWORD_HASHERS = QUICK[::-1]
    assert cast.fan.check_password(PASSWORD)
    assert cast.fan.password.startswith("argon2$")


def test_no_end_of_a_long_password_is_cut_off(peppered):
    password = "Quiet-Harbour-1987!" * 50
    encoded = make_password(password)
    assert check_password(password, encoded)
    assert not check_password(password[:-1] + "?", encoded)
    assert not check_password(password[:72], encoded)
    assert identify_hasher(encoded).safe_summary(encoded)


def test_the_costs_of_production_are_those_of_the_recommendation(settings):
    settings.PASSWORD_HASHERS = passwords(env.Environment())["PASSWORD_HASHERS"]
    assert make_password(PASSWORD).startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    strong = env.Environment(password_peppers=PEPPERS)
    settings.PASSWORD_HASHERS, settings.PASSWORD_PEPPERS = passwords(strong)["PASSWORD_HASHERS"], PEPPERS
    assert re.match(r"argon2_peppered\$[0-9a-f]{8}\$argon2id\$v=19\$m=19456,t=2,p=1\$", make_password(PASSWORD))


@pytest.mark.parametrize(
    ("name", "value"),
    [("PASSWORD_PEPPERS", "short"), ("PASSWORD_POLICY", "none"), ("MINIMUM_AGE", "-1"), ("MINIMUM_AGE", "old")],
)
def test_no_site_starts_with_settings_that_protect_nobody(name, value):
    with pytest.raises(env.SettingsError, match=name):
        env.read({name: value})
