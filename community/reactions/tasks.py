"""The job of reactions: what they weigh."""

from __future__ import annotations

from community.core.jobs import Cron, job
from community.reactions import services


@job(queue="cleanup", name="reaction-weights", every=Cron(hour=4, minute=10))
def weigh_reactions() -> int:
    """Weighs the reactions of all targets anew, when a type has another weight, and each night."""
    return services.weigh_reactions()
