"""Pages of one's own account: addresses, password, sessions."""

from __future__ import annotations

import pytest
from django.test import Client

from community.accounts.templatetags.accounts import device
from tests.factories.accounts import PASSWORD

AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox, Linux",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140": "Edge, Windows",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Mobile Safari/604.1": (
        "Safari, iPhone"
    ),
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36": "Chrome, Android",
    "python-httpx/0.28.1": "python-httpx",
    "<script>alert(1)</script>": "<script>alert(1)<",
    "": "?",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_a_device_is_named_in_a_few_words(agent):
    assert device(agent) == AGENTS[agent]


@pytest.mark.django_db
def test_sessions_are_named_and_others_can_be_ended(client, cast):
    form = {"login": cast.fan.username, "password": PASSWORD}
    other = Client(headers={"User-Agent": "<b>Odd</b> thing/1.0"})
    for browser in (client, other):
        browser.post("/account/login/", form)
    page = client.get("/account/sessions/").content.decode()
    assert "Where you are signed in" in page
    assert "&lt;b&gt;Odd&lt;" in page
    assert "<b>Odd" not in page
    assert 'data-label="Device"' in page
    assert "this one" in page
    client.post("/account/sessions/")
    assert other.get("/account/email/").status_code == 302
    assert client.get("/account/email/").status_code == 200
    assert "Sign out everywhere else" not in client.get("/account/sessions/").content.decode()


@pytest.mark.django_db
def test_pages_of_the_account_speak_like_the_site(client_for, cast):
    fan = client_for(cast.fan)
    page = fan.get("/account/email/").content.decode()
    for words in ("Mail from us goes to the main one.", "confirmed", "Add this address"):
        assert words in page
    for words in ("Make it the main one", "Send a new code", "Remove"):
        assert words not in page, f"{words}: there is nothing to do with the only address, which is confirmed"
    page = fan.get("/account/password/change/").content.decode()
    for words in ("Your password until now", "The new password once more", "Change the password"):
        assert words in page
