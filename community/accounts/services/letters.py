"""The codes people get by mail, and what stands around them."""

from __future__ import annotations

import dataclasses
import secrets
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from community.accounts.models import CodeChallenge, User
from community.core.transactions import retried

CODE_SALT = "accounts.mailed-code"


@dataclasses.dataclass(frozen=True)
class Letter:
    """What is to be mailed: one of allauth's templates with its values."""

    template: str
    email: str
    context: dict[str, Any]


def code_digest(row: CodeChallenge, code: str) -> str:
    """What is kept of the code of a challenge."""
    return salted_hmac(CODE_SALT, f"{row.pk}:{row.email}:{code}", algorithm="sha256").hexdigest()


@retried
def write_letter(*, challenge_id: int) -> Letter | None:
    """Makes a new code for a challenge and says what to mail; None when there is nothing to tell anybody."""
    row = CodeChallenge.objects.select_for_update().filter(pk=challenge_id, used_at=None).first()
    if row is None or row.expires_at <= timezone.now():
        return None
    verify = row.purpose == CodeChallenge.Purpose.VERIFY
    if row.user_id is None:
        reset = f"{settings.PUBLIC_URL}/account/password/reset/"
        context = {"password_reset_url": reset, "signup_url": ""}
        return Letter("account/email/account_already_exists", row.email, context) if verify else None
    code = f"{secrets.randbelow(10**6):06}"
    row.code_digest = code_digest(row, code)
    row.save(update_fields=["code_digest"])
    template = "account/email/email_confirmation_signup" if verify else "account/email/password_reset_code"
    return Letter(template, row.email, {"code": code, "user": User.objects.get(pk=row.user_id)})
