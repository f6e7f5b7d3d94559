"""Comments as targets: others point to a comment as ("comment", id); and who counts those of a post."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from community.accounts.permissions import Actor
from community.comments import selectors, services
from community.comments.choices import COMMENT
from community.comments.models import Comment
from community.comments.selectors import count_comments
from community.core import counts, sight, targets

POST = "post"


#: What is entered as the reason where moderation decides without one.
HIDDEN = _("Hidden by moderation.")


class CommentTarget:
    """The app's answers about comments."""

    def get(self, target_id: int, viewer: Actor) -> Comment:
        """The comment, or NotFound."""
        return selectors.get_comment(target_id, viewer=viewer)[0]

    def cards(self, ids: Iterable[int], viewer: Actor) -> dict[int, targets.TargetCard]:
        """The beginning and the address of each comment that stands, on a target that `viewer` may see."""
        rows = Comment.objects.standing().filter(pk__in=list(ids))
        seen = selectors.with_authors(sight.in_sight(rows, viewer, by="author_id", muted=False))
        found = selectors.on_visible_targets(list(seen), viewer=viewer)
        return {
            row.pk: targets.TargetCard(COMMENT, row.pk, selectors.beginning_of(row), row.get_absolute_url())
            for row in found
        }

    def hide(self, target_id: int, *, actor: Actor, reason: str = "") -> None:
        """Takes it out of everybody's sight."""
        comment, _discussion = selectors.get_comment(target_id, viewer=actor)
        services.hide_comment(actor=actor, comment=comment, reason=reason or str(HIDDEN))

    def restore(self, target_id: int, *, actor: Actor) -> None:
        """Brings back what was hidden."""
        comment, _discussion = selectors.get_comment_to_manage(target_id, viewer=actor)
        services.restore_comment(actor=actor, comment=comment)


def count_on_posts(ids: list[int]) -> dict[int, int]:
    """How many comments stand on each of these posts; one query."""
    return dict(count_comments(POST, ids))


def nothing(_ids: list[int]) -> dict[int, int]:
    """Answers to a comment are comments on its post: `Comment.replies` counts them."""
    return {}


def register() -> None:
    """Called when the app is ready."""
    targets.register(COMMENT, CommentTarget())
    counts.register_kind(COMMENT, Comment.objects.all)
    counts.register(POST, "comments", count_on_posts)
    counts.register(COMMENT, "comments", nothing)
