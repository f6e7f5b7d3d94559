"""What must be true of comments."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from community.comments import rules
from community.comments.models import Comment
from community.core import text
from community.core.integrity import integrity_check
from community.core.models import TargetCounts

_NUMBERS = """
    SELECT comment.id FROM comments_comment comment LEFT JOIN (
        SELECT parent_id, count(*) FILTER (WHERE listed) AS kept,
               count(*) FILTER (WHERE deleted_at IS NULL AND hidden_at IS NULL AND held_at IS NULL) AS standing
        FROM comments_comment WHERE parent_id IS NOT NULL GROUP BY parent_id
    ) answers ON answers.parent_id = comment.id LEFT JOIN (
        SELECT root_id, count(*) AS standing FROM comments_comment
        WHERE root_id IS NOT NULL AND deleted_at IS NULL AND hidden_at IS NULL AND held_at IS NULL GROUP BY root_id
    ) thread ON thread.root_id = comment.id
    WHERE comment.replies <> coalesce(answers.standing, 0) OR comment.kept_replies <> coalesce(answers.kept, 0)
       OR comment.root_id IS NULL AND comment.thread_size <> coalesce(thread.standing, 0)
    ORDER BY comment.id
"""


@integrity_check("comment-numbers")
def comment_numbers() -> Iterator[str]:
    """The numbers of answers beside a comment are those that are counted."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS)
        for (comment_id,) in cursor.fetchall():
            yield f"comment {comment_id}: its numbers of answers are not what is counted"


@integrity_check("comment-threads")
def comment_threads() -> Iterator[str]:
    """An answer lies in the thread and on the target of what it answers, one step deeper."""
    answers = Comment.objects.filter(parent__isnull=False)
    wrong = answers.exclude(
        Q(parent__root_id=F("root_id")) | Q(parent__root__isnull=True, parent_id=F("root_id")),
        depth=F("parent__depth") + 1,
        target_kind=F("parent__target_kind"),
        target_id=F("parent__target_id"),
    )
    for comment_id in wrong.order_by("pk").values_list("pk", flat=True):
        yield f"comment {comment_id} does not lie where what it answers lies"


@integrity_check("comment-targets")
def comment_targets() -> Iterator[str]:
    """What is talked about is there: every target has its row of numbers."""
    row = TargetCounts.objects.filter(target_kind=OuterRef("target_kind"), target_id=OuterRef("target_id"))
    for comment_id in Comment.objects.filter(~Exists(row)).order_by("pk").values_list("pk", flat=True):
        yield f"comment {comment_id} is about something that is not there"


@integrity_check("comment-policy")
def comment_policy() -> Iterator[str]:
    """No stored HTML claims rules that do not exist yet."""
    rows = Comment.objects.filter(policy_version__gt=rules.POLICY_VERSION)
    for comment_id in rows.order_by("pk").values_list("pk", flat=True):
        yield f"comment {comment_id} was made by rules of the future"


@integrity_check("comment-guests")
def comment_guests() -> Iterator[str]:
    """The address of somebody without an account is one of the web."""
    rows = Comment.objects.exclude(guest_url="").order_by("pk").values_list("pk", "guest_url")
    for comment_id, address in rows.iterator():
        if not text.is_web_address(address):
            yield f"comment {comment_id}: the address of its guest is none of the web"
