"""What becomes of the comments of people who go."""

from __future__ import annotations

from community.comments.models import Comment, CommentEdit
from community.comments.services.places import lock_with_thread
from community.comments.services.removing import remove, wipe
from community.core.errors import NotFound
from community.core.holdings import Subject
from community.core.transactions import retried


def forget_comments(*, subject: Subject) -> None:
    """Earlier texts go, and the texts of what is gone; with their content, all they said goes too."""
    CommentEdit.objects.filter(comment__author_id=subject.id).delete()
    mine = Comment.objects.filter(author_id=subject.id)
    if subject.with_content:
        for comment in mine.filter(deleted_at=None, hidden_at=None).order_by("pk"):
            _remove(comment)
    gone = mine.exclude(content="").exclude(deleted_at=None, hidden_at=None)
    wipe(list(gone.values_list("pk", flat=True)))


@retried
def _remove(comment: Comment) -> None:
    try:
        found = lock_with_thread(comment)
    except NotFound:
        return
    if found.stands or found.held_at is not None:
        remove(found)
