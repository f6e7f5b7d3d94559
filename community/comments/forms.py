"""Page input: a text, a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community.comments.choices import CONTENT_MAX
from community.core.reasons import REASON_MAX


class CommentForm(forms.Form):
    """What somebody says."""

    content = forms.CharField(
        label=_("Your comment"),
        max_length=CONTENT_MAX,
        error_messages={"required": _("Say something first.")},
        widget=forms.Textarea(attrs={"rows": 3, "data-mentions": ""}),
    )

    def __init__(self, *args: Any, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["content"].label = label


class ReasonForm(forms.Form):
    """Why a moderator hides something."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_MAX)
