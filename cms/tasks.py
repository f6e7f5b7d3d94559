"""The content's jobs: scheduled publication, emptying the bin, cleaning texts again under a stricter policy."""

from __future__ import annotations

from django.core.management import call_command
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from cms import services
from cms.services.pictures import prepare_pictures as prepare
from cms.services.search import forget_searches, store_searches


@db_periodic_task(crontab(minute="*"))
def publish_scheduled() -> None:
    """Scheduled pages go live within a minute of their time; Wagtail's own command, safe to run twice."""
    call_command("publish_scheduled")


@db_periodic_task(crontab(minute="20", hour="3"))
def empty_bin() -> int:
    """What has lain in the bin for 30 days goes for good."""
    return services.purge_bin()


@db_periodic_task(crontab(minute="40", hour="*"))
def clean_again() -> int:
    """Texts stored under an older cleaning policy pass the present one."""
    return services.clean_again()


@db_periodic_task(crontab(minute="*"))
def prepare_pictures() -> int:
    """AVIF and whatever else pictures lack, for half of each minute at most: it takes a whole core."""
    return prepare(seconds=30)


@db_periodic_task(crontab(minute="*"))
def count_searches() -> int:
    """What people searched for goes from Redis into the reports of the admin."""
    return store_searches()


@db_periodic_task(crontab(minute="50", hour="3"))
def forget_old_searches() -> int:
    """Words nobody has searched for in 90 days are forgotten."""
    return forget_searches()
