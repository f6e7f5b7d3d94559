"""Personal access tokens: shown once, narrow, and never a key to the account itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community.accounts import services
from community.accounts.models import PersonalAccessToken
from tests.support.api import data_of, error_of, fields_of, send
from tests.support.openapi import CheckedClient
from tests.support.permission_table import API

WHOLE = ["read", "write", "message", "admin"]
SECURITY = (
    "/api/auth/",
    *(
        f"/api/me/{name}"
        for name in ("deletion", "export", "identities", "security-alerts", "sessions", "terms", "tokens")
    ),
)
NEW_POST = {"title": "By a program", "content": "<p>Words</p>"}


def with_token(key):
    return CheckedClient(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {key}"})


def key_of(person, *scopes, days=7):
    return services.make_token(actor=person, name="Script", scopes=scopes, days=days)[1]


def test_a_token_is_made_shown_once_listed_used_and_withdrawn(cast, client_for):
    mine = client_for(cast.fan)
    made = data_of(send(mine, "post", "/api/me/tokens", {"name": "Script", "scopes": ["write", "read"]}), 201)
    assert made["token"].startswith(made["prefix"])
    assert made["scopes"] == ["read", "write"]
    program = with_token(made["token"])
    assert data_of(program.get("/api/me"))["username"] == "fan"
    data_of(send(program, "post", "/api/posts", NEW_POST), 201)
    (listed,) = data_of(mine.get("/api/me/tokens"))["items"]
    assert "token" not in listed
    assert listed["lastUsedAt"] is not None
    assert client_for(cast.other_fan).delete(f"/api/me/tokens/{made['id']}").status_code == 404
    assert mine.delete(f"/api/me/tokens/{made['id']}").status_code == 204
    assert program.get("/api/me").status_code == 401
    assert data_of(mine.get("/api/me/tokens"))["items"] == []
    assert mine.delete(f"/api/me/tokens/{made['id']}").status_code == 404


def test_the_page_shows_a_new_token_once(cast, client_for):
    mine = client_for(cast.fan)
    page = mine.post("/account/tokens/", {"make": "1", "name": "Script", "scopes": ["read"], "days": "30"})
    key = page.content.decode().partition("<code>spk_")[2].partition("</code>")[0]
    assert with_token(f"spk_{key}").get("/api/me").status_code == 200
    assert key not in mine.get("/account/tokens/").content.decode()
    token = PersonalAccessToken.objects.get()
    assert mine.post("/account/tokens/", {"revoke": token.pk}).status_code == 302
    assert with_token(f"spk_{key}").get("/api/me").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"make": "1", "name": "", "scopes": ["read"], "days": "30"},
        {"make": "1", "name": "Script", "days": "30"},
        {"make": "1", "name": "Script", "scopes": ["admin"], "days": "30"},
        {"make": "1", "name": "Script", "scopes": ["read"], "days": "9999"},
    ],
)
def test_the_page_says_what_is_wrong(cast, client_for, body):
    assert client_for(cast.fan).post("/account/tokens/", body).status_code == 400
    assert not PersonalAccessToken.objects.exists()


@pytest.mark.parametrize("key", ["spk_", "spk_none", "spk_" + "ä", "spk_" + "x" * 5000])
def test_a_text_that_is_no_token_lets_nobody_in(cast, key):
    answer = CheckedClient().get("/api/me", headers={"Authorization": f"Bearer {key}"})
    assert error_of(answer) == (401, "AUTHENTICATION_ERROR")


def test_a_token_ends_by_itself(cast):
    program = with_token(key_of(cast.fan, "read"))
    PersonalAccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert program.get("/api/me").status_code == 401


def test_the_last_use_of_a_token_is_written_once_a_minute(cast):
    program = with_token(key_of(cast.fan, "read"))
    program.get("/api/me")
    first = PersonalAccessToken.objects.get().last_used_at
    program.get("/api/me")
    assert PersonalAccessToken.objects.get().last_used_at == first
    PersonalAccessToken.objects.update(last_used_at=first - timedelta(minutes=2))
    program.get("/api/me")
    assert PersonalAccessToken.objects.get().last_used_at >= first


def test_no_token_opens_what_gives_power_over_the_account(cast):
    program = with_token(key_of(cast.admin, *WHOLE))
    for row in API:
        if row.address.startswith(SECURITY):
            answer = program.generic(row.method, row.address, b"{}", "application/json")
            assert error_of(answer) == (403, "AUTHORIZATION_ERROR"), f"{row.method} {row.address}"


def test_below_admin_only_the_scope_admin_counts(cast):
    narrow = with_token(key_of(cast.admin, "read", "write"))
    for row in API:
        if row.method == "GET" and row.address.startswith("/api/admin/"):
            assert error_of(narrow.get(row.address)) == (403, "AUTHORIZATION_ERROR"), row.address
    assert with_token(key_of(cast.admin, "admin")).get("/api/admin/jobs").status_code == 200
    assert with_token(key_of(cast.admin, "admin")).get("/api/v1/admin/jobs/").status_code == 200
    assert with_token(key_of(cast.admin, "write")).get("/api/me").status_code == 403


def test_who_loses_the_role_loses_what_the_token_could(cast):
    program = with_token(key_of(cast.admin, "admin"))
    type(cast.admin).objects.filter(pk=cast.admin.pk).update(role="USER")
    assert program.get("/api/admin/jobs").status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["read"]}, "name"),
        ({"name": "Script"}, "scopes"),
        ({"name": "Script", "scopes": []}, "scopes"),
        ({"name": "Script", "scopes": ["all"]}, "scopes"),
        ({"name": "Script", "scopes": ["read"], "expiresInDays": 0}, "expiresInDays"),
        ({"name": "Script", "scopes": ["read"], "expiresInDays": 366}, "expiresInDays"),
        ({"name": "\u200b", "scopes": ["read"]}, "name"),
    ],
)
def test_bad_input_is_told_by_field(cast, client_for, body, field):
    assert field in str(fields_of(send(client_for(cast.fan), "post", "/api/me/tokens", body)))


def test_a_fan_makes_no_token_that_administers(cast, client_for):
    body = {"name": "Script", "scopes": ["admin"]}
    assert send(client_for(cast.fan), "post", "/api/me/tokens", body).status_code == 403


def test_nobody_has_more_than_twenty_tokens(cast, client_for, settings):
    settings.RATE_LIMIT_SCALE = 100
    for _index in range(20):
        key_of(cast.fan, "read")
    answer = send(client_for(cast.fan), "post", "/api/me/tokens", {"name": "Script", "scopes": ["read"]})
    assert error_of(answer) == (409, "CONFLICT")


def test_tokens_cost_the_same_however_many(cast, client_for, flat_cost, settings, monkeypatch):
    settings.RATE_LIMIT_SCALE = 100
    monkeypatch.setattr("community.accounts.services.tokens.MOST_TOKENS", 100)

    def grow(number):
        for _index in range(number):
            key_of(cast.fan, "read")

    flat_cost("/api/me/tokens", "/account/tokens/", grow=grow, by=client_for(cast.fan))
