"""What staff fill in about the accounts of others."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from community.accounts.choices import Role, Status
from community.accounts.services.staff import HIGHEST_TRUST
from community.accounts.services.status import MOST_DAYS, MOST_REASON

#: What a moderator does when an account is to have this status.
ACTS = {
    Status.ACTIVE: _("Lift it"),
    Status.SUSPENDED: _("Suspend"),
    Status.BANNED: _("Ban"),
    Status.DELETED: _("Close for good"),
}


class ReasonForm(forms.Form):
    """Why; the first thing asked of every act."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is kept in the log. Of a suspension or a ban the person reads it, too."),
    )


class StatusForm(ReasonForm):
    """Another status."""

    status = forms.ChoiceField(label=_("What is to happen"), widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("Days of a suspension"), min_value=1, max_value=MOST_DAYS, initial=7, required=False
    )
    field_order = ["status", "days", "reason"]

    def __init__(self, *args: object, statuses: Iterable[Status], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["status"].choices = [(status, ACTS[status]) for status in statuses]  # type: ignore[attr-defined]
        if Status.SUSPENDED not in statuses:
            del self.fields["days"]


class StandingForm(ReasonForm):
    """Role, tick, editors, trust."""

    role = forms.ChoiceField(label=_("Role"))
    verified = forms.BooleanField(label=_("Tick beside the name"), required=False)
    editor = forms.BooleanField(label=_("Editor: writes in all sections"), required=False)
    trust = forms.TypedChoiceField(
        label=_("Trust"),
        choices=[("", _("as reached")), *((str(level), str(level)) for level in range(HIGHEST_TRUST + 1))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    field_order = ["role", "verified", "editor", "trust", "reason"]

    def __init__(self, *args: object, roles: Iterable[Role], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
