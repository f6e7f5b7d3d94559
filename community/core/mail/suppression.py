"""Addresses that get no more mail, because it came back or somebody asked for it; kept as digests."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from community.core.models import MailSuppression

Reason = MailSuppression.Reason


def _digest(address: str) -> str:
    return salted_hmac("core.mail.suppression", address.strip().lower(), algorithm="sha256").hexdigest()


def suppress(address: str, *, reason: str) -> bool:
    """No more mail for this address; False when that was so already. `reason` is a `MailSuppression.Reason`."""
    return MailSuppression.objects.get_or_create(digest=_digest(address), defaults={"reason": Reason(reason)})[1]


def allow(address: str) -> bool:
    """The address may get mail again; False when nothing stood against it."""
    return bool(MailSuppression.objects.filter(digest=_digest(address)).delete()[0])


def is_suppressed(address: str) -> bool:
    """Whether the address gets no mail."""
    return MailSuppression.objects.filter(digest=_digest(address)).exists()
