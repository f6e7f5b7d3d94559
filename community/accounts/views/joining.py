"""What everybody is asked who joins, by whichever of allauth's doors; it becomes the base of its forms."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.accounts import selectors, services
from community.accounts.choices import JoiningMode
from community.accounts.models import User

#: What a link brought somebody with, in the query or in the session, which outlasts the way by another site.
CARRIED = {"referral_code": "referral", "invitation_code": "invitation"}


class JoinForm(forms.Form):
    """Age, invitation, agreement to the terms, and whose code brought the person."""

    birth_date = forms.DateField(
        label=_("Day of birth"),
        required=False,
        help_text=_("Only to see whether you are old enough. We do not keep it."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    invitation_code = forms.CharField(label=_("Invitation"), required=False, max_length=16)
    agree_to_terms = forms.BooleanField(
        label=_("I agree to the terms of use"), error_messages={"required": _("Please agree to the terms.")}
    )
    referral_code = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.MINIMUM_AGE:
            del self.fields["birth_date"]
        if selectors.get_joining_mode() != JoiningMode.INVITED:
            del self.fields["invitation_code"]
        for name, key in CARRIED.items():
            if name in self.fields:
                self.fields[name].initial = carried(context.request, key)

    def clean(self) -> Any:
        """What allauth does not ask: mailbox, age and invitation. All that is wrong stands with its field."""
        cleaned = super().clean()
        email, code = (str(self.cleaned_data.get(name) or "") for name in ("email", "invitation_code"))
        born = self.cleaned_data.get("birth_date")
        for name, text in services.joining_problems(email=email, birth_date=born, invitation_code=code).items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, text)
        return cleaned

    def signup(self, request: HttpRequest, user: Any) -> None:
        """allauth has made the person."""
        referral = self.cleaned_data.get("referral_code") or carried(request, CARRIED["referral_code"])
        services.record_joining(
            person=user, referral_code=referral, invitation_code=self.cleaned_data.get("invitation_code") or ""
        )
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


def carried(request: HttpRequest | None, key: str) -> str:
    """The code that the link or the session holds; nothing where there is none."""
    if request is None:
        return ""
    found = request.GET.get(key) or request.session.get(f"accounts.{key}") or ""
    return str(found)[:16]
