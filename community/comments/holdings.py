"""What the tables of comments hold about people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from community.comments import services
from community.comments.models import Comment
from community.core import holdings
from community.core.holdings import Holding, Leaves, Subject, goes_with, rows_of

#: After posts, with which whole threads may go.
COMMENTS = 12
_HIDDEN = (
    "author", "html", "policy_version", "score", "hidden_by", "listed", "kept_replies", "guest_name", "guest_url",
    "ping", "held_at",
)  # fmt: skip


def register() -> None:
    """Called when the app is ready."""
    holdings.register(
        Holding(
            "comments.Comment", ("author", "hidden_by", "guest_name", "guest_url", "target_id"), Leaves.ANONYMISED,
            title=_("Your comments"),
            because=_("They stay under “Deleted User”, or are deleted if you want. What you deleted is wiped."),
            rows=_comments, forget=services.forget_comments, order=COMMENTS,
        ),
        goes_with("comments.CommentEdit", "comment", owner="comments.Comment"),
    )  # fmt: skip


def _comments(subject: Subject) -> Iterator[Mapping[str, Any]]:
    return rows_of(Comment.objects.filter(author_id=subject.id), hide=_HIDDEN)
