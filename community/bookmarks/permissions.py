"""Who may keep and share what, and whose folders are whose."""

from __future__ import annotations

from typing import Any

from community.accounts.models import User
from community.accounts.permissions import Actor, can_write
from community.bookmarks.models import Bookmark, Folder
from community.core import sight, targets


def can_keep(actor: Actor, thing: Any) -> bool:
    """Who may write, what they see, unless a block parts them from whoever made it."""
    author = targets.author_id(thing)
    return can_write(actor) and (author is None or not sight.are_parted(actor, author))


def can_share(actor: Actor, thing: Any) -> bool:
    """As with keeping; a thing that is not published is shared by nobody."""
    return bool(getattr(thing, "live", True)) and can_keep(actor, thing)


def owns(actor: Actor, thing: Folder | Bookmark) -> bool:
    """Folders and bookmarks are their person's alone."""
    return isinstance(actor, User) and thing.user_id == actor.pk
