"""allauth's codes by mail with our limits, and the same work for addresses that nobody has.

allauth has no setting for either. Its own limits live in the cache: they would shut the doors while that is away.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from django.db import transaction
from django.http import HttpRequest

from community.accounts import services
from community.core.addresses import address_key, client_address
from community.core.errors import TooMany

SENT_AT = "sent_at"

_begin_reset = PasswordResetVerificationProcess.initiate
_begin_confirmation = EmailVerificationProcess.initiate
_resend = EmailVerificationProcess.resend


def begin_reset(*, request: HttpRequest, user: Any, email: str) -> Any:
    """A forgotten password. Raises TooMany."""
    _count(request, email)
    if user is None:
        _mail_for_nothing("account/email/password_reset_code", {"code": "000000"})
    return _begin_reset(request=request, user=user, email=email)


def begin_confirmation(*, request: HttpRequest, user: Any, email: str) -> Any:
    """A code for an address. Whoever joins was counted already. Raises TooMany."""
    if request.user.is_authenticated:
        _count(request, email)
    return _begin_confirmation(request=request, user=user, email=email)


def resend(process: EmailVerificationProcess) -> None:
    """Another code for an address, at most once a minute. Raises TooMany."""
    left = process.state.get(SENT_AT, process.state["at"]) + services.RESEND_AFTER.total_seconds() - time.time()
    if left > 0:
        raise TooMany(retry_after=int(left) + 1)
    _count(process.request, process.email)
    if process.user is None:
        _mail_for_nothing("account/email/email_confirmation_signup", {"code": "000000"})
    process.state[SENT_AT] = time.time()
    _resend(process)


def _count(request: HttpRequest, email: str) -> None:
    services.count_start(email=email, source=address_key(client_address(request)))


def _mail_for_nothing(template: str, values: dict[str, Any]) -> None:
    """Writes and enters a letter and takes it back: the time tells nothing."""
    with transaction.atomic():
        get_adapter().send_mail(template, services.nobodys_address(), values)
        transaction.set_rollback(True)


def install() -> None:
    """Puts ours in the place of allauth's."""
    PasswordResetVerificationProcess.initiate = begin_reset
    EmailVerificationProcess.initiate = begin_confirmation
    EmailVerificationProcess.resend = resend
