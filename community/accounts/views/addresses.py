"""The form and the headless view of another address: allauth's, with the rule for addresses of those who join."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import AddEmailForm
from allauth.headless.account.inputs import AddEmailInput
from allauth.headless.account.views import ManageEmailView
from django.core.exceptions import ValidationError

from community.accounts import services


class KeptAddress:
    """What the page and programs share."""

    def clean_email(self) -> Any:
        """The address. Raises ValidationError for one that nobody may join with either."""
        problem = services.problem_with_mailbox(email=str(self.cleaned_data["email"]))  # type: ignore[attr-defined] # a form's
        if problem:
            raise ValidationError(problem)
        return super().clean_email()  # type: ignore[misc] # allauth's form comes next


class AddAddressForm(KeptAddress, AddEmailForm):
    """The form of the page."""


class AddAddressInput(KeptAddress, AddEmailInput):
    """What programs send to `/_allauth/`."""


class HeadlessAddressesView(ManageEmailView):
    """One's addresses by `/_allauth/`."""

    input_class = {**ManageEmailView.input_class, "POST": AddAddressInput}
