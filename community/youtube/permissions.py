"""Who may have YouTube asked again."""

from __future__ import annotations

from community.accounts.choices import Role
from community.accounts.permissions import Actor, has_role


def can_retry_previews(actor: Actor) -> bool:
    """Administrators: they look after what the site fetches."""
    return has_role(actor, Role.ADMIN)
