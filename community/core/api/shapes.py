"""Shapes that several apps answer with."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from community.core.api.fields import IdField
from community.core.api.links import absolute
from community.core.api.serializers import Shape
from community.core.pictures import Picture


class PictureField(serializers.URLField):
    """The absolute address of a Picture, null without one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_null=True, **kwargs)

    def to_representation(self, value: Picture) -> str:  # type: ignore[override]
        """The address."""
        return absolute(value.src)


class AuthorShape(Shape):
    """A person beside what they wrote, made of the person's card."""

    id = IdField()
    username = serializers.CharField()
    image = PictureField(source="avatar")
    verified = serializers.BooleanField()
    level = serializers.IntegerField()


class ViewerShape(Shape):
    """What somebody who is signed in did to a thing, made of its marks (community/core/marks.py)."""

    reactions = serializers.ListField(child=serializers.CharField(), help_text="The types one has given.")
    bookmarked = serializers.BooleanField()

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        """The marks, also those that are not there."""
        return super().to_representation({"reactions": [], "bookmarked": False, **instance})
