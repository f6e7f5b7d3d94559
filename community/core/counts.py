"""The numbers beside a target (views, comments, reactions …): begun with it, read, added to, counted again.

Apps say how a number of theirs is counted (`register`); `manage.py recount` and the integrity checks ask them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet

from community.core.models import TargetCounts

#: What an app can say how to count. Views cannot be counted again, and the score follows from the others.
NAMES = ("comments", "reactions", "bookmarks", "shares")
#: How many targets are counted at a time.
CHUNK = 1000

Counter = Callable[[list[int]], Mapping[int, int]]
Existing = Callable[[], QuerySet[Any]]

_counters: dict[tuple[str, str], Counter] = {}
_existing: dict[str, Existing] = {}


@dataclasses.dataclass(frozen=True)
class Difference:
    """A stored number that is not what is counted; `None` for a row that is missing or should be."""

    kind: str
    target_id: int
    name: str
    stored: int | None
    counted: int | None

    def __str__(self) -> str:
        if self.stored is None:
            return f"{self.kind} {self.target_id} has no counters"
        if self.counted is None:
            return f"there are counters for the missing {self.kind} {self.target_id}"
        return f"{self.kind} {self.target_id}: {self.name} {self.stored} stored, {self.counted} counted"


def register_kind(kind: str, existing: Existing) -> None:
    """Says which targets of `kind` there are: a query of all. Each of them has one row of numbers."""
    _existing[kind] = existing


def register(kind: str, name: str, counter: Counter) -> None:
    """Says who counts `name` beside targets of `kind`: ids in, numbers out (0 where none), in one query."""
    if name not in NAMES:
        raise ValueError(f"{name} is not one of {', '.join(NAMES)}.")
    if _counters.setdefault((kind, name), counter) is not counter:
        raise ValueError(f"Two apps count the {name} of a {kind}.")


def begin(kind: str, target_id: int) -> None:
    """The row of a new target, all 0; in the transaction that makes the target."""
    TargetCounts.objects.create(target_kind=kind, target_id=target_id)


def forget(kind: str, target_id: int) -> None:
    """Removes the row with its target."""
    TargetCounts.objects.filter(target_kind=kind, target_id=target_id).delete()


def numbers(kind: str, ids: Iterable[int]) -> dict[int, TargetCounts]:
    """The numbers of these targets by id, as far as they have any; one query."""
    rows = TargetCounts.objects.filter(target_kind=kind, target_id__in=list(ids))
    return {row.target_id: row for row in rows}


def beside(kind: str) -> QuerySet[TargetCounts]:
    """For a subquery: the row of numbers of the outer row."""
    return TargetCounts.objects.filter(target_kind=kind, target_id=OuterRef("pk"))


def add_views(views: Mapping[tuple[str, int], int]) -> int:
    """Adds the number of views to each (kind, id), in one statement; answers how many targets there were.

    Rows are locked in the order of kind and id, so that two such writes never wait for each other in a circle.
    A target has its row from its first moment to its last: for one that is gone, nothing is written.
    """
    if not views:
        return 0
    kinds, ids = zip(*views, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH rows AS (
              SELECT counts.id, added.views
              FROM target_counts counts
              JOIN unnest(%s::text[], %s::bigint[], %s::bigint[]) AS added (kind, id, views)
                ON counts.target_kind = added.kind AND counts.target_id = added.id
              ORDER BY counts.target_kind, counts.target_id
              FOR NO KEY UPDATE OF counts
            )
            UPDATE target_counts SET views = target_counts.views + rows.views FROM rows WHERE target_counts.id = rows.id
            """,
            [list(kinds), list(ids), list(views.values())],
        )
        return int(cursor.rowcount)


def uncounted() -> list[str]:
    """What no app counts yet, such as "post bookmarks", sorted."""
    return sorted(f"{kind} {name}" for kind in _existing for name in NAMES if (kind, name) not in _counters)


def differences() -> Iterator[Difference]:
    """Each stored number that is not what its app counts, and rows without a target or missing; by kind and id."""
    for kind in sorted(_existing):
        yield from _misplaced(kind)
        yield from _differing(kind)


def mend(difference: Difference) -> None:
    """Brings or removes the row, or makes its numbers what is counted.

    Counted again behind the lock that whoever changes a number takes too: nothing is lost that happens meanwhile.
    """
    kind, target_id = difference.kind, difference.target_id
    with transaction.atomic():
        row = TargetCounts.objects.filter(target_kind=kind, target_id=target_id)
        if not _existing[kind]().filter(pk=target_id).exists():
            row.delete()
            return
        TargetCounts.objects.select_for_update().get_or_create(target_kind=kind, target_id=target_id)
        row.update(**{name: _counted(kind, name, [target_id]).get(target_id, 0) for name in _names(kind)})


def _names(kind: str) -> list[str]:
    return [name for name in NAMES if (kind, name) in _counters]


def _counted(kind: str, name: str, ids: list[int]) -> Mapping[int, int]:
    return _counters[kind, name](ids)


def _misplaced(kind: str) -> Iterator[Difference]:
    """Targets without a row, rows without a target."""
    existing, rows = _existing[kind](), TargetCounts.objects.filter(target_kind=kind)
    missing = existing.exclude(pk__in=rows.values("target_id")).order_by("pk")
    for target_id in missing.values_list("pk", flat=True):
        yield Difference(kind, target_id, "", None, 0)
    without = rows.exclude(target_id__in=existing.values("pk")).order_by("target_id")
    for target_id in without.values_list("target_id", flat=True):
        yield Difference(kind, target_id, "", 0, None)


def _differing(kind: str) -> Iterator[Difference]:
    """Rows whose numbers are not what is counted: a few queries for each thousand rows."""
    names = _names(kind)
    rows = TargetCounts.objects.filter(target_kind=kind, target_id__in=_existing[kind]().values("pk")).order_by(
        "target_id"
    )
    last = 0
    while names and (chunk := list(rows.filter(target_id__gt=last)[:CHUNK])):
        last = chunk[-1].target_id
        ids = [row.target_id for row in chunk]
        counted = {name: _counted(kind, name, ids) for name in names}
        for row in chunk:
            for name in names:
                stored, right = getattr(row, name), counted[name].get(row.target_id, 0)
                if stored != right:
                    yield Difference(kind, row.target_id, name, stored, right)
