"""Shapes of bookmarks, folders and shares."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from community.bookmarks.choices import FOLDER_NAME_MAX, NOTE_MAX
from community.bookmarks.models import Bookmark, Folder
from community.bookmarks.selectors import BookmarkCard
from community.core.api.fields import IdField, InstantField, StrictBooleanField, StrictCharField
from community.core.api.links import absolute
from community.core.api.pagination import CursorQuery
from community.core.api.serializers import Input, Shape


class FolderShape(Shape):
    """A folder of one's own."""

    id = IdField()
    name = serializers.CharField()
    bookmarks = serializers.SerializerMethodField(help_text="How many lie in it.")
    created_at = InstantField()

    def get_bookmarks(self, folder: Folder) -> int:
        """As counted with the list, else 0 for a new one."""
        return int(getattr(folder, "total", 0))


class FolderInput(Input):
    """A folder's name."""

    name = StrictCharField(max_length=FOLDER_NAME_MAX)


class TargetShape(Shape):
    """What a bookmark leads to."""

    kind = serializers.CharField()
    id = IdField()
    title = serializers.CharField()
    url = serializers.SerializerMethodField()

    def get_url(self, card: Any) -> str:
        """The page on the site."""
        return absolute(card.url)


class BookmarkShape(Shape):
    """A bookmark of one's own."""

    id = IdField()
    target_kind = serializers.CharField()
    target_id = IdField()
    target = TargetShape(source="card", allow_null=True, help_text="Null for what is no longer there.")
    folder_id = serializers.SerializerMethodField()
    note = serializers.CharField(allow_blank=True)
    created_at = InstantField()

    def get_folder_id(self, card: BookmarkCard) -> str | None:
        """The folder it lies in, null for none."""
        return None if card.folder is None else str(card.folder.pk)


class KeptShape(Shape):
    """That something is kept."""

    id = IdField(source="pk")
    folder_id = serializers.SerializerMethodField()
    note = serializers.CharField(allow_blank=True)
    created_at = InstantField()

    def get_folder_id(self, bookmark: Bookmark) -> str | None:
        """The folder it lies in, null for none."""
        return None if bookmark.folder_id is None else str(bookmark.folder_id)


class BookmarkInput(Input):
    """Where a bookmark lies, and a note; what is left out stays."""

    folder_id = IdField(required=False, allow_null=True, help_text="A folder of one's own; null for none.")
    note = StrictCharField(required=False, max_length=NOTE_MAX, allow_blank=True)


class BookmarkListQuery(CursorQuery):
    """Which bookmarks."""

    folder = IdField(required=False, help_text="Id of a folder of one's own.")


class ShareInput(Input):
    """How something is shared."""

    to_followers = StrictBooleanField(default=False, help_text="Their feeds show it.")
    note = StrictCharField(required=False, max_length=NOTE_MAX, allow_blank=True, help_text="For followers only.")


class ShareShape(Shape):
    """A share of one's own."""

    id = IdField(source="pk")
    to_followers = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True)
    created_at = InstantField()
