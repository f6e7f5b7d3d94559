"""Facts about what people keep; only they see it."""

from __future__ import annotations

from community.facts.base import Fact, fact_class


@fact_class("bookmark.added", aggregate="user", by="user_id")
class BookmarkAdded(Fact):
    """Somebody keeps a target for later."""

    user_id: int
    bookmark_id: int
    target_kind: str
    target_id: int


@fact_class("bookmark.removed", aggregate="user", by="user_id")
class BookmarkRemoved(Fact):
    """Somebody keeps a target no longer."""

    user_id: int
    bookmark_id: int
    target_kind: str
    target_id: int
