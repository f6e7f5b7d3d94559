"""Lists of comments as rows: faces add order and cursor."""

from __future__ import annotations

from django.db.models import QuerySet

from community.accounts.permissions import Actor
from community.comments import permissions
from community.comments.models import Comment, CommentQuerySet
from community.core import sight

_PERSON = (
    "username",
    "is_active",
    "verified",
    "role",
    "level",
    "experience",
    "profile__display_name",
    "profile__avatar",
    "profile__avatar_width",
    "profile__avatar_height",
    "profile__avatar_colour",
    "profile__avatar_variants",
    "profile__hidden_at",
)


def person_fields(link: str) -> list[str]:
    """The columns of a person that a card shows, seen from a row with `link`."""
    return [f"{link}__{name}" for name in _PERSON]


def with_authors(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """The rows with what their cards show of the authors."""
    unread = ("author__password", "author__email", "author__profile__bio")
    return comments.select_related("author__profile").defer(*unread)


def list_firsts(kind: str, target_id: int, *, viewer: Actor) -> QuerySet[Comment]:
    """The comments on a target that begin a thread, as far as `viewer` sees their authors."""
    rows = Comment.objects.on(kind, target_id).listed().filter(root__isnull=True)
    return sight.in_sight(rows, viewer, by="author_id")


def list_replies(comment: Comment, *, viewer: Actor) -> QuerySet[Comment]:
    """The direct answers to a comment that have a place."""
    rows: CommentQuerySet = Comment.objects.listed().filter(parent_id=comment.pk)
    return sight.in_sight(rows, viewer, by="author_id")


def list_held(*, viewer: Actor) -> QuerySet[Comment]:
    """What waits for a moderator, with authors, the newest first: for moderators, and nothing for others."""
    rows = with_authors(Comment.objects.held()).order_by("-pk")
    return rows if permissions.can_moderate(viewer) else rows.none()


def list_by_person(person_id: int, *, viewer: Actor) -> QuerySet[Comment]:
    """What somebody said and stands, on whatever target; the face leaves out targets that `viewer` may not see."""
    rows = Comment.objects.standing().filter(author_id=person_id)
    return sight.in_sight(rows, viewer, by="author_id", muted=False)
