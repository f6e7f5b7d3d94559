"""The content's jobs: scheduled publication, emptying the bin, cleaning texts again under a stricter policy."""

from __future__ import annotations

from django.core.management import call_command
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from cms import services


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
