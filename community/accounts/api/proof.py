"""The password and a code, asked again by the API for what weakens an account."""

from __future__ import annotations

from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from community.accounts import selectors
from community.accounts.api.sessions import current_key
from community.accounts.api.sign_in import LOCKED
from community.accounts.forms.two_factor import ProofForm
from community.accounts.models import User
from community.core.errors import Invalid, NotAllowed, TooMany

LIMITS = frozenset({"too_many_login_attempts", "rate_limited"})


def ask_proof(request: Request, *, password: str, code: str | None = None) -> None:
    """Goes on only for whoever sent the password, and the code where one is given; the code is used up.

    Raises Invalid with what is wrong, or TooMany.
    """
    assert isinstance(request.user, User)  # noqa: S101 - the views are for signed-in people
    form = ProofForm({"password": password, "code": code or ""}, user=request.user, with_code=code is not None)
    if form.is_valid():
        if form.proof is not None:
            _record_use(request, form.proof.authenticator)
        return
    errors = form.errors.as_data()
    if any(error.code in LIMITS for each in errors.values() for error in each):
        raise TooMany(retry_after=int(LOCKED.total_seconds()))
    raise Invalid(fields={name: each[0].messages[0] for name, each in errors.items()})


def ask_recent_proof(request: Request, *, password: str) -> None:
    """The password; from people who have none, that they signed in within the last minutes.

    Raises Invalid, TooMany, or NotAllowed.
    """
    ask_proof(request, password=password)
    assert isinstance(request.user, User)  # noqa: S101 - as above
    if not request.user.has_usable_password() and not selectors.signed_in_just_now(
        viewer=request.user, session_key=current_key(request)
    ):
        raise NotAllowed(_("Please sign in again first."))


def _record_use(request: Request, authenticator: Authenticator) -> None:
    """What allauth does after a code, but for its note in the session: a program has none."""
    authenticator.record_usage()
    signals.authenticator_used.send(
        sender=Authenticator,
        request=request._request,
        user=request.user,
        authenticator=authenticator,
        reauthenticated=True,
        passwordless=False,
    )
