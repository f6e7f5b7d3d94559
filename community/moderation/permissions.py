"""Who may report, and who decides. Every face asks here."""

from __future__ import annotations

from typing import Any

from community.accounts.models import User
from community.accounts.permissions import Actor, can_write, is_moderator


def can_report(actor: Actor, thing: Any) -> bool:
    """Whoever may write, but nobody what is their own."""
    own = isinstance(actor, User) and (thing == actor or getattr(thing, "author_id", None) == actor.pk)
    return can_write(actor) and not own


def can_decide(actor: Actor) -> bool:
    """MODERATOR and ADMIN: read reports, hide what is reported, put reports away."""
    return can_write(actor) and is_moderator(actor)
