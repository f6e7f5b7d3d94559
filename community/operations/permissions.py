"""Who may look into the machinery of the site."""

from __future__ import annotations

from community.accounts.choices import Role
from community.accounts.permissions import Actor, has_role


def can_run_jobs(actor: Actor) -> bool:
    """ADMIN: seeing jobs with their errors, starting, retrying and dismissing them, pausing queues."""
    return has_role(actor, Role.ADMIN)
