"""The content's jobs: scheduled publication, emptying the bin, cleaning texts again under a stricter policy."""

from __future__ import annotations

from django.core.management import call_command

from cms import services
from cms.services.pictures import prepare_pictures as prepare
from cms.services.search import forget_searches, store_searches
from community.core.jobs import Cron, job


@job(queue="publishing", name="scheduled", every=Cron())
def publish_scheduled() -> None:
    """Publishes and withdraws pages within a minute of their time; Wagtail's own command, safe to run twice."""
    call_command("publish_scheduled")


@job(queue="cleanup", name="bin", every=Cron(hour=3, minute=20))
def empty_bin() -> int:
    """Deletes for good what has lain in the bin for 30 days."""
    return services.purge_bin()


@job(queue="cleanup", name="texts", every=Cron(minute=40))
def clean_again() -> int:
    """Cleans texts that were stored under an older cleaning policy."""
    return services.clean_again()


@job(queue="media", name="image", every=Cron())
def prepare_pictures() -> int:
    """Makes AVIF and whatever else pictures lack, for half of each minute at most: it takes a whole core."""
    return prepare(seconds=30)


@job(queue="analytics", name="searches", every=Cron())
def count_searches() -> int:
    """Moves what people searched for from Redis into the reports of the admin."""
    return store_searches()


@job(queue="cleanup", name="old-searches", every=Cron(hour=3, minute=50))
def forget_old_searches() -> int:
    """Forgets words nobody has searched for in 90 days."""
    return forget_searches()
