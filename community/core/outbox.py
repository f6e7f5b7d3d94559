"""Facts: record them in the transaction of the change, hand them to subscribers at least once, in order.

The pattern is the transactional outbox (https://microservices.io/patterns/data/transactional-outbox.html).
An effect in the database happens exactly once, because its ``Delivery`` row shares its transaction. Who delivers
holds a lease (community/core/leases.py), so that a fact which ends its process is counted as tried.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from django.db import DatabaseError, connection, models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from community.core import leases
from community.core.crash_points import crash_point
from community.core.models import OutboxFact
from community.core.postgres import prepared
from community.facts import REGISTRY, Fact

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 10
BACKOFF_BASE = timedelta(seconds=2)
BACKOFF_CAP = timedelta(hours=1)
#: Facts leased at a time: each claim is a transaction of its own.
BATCH = 10
OPEN = "delivered_at IS NULL AND dead_at IS NULL"
KEPT = timedelta(days=30)
#: Written by hand: what Django needs to compose such statements is a third of the time of a small fact.
_RECORD = """
    WITH aggregate AS (
        INSERT INTO outbox_aggregate (kind, aggregate_id, last_sequence) VALUES (%(kind)s, %(aggregate)s, 1)
        ON CONFLICT (kind, aggregate_id)
        DO UPDATE SET last_sequence = outbox_aggregate.last_sequence + 1
        RETURNING last_sequence
    )
    INSERT INTO outbox (name, version, payload, aggregate_kind, aggregate_id, sequence, actor_id,
                        correlation_id, transaction_id, attempts, last_error)
    SELECT %(name)s, %(version)s::int, %(payload)s::jsonb, %(kind)s, %(aggregate)s, last_sequence, %(actor)s::bigint,
           %(correlation)s, pg_current_xact_id()::text::bigint, 0, '' FROM aggregate
    RETURNING id
"""
_UNHEARD = f"""
    UPDATE outbox SET delivered_at = now() WHERE id IN (
        SELECT id FROM outbox WHERE {OPEN} AND lease_until IS NULL AND name = ANY(%s)
        ORDER BY id FOR UPDATE SKIP LOCKED)
"""  # noqa: S608 - our own words
#: What is due is asked for once (MATERIALIZED): as a subquery of the update it could be planned to run again for each
#: row, and would then lease more than wanted.
_CLAIM = f"""
    WITH due AS MATERIALIZED (
        SELECT id FROM outbox WHERE {OPEN} AND next_attempt_at <= now() AND name = ANY(%s)
          AND (lease_until IS NULL OR lease_until < now()) AND attempts {{tried}} 0
          AND NOT EXISTS (
            SELECT 1 FROM outbox earlier
            WHERE earlier.aggregate_kind = outbox.aggregate_kind AND earlier.aggregate_id = outbox.aggregate_id
              AND earlier.sequence < outbox.sequence
              AND earlier.delivered_at IS NULL AND earlier.dead_at IS NULL)
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
    UPDATE outbox SET lease_until = now() + %s, holder = %s, attempts = attempts + 1
    FROM due WHERE outbox.id = due.id
    RETURNING outbox.id, name, payload, actor_id, correlation_id, attempts
"""  # noqa: S608 - our own words
_CLAIM_FRESH, _CLAIM_TRIED = _CLAIM.format(tried="="), _CLAIM.format(tried=">")
_CLAIMED = ("id", "name", "payload", "actor_id", "correlation_id", "attempts")
_BURY = f"""
    UPDATE outbox SET dead_at = now(), lease_until = NULL, holder = '', last_error = 'Its process ended at every try.'
    WHERE {OPEN} AND attempts >= %s AND (lease_until IS NULL OR lease_until < now())
"""  # noqa: S608 - our own words
_LOCK = "SELECT FROM outbox WHERE id = %s AND holder = %s AND attempts = %s FOR UPDATE"
_DELIVERED = "INSERT INTO outbox_delivery (fact_id, subscriber) VALUES (%s, %s)"
_SETTLED = "UPDATE outbox SET delivered_at = now(), lease_until = NULL, holder = '', last_error = '' WHERE id = %s"


@dataclasses.dataclass(frozen=True)
class Recorded:
    """A fact as a subscriber gets it: the fact, its id (the key of idempotency) and who did it."""

    id: int
    fact: Any
    actor_id: int | None
    correlation_id: str


Subscriber = Callable[[Recorded], None]
S = TypeVar("S", bound=Subscriber)

_subscribers: dict[str, dict[str, Subscriber]] = defaultdict(dict)
_pokes: list[Callable[[], object]] = []
_left = leases.Left(lambda holder: free(holder))


def subscriber(*facts: type[Fact]) -> Callable[[S], S]:
    """Registers a function for some facts. Its dotted name is its identity in the delivery rows: keep it."""

    def register(function: S) -> S:
        for fact in facts:
            _subscribers[fact.name][f"{function.__module__}.{function.__qualname__}"] = function
        return function

    return register


def subscribers() -> dict[str, dict[str, Subscriber]]:
    """All registered subscribers: fact name → dotted name → function."""
    return {name: dict(functions) for name, functions in _subscribers.items()}


def on_recorded(poke: Callable[[], object]) -> None:
    """Registers what is called after a commit that recorded facts (the job layer pokes a worker)."""
    _pokes.append(poke)


def record(fact: Fact, *, actor_id: int | None = None) -> int:
    """Stores `fact` in the current transaction and returns its id.

    Raises RuntimeError outside a transaction: a fact and its change must stand or fall together.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{fact.name} was recorded outside a transaction.")
    if fact.name not in REGISTRY:
        raise RuntimeError(f"{fact.name} is not a declared fact.")
    correlation = str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]
    [(number,)] = prepared.rows(
        _RECORD,
        {
            "kind": fact.aggregate_kind,
            "aggregate": fact.aggregate_id,
            "name": fact.name,
            "version": fact.version,
            "payload": json.dumps(fact.payload()),
            "actor": actor_id,
            "correlation": correlation,
        },
    )
    _poke_after_commit()
    return int(number)


def _poke_after_commit() -> None:
    """One poke per transaction, however many facts it recorded."""
    if not any(entry[1] is _poke for entry in connection.run_on_commit):
        transaction.on_commit(_poke, robust=True)


def _poke() -> None:
    for poke in _pokes:
        poke()


def deliver(*, limit: int = 100, stopping: Callable[[], bool] = lambda: False) -> int:
    """Delivers up to `limit` waiting facts, each in a transaction of its own; returns how many were taken.

    Any number of callers may run at once: a fact is leased to one of them, and waits for the earlier facts of
    its aggregate. A failing subscriber stops no other; the fact is tried again later. Ends early, and gives
    back what it has not begun, when `stopping` says so.
    """
    holder = leases.holder()
    _left.free()
    try:
        return _deliver_all(holder, limit, stopping)
    except DatabaseError:
        _left.add(holder)  # not even given back: the database went away
        raise


def _deliver_all(holder: str, limit: int, stopping: Callable[[], bool]) -> int:
    taken, again = _settle_unheard(), True
    while taken < limit and not stopping():
        rows = _claim(holder, min(BATCH, limit - taken), fresh=True)
        if again:  # what was tried before comes due by time: asked for until there is none, and at the next call
            tried = _claim(holder, 1, fresh=False)
            rows, again = rows + tried, bool(tried)
        if not rows:
            break
        taken += len(rows)
        try:
            while rows and not stopping():
                _deliver(rows[0], holder)
                rows.pop(0)
        finally:
            _give_back(rows, holder)
    return taken


def _settle_unheard() -> int:
    """Facts that nobody listens to are delivered at once: they may even pass earlier ones of their aggregate."""
    unheard = [name for name in REGISTRY if not _subscribers.get(name)]
    with prepared.cursor() as cursor:
        cursor.execute(_UNHEARD, [unheard])
        return int(cursor.rowcount)


def _claim(holder: str, many: int, *, fresh: bool) -> list[OutboxFact]:
    """Leases the oldest facts that are due and first of their aggregate; counts the try at once.

    What was tried before is claimed alone (`fresh` is False then): a fact that kills its process must not use up
    the tries of others, which were leased beside it.
    """
    if not fresh:
        _bury()
    values: list[Any] = [list(REGISTRY), many, leases.LENGTH, holder]
    # Planned each time: whether many facts wait or none makes another plan, and another time.
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM_FRESH if fresh else _CLAIM_TRIED, values)
        rows = [row for row, _rest in prepared.instances(OutboxFact, _CLAIMED, cursor.fetchall())]
    for row in rows:
        row.payload = json.loads(row.payload)
    return sorted(rows, key=lambda row: row.pk)


def _bury() -> None:
    """Gives up facts that have had all their tries without a word: each ended the process that delivered it."""
    with prepared.cursor() as cursor:
        cursor.execute(_BURY, [MAX_ATTEMPTS])
        if cursor.rowcount:
            log.error("facts_dead", reason="the process ended at every try")


def _deliver(row: OutboxFact, holder: str) -> None:
    """Delivers a leased fact: effects, delivery rows and the mark that it is done share one transaction.

    The row stays locked meanwhile, so nobody takes it over, however long it takes.
    """
    crash_point("fact.before")
    with transaction.atomic():
        if not _lock(row, holder):
            return  # the lease was over, and somebody else has it
        fact = Recorded(
            id=row.pk,
            fact=REGISTRY[row.name].from_payload(row.payload),
            actor_id=row.actor_id,
            correlation_id=row.correlation_id,
        )
        done = set(row.deliveries.values_list("subscriber", flat=True)) if row.attempts > 1 else set()
        errors = []
        with structlog.contextvars.bound_contextvars(request_id=row.correlation_id, fact_id=row.pk):
            for name, function in _subscribers.get(row.name, {}).items():
                if name not in done:
                    error = _run(name, function, fact)
                    errors += [error] if error else []
        _settle(row, errors)
        crash_point("fact.before_commit")
    crash_point("fact.after_commit")


def _lock(row: OutboxFact, holder: str) -> bool:
    """Locks the row until the end of the transaction, if it is still leased to `holder`."""
    with prepared.cursor() as cursor:
        cursor.execute(_LOCK, [row.pk, holder, row.attempts])
        return bool(cursor.rowcount == 1)


def _run(name: str, function: Subscriber, fact: Recorded) -> str:
    """Runs one subscriber in a savepoint with its delivery row; returns the error, if any."""
    try:
        with transaction.atomic():
            with prepared.cursor() as cursor:
                cursor.execute(_DELIVERED, [fact.id, name])
            function(fact)
            crash_point("fact.middle")
    except Exception as error:
        log.exception("subscriber_failed", subscriber=name, fact=fact.fact.name)
        return f"{name}: {type(error).__name__}: {error}"
    return ""


def _settle(row: OutboxFact, errors: list[str]) -> None:
    if not errors:
        with prepared.cursor() as cursor:
            cursor.execute(_SETTLED, [row.pk])
        return
    row.last_error = "\n".join(errors)[:4000].replace("\0", "")
    row.lease_until, row.holder = None, ""
    if row.attempts >= MAX_ATTEMPTS:
        row.dead_at = timezone.now()
        log.error("fact_dead", fact=row.name, fact_id=row.pk)
    else:
        wait = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** (row.attempts - 1))
        row.next_attempt_at = timezone.now() + wait * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
    row.save(update_fields=["last_error", "lease_until", "holder", "dead_at", "next_attempt_at"])


def _give_back(rows: list[OutboxFact], holder: str) -> None:
    """Ends the leases of facts that were not begun; their try does not count."""
    if rows:
        OutboxFact.objects.filter(pk__in=[row.pk for row in rows], holder=holder).update(
            lease_until=None, holder="", attempts=models.F("attempts") - 1
        )


def free(holders: str) -> int:
    """Ends the leases of a process that is dead: `holders` is the beginning of what its threads are called."""
    return OutboxFact.objects.filter(holder__startswith=holders, delivered_at=None, dead_at=None).update(
        lease_until=None, holder=""
    )


def replay(*, ids: Iterable[int]) -> int:
    """Dead letters get all their tries again, from now; returns how many there were. Others are left alone.

    Subscribers that have dealt with a fact are not asked again. It may come after later facts of its aggregate.
    """
    return (
        OutboxFact.objects.filter(pk__in=list(ids))
        .exclude(dead_at=None)
        .update(dead_at=None, attempts=0, next_attempt_at=Now())
    )


def dismiss(*, ids: Iterable[int]) -> int:
    """Puts dead letters away for good, undelivered; returns how many there were. Their last error stays."""
    return OutboxFact.objects.filter(pk__in=list(ids)).exclude(dead_at=None).update(dead_at=None, delivered_at=Now())


def list_facts(*, dead: bool = False, name: str = "", limit: int = 50) -> list[OutboxFact]:
    """Facts that wait, oldest first, or those given up; of one name, if given."""
    rows = OutboxFact.objects.filter(delivered_at=None).order_by("id")
    rows = rows.exclude(dead_at=None) if dead else rows.filter(dead_at=None)
    return list((rows.filter(name=name) if name else rows)[:limit])


def purge() -> int:
    """Deletes delivered facts older than 30 days; returns how many."""
    old = OutboxFact.objects.filter(delivered_at__lt=timezone.now() - KEPT).order_by("id")[:5000]
    return OutboxFact.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


@dataclasses.dataclass(frozen=True)
class Numbers:
    """How the outbox stands: facts that wait, those given up, and seconds since the oldest waiting one happened."""

    waiting: int
    dead: int
    oldest_seconds: float


def numbers() -> Numbers:
    """How the outbox stands now; each number is one query."""
    waiting = OutboxFact.objects.filter(delivered_at=None, dead_at=None)
    oldest = waiting.order_by("occurred_at").values_list("occurred_at", flat=True).first()
    return Numbers(
        waiting=waiting.count(),
        dead=OutboxFact.objects.filter(delivered_at=None).exclude(dead_at=None).count(),
        oldest_seconds=(timezone.now() - oldest).total_seconds() if oldest else 0.0,
    )


def waiting_age() -> float:
    """Seconds since the oldest fact that is due and not delivered; 0.0 when nothing waits."""
    oldest = (
        OutboxFact.objects.filter(
            delivered_at__isnull=True, dead_at__isnull=True, next_attempt_at__lte=Now(), name__in=list(REGISTRY)
        )
        .order_by("next_attempt_at")
        .values_list("next_attempt_at", flat=True)
        .first()
    )
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0
