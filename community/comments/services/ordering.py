"""What stands above, and what nobody adds to."""

from __future__ import annotations

from django.utils import timezone

from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.comments import permissions, rules
from community.comments.choices import COMMENT, PING_SCORE, PINNED_SCORE
from community.comments.models import Comment
from community.comments.services.places import lock_with_thread
from community.core import generations, outbox, targets
from community.core.counts import numbers
from community.core.errors import NotAllowed, NotFound
from community.core.transactions import retried
from community.facts.comments import CommentLocked, CommentPinned


@retried
def pin_comment(*, actor: Actor, comment: Comment, pinned: bool) -> Comment:
    """Puts the first comment of a thread above all others of its target, in the place of the one before, or back.

    Raises NotAllowed, NotFound or TooMany.
    """
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    discussion = targets.discussion(comment.target_kind, comment.target_id, person)
    here = Comment.objects.on(comment.target_kind, comment.target_id)
    rows = here.filter(pk=comment.pk) | here.filter(pinned_at__isnull=False)
    locked = {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")}
    found = locked.pop(comment.pk, None)
    if found is None or not found.stands:
        raise NotFound()
    if not permissions.can_pin_comment(person, discussion, found):
        raise NotAllowed()
    if pinned != (found.pinned_at is not None):
        for other in locked.values() if pinned else ():
            _set_pinned(other, pinned=False)
        _set_pinned(found, pinned=pinned)
        outbox.record(
            CommentPinned(comment_id=found.pk, target_kind=found.target_kind, target_id=found.target_id, pinned=pinned),
            actor_id=person.pk,
        )
        generations.bump(discussion.tag)
    return found


def _set_pinned(comment: Comment, *, pinned: bool) -> None:
    comment.pinned_at = timezone.now() if pinned else None
    comment.score += PINNED_SCORE if pinned else -PINNED_SCORE
    comment.save(update_fields=["pinned_at", "score"])


@retried
def lock_thread(*, actor: Actor, comment: Comment, locked: bool) -> Comment:
    """Nobody but moderators answers any more in the thread that begins here, or everybody does again.

    Raises NotAllowed, NotFound or TooMany.
    """
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    discussion = targets.discussion(comment.target_kind, comment.target_id, person)
    found = lock_with_thread(comment)
    if not permissions.can_lock_thread(person, discussion, found):
        raise NotAllowed()
    if locked != (found.locked_at is not None):
        found.locked_at = timezone.now() if locked else None
        found.save(update_fields=["locked_at"])
        outbox.record(
            CommentLocked(comment_id=found.pk, target_kind=found.target_kind, target_id=found.target_id, locked=locked),
            actor_id=person.pk,
        )
        generations.bump(discussion.tag)
    return found


@retried
def refresh_score(*, comment_id: int) -> None:
    """The place among the best follows the number of reactions; whoever counts those calls this."""
    comment = Comment.objects.select_for_update(no_key=True, of=("self",)).filter(pk=comment_id).first()
    if comment is None:
        return
    row = numbers(COMMENT, [comment_id]).get(comment_id)
    found = rules.score(row.reactions if row else 0, comment.created_at)
    found += (PINNED_SCORE if comment.pinned_at is not None else 0) + (PING_SCORE if comment.ping else 0)
    if found != comment.score:
        Comment.objects.filter(pk=comment_id).update(score=found)
        generations.bump(f"{comment.target_kind}:{comment.target_id}")
