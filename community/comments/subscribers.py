"""What comments do when something happens."""

from __future__ import annotations

from community.core import generations
from community.core.outbox import Recorded, subscriber
from community.facts.comments import (
    CommentCreated,
    CommentDeleted,
    CommentHidden,
    CommentLocked,
    CommentPinned,
    CommentRestored,
    CommentUpdated,
)


@subscriber(
    CommentCreated, CommentUpdated, CommentDeleted, CommentHidden, CommentRestored, CommentPinned, CommentLocked
)
def make_kept_pages_old(recorded: Recorded) -> None:
    """Once more than at the change itself: what bumped then may have been lost with its process."""
    generations.bump(f"{recorded.fact.target_kind}:{recorded.fact.target_id}")
