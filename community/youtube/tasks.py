"""The job of videos: asking YouTube for the titles and pictures that pages want."""

from __future__ import annotations

from community.core.jobs import Cron, job
from community.youtube import services


@job(queue="youtube-sync", name="videos", every=Cron())
def fetch_previews() -> int:
    """Fetches what new posts show within a minute or two; what failed, ever more rarely; the rest once a month."""
    return services.fetch_previews(seconds=25)
