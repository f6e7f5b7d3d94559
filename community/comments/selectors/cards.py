"""Cards: what pages show of comments."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from community.accounts.models import User
from community.accounts.selectors import AuthorCard, author_card
from community.comments.choices import COMMENT, LEVELS
from community.comments.models import Comment
from community.comments.rules import moment_link
from community.core.counts import numbers
from community.core.models import TargetCounts
from community.core.targets import Discussion
from community.core.text import clock


@dataclasses.dataclass(frozen=True)
class CommentCard:
    """What is shown of a comment. Of one that is gone (`state`) only its place."""

    id: int
    thread_id: int
    author: AuthorCard | None
    guest_name: str
    guest_url: str
    #: Another site says that it links here.
    ping: bool
    html: str
    created_at: datetime
    edited: bool
    #: "", "deleted", "hidden" or "held".
    state: str
    #: A place in the target's video that the text does not name, and where it leads; empty for none.
    moment: str
    moment_seconds: int
    moment_url: str
    reactions: int
    replies: int
    level: int
    #: Whom it answers, where its place does not say it.
    answers: str
    pinned: bool
    locked: bool


@dataclasses.dataclass(frozen=True)
class Thread:
    """A comment with the first of what answers it; `more` replies follow after the one with the id `after`."""

    first: CommentCard
    replies: tuple[CommentCard, ...]
    more: int
    after: int


@dataclasses.dataclass(frozen=True)
class ThreadPage:
    """A part of the comments on a target; `after` is where the next one begins, 0 at the end."""

    discussion: Discussion
    threads: tuple[Thread, ...]
    total: int
    sort: str
    after: int = 0

    @property
    def ids(self) -> list[int]:
        """The ids of all comments that are shown."""
        return [card.id for card in self.cards]

    @property
    def cards(self) -> list[CommentCard]:
        """All comments that are shown, in their order."""
        return [card for thread in self.threads for card in (thread.first, *thread.replies)]

    @property
    def authors(self) -> set[int]:
        """The ids of those who wrote them."""
        return {card.author.id for card in self.cards if card.author is not None}


def name_of(comment: Comment) -> str:
    """The name of who wrote it; empty for nobody."""
    author = comment.author
    return author_card(author).display_name if author is not None else comment.guest_name


def person_card(author: User | None) -> AuthorCard | None:
    """The card of an author whose profile is loaded; banned, deleted and hidden people have no link."""
    if author is None:
        return None
    card = author_card(author)
    return card if author.is_active and author.profile.hidden_at is None else dataclasses.replace(card, url="")


def cards_of(
    comments: Sequence[Comment], *, discussion: Discussion, answered: Mapping[int, str] | None = None
) -> list[CommentCard]:
    """Cards of rows with authors; one query for any number. `answered` has the names of parents that lie elsewhere."""
    counts = numbers(COMMENT, (comment.pk for comment in comments))
    there = {comment.pk: comment for comment in comments}
    return [_card(comment, discussion, counts.get(comment.pk), there, answered or {}) for comment in comments]


def _card(
    comment: Comment,
    discussion: Discussion,
    counts: TargetCounts | None,
    there: Mapping[int, Comment],
    answered: Mapping[int, str],
) -> CommentCard:
    stands = comment.stands
    seconds = comment.youtube_timestamp if stands and discussion.video_id else None
    if seconds is not None and f'data-seek="{seconds}"' in comment.html:
        seconds = None  # the text says it where it belongs
    link = moment_link(discussion.video_id, seconds)["href"] if seconds is not None else ""
    return CommentCard(
        id=comment.pk,
        thread_id=comment.thread_id,
        author=person_card(comment.author) if stands else None,
        guest_name=comment.guest_name if stands else "",
        guest_url=comment.guest_url if stands else "",
        ping=comment.ping,
        html=comment.html if stands else "",
        created_at=comment.created_at,
        edited=comment.edited_at is not None,
        state=_state(comment),
        moment=clock(seconds) if seconds is not None else "",
        moment_seconds=seconds or 0,
        moment_url=str(link),
        reactions=counts.reactions if counts else 0,
        replies=comment.replies,
        level=min(comment.depth, LEVELS - 1),
        answers=_answers(comment, there, answered),
        pinned=comment.pinned_at is not None,
        locked=comment.locked_at is not None,
    )


def card_of(comment: Comment, discussion: Discussion, counts: TargetCounts | None) -> CommentCard:
    """The card of a row with its author, away from its thread; no query."""
    return dataclasses.replace(_card(comment, discussion, counts, {}, {}), level=0)


def _state(comment: Comment) -> str:
    if comment.stands:
        return ""
    return "hidden" if comment.hidden_at is not None else "held" if comment.held_at is not None else "deleted"


def _answers(comment: Comment, there: Mapping[int, Comment], answered: Mapping[int, str]) -> str:
    """Whom it answers: where its own place says that, nothing."""
    parent = there.get(comment.parent_id or 0)
    if parent is not None:
        return name_of(parent) if comment.depth >= LEVELS and parent.stands else ""
    return answered.get(comment.parent_id or 0, "") if comment.depth > 1 else ""


def in_order(comments: Iterable[Comment], root_id: int) -> list[Comment]:
    """Replies of one thread (by time) as they are read: each below what it answers, as far as that is there."""
    below: dict[int, list[Comment]] = {}
    rows = list(comments)
    there = {row.pk for row in rows}
    for row in rows:
        parent = row.parent_id if row.parent_id in there else root_id
        below.setdefault(parent or root_id, []).append(row)
    found: list[Comment] = []
    waiting = list(reversed(below.get(root_id, [])))
    while waiting:
        row = waiting.pop()
        found.append(row)
        waiting += reversed(below.get(row.pk, []))
    return found
