"""Mails to a person about their own account, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from community.accounts.models import User
from community.core import mail


def tell(*, person: User, purpose: str, values: Mapping[str, Any], lane: str = "account") -> None:
    """Sends the mail that `account/email/<purpose>_subject.txt` and `…_message.txt` make; within a transaction."""
    context = {"name": person.profile.display_name, **values}
    with translation.override(person.profile.language):
        subject = render_to_string(f"account/email/{purpose}_subject.txt", context)
        text = render_to_string(f"account/email/{purpose}_message.txt", context)
        mail.send(recipient=person.email, subject=subject, text=text, lane=lane, purpose=purpose)
