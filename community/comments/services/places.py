"""Places in threads, and the numbers that follow from who has one. Each thread changes behind the lock of its first."""

from __future__ import annotations

from django.db.models import F

from community.comments.models import Comment
from community.core import counts
from community.core.errors import NotFound


def lock_with_thread(comment: Comment) -> Comment:
    """The comment as it is now, its thread locked until the end of the transaction; NotFound when it is gone."""
    _lock(comment.thread_id)
    return _lock(comment.pk)


def _lock(comment_id: int) -> Comment:
    found = Comment.objects.select_for_update(no_key=True, of=("self",)).filter(pk=comment_id).first()
    if found is None:
        raise NotFound()
    return found


def appeared(comment: Comment, *, had_place: bool = False) -> None:
    """Counts a comment that stands from now on; `had_place`: it was shown as gone. Its thread is locked.

    Raises NotFound when its target has gone meanwhile.
    """
    if not had_place:
        _give_place(comment.parent_id, by=1)
    _count(comment, by=1)


def vanished(comment: Comment) -> None:
    """Counts a comment that stands no more; while it has answers, its place stays. Its thread is locked."""
    _count(comment, by=-1)
    if not comment.kept_replies:
        _give_place(comment.parent_id, by=-1)


def _count(comment: Comment, *, by: int) -> None:
    """What stands below its parent, below the first of its thread, and on its target, which is locked last."""
    if comment.parent_id is not None:
        Comment.objects.filter(pk=comment.parent_id).update(replies=F("replies") + by)
        Comment.objects.filter(pk=comment.thread_id).update(thread_size=F("thread_size") + by)
    counts.add(comment.target_kind, comment.target_id, "comments", by)


def _give_place(parent_id: int | None, *, by: int) -> None:
    """One answer more or less has a place below a comment; what is gone itself gets or loses its own by that."""
    while parent_id is not None:
        parent = Comment.objects.get(pk=parent_id)
        kept = parent.kept_replies + by
        listed = parent.stands or kept > 0
        Comment.objects.filter(pk=parent_id).update(kept_replies=kept, listed=listed)
        if listed == parent.listed:
            return
        parent_id = parent.parent_id
