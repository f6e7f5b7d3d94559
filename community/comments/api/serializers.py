"""Shapes of comments, as the API's contract has them."""

from __future__ import annotations

from rest_framework import serializers

from community.comments.api.listings import CommentAnswer
from community.comments.choices import CONTENT_MAX, LONGEST_VIDEO, Sort
from community.core.api.fields import (
    IdField,
    InstantField,
    RawJSONField,
    StrictCharField,
    StrictChoiceField,
    StrictIntegerField,
)
from community.core.api.links import absolute
from community.core.api.pagination import CursorQuery
from community.core.api.serializers import Input, Shape
from community.core.api.shapes import AuthorShape
from community.core.reasons import REASON_MAX


class CommentCountShape(Shape):
    """Numbers of a comment."""

    reactions = serializers.IntegerField()
    replies = serializers.IntegerField(help_text="Direct answers.")


class CommentShape(Shape):
    """A comment. Of one that is gone and has answers, only its place is told: no text, no author."""

    id = IdField(source="comment.pk")
    content = serializers.CharField(allow_blank=True, help_text="As it was written; empty when it is gone.")
    html = serializers.CharField(allow_blank=True, help_text="The same as cleaned HTML.")
    edited = serializers.BooleanField()
    deleted = serializers.BooleanField(help_text="Only its place is told: deleted, hidden or held.")
    youtube_timestamp = serializers.IntegerField(allow_null=True, help_text="Seconds into the video of the post.")
    author = AuthorShape(allow_null=True)
    guest_name = serializers.CharField(allow_blank=True, help_text="Of somebody without an account; `author` is null.")
    guest_url = serializers.CharField(allow_blank=True, help_text="The web address which that guest gave, if any.")
    ping = serializers.BooleanField(help_text="Another site says that it links here; it stands below what people said.")
    held = serializers.BooleanField(help_text="Waits for a moderator; nobody else is told its text.")
    _count = CommentCountShape(source="*")
    target_kind = serializers.CharField(source="comment.target_kind")
    target_id = IdField(source="comment.target_id")
    parent_id = IdField(source="comment.parent_id", allow_null=True)
    depth = serializers.IntegerField(source="comment.depth", help_text="How many comments stand above it.")
    pinned = serializers.BooleanField()
    locked = serializers.BooleanField(help_text="Nobody can answer in the thread that begins with it.")
    marks = RawJSONField(help_text="What the caller did to it, by name; empty for guests.")
    created_at = InstantField(source="comment.created_at")
    edited_at = InstantField(allow_null=True)
    updated_at = InstantField(source="comment.updated_at")
    version = serializers.IntegerField(source="comment.version", help_text="Goes back with a change.")
    url = serializers.SerializerMethodField()

    def get_url(self, answer: CommentAnswer) -> str:
        """The address that leads to its place."""
        return absolute(answer.comment.get_absolute_url())


class CommentListQuery(CursorQuery):
    """Which comments, in which order."""

    sort = StrictChoiceField(choices=Sort.choices, default=Sort.BEST, help_text="The order.")


class CommentInput(Input):
    """A new comment."""

    content = StrictCharField(max_length=CONTENT_MAX, help_text="Text with a little Markdown.")
    parent_id = IdField(required=False, allow_null=True, help_text="The comment that is answered.")
    youtube_timestamp = StrictIntegerField(
        required=False, allow_null=True, min_value=0, max_value=LONGEST_VIDEO, help_text="Seconds into the video."
    )


class CommentChanges(Input):
    """What can be changed of a comment; what is left out stays as it is."""

    content = StrictCharField(required=False, max_length=CONTENT_MAX)
    youtube_timestamp = StrictIntegerField(required=False, allow_null=True, min_value=0, max_value=LONGEST_VIDEO)
    version = StrictIntegerField(required=False, min_value=0, help_text="The version the change was made from.")


class HidingInput(Input):
    """Why a comment is hidden."""

    reason = StrictCharField(max_length=REASON_MAX)
