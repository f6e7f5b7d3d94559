"""One comment, or NotFound; and what is asked about several by their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count, Q, QuerySet

from community.accounts.permissions import Actor
from community.comments import permissions
from community.comments.choices import PAGE_SIZE, REPLIES_SHOWN
from community.comments.models import Comment, CommentEdit
from community.comments.selectors.lists import list_firsts, with_authors
from community.core import sight, targets, text
from community.core.errors import NotFound
from community.core.targets import Discussion


def get_discussion(kind: str, target_id: int, *, viewer: Actor) -> Discussion:
    """The target with what is to be known for talking about it, if `viewer` may see it; else NotFound."""
    return targets.discussion(kind, target_id, viewer)


def get_comment(comment_id: int, *, viewer: Actor) -> tuple[Comment, Discussion]:
    """A comment that stands and its target, if `viewer` may see both; else NotFound."""
    comment, discussion = _find(comment_id, viewer)
    if not permissions.can_view_comment(viewer, comment):
        raise NotFound()
    return comment, discussion


def get_place(comment_id: int, *, viewer: Actor) -> Comment:
    """A comment that has a place, though it may be gone itself, if `viewer` may see its target; else NotFound."""
    comment, _discussion = _find(comment_id, viewer)
    if not comment.listed:
        raise NotFound()
    return comment


def get_comment_to_manage(comment_id: int, *, viewer: Actor) -> tuple[Comment, Discussion]:
    """As `get_comment`; for moderators also what is gone, to see it and to bring it back."""
    comment, discussion = _find(comment_id, viewer)
    if not (permissions.can_view_comment(viewer, comment) or permissions.can_moderate(viewer)):
        raise NotFound()
    return comment, discussion


def _find(comment_id: int, viewer: Actor) -> tuple[Comment, Discussion]:
    found = with_authors(Comment.objects.filter(pk=comment_id)).first() if 0 < comment_id < 2**63 else None
    if found is None:
        raise NotFound()
    discussion = targets.discussion(found.target_kind, found.target_id, viewer)
    if found.author_id is not None and sight.are_parted(viewer, found.author_id):
        raise NotFound()
    return found, discussion


def list_edits(comment: Comment, *, viewer: Actor) -> QuerySet[CommentEdit]:
    """The earlier texts, the newest first: for moderators, and nothing for others."""
    edits = CommentEdit.objects.filter(comment_id=comment.pk).order_by("-pk")
    return edits if permissions.can_moderate(viewer) else edits.none()


def find_place(comment: Comment, *, viewer: Actor) -> int | None:
    """Where to begin reading its thread so that it is there: after which reply, 0 for the beginning.

    None when the first page of all comments, the best first, shows it already.
    """
    first = comment if comment.root_id is None else Comment.objects.get(pk=comment.root_id)
    firsts = list_firsts(comment.target_kind, comment.target_id, viewer=viewer)
    above = firsts.filter(Q(score__gt=first.score) | Q(score=first.score, pk__gt=first.pk))
    on_first_page = above.order_by()[:PAGE_SIZE].count() < PAGE_SIZE
    if comment.root_id is None:
        return None if on_first_page else 0
    before = Comment.objects.listed().filter(root_id=comment.root_id, pk__lt=comment.pk).order_by("-pk")
    ids = list(before.values_list("pk", flat=True)[: max(REPLIES_SHOWN, _CONTEXT) + 1])
    if on_first_page and len(ids) < REPLIES_SHOWN:
        return None
    return ids[_CONTEXT] if len(ids) > _CONTEXT else 0


#: The beginning of a comment in a line about it.
WORDS = 80
#: So many replies stand above the one that is looked for.
_CONTEXT = 5


def count_comments(kind: str, ids: list[int]) -> Mapping[int, int]:
    """How many comments stand on each of these targets; one query."""
    rows = Comment.objects.standing().filter(target_kind=kind, target_id__in=ids).order_by()
    return dict(rows.values_list("target_id").annotate(count=Count("pk")))


def on_visible_targets(comments: Sequence[Comment], *, viewer: Actor) -> list[Comment]:
    """Those of the comments whose target `viewer` may see; a few queries for each kind of target."""
    kinds: dict[str, set[int]] = {}
    for comment in comments:
        kinds.setdefault(comment.target_kind, set()).add(comment.target_id)
    seen = {(kind, found) for kind, ids in kinds.items() for found in targets.discussions(kind, ids, viewer)}
    return [comment for comment in comments if (comment.target_kind, comment.target_id) in seen]


def beginning_of(comment: Comment) -> str:
    """The first words of a comment, for a line about it."""
    return text.truncate(text.plain_text(comment.html), WORDS)
