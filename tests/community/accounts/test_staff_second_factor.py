"""Where the site asks for it, staff reach nothing but the set-up until they have a second factor."""

from __future__ import annotations

import pyotp
import pytest
from allauth.mfa.totp.internal.auth import TOTP

from tests.factories import PASSWORD

WORK = ("/cms/", "/django-admin/", "/", "/de/", "/@fan/", "/account-of-nobody/")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["moderator", "editor", "admin"])
def test_staff_without_a_second_factor_are_led_to_the_set_up(client_for, cast, settings, role):
    settings.STAFF_SECOND_FACTOR = True
    person = getattr(cast, role)
    client = client_for(person)
    for path in WORK:
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].endswith("/account/2fa/")
    assert "Your work here needs a second factor." in client.get("/account/2fa/").content.decode()
    TOTP.activate(person, pyotp.random_base32())
    assert client.get("/").status_code == 200
    assert client.get("/cms/").status_code == 200


@pytest.mark.django_db
def test_without_it_the_api_gives_no_powers_of_staff(client, client_for, cast, settings):
    login = {"email": cast.admin.email, "password": PASSWORD}
    token = client.post("/api/auth/login", login, content_type="application/json").json()["data"]["token"]
    by_cookie, bearer = client_for(cast.admin), {"Authorization": f"Bearer {token}"}
    settings.STAFF_SECOND_FACTOR = True
    assert by_cookie.get("/api/admin/jobs").status_code == 403
    assert client.get("/api/admin/jobs", headers=bearer).status_code == 403
    TOTP.activate(cast.admin, pyotp.random_base32())
    assert by_cookie.get("/api/admin/jobs").status_code == 200


@pytest.mark.django_db
def test_others_and_sites_that_do_not_ask_go_on(client_for, cast, settings):
    assert client_for(cast.admin).get("/").status_code == 200
    settings.STAFF_SECOND_FACTOR = True
    for person in (None, cast.fan, cast.creator):
        assert client_for(person).get("/").status_code == 200
