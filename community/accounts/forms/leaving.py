"""The form by which somebody has their account deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.accounts.forms.two_factor import ProofForm


class DeletionForm(ProofForm):
    """The password, a code where there is a second factor, and what becomes of one's posts."""

    with_content = forms.BooleanField(
        label=_("Delete my posts and comments too"),
        help_text=_("Otherwise what you published stays, under “Deleted User”. Drafts are always deleted."),
        required=False,
    )
    field_order = ["with_content", "password", "code"]

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if "code" in self.fields:
            self.fields["code"].help_text = _("Because you have a second factor.")
