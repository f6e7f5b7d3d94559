"""The forms and the headless view of joining: allauth's, with the limits of the API's registration."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from allauth.headless.account.inputs import SignupInput
from allauth.headless.account.views import SignupView
from django.db import transaction
from django.http import HttpRequest

from community.accounts import services
from community.accounts.views.joining import JoinForm
from community.core.addresses import address_key, client_address


class Joining(JoinForm):
    """What the page and programs share: limits, and the same work whether or not the address is known."""

    account_already_exists: bool

    def try_save(self, request: HttpRequest) -> Any:
        """allauth's answer, in one transaction. Raises TooMany before anything is written."""
        source = address_key(client_address(request))
        services.count_start(email=self.cleaned_data["email"], source=source)
        with transaction.atomic():
            if self.account_already_exists:
                services.set_name_aside(username=self._save_for_nothing(request))
                services.take_invitation(code=self.cleaned_data.get("invitation_code") or "")
            return super().try_save(request)  # type: ignore[misc] # allauth's form comes next

    def _save_for_nothing(self, request: HttpRequest) -> str:
        """Makes an account of another address and takes it back: the time tells nothing. Answers its name."""
        cleaned = self.cleaned_data
        self.cleaned_data = {**cleaned, "email": services.nobodys_address()}
        self.account_already_exists = False
        try:
            with transaction.atomic():
                person = self.save(request)  # type: ignore[attr-defined] # allauth's
                transaction.set_rollback(True)
        finally:
            self.cleaned_data, self.account_already_exists = cleaned, True
        return str(person.username)


class SignUpForm(Joining, SignupForm):
    """The form of the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["invitation_code", "email", "username", "password1", "birth_date", "agree_to_terms"])


class SignUpInput(Joining, SignupInput):
    """What programs send to `/_allauth/`; the password is looked at once everything else is known."""

    def clean_password(self) -> str:
        """As it is: `clean` judges it beside name and address, and says everything at once."""
        return str(self.cleaned_data["password"])

    def clean(self) -> Any:
        """Raises nothing: what is wrong stands with its field."""
        cleaned = super().clean()
        self.judge_password("password")
        return cleaned


class HeadlessSignUpView(SignupView):
    """Joining by `/_allauth/`."""

    input_class = {"POST": SignUpInput}
