"""Writing comments."""

from community.comments.services.importing import (
    Said,
    approve_comment,
    change_imported,
    import_comment,
    remove_imported,
)
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
    "Said",
    "StaleVersion",
    "add_comment",
    "approve_comment",
    "change_imported",
    "delete_comment",
    "forget_comments",
    "forget_target",
    "hide_comment",
    "import_comment",
    "lock_thread",
    "pin_comment",
    "purge_deleted",
    "refresh_score",
    "remove_imported",
    "render_again",
    "restore_comment",
    "update_comment",
]
