"""Shapes of reactions."""

from __future__ import annotations

from rest_framework import serializers

from community.core.api.fields import IdField, InstantField, RawJSONField, StrictCharField
from community.core.api.pagination import CursorQuery
from community.core.api.serializers import Shape
from community.core.api.shapes import AuthorShape
from community.reactions.choices import CODE_MAX


class ReactionTypeShape(Shape):
    """One way to react."""

    code = serializers.CharField()
    emoji = serializers.CharField()
    label = serializers.CharField(  # type: ignore[assignment] # a column here; of a field of its own it is the name
        help_text="In the language that was asked for."
    )
    active = serializers.BooleanField(help_text="False: it is shown where it is, and given no more.")


class StandingShape(Shape):
    """The reactions to a target, and which are one's own."""

    reactions = RawJSONField(source="by_type", help_text='How many of each type: `{"LIKE": 3}`.')
    total = serializers.IntegerField()
    own = serializers.ListField(child=serializers.CharField(), help_text="The types one has given.")


class ReactionShape(Shape):
    """A reaction, and whose it is."""

    id = IdField()
    type = serializers.CharField()
    user = AuthorShape(source="person")
    created_at = InstantField()


class ReactionListQuery(CursorQuery):
    """Which reactions."""

    type = StrictCharField(required=False, max_length=CODE_MAX, help_text="Of this type only.")
