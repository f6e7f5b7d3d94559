"""The jobs of comments: deleted texts are wiped, others made again by newer rules."""

from __future__ import annotations

from community.comments import services
from community.core.jobs import Cron, job


@job(queue="cleanup", name="comments", every=Cron(hour=3, minute=25))
def purge_deleted() -> int:
    """Wipes the texts of comments that were deleted 30 days ago."""
    return services.purge_deleted()


@job(queue="cleanup", name="comment-texts", every=Cron(minute=45))
def render_again() -> int:
    """Makes the HTML of comments anew that older rules have made."""
    return services.render_again()
