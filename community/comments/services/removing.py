"""Comments are deleted by their authors, hidden by moderators, and go with what they were about."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.permissions import Actor, require_writer
from community.comments import permissions
from community.comments.choices import COMMENT, DELETED_KEPT, PINNED_SCORE
from community.comments.models import Comment, CommentEdit
from community.comments.services.places import appeared, lock_with_thread, vanished
from community.core import audit, generations, outbox, reasons
from community.core.errors import NotAllowed, NotFound
from community.core.models import TargetCounts
from community.core.transactions import retried
from community.facts.comments import CommentDeleted, CommentHidden, CommentRestored

HIDDEN = audit.declare("comment.hidden", _("Comment hidden"))
RESTORED = audit.declare("comment.restored", _("Comment brought back"))


@retried
def delete_comment(*, actor: Actor, comment: Comment) -> None:
    """Takes one's own comment away; its place stays while it has answers. Raises NotAllowed or NotFound."""
    author = require_writer(actor)
    comment = lock_with_thread(comment)
    if not comment.stands:
        raise NotFound()
    if not permissions.can_delete_comment(author, comment):
        raise NotAllowed()
    remove(comment)
    outbox.record(
        CommentDeleted(comment_id=comment.pk, target_kind=comment.target_kind, target_id=comment.target_id),
        actor_id=author.pk,
    )


def remove(comment: Comment) -> None:
    """Marks a comment that stands or waits as deleted; its thread is locked."""
    stood = comment.stands
    comment.deleted_at, comment.held_at = timezone.now(), None
    store_gone(comment, stood=stood)


def store_gone(comment: Comment, *, stood: bool) -> None:
    """Stores a comment that does not stand, and takes what `stood` out of the numbers; its thread is locked."""
    if comment.pinned_at is not None:
        comment.pinned_at = None
        comment.score -= PINNED_SCORE
    comment.listed = comment.kept_replies > 0
    comment.save(
        update_fields=[
            "deleted_at",
            "held_at",
            "hidden_at",
            "hidden_by",
            "hidden_reason",
            "pinned_at",
            "score",
            "listed",
        ]
    )
    if stood:
        vanished(comment)
    generations.bump(f"{comment.target_kind}:{comment.target_id}")


@retried
def hide_comment(*, actor: Actor, comment: Comment, reason: str) -> Comment:
    """A moderator takes a comment out of everybody's sight, or lets one that waits never come, and says why.

    Raises Invalid, NotAllowed or NotFound.
    """
    moderator = require_writer(actor)
    if not permissions.can_moderate(moderator):
        raise NotAllowed()
    comment = lock_with_thread(comment)
    if not comment.stands and comment.held_at is None:
        raise NotFound()
    stood = comment.stands
    comment.hidden_at, comment.hidden_by, comment.held_at = timezone.now(), moderator, None
    comment.hidden_reason = reasons.stated(reason)
    store_gone(comment, stood=stood)
    outbox.record(
        CommentHidden(
            comment_id=comment.pk,
            target_kind=comment.target_kind,
            target_id=comment.target_id,
            author_id=comment.author_id,
        ),
        actor_id=moderator.pk,
    )
    audit.record(actor=moderator, act=HIDDEN, target_kind=COMMENT, target_id=comment.pk, reason=comment.hidden_reason)
    return comment


@retried
def restore_comment(*, actor: Actor, comment: Comment) -> Comment:
    """A moderator brings back what moderators have hidden. Raises NotAllowed or NotFound."""
    moderator = require_writer(actor)
    if not permissions.can_moderate(moderator):
        raise NotAllowed()
    comment = lock_with_thread(comment)
    if comment.hidden_at is None:
        raise NotFound()
    had_place = comment.listed
    comment.hidden_at = comment.hidden_by = None
    comment.hidden_reason = ""
    comment.listed = comment.stands or had_place
    comment.save(update_fields=["hidden_at", "hidden_by", "hidden_reason", "listed"])
    if comment.stands:
        appeared(comment, had_place=had_place)
    generations.bump(f"{comment.target_kind}:{comment.target_id}")
    outbox.record(
        CommentRestored(
            comment_id=comment.pk,
            target_kind=comment.target_kind,
            target_id=comment.target_id,
            author_id=comment.author_id,
        ),
        actor_id=moderator.pk,
    )
    audit.record(actor=moderator, act=RESTORED, target_kind=COMMENT, target_id=comment.pk)
    return comment


def forget_target(*, kind: str, target_id: int) -> int:
    """Deletes all that was said about a target that is gone for good; returns how many comments there were."""
    gone = Comment.objects.on(kind, target_id)
    return _delete_for_good(list(gone.values_list("pk", flat=True)))


@retried
def _delete_for_good(ids: list[int]) -> int:
    # Each row goes by itself: what answers it is among them, and no cascade has to look for it.
    TargetCounts.objects.filter(target_kind=COMMENT, target_id__in=ids).delete()
    CommentEdit.objects.filter(comment_id__in=ids).delete()
    Comment.objects.filter(pk__in=ids)._raw_delete(using="default")
    return len(ids)


def purge_deleted(*, limit: int = 500) -> int:
    """Wipes the texts of what was deleted 30 days ago; what nothing answers goes altogether. Returns how many."""
    old = Comment.objects.filter(deleted_at__lt=timezone.now() - DELETED_KEPT)
    texts = old.exclude(content="").order_by("pk").values_list("pk", flat=True)
    done = wipe(list(texts[:limit]))
    alone = old.filter(~Exists(Comment.objects.filter(parent_id=OuterRef("pk")))).order_by("pk")
    return done + _delete_for_good(list(alone.values_list("pk", flat=True)[:limit]))


@retried
def wipe(ids: list[int]) -> int:
    """Empties the texts of comments, also those they had before."""
    CommentEdit.objects.filter(comment_id__in=ids).delete()
    return Comment.objects.filter(pk__in=ids).update(content="", html="")
