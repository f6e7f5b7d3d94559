"""Facts about comments."""

from __future__ import annotations

from community.facts.base import Fact, fact_class


@fact_class("comment.created", aggregate="comment", by="comment_id")
class CommentCreated(Fact):
    """Somebody commented on a target, or (`parent_id`) answered a comment; `length` counts the characters."""

    comment_id: int
    target_kind: str
    target_id: int
    author_id: int
    parent_id: int | None
    length: int
    at_moment: bool = False


@fact_class("comment.updated", aggregate="comment", by="comment_id")
class CommentUpdated(Fact):
    """Its author changed the text."""

    comment_id: int
    target_kind: str
    target_id: int


@fact_class("comment.mentioned", aggregate="comment", by="comment_id")
class CommentMentioned(Fact):
    """A text names this person, who is to hear of it."""

    comment_id: int
    person_id: int
    author_id: int


@fact_class("comment.deleted", aggregate="comment", by="comment_id")
class CommentDeleted(Fact):
    """Its author deleted it."""

    comment_id: int
    target_kind: str
    target_id: int


@fact_class("comment.hidden", aggregate="comment", by="comment_id")
class CommentHidden(Fact):
    """A moderator took it out of everybody's sight."""

    comment_id: int
    target_kind: str
    target_id: int
    author_id: int | None


@fact_class("comment.restored", aggregate="comment", by="comment_id")
class CommentRestored(Fact):
    """A moderator brought it back."""

    comment_id: int
    target_kind: str
    target_id: int
    author_id: int | None


@fact_class("comment.approved", aggregate="comment", by="comment_id")
class CommentApproved(Fact):
    """A moderator let it in: it came from elsewhere and waited."""

    comment_id: int
    target_kind: str
    target_id: int
    author_id: int | None


@fact_class("comment.pinned", aggregate="comment", by="comment_id")
class CommentPinned(Fact):
    """It stands on top of the comments of its target, or (not `pinned`) no more."""

    comment_id: int
    target_kind: str
    target_id: int
    pinned: bool


@fact_class("comment.locked", aggregate="comment", by="comment_id")
class CommentLocked(Fact):
    """Nobody can answer in the thread that begins with it, or (not `locked`) everybody can again."""

    comment_id: int
    target_kind: str
    target_id: int
    locked: bool
