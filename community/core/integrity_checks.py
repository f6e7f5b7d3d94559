"""The core's own integrity checks: the outbox, mail, and every foreign key of the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from community.core import audit, counts, targets
from community.core.integrity import integrity_check
from community.core.outbox import subscribers


def _rows(sql: str, *parameters: str | list[str]) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


@integrity_check("outbox-sequence")
def outbox_sequence() -> Iterator[str]:
    """No aggregate's last number is below that of one of its facts."""
    for kind, number, last, highest in _rows(
        """
        SELECT o.aggregate_kind, o.aggregate_id, a.last_sequence, max(o.sequence)
        FROM outbox o LEFT JOIN outbox_aggregate a ON a.kind = o.aggregate_kind AND a.aggregate_id = o.aggregate_id
        GROUP BY 1, 2, 3 HAVING a.last_sequence IS NULL OR a.last_sequence <> max(o.sequence)
        """
    ):
        yield f"{kind} {number}: the counter says {last}, the newest fact has {highest}"


@integrity_check("outbox-deliveries")
def outbox_deliveries() -> Iterator[str]:
    """A delivered fact has reached a subscriber, where it has any (some may have been added since)."""
    for name, fact_id in _rows(
        """
        SELECT name, id FROM outbox WHERE name = ANY(%s) AND delivered_at IS NOT NULL AND last_error = ''
        AND NOT EXISTS (SELECT FROM outbox_delivery d WHERE d.fact_id = outbox.id)
        """,
        [name for name, functions in subscribers().items() if functions],
    ):
        yield f"{name} {fact_id}: delivered, but to none of its subscribers"


@integrity_check("outbox-dead-letters")
def outbox_dead_letters() -> Iterator[str]:
    """No fact has given up."""
    for fact_id, name, error in _rows("SELECT id, name, last_error FROM outbox WHERE dead_at IS NOT NULL"):
        yield f"{name} {fact_id} is a dead letter: {str(error)[:200]}"


@integrity_check("mail-overdue")
def mail_overdue() -> Iterator[str]:
    """No mail waits for more than an hour after its time: every open one has a job, and jobs are looked after."""
    for mail_id, lane, state in _rows(
        "SELECT id, lane, state FROM mail_message"
        " WHERE ended_at IS NULL AND next_attempt_at < now() - interval '1 hour'"
    ):
        yield f"mail {mail_id} in lane {lane} is {state}, and should have left an hour ago"


@integrity_check("foreign-keys")
def foreign_keys() -> Iterator[str]:
    """Every foreign key points to a row (constraints may be deferred, switched off by a restore, or missing)."""
    asked = [_lost(field) for model in _own_models() for field in _kept_keys(model)]
    for name, count in _rows(" UNION ALL ".join(asked)):
        yield f"{name}: {count} rows point to nothing"


def _own_models() -> Iterator[type[models.Model]]:
    """The models whose tables are made by migrations."""
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy and model._meta.managed:
            yield model


def _kept_keys(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """The foreign keys that the database keeps; without constraint, rows outlive what they point to (logs)."""
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and getattr(field, "db_constraint", True):
            yield field


def _lost(field: models.ForeignKey[Any, Any]) -> str:
    """A query for the field's name and how many rows point to nothing by it; no row when none does."""
    quote = connection.ops.quote_name
    target = field.remote_field.model._meta
    column, other = quote(str(field.column)), quote(str(field.target_field.column))
    table, target_table = quote(field.model._meta.db_table), quote(target.db_table)
    return (
        f"SELECT '{field.model._meta.label}.{field.name}', count(*) FROM {table} a "  # noqa: S608 - names of our own models
        f"WHERE a.{column} IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {target_table} b WHERE b.{other} = a.{column}) HAVING count(*) > 0"
    )


@integrity_check("target-counts")
def target_counts() -> Iterator[str]:
    """The counters belong to a kind of target that is registered, to its targets, and say what is counted."""
    for kind, count in _rows("SELECT target_kind, count(*) FROM target_counts GROUP BY 1"):
        if kind not in targets.kinds():
            yield f"{count} rows count for the unknown kind {kind}"
    # When something came to light orders lists only; who dates it back leaves that to the next recount.
    yield from (str(found) for found in counts.differences() if found.name != "began")


@integrity_check("audit-chain")
def audit_chain() -> Iterator[str]:
    """The audit log is what was entered."""
    yield from audit.verify()
