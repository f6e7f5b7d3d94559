"""Who may vote, and who sees what came out."""

from __future__ import annotations

from typing import Any

from community.accounts.models import User
from community.accounts.permissions import Actor, can_write, is_moderator
from community.core import sight, targets
from community.polls.choices import Results


def can_view_poll(viewer: Actor, thing: Any) -> bool:
    """Who sees the thing it stands in, unless a block parts them from whoever made that."""
    author = targets.author_id(thing)
    return author is None or not sight.are_parted(viewer, author)


def can_vote(actor: Actor, thing: Any) -> bool:
    """Who may write, and sees the poll."""
    return can_write(actor) and can_view_poll(actor, thing)


def can_view_results(viewer: Actor, results: str, *, author_id: int | None, voted: bool, over: bool) -> bool:
    """As the poll says; whose it is, and moderators, at any time. No query but for moderators."""
    if results == Results.ALWAYS or over or (voted and results == Results.VOTED):
        return True
    return isinstance(viewer, User) and (viewer.pk == author_id or is_moderator(viewer))
