"""Facts: record them in the transaction of the change, hand them to subscribers at least once, in order.

The pattern is the transactional outbox (https://microservices.io/patterns/data/transactional-outbox.html).
An effect in the database happens exactly once, because its ``Delivery`` row shares its transaction.
"""

from __future__ import annotations

import dataclasses
import json
import random
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import structlog
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from community.core.models import Delivery, OutboxFact
from community.facts import REGISTRY, Fact

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 10
BACKOFF_BASE = timedelta(seconds=2)
BACKOFF_CAP = timedelta(hours=1)
KEPT = timedelta(days=30)


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
_pokes: list[Callable[[], None]] = []


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


def on_recorded(poke: Callable[[], None]) -> None:
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
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH aggregate AS (
                INSERT INTO outbox_aggregate (kind, aggregate_id, last_sequence) VALUES (%s, %s, 1)
                ON CONFLICT (kind, aggregate_id)
                DO UPDATE SET last_sequence = outbox_aggregate.last_sequence + 1
                RETURNING last_sequence
            )
            INSERT INTO outbox (name, version, payload, aggregate_kind, aggregate_id, sequence, actor_id,
                                correlation_id, transaction_id, attempts, last_error)
            SELECT %s, %s, %s::jsonb, %s, %s, last_sequence, %s, %s,
                   pg_current_xact_id()::text::bigint, 0, '' FROM aggregate
            RETURNING id
            """,
            [
                fact.aggregate_kind,
                fact.aggregate_id,
                fact.name,
                fact.version,
                json.dumps(fact.payload()),
                fact.aggregate_kind,
                fact.aggregate_id,
                actor_id,
                correlation,
            ],
        )
        row = cursor.fetchone()
    _poke_after_commit()
    return int(row[0])


def _poke_after_commit() -> None:
    """One poke per transaction, however many facts it recorded."""
    if not any(entry[1] is _poke for entry in connection.run_on_commit):
        transaction.on_commit(_poke, robust=True)


def _poke() -> None:
    for poke in _pokes:
        poke()


def deliver(*, limit: int = 100) -> int:
    """Delivers up to `limit` waiting facts, each in a transaction of its own; returns how many were taken.

    Any number of callers may run at once: a fact is locked while it is delivered, and waits for the earlier
    facts of its aggregate. A failing subscriber stops no other; the fact is tried again later.
    """
    taken = 0
    while taken < limit and _deliver_next():
        taken += 1
    return taken


def _deliver_next() -> bool:
    with transaction.atomic():
        row = _claim()
        if row is None:
            return False
        fact = Recorded(
            id=row.pk,
            fact=REGISTRY[row.name].from_payload(row.payload),
            actor_id=row.actor_id,
            correlation_id=row.correlation_id,
        )
        done = set(row.deliveries.values_list("subscriber", flat=True))
        errors = []
        with structlog.contextvars.bound_contextvars(request_id=row.correlation_id, fact_id=row.pk):
            for name, function in _subscribers.get(row.name, {}).items():
                if name not in done:
                    error = _run(name, function, fact)
                    errors += [error] if error else []
        _settle(row, errors)
    return True


def _claim() -> OutboxFact | None:
    rows = OutboxFact.objects.raw(
        """
        SELECT * FROM outbox WHERE delivered_at IS NULL AND dead_at IS NULL AND next_attempt_at <= now()
          AND name = ANY(%s)
          AND NOT EXISTS (
            SELECT 1 FROM outbox earlier
            WHERE earlier.aggregate_kind = outbox.aggregate_kind AND earlier.aggregate_id = outbox.aggregate_id
              AND earlier.sequence < outbox.sequence
              AND earlier.delivered_at IS NULL AND earlier.dead_at IS NULL)
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
        """,
        [list(REGISTRY)],
    )
    return next(iter(rows), None)


def _run(name: str, function: Subscriber, fact: Recorded) -> str:
    """Runs one subscriber in a savepoint with its delivery row; returns the error, if any."""
    try:
        with transaction.atomic():
            Delivery.objects.create(fact_id=fact.id, subscriber=name)
            function(fact)
    except Exception as error:
        log.exception("subscriber_failed", subscriber=name, fact=fact.fact.name)
        return f"{name}: {type(error).__name__}: {error}"
    return ""


def _settle(row: OutboxFact, errors: list[str]) -> None:
    row.attempts += 1
    row.last_error = "\n".join(errors)[:4000]
    if not errors:
        row.delivered_at = timezone.now()
    elif row.attempts >= MAX_ATTEMPTS:
        row.dead_at = timezone.now()
        log.error("fact_dead", fact=row.name, fact_id=row.pk)
    else:
        wait = min(BACKOFF_CAP, BACKOFF_BASE * 2 ** (row.attempts - 1))
        row.next_attempt_at = timezone.now() + wait * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
    row.save(update_fields=["attempts", "last_error", "delivered_at", "dead_at", "next_attempt_at"])


def purge() -> int:
    """Deletes delivered facts older than 30 days; returns how many."""
    old = OutboxFact.objects.filter(delivered_at__lt=timezone.now() - KEPT).order_by("id")[:5000]
    return OutboxFact.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]


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
