"""A provider that is down, slow, hostile or confused: a friendly page, and nobody is signed in."""

from __future__ import annotations

import json
import threading
import time

import pytest
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as own
from django.db import connection
from django.test import Client

from community.accounts.models import User
from community.core.models import OutboxFact
from tests.factories import make_user
from tests.support.identity_provider import (
    FOREIGN,
    SIGN_UP,
    begin,
    github_person,
    google_person,
    parameters,
    returned,
    running,
    sign_in,
)


@pytest.fixture
def provider(settings, home):
    with running(settings) as started:
        yield started


def is_friendly(answer, client):
    assert answer.status_code == 401, answer.content[:300]
    assert "That did not work" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert not User.objects.exists()


GARBAGE = [
    (500, "text/html", b"<h1>Oops</h1>"),
    (503, "application/json", b"{}"),
    (200, "application/json", b""),
    (200, "application/json", b"{"),
    (200, "application/json", b"[]"),
    (200, "application/json", b"null"),
    (200, "application/json", b"7"),
    (200, "application/json", b'{"access_token": 7}'),
    (200, "application/json", b'{"error": "bad_verification_code"}'),
    (200, "text/plain", b"\xff\xfe\x00"),
    (302, "text/plain", b""),
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/google/token", "/google/keys", "/github/token", "/github/user", "/github/emails"])
def test_an_answer_that_cannot_be_read_is_told_in_words(client, provider, path):
    for answer in GARBAGE:
        provider.instead[path] = answer
        back = sign_in(client, path.split("/")[1])
        if path == "/github/emails" and answer[2] in {b"[]", b"null"}:
            assert back.headers["Location"] == SIGN_UP
        else:
            is_friendly(back, client)


@pytest.mark.django_db
def test_a_person_that_cannot_be_read_is_told_in_words(client, provider):
    for person in (
        {},
        {"id": None, "login": "a"},
        {"id": True},
        {"id": "1"},
        {"id": 1, "emails": [{"email": "a@people.example"}]},
        {"id": 1, "emails": [None]},
        {"id": 1, "emails": "none"},
        {"id": int("1" * 500)},
    ):
        provider.github = {"emails": [], **person}
        is_friendly(sign_in(client, "github"), client)


@pytest.mark.django_db
def test_an_address_that_is_none_is_asked_for(client, provider):
    hostile = (
        "<b>@people.example",
        "x" * 300 + "@people.example",
        "a\u0000@b.example",
        "a@b.example\r\nBcc: x@y.example",
    )
    for email in ("", "none", "a@b", 7, None, *hostile):
        provider.google = google_person(email=email)
        assert sign_in(client, "google").headers["Location"] == SIGN_UP
        assert client.get(SIGN_UP).status_code == 200
        assert client.post(SIGN_UP, {"email": "", "agree_to_terms": "on"}).status_code == 200
        assert not User.objects.exists()


@pytest.mark.django_db
def test_an_id_token_of_something_else_opens_nothing(client, provider):
    for claims in (
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": None},
        {"sub": 1001},
        {"sub": ""},
        {"sub": "a\u0000"},
    ):
        provider.claims = claims
        is_friendly(sign_in(client, "google"), client)


@pytest.mark.django_db
def test_an_id_token_with_another_signature_opens_nothing(client, provider):
    provider.signing = FOREIGN
    is_friendly(sign_in(client, "google"), client)
    provider.instead["/google/token"] = (200, "application/json", json.dumps({"access_token": "x"}).encode())
    is_friendly(sign_in(client, "google"), client)


@pytest.mark.django_db
def test_a_provider_that_is_down_or_slow_is_told_in_words(client, provider, settings):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.3
    provider.instead["/google/token"] = 1.0
    is_friendly(sign_in(client, "google"), client)
    answer = begin(client, "github")
    back = returned(answer)
    provider.stop()
    is_friendly(client.get(back), client)
    provider._server.server_close()


@pytest.mark.django_db
def test_an_answer_that_drips_or_never_ends_is_given_up(client, provider, settings):
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.5
    for apart in (0.1, 1.0):  # the latter is too slow for a single byte
        provider.dripping["/github/user"] = apart
        begun = time.monotonic()
        is_friendly(sign_in(client, "github"), client)
        assert time.monotonic() - begun < 3
    provider.dripping.clear()
    provider.instead["/github/user"] = (200, "application/json", b'{"id": 1, "login": "' + b"x" * 10**6 + b'"}')
    is_friendly(sign_in(client, "github"), client)
    provider.instead["/github/user"] = (200, "application/json", b'{"id": 1, "login": "' + b"x" * 10**5 + b'"}')
    assert sign_in(client, "github").headers["Location"] == SIGN_UP


@pytest.mark.django_db
def test_no_answer_is_waited_for_without_end():
    assert 0 < own.SOCIALACCOUNT_REQUESTS_TIMEOUT <= 5
    with get_adapter().get_requests_session() as session:
        assert session.request.keywords == {"timeout": own.SOCIALACCOUNT_REQUESTS_TIMEOUT}


@pytest.mark.django_db
def test_who_says_no_there_is_told_that_nothing_changed(client, provider):
    provider.google = None
    back = sign_in(client, "google")
    assert back.headers["Location"] == "/account/3rdparty/login/cancelled/"
    assert "nothing has changed" in client.get(back.headers["Location"]).content.decode()


@pytest.mark.django_db
def test_a_way_back_that_nobody_began_leads_nowhere(client, provider):
    huge = "code=" + "x" * 3000
    for query in ("", "code=1", "state=none", "state=none&code=1", "error=access_denied", "state=%00&code=%00", huge):
        for name in ("google", "github"):
            is_friendly(client.get(f"/account/{name}/login/callback/?{query}"), client)
    assert provider.asked == []


@pytest.mark.django_db
def test_a_way_back_is_good_once_and_for_the_browser_that_began(client, provider):
    back = returned(begin(client, "google"))
    # Somebody else's browser: the attacker's own sign-in must not become the victim's.
    is_friendly(Client().get(back), Client())
    assert client.get(back).headers["Location"] == SIGN_UP
    is_friendly(client.get(back), client)
    other = returned(begin(client, "google")).replace("/google/", "/github/")
    is_friendly(client.get(other), client)


@pytest.mark.django_db
def test_a_code_with_another_proof_key_is_refused(client, provider):
    asked = parameters(begin(client, "google"))
    provider.codes["stolen"] = {
        **asked,
        "provider": "google",
        "person": json.dumps(google_person()),
        "code_challenge": "another",
    }
    is_friendly(client.get(f"/account/google/login/callback/?code=stolen&state={asked['state']}"), client)


@pytest.mark.django_db
def test_whoever_begins_without_end_has_to_wait(client, provider, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "auth-identity": (3, 900)}
    for _time in range(3):
        assert begin(client, "google").status_code == 302
    assert begin(client, "google").status_code == 429
    assert client.get("/account/google/login/callback/?state=none").status_code == 429


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["", "ada_love"])
def test_two_first_sign_ins_at_once_make_one_account(provider, name):
    clients = [Client(), Client()]
    for each in clients:
        assert sign_in(each, "google").headers["Location"] == SIGN_UP
    answers = together(
        lambda each: (
            each.post(
                SIGN_UP, {"email": "ada.love@people.example", "username": name, "agree_to_terms": "on"}
            ).status_code
        ),
        clients,
    )
    assert answers[0] == 302, answers
    person = User.objects.get()
    assert SocialAccount.objects.get().user == person
    assert OutboxFact.objects.filter(name="user.created").count() == 1
    for each in clients:
        if "_auth_user_id" not in each.session:  # its form found the name gone: the identity opens the account
            sign_in(each, "google")
        assert each.session["_auth_user_id"] == str(person.pk)


@pytest.mark.django_db(transaction=True)
def test_two_joinings_at_once_are_told_once(provider, mailoutbox):
    owner = make_user("ada", email="ada.love@people.example")
    clients = [Client(), Client()]
    ways = {each: returned(begin(each, "google")) for each in clients}
    assert together(lambda each: each.get(ways[each]).status_code, clients) == [302, 302]
    assert SocialAccount.objects.get().user == owner
    assert OutboxFact.objects.filter(name="auth.identity_linked").count() == 1
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_github_people_are_told_apart_by_their_number(client, provider):
    sign_in(client, "github")
    client.post(SIGN_UP, {"email": "ada.hub@people.example", "agree_to_terms": "on"})
    stranger = Client()
    provider.github = github_person(id=9, emails=[{"email": "x@people.example", "primary": True, "verified": True}])
    assert sign_in(stranger, "github").headers["Location"] == SIGN_UP


def together(act, clients):
    """Lets all clients act at the same moment; answers what came of it, what worked first."""
    found, gate = [], threading.Barrier(len(clients))

    def run(each):
        try:
            gate.wait(10)
            found.append(act(each))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[each]) for each in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(found, reverse=True)
