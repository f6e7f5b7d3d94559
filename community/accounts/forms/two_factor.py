"""Input of the pages of the second factor; what is entered is checked here and never saved."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User

MOST_NAME = 60


class ProofForm(forms.Form):
    """The password, and a code of the app or a recovery code, for what weakens an account.

    People without a password prove themselves by the code alone. Once valid, `proof` records the use of the code.
    """

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code from your app, or a recovery code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def __init__(self, data: Any = None, *, user: User, with_code: bool = True, **_more: Any) -> None:
        super().__init__(data or None)
        self.user = user
        self.proof: ReauthenticateForm | None = None
        if not with_code:
            del self.fields["code"]
        if not user.has_usable_password():
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        """The password first: a code is used up only by whoever knows it."""
        values = super().clean() or {}
        if self.errors:
            return values
        if "password" in self.fields and not get_adapter().reauthenticate(self.user, values["password"]):
            self.add_error("password", _("That is not your password."))
            return values
        if "code" in self.fields:
            proof = ReauthenticateForm({"code": values["code"]}, user=self.user)
            if proof.is_valid():
                self.proof = proof
            for error in proof.errors.as_data().get("code", []):
                self.add_error("code", error)
        return values


class CodeForm(AuthenticateForm):
    """The second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].max_length = 20
        self.fields["code"].help_text = _("Six digits from your app, or one of your recovery codes.")
        self.fields["code"].widget.attrs |= {"autofocus": True, "maxlength": 20}


class SetUpForm(ActivateTOTPForm):
    """The code that proves that the app has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = _("The six digits that your app shows now.")
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "maxlength": 10}


class PasskeyForm(AddWebAuthnForm):
    """A new passkey and what it is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].max_length = MOST_NAME
        self.fields["name"].help_text = _("So that you know it again, such as “My phone”.")
        self.fields["name"].widget.attrs["maxlength"] = MOST_NAME
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with it alone")
        self.fields["passwordless"].help_text = _(
            "No password needed: the device asks for your finger, face or PIN. Off: it is asked for after the password."
        )

    def clean_name(self) -> str:
        """The name, cut where it is too long: the passkey exists already."""
        return str(super().clean_name())[:MOST_NAME]


class PasskeyNameForm(EditWebAuthnForm):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name"), max_length=MOST_NAME)
