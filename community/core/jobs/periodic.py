"""Jobs that come by themselves: each slot of a schedule once, whatever the number of schedulers and the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from community.core.jobs.ledger import enqueue
from community.core.jobs.registry import Declared, registered
from community.core.models import Job, JobSlot

#: How long slots are remembered: longer than clocks jump and schedules pause.
SHORT, LONG = timedelta(days=3), timedelta(days=40)


def database_now() -> datetime:
    """The clock all processes share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].astimezone(UTC)


def enqueue_due(clock: Callable[[], datetime] = database_now) -> int:
    """Enters every job whose newest slot has no row yet, and returns how many. Any number of callers may run.

    Of slots that were missed only the newest counts. A schedule seen for the first time begins with its next
    slot. A job that still waits from its slot before is not entered a second time: it does the work of both.
    """
    now = clock()
    comers = [(declared, declared.every.newest(now)) for declared in registered() if declared.every]
    dealt = set(
        JobSlot.objects.filter(
            name__in=[declared.key for declared, _ in comers], slot__in={slot for _, slot in comers}
        ).values_list("name", "slot")
    )
    return sum(_enqueue(declared, slot) for declared, slot in comers if (declared.key, slot) not in dealt)


def _enqueue(declared: Declared, slot: datetime) -> bool:
    with transaction.atomic():
        first = not JobSlot.objects.filter(name=declared.key).exists()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO job_slot (name, slot) VALUES (%s, %s) ON CONFLICT DO NOTHING", [declared.key, slot]
            )
            mine = bool(cursor.rowcount)
        if first or not mine:
            return False
        if Job.objects.filter(queue=declared.queue, name=declared.name, state="waiting", data={}).exists():
            return False
        return enqueue(declared.queue, declared.name, key=f"{declared.key}@{slot:%Y-%m-%dT%H:%MZ}") is not None


def purge_slots(now: datetime | None = None) -> int:
    """Forgets slots of long ago, except the newest of each schedule; returns how many.

    Frequent ones are remembered for 3 days, others for 40; those of jobs that are gone go as well.
    """
    now = now or database_now()
    limits = {declared.key: now - _kept(declared) for declared in registered() if declared.every}
    gone = JobSlot.objects.exclude(name__in=limits).filter(slot__lt=now - LONG).delete()[0]
    for name, limit in limits.items():
        rows = JobSlot.objects.filter(name=name)
        newest = rows.order_by("-slot").values_list("pk", flat=True).first()
        gone += rows.filter(slot__lt=limit).exclude(pk__in=[newest]).delete()[0]
    return gone


def _kept(declared: Declared) -> timedelta:
    return LONG if declared.every and declared.every.period >= timedelta(days=1) else SHORT
