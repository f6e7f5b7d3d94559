"""Who may do what with comments. Every face asks here."""

from __future__ import annotations

from django.utils import timezone

from community.accounts.models import User
from community.accounts.permissions import Actor, can_write, is_moderator
from community.comments.choices import EDITABLE
from community.comments.models import Comment
from community.core.targets import Discussion


def can_comment_on(actor: Actor, discussion: Discussion) -> bool:
    """Whoever may write, while something may be added; moderators also where it is closed."""
    return can_write(actor) and (discussion.is_open or is_moderator(actor))


def can_answer(actor: Actor, discussion: Discussion, first: Comment) -> bool:
    """The same, in a thread that is not locked; moderators also in one that is."""
    return can_comment_on(actor, discussion) and (first.locked_at is None or is_moderator(actor))


def can_view_comment(viewer: Actor, comment: Comment) -> bool:
    """What stands: everybody who may see its target. Of what is gone only its place is shown."""
    return comment.stands


def is_author(actor: Actor, comment: Comment) -> bool:
    """Is `actor` the one who wrote it?"""
    return isinstance(actor, User) and comment.author_id is not None and comment.author_id == actor.pk


def can_edit_comment(actor: Actor, comment: Comment) -> bool:
    """The author, for 24 hours."""
    young = timezone.now() - comment.created_at < EDITABLE
    return comment.stands and is_author(actor, comment) and can_write(actor) and young


def can_delete_comment(actor: Actor, comment: Comment) -> bool:
    """The author, whenever they want. Moderators hide it, and say why."""
    return comment.stands and is_author(actor, comment) and can_write(actor)


def can_pin_comment(actor: Actor, discussion: Discussion, comment: Comment) -> bool:
    """Whose the target is; the first of a thread only."""
    return comment.stands and comment.root_id is None and _owns(actor, discussion)


def can_lock_thread(actor: Actor, discussion: Discussion, comment: Comment) -> bool:
    """Whose the target is, and moderators; a thread is locked at its first comment."""
    return comment.root_id is None and comment.listed and (_owns(actor, discussion) or can_moderate(actor))


def can_moderate(actor: Actor) -> bool:
    """MODERATOR and ADMIN: hide with a reason, bring back, read earlier texts."""
    return can_write(actor) and is_moderator(actor)


def _owns(actor: Actor, discussion: Discussion) -> bool:
    return isinstance(actor, User) and discussion.author_id == actor.pk and can_write(actor)
