"""The letters about accounts: each has its words, its code or link, and none waits behind other mail."""

from __future__ import annotations

from typing import Any

import html5lib
import pytest
from allauth.account.adapter import get_adapter
from django.db import connection
from django.utils import timezone

from community.core import jobs
from community.core.models import MailMessage
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

LINK = "https://sparkle.example/link/?a=1&b=2"
MADE = {
    "timestamp": timezone.now(),
    "ip": "203.0.113.7",
    "user_agent": "Mozilla/5.0 https://spam.example/ Firefox/140.0",
}
LETTERS: dict[str, dict[str, Any]] = {
    "account/email/email_confirmation": {"code": "482913"},
    "account/email/email_confirmation_signup": {"code": "482913"},
    "account/email/password_reset_code": {"code": "482913"},
    "account/email/login_code": {"code": "482913"},
    "account/email/password_reset_key": {"password_reset_url": LINK},
    "account/email/account_already_exists": {"password_reset_url": LINK, "signup_url": LINK},
    "account/email/unknown_account": {"signup_url": LINK},
    "account/email/password_changed": MADE,
    "account/email/password_set": MADE,
    "account/email/password_reset": MADE,
    "account/email/email_confirm": MADE,
    "account/email/email_deleted": {**MADE, "deleted_email": "old@people.example"},
    "mfa/email/totp_activated": MADE,
    "mfa/email/totp_deactivated": MADE,
    "mfa/email/recovery_codes_generated": MADE,
    "mfa/email/webauthn_added": MADE,
    "mfa/email/webauthn_removed": MADE,
    "socialaccount/email/account_connected": {**MADE, "provider": "Google"},
    "socialaccount/email/account_disconnected": {**MADE, "provider": "Google"},
}


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_has_its_words_in_both_parts(letter: str, mailoutbox: Any) -> None:
    values = LETTERS[letter]
    get_adapter().send_outside_a_page(letter, "fan@people.example", values)
    [message] = mailoutbox
    html = message.alternatives[0].content
    html5lib.HTMLParser(strict=True).parse(html)
    assert message.subject
    for part in (message.body, html):
        assert "{{" not in part
        assert "{%" not in part
        assert "None" not in part
        assert "spam.example" not in part
        for expected in ("code", "from_email", "to_email", "deleted_email", "provider", "ip"):
            assert values.get(expected, "") in part
    if LINK in values.values():
        assert LINK in message.body
        assert 'href="https://sparkle.example/link/?a=1&amp;b=2"' in html
    if "code" in values:
        assert values["code"] not in message.subject
        assert ">482913</p>" in html
    assert "&amp;" not in message.body


def test_a_changed_password_is_told_by_a_mail_that_waits_for_nobody(
    client_for: Any, cast: Any, mailoutbox: Any
) -> None:
    new = "Quiet-Harbour-1987!"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client_for(cast.fan).post("/account/password/change/", form)
    assert MailMessage.objects.get().lane == "security"
    assert mailoutbox[-1].to == [cast.fan.email]
    assert "password" in mailoutbox[-1].subject


def test_a_code_is_nowhere_in_the_database_once_it_was_mailed(client: Any, home: Any, mailoutbox: Any) -> None:
    body = {"email": "new@people.example", "username": "newcomer", "password": PASSWORD, "agreeToTerms": True}
    client.post("/api/auth/register", body, content_type="application/json")
    code = next(word for word in mailoutbox[-1].body.split() if word.isdigit() and len(word) == 6)
    jobs.work()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ~ %s', [rf"\y{code}\y"])  # noqa: S608
            assert cursor.fetchone()[0] == 0, table
