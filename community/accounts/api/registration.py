"""The API of joining: registering, confirming the address, choosing a new password by a mailed code."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.signals import password_reset
from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import rules, services
from community.accounts.api import sign_in
from community.accounts.api.serializers import MOST_EMAIL, MOST_PASSWORD, MOST_TOKEN, SignedInShape
from community.accounts.models import User
from community.core.addresses import address_key, client_address
from community.core.api.authentication import Anyone, SignedIn
from community.core.api.fields import StrictBooleanField, StrictCharField
from community.core.api.operations import operation
from community.core.api.serializers import Input, Shape
from community.core.api.views import ApiView

MOST_CODE = 20


class RegisterInput(Input):
    """What registering takes."""

    email = StrictCharField(max_length=MOST_EMAIL)
    password = StrictCharField(
        max_length=MOST_PASSWORD,
        trim_whitespace=False,
        help_text="12 to 1,024 characters; what is missing is said in one answer.",
    )
    username = StrictCharField(
        required=False, max_length=50, help_text="3 to 30 letters, digits and _; made from the address when missing."
    )
    agree_to_terms = StrictBooleanField(help_text="Must be true.")
    referral_code = StrictCharField(required=False, max_length=16, help_text="The code of whoever brought the person.")
    birth_date = serializers.DateField(
        required=False, help_text="Needed where the site asks for an age. Only whether it is reached is kept."
    )
    invitation_code = StrictCharField(
        required=False, max_length=16, help_text="Needed where people join by invitation only."
    )


class NewUserShape(Shape):
    """Who registered."""

    username = serializers.CharField()
    email = serializers.EmailField()


class RegisteredShape(Shape):
    """A registration that waits for its code."""

    user = NewUserShape(source="*")
    challenge = serializers.CharField(help_text="Goes with the code from the mail; lasts 10 minutes.")


class ChallengeShape(Shape):
    """What goes with the code from the mail."""

    challenge = serializers.CharField()


class CodeInput(Input):
    """A challenge and the code from the mail."""

    challenge = StrictCharField(max_length=MOST_TOKEN)
    code = StrictCharField(max_length=MOST_CODE)


class ResendInput(Input):
    """Which code to send again."""

    challenge = StrictCharField(
        required=False, max_length=MOST_TOKEN, help_text="Signed-in people can leave it out and begin again."
    )


class ResetInput(Input):
    """Whose password is forgotten."""

    email = StrictCharField(max_length=MOST_EMAIL)


class NewPasswordInput(CodeInput):
    """The code from the mail and the new password."""

    password = StrictCharField(max_length=MOST_PASSWORD, trim_whitespace=False)


def _source(request: Request) -> str:
    return address_key(client_address(request._request))


class RegisterView(ApiView):
    """Registering."""

    permission_classes = [Anyone]

    @operation(
        "register",
        tag="Authentication",
        access="all",
        body=RegisterInput,
        answer=RegisteredShape,
        status=201,
        errors=(403, 409),
        replayable=False,
    )
    def post(self, request: Request, body: dict[str, Any]) -> services.Begun:
        """Register

        Mails a code of six digits, valid 10 minutes. The answer is the same for an address that has an account:
        its owner is told by mail. The name is set aside for a day in both cases. Where nobody may join it is a 403
        with the code REGISTRATION_CLOSED.
        """
        return services.register(
            email=body["email"],
            password=body["password"],
            username=body.get("username", ""),
            agreed=body["agree_to_terms"],
            referral_code=body.get("referral_code", ""),
            birth_date=body.get("birth_date"),
            invitation_code=body.get("invitation_code", ""),
            source=_source(request),
            client=sign_in.client_of(request._request),
        )


class VerifyView(ApiView):
    """Confirming the address."""

    permission_classes = [Anyone]

    @operation(
        "verifyEmail", tag="Authentication", access="all", body=CodeInput, answer=SignedInShape, replayable=False
    )
    def post(self, request: Request, body: dict[str, Any]) -> sign_in.SignedIn:
        """Confirm the address

        Takes the code once and signs in. Five wrong tries end the challenge. A suspended or banned account stays so.
        """
        person = services.verify_email(
            challenge=body["challenge"], code=body["code"], client=sign_in.client_of(request._request)
        )
        return _sign_in(request, person)


def _sign_in(request: Request, person: User) -> sign_in.SignedIn:
    """Signs in whoever has just confirmed the address, through allauth's steps but the one for the address."""
    plain = request._request
    with sign_in.session_of_its_own(plain):
        sign_in.refuse_closed(person)
        login = Login(user=person, email_verification=EmailVerificationMethod.NONE)
        login.state[rules.PROVED] = True
        response = perform_login(plain, login)
        return sign_in.finished(plain, response, person)


class ResendView(ApiView):
    """Another code."""

    permission_classes = [Anyone]

    @operation(
        "resendCode",
        tag="Authentication",
        access="all",
        body=ResendInput,
        answer=ChallengeShape,
        errors=(409,),
        replayable=False,
    )
    def post(self, request: Request, body: dict[str, Any]) -> dict[str, str]:
        """Send the code again

        At most once a minute; the code before no longer fits. Wrong tries stay counted.
        """
        sent = services.resend_code(
            actor=request.user,
            challenge=body.get("challenge", ""),
            source=_source(request),
            client=sign_in.client_of(request._request),
        )
        return {"challenge": sent}


class PasswordResetView(ApiView):
    """A forgotten password."""

    permission_classes = [Anyone]

    @operation(
        "resetPassword", tag="Authentication", access="all", body=ResetInput, answer=ChallengeShape, replayable=False
    )
    def post(self, request: Request, body: dict[str, Any]) -> dict[str, str]:
        """Ask for a new password

        Mails a code that is valid for an hour. Unknown addresses get the same answer and no mail.
        """
        begun = services.begin_reset(
            email=body["email"], source=_source(request), client=sign_in.client_of(request._request)
        )
        return {"challenge": begun}


class NewPasswordView(ApiView):
    """Choosing a new password."""

    permission_classes = [Anyone]

    @operation(
        "confirmPasswordReset", tag="Authentication", access="all", body=NewPasswordInput, status=204, replayable=False
    )
    def post(self, request: Request, body: dict[str, Any]) -> None:
        """Choose a new password

        Ends every session and token of the person, who is told by mail. Nobody is signed in by it.
        """
        person = services.reset_password(
            challenge=body["challenge"],
            code=body["code"],
            password=body["password"],
            client=sign_in.client_of(request._request),
        )
        password_reset.send(sender=User, request=request._request, user=person)
        get_adapter().send_notification_mail("account/email/password_reset", person)


class ReferralsShape(Shape):
    """One's own code and what came of it."""

    code = serializers.CharField()
    url = serializers.URLField(help_text="The link to share.")
    joined = serializers.IntegerField(help_text="How many joined by it.")
    confirmed = serializers.IntegerField(help_text="How many of them confirmed their address and count.")


class ReferralsView(ApiView):
    """Whom one brought."""

    permission_classes = [SignedIn]

    @operation("getReferrals", tag="Me", access="signed-in", answer=ReferralsShape)
    def get(self, request: Request) -> services.Referrals:
        """Get one's own referral code, and how many came by it"""
        assert isinstance(request.user, User)  # noqa: S101 - the view is for signed-in people
        return services.referrals_of(person=request.user)
