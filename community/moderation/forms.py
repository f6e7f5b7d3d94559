"""Page input: a report."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from community.core.reasons import REASON_MAX
from community.moderation.choices import NOTE_MAX, Reason


class ReportForm(forms.Form):
    """Why something should not be there."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a reason.")},
    )
    note = forms.CharField(
        label=_("What should we know?"), required=False, max_length=NOTE_MAX, widget=forms.Textarea(attrs={"rows": 4})
    )


class HidingForm(forms.Form):
    """Why a moderator hides something."""

    reason = forms.CharField(
        label=_("Why is it hidden?"), help_text=_("It is kept, with your name."), max_length=REASON_MAX
    )
