"""The form that makes a personal access token."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.accounts.choices import Scope


class TokenForm(forms.Form):
    """What it is for, what it may do, and how long."""

    name = forms.CharField(label=_("What is it for?"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, initial=[Scope.READ]
    )
    days = forms.ChoiceField(
        label=_("How long?"),
        choices=[("7", _("a week")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("a year"))],
        initial="30",
    )

    def __init__(self, *args: Any, scopes: Iterable[Scope] = tuple(Scope), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(scope.value, scope.label) for scope in scopes]  # type: ignore[attr-defined]
