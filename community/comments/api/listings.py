"""Comments made ready for answers, in a fixed number of queries."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from community.accounts.permissions import Actor
from community.accounts.selectors import AuthorCard, author_card
from community.comments import permissions, selectors
from community.comments.choices import COMMENT
from community.comments.models import Comment
from community.core import marks
from community.core.api import pagination
from community.core.counts import numbers


@dataclasses.dataclass(frozen=True)
class CommentAnswer:
    """A comment with what stands beside it."""

    comment: Comment
    reactions: int
    marks: dict[str, Any]
    #: Is the text told of one that waits?
    opened: bool = False

    @property
    def _told(self) -> bool:
        return self.comment.stands or (self.opened and self.comment.held_at is not None)

    @property
    def deleted(self) -> bool:
        """Is only its place left?"""
        return not self._told

    @property
    def held(self) -> bool:
        """Does it wait for a moderator?"""
        return self.comment.held_at is not None

    @property
    def ping(self) -> bool:
        """Does another site say here that it links to the target?"""
        return self.comment.ping

    @property
    def content(self) -> str:
        """The text as it was written."""
        return self.comment.content if self._told else ""

    @property
    def html(self) -> str:
        """The text as HTML."""
        return self.comment.html if self._told else ""

    @property
    def author(self) -> AuthorCard | None:
        """Who wrote it; nobody where it is gone."""
        person = self.comment.author
        return author_card(person) if person is not None and self._told else None

    @property
    def guest_name(self) -> str:
        """Who wrote it without an account."""
        return self.comment.guest_name if self._told else ""

    @property
    def guest_url(self) -> str:
        """The web address which that guest gave."""
        return self.comment.guest_url if self._told else ""

    @property
    def youtube_timestamp(self) -> int | None:
        """Its moment in the video."""
        return self.comment.youtube_timestamp if self._told else None

    @property
    def replies(self) -> int:
        """Direct answers that stand."""
        return self.comment.replies

    @property
    def edited(self) -> bool:
        """Was the text changed?"""
        return self.comment.edited_at is not None

    @property
    def edited_at(self) -> datetime | None:
        """When the text was changed last."""
        return self.comment.edited_at

    @property
    def pinned(self) -> bool:
        """Does it stand above all others?"""
        return self.comment.pinned_at is not None

    @property
    def locked(self) -> bool:
        """Is its thread locked?"""
        return self.comment.locked_at is not None


def answers(comments: Sequence[Comment], *, viewer: Actor, opened: bool = False) -> list[CommentAnswer]:
    """Rows with authors as answers; one query, and one for each kind of mark of somebody known.

    `opened` tells the texts of those that wait: for moderators.
    """
    ids = [comment.pk for comment in comments]
    counts, marked = numbers(COMMENT, ids), marks.of(viewer, COMMENT, ids)
    return [
        CommentAnswer(
            comment,
            counts[comment.pk].reactions if comment.pk in counts else 0,
            {**marked[comment.pk], **({"own": True} if permissions.is_author(viewer, comment) else {})},
            opened,
        )
        for comment in comments
    ]


def new_answer(comment: Comment) -> CommentAnswer:
    """A comment that was made just now, for who made it; no query."""
    return CommentAnswer(comment, 0, {"own": True})


def answer(comment: Comment, *, viewer: Actor) -> CommentAnswer:
    """One comment as an answer."""
    return answers([comment], viewer=viewer)[0]


def part_of(
    rows: QuerySet[Comment],
    *,
    viewer: Actor,
    ordering: tuple[str, ...],
    query: dict[str, Any],
    scope: str,
    opened: bool = False,
) -> pagination.CursorPage:
    """A part of a list of comments by cursor, as answers."""
    page = pagination.rows_after(
        selectors.with_authors(rows), ordering=ordering, cursor=query.get("cursor"), limit=query["limit"], scope=scope
    )
    return pagination.CursorPage(answers(page.items, viewer=viewer, opened=opened), page.next_cursor)
