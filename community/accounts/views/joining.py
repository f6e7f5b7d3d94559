"""What everybody is asked who joins, by whichever of allauth's doors; it becomes the base of its forms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.accounts import services
from community.accounts.models import User


class JoinForm(forms.Form):
    """Agreement to the terms, and whose code brought the person."""

    agree_to_terms = forms.BooleanField(
        label=_("I agree to the terms of use"), error_messages={"required": _("Please agree to the terms.")}
    )
    referral_code = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def signup(self, request: HttpRequest, user: Any) -> None:
        """allauth has made the person."""
        services.record_joining(person=user, referral_code=self.cleaned_data.get("referral_code", ""))
        services.set_name_aside(username=user.username)

    def judge_password(self, name: str) -> None:
        """Holds the password in the field `name` against the rules, those about name and address among them."""
        password = self.cleaned_data.get(name)
        if password:
            email, username = (str(self.cleaned_data.get(each) or "") for each in ("email", "username"))
            try:
                validate_password(password, User(email=email, username=username))
            except ValidationError as error:
                self.add_error(name, error)
