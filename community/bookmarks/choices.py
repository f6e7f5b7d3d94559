"""Lengths and limits of what people keep and share."""

from __future__ import annotations

FOLDER_NAME_MAX, NOTE_MAX = 60, 500
#: So many folders and bookmarks somebody may have.
FOLDERS_MAX, BOOKMARKS_MAX = 100, 5000
#: The kinds of things that are shared.
SHARED_KINDS = ("post",)
