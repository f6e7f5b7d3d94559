"""One comment, or NotFound; and what is asked about several by their ids."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

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


def find_imported(comment_id: int) -> Comment | None:
    """A comment that an import made, whatever has become of it: for the next import; None when it is gone for good."""
    return Comment.objects.filter(pk=comment_id).first()


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


@dataclasses.dataclass(frozen=True)
class HeldCard:
    """A comment that waits, with what it is about; None where that is not there."""

    comment: Comment
    about: targets.TargetCard | None


def held_cards(comments: Iterable[Comment], *, viewer: Actor) -> list[HeldCard]:
    """The rows of `list_held` with cards of what they are about; a few queries for each kind of target."""
    rows = list(comments)
    kinds: dict[str, set[int]] = {}
    for row in rows:
        kinds.setdefault(row.target_kind, set()).add(row.target_id)
    cards = {(kind, card.id): card for kind, ids in kinds.items() for card in targets.cards(kind, ids, viewer).values()}
    return [HeldCard(row, cards.get((row.target_kind, row.target_id))) for row in rows]


def on_visible_targets(comments: Sequence[Comment], *, viewer: Actor) -> list[Comment]:
    """Those of the comments whose target `viewer` may see; a few queries for each kind of target."""
    return [comment for comment, _discussion in with_discussions(comments, viewer=viewer)]


def with_discussions(comments: Sequence[Comment], *, viewer: Actor) -> list[tuple[Comment, Discussion]]:
    """Those of the comments whose target `viewer` may see, with what is to be known of it; queries as above."""
    kinds: dict[str, set[int]] = {}
    for comment in comments:
        kinds.setdefault(comment.target_kind, set()).add(comment.target_id)
    seen = {
        (kind, target_id): found
        for kind, ids in kinds.items()
        for target_id, found in targets.discussions(kind, ids, viewer).items()
    }
    places = ((comment, seen.get((comment.target_kind, comment.target_id))) for comment in comments)
    return [(comment, found) for comment, found in places if found is not None]


def beginning_of(comment: Comment) -> str:
    """The first words of a comment, for a line about it."""
    return text.truncate(text.plain_text(comment.html), WORDS)
