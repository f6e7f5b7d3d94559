"""Shapes of polls."""

from __future__ import annotations

from rest_framework import serializers

from community.core.api.fields import IdField, InstantField
from community.core.api.serializers import Input, Shape
from community.polls.choices import OPTIONS_MAX, Results


class PollOptionShape(Shape):
    """An answer."""

    id = IdField()
    text = serializers.CharField()
    votes = serializers.IntegerField(allow_null=True, help_text="How many chose it; null while one may not know.")


class PollShape(Shape):
    """A poll as one sees it."""

    id = IdField()
    question = serializers.CharField()
    multiple = serializers.BooleanField(help_text="Several answers may be chosen.")
    ends_at = InstantField(allow_null=True, help_text="Null for a poll without an end.")
    over = serializers.BooleanField(help_text="Nobody can vote any more.")
    results = serializers.ChoiceField(
        choices=Results.values,
        help_text="When everybody sees the numbers: `always`, when one has `voted`, when it is `over`.",
    )
    voters = serializers.IntegerField(help_text="How many people have voted.")
    options = PollOptionShape(many=True, help_text="The answers in their order.")
    own = serializers.ListField(child=IdField(), help_text="The ids of what one has chosen.")


class VoteInput(Input):
    """A vote."""

    option_ids = serializers.ListField(
        child=IdField(),
        min_length=1,
        max_length=OPTIONS_MAX,
        help_text="The ids of the answers, each once: one, or several where `multiple` is true.",
    )
