"""Shapes of reports."""

from __future__ import annotations

from rest_framework import serializers

from community.core.api.fields import IdField, InstantField, StrictCharField, StrictChoiceField
from community.core.api.serializers import Input, Shape
from community.core.reasons import REASON_MAX
from community.moderation.choices import NOTE_MAX, Reason, State

KIND_MAX = 40


class ReportInput(Input):
    """What somebody reports."""

    target_kind = StrictCharField(max_length=KIND_MAX, help_text="Such as `post`, `comment` or `user`.")
    target_id = IdField()
    reason = StrictChoiceField(choices=Reason.choices)
    note = StrictCharField(required=False, default="", allow_blank=True, max_length=NOTE_MAX)


class ReportShape(Shape):
    """A report, for who made it."""

    id = IdField(source="pk")
    target_kind = serializers.CharField()
    target_id = IdField()
    reason = serializers.ChoiceField(choices=Reason.choices)
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=State.choices)
    created_at = InstantField()


class HidingReason(Input):
    """Why something is hidden."""

    reason = StrictCharField(max_length=REASON_MAX, help_text="It is kept, with who decided.")
