"""The job of videos: asking YouTube for the titles and pictures that pages want."""

from __future__ import annotations

from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from community.youtube import services


@db_periodic_task(crontab(minute="*"))
def fetch_previews() -> int:
    """What new posts show, within a minute or two; what has failed, ever more rarely; what is there, once a month."""
    return services.fetch_previews(seconds=25)
