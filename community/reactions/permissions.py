"""Who may react to what."""

from __future__ import annotations

from typing import Any

from community.accounts.permissions import Actor, can_write
from community.core import sight, targets


def can_react(actor: Actor, thing: Any) -> bool:
    """Who may write, to what they see, unless a block parts them from whoever made it."""
    author = targets.author_id(thing)
    return can_write(actor) and (author is None or not sight.are_parted(actor, author))


def can_view_reactions(viewer: Actor, thing: Any) -> bool:
    """Who sees the thing, unless a block parts them from whoever made it."""
    author = targets.author_id(thing)
    return author is None or not sight.are_parted(viewer, author)
