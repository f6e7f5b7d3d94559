"""The API of the second factor: the second step of signing in, setting up an app, recovery codes."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa import signals
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import check_rate_limit, delete_and_cleanup
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors, services
from community.accounts.api import sign_in
from community.accounts.api.proof import ask_proof
from community.accounts.api.serializers import MOST_PASSWORD, MOST_TOKEN, SignedInShape
from community.accounts.choices import Outcome
from community.accounts.models import User
from community.core.api.authentication import Anyone, SignedIn
from community.core.api.fields import StrictCharField
from community.core.api.operations import operation
from community.core.api.serializers import Input, Shape
from community.core.api.views import ApiView
from community.core.errors import Conflict, Invalid, NotFound, TooMany

MOST_CODE = 20
TAG = "Authentication"


class SecondStepInput(Input):
    """What finishes a sign-in."""

    challenge = StrictCharField(max_length=MOST_TOKEN, help_text="From the answer to the first step.")
    code = StrictCharField(max_length=MOST_CODE, help_text="Six digits of the app, or a recovery code.")


class PasswordInput(Input):
    """The password, once more; people who have none leave it out."""

    password = StrictCharField(required=False, max_length=MOST_PASSWORD, trim_whitespace=False)


class ProofInput(PasswordInput):
    """The password and a code; people without a password send the code alone."""

    code = StrictCharField(max_length=MOST_CODE, help_text="Six digits of the app, or a recovery code.")


class FinishInput(Input):
    """The first code of an app."""

    token = StrictCharField(max_length=MOST_TOKEN, help_text="From the beginning of the set-up.")
    code = StrictCharField(max_length=MOST_CODE)


class SecondFactorShape(Shape):
    """What is set up."""

    enabled = serializers.BooleanField(help_text="Signing in with the password asks for more.")
    totp = serializers.BooleanField()
    passkeys = serializers.IntegerField()
    recovery_codes_left = serializers.IntegerField()


class SetUpShape(Shape):
    """What an app must know."""

    secret = serializers.CharField(help_text="Base32, for typing.")
    uri = serializers.CharField(help_text="The same as an otpauth address, for a QR code.")
    token = serializers.CharField(help_text="Goes back with the app's first code.")
    expires_in = serializers.IntegerField(help_text="Seconds in which the code must come.")


class CodesShape(Shape):
    """Recovery codes, shown this once; empty when there was a set already."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class CodesLeftShape(Shape):
    """How many recovery codes are left."""

    left = serializers.IntegerField(source="recovery_codes_left")


class TwoFactorView(ApiView):
    """The second step, and what is set up."""

    def get_permissions(self) -> list[Any]:
        """The second step is for guests."""
        return [Anyone()] if self.request.method == "POST" else [SignedIn()]

    @operation("getSecondFactor", tag=TAG, access="signed-in", answer=SecondFactorShape)
    def get(self, request: Request) -> selectors.SecondFactor:
        """See one's own second factor"""
        return selectors.second_factor_of(oneself(request))

    @operation("finishSignIn", tag=TAG, access="all", body=SecondStepInput, answer=SignedInShape, replayable=False)
    def post(self, request: Request, body: dict[str, Any]) -> sign_in.SignedIn:
        """Finish a sign-in with a code

        Takes the `challenge` of `TWO_FACTOR_REQUIRED` or `EMAIL_CODE_REQUIRED`, for ten minutes, from the client that
        began. Each code works once. After a wrong code the same challenge can be tried again, within the limit. A
        mailed code may be answered by 401 `TWO_FACTOR_REQUIRED` with the next challenge.
        """
        return sign_in.finish_sign_in(request._request, challenge=body["challenge"], code=body["code"])


class SetUpView(ApiView):
    """Setting up an app."""

    permission_classes = [SignedIn]

    @operation("beginTotp", tag=TAG, access="signed-in", body=PasswordInput, answer=SetUpShape, replayable=False)
    def post(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Begin to set up an app

        Nothing changes until the app's first code comes back with the `token`.
        """
        ask_proof(request, password=body.get("password", ""))
        if selectors.find_totp(oneself(request)) is not None:
            raise services.HasAlready()
        made = services.begin_totp(actor=request.user)
        return {
            "secret": made.secret,
            "token": made.token,
            "uri": get_adapter().build_totp_url(request.user, made.secret),
            "expires_in": int(services.SET_UP_LASTS.total_seconds()),
        }

    @operation("finishTotp", tag=TAG, access="signed-in", body=FinishInput, answer=CodesShape, errors=(409,))
    def put(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Turn the app on

        Answers recovery codes, once: they cannot be read again.
        """
        try:
            forget = check_rate_limit(request.user)
        except ValidationError as error:
            raise TooMany(
                retry_after=(error.params or {}).get("seconds", int(sign_in.LOCKED.total_seconds()))
            ) from error
        try:
            row, codes = services.finish_totp(actor=request.user, **body)
        except Invalid:
            services.settle_failure(attempt_id=request._request.accounts_attempt, outcome=Outcome.WRONG_CODE)  # type: ignore[attr-defined] # set by the limit
            raise
        forget()
        tell(signals.authenticator_added, request, row, mail="mfa/email/totp_activated")
        return {"recovery_codes": codes}


class RemovalView(ApiView):
    """Turning the app off."""

    permission_classes = [SignedIn]

    @operation("removeTotp", tag=TAG, access="signed-in", body=ProofInput, status=204, replayable=False)
    def post(self, request: Request, body: dict[str, Any]) -> None:
        """Turn the app off

        Needs the password and a code. Recovery codes go with the last second factor.
        """
        row = selectors.find_totp(oneself(request))
        if row is None:
            raise NotFound()
        ask_proof(request, password=body.get("password", ""), code=body["code"])
        delete_and_cleanup(request._request, row)
        get_account_adapter().send_notification_mail("mfa/email/totp_deactivated", request.user)


class RecoveryCodesView(ApiView):
    """Recovery codes."""

    permission_classes = [SignedIn]

    @operation("getRecoveryCodesLeft", tag=TAG, access="signed-in", answer=CodesLeftShape)
    def get(self, request: Request) -> selectors.SecondFactor:
        """See how many recovery codes are left"""
        return selectors.second_factor_of(oneself(request))

    @operation(
        "makeRecoveryCodes", tag=TAG, access="signed-in", body=ProofInput, answer=CodesShape, status=201,
        errors=(409,), replayable=False,
    )  # fmt: skip
    def post(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Make new recovery codes

        The old ones stop working. The new ones are shown in this answer only.
        """
        if not selectors.second_factor_of(oneself(request)).enabled:
            raise Conflict()
        ask_proof(request, password=body.get("password", ""), code=body["code"])
        row, codes = services.make_recovery_codes(person=oneself(request))
        tell(signals.authenticator_reset, request, row, mail="mfa/email/recovery_codes_generated")
        return {"recovery_codes": codes}


def tell(signal: Any, request: Request, row: Authenticator, *, mail: str) -> None:
    """What allauth's own flows do after a change."""
    user = oneself(request)
    signal.send(sender=Authenticator, request=request._request, user=user, authenticator=row)
    get_account_adapter().send_notification_mail(mail, user)


def oneself(request: Request) -> User:
    """Who asks, in views for signed-in people."""
    assert isinstance(request.user, User)  # noqa: S101 - the views are for signed-in people
    return request.user
