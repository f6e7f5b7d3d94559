"""What somebody fills in who comes with an identity and has no account yet."""

from __future__ import annotations

from typing import Any

from allauth.headless.internal.restkit import inputs
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.forms import SignupForm
from django.db import transaction
from django.http import HttpRequest

from community.accounts import selectors, services
from community.core.addresses import address_key, client_address


class IdentitySignUpForm(SignupForm):
    """Address, user name and agreement; made in one transaction, with the limits of every registration."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["email", "username", "agree_to_terms"])

    def validate_unique_email(self, value: str) -> str:
        """Known addresses are told by mail only, like at every sign-up."""
        self.account_already_exists = selectors.is_address_taken(value)
        return value

    def try_save(self, request: HttpRequest) -> Any:
        """Raises TooMany before anything is written."""
        source = address_key(client_address(request))
        services.count_start(email=self.cleaned_data["email"], source=source)
        with transaction.atomic():
            if self.account_already_exists and self.cleaned_data.get("username"):
                services.set_name_aside(username=self.cleaned_data["username"])
            return super().try_save(request)

    def save(self, request: HttpRequest) -> Any:
        """The person; of two who send this at once the second gets the account of the first."""
        person = get_adapter().save_user(request, self.sociallogin, form=self)
        if self.sociallogin.made:
            self.custom_signup(request, person)
        return person


class IdentitySignUpInput(IdentitySignUpForm, inputs.Input):
    """The same for programs."""
