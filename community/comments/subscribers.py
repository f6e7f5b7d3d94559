"""What comments do when something happens."""

from __future__ import annotations

from community.comments import services
from community.comments.choices import COMMENT
from community.core import generations
from community.core.outbox import Recorded, subscriber
from community.facts.comments import (
    CommentApproved,
    CommentCreated,
    CommentDeleted,
    CommentHidden,
    CommentLocked,
    CommentPinned,
    CommentRestored,
    CommentUpdated,
)
from community.facts.reactions import ReactionAdded, ReactionRemoved


@subscriber(
    CommentCreated,
    CommentUpdated,
    CommentDeleted,
    CommentHidden,
    CommentRestored,
    CommentApproved,
    CommentPinned,
    CommentLocked,
)
def make_kept_pages_old(recorded: Recorded) -> None:
    """Once more than at the change itself: what bumped then may have been lost with its process."""
    generations.bump(f"{recorded.fact.target_kind}:{recorded.fact.target_id}")


@subscriber(ReactionAdded, ReactionRemoved)
def find_its_place_among_the_best(recorded: Recorded) -> None:
    """A comment that people react to rises, and sinks when they take it back."""
    if recorded.fact.target_kind == COMMENT:
        services.refresh_score(comment_id=recorded.fact.target_id)
