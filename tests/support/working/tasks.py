"""Jobs that take long, and leave something behind."""

from __future__ import annotations

import dataclasses
import time

from django.utils import timezone

from community.core.jobs import job
from community.core.models import Job, LimitCount


@dataclasses.dataclass(frozen=True)
class Patience:
    """Which job, and how many seconds its first try takes."""

    key: str
    first: int = 0


@job(queue="email", name="leaves", data=Patience)
def leaves_a_row(data: Patience) -> None:
    """Leaves a row when it has come to its end; tries after the first take no time."""
    if Job.objects.get(data__key=data.key).attempts == 1:
        time.sleep(data.first)
    LimitCount.objects.create(bucket="tests", key_digest=data.key, window_start=timezone.now())
