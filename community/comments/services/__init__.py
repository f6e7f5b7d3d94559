"""Writing comments."""

from community.comments.services.leaving import forget_comments
from community.comments.services.ordering import lock_thread, pin_comment, refresh_score
from community.comments.services.removing import (
    delete_comment,
    forget_target,
    hide_comment,
    purge_deleted,
    restore_comment,
)
from community.comments.services.writing import StaleVersion, add_comment, render_again, update_comment

__all__ = [
    "StaleVersion",
    "add_comment",
    "delete_comment",
    "forget_comments",
    "forget_target",
    "hide_comment",
    "lock_thread",
    "pin_comment",
    "purge_deleted",
    "refresh_score",
    "render_again",
    "restore_comment",
    "update_comment",
]
