"""The form of the page where people join."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from allauth.core import context
from django.db import transaction
from django.http import HttpRequest

from community.accounts import services
from community.core.addresses import address_key, client_address


class SignUpForm(SignupForm):
    """allauth's form with the limits of the API's registration; the name is set aside for known addresses too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = context.request
        if request is not None:
            self.fields["referral_code"].initial = request.GET.get("referral", "")[:16]
        self.order_fields(["email", "username", "password1", "agree_to_terms"])

    def try_save(self, request: HttpRequest) -> Any:
        """One transaction. Raises TooMany before anything is written."""
        source = address_key(client_address(request))
        services.count_start(email=self.cleaned_data["email"], source=source)
        with transaction.atomic():
            if self.account_already_exists and self.cleaned_data.get("username"):
                services.set_name_aside(username=self.cleaned_data["username"])
            return super().try_save(request)
