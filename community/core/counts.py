"""The numbers beside a target (views, comments, reactions …): begun with it, read, added to, counted again.

Apps say how a number of theirs is counted (`register`); `manage.py recount` and the integrity checks ask them.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import BooleanField, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from community.core.errors import NotFound
from community.core.models import TargetCounts
from community.core.postgres import prepared

#: What an app can say how to count. Views cannot be counted again, and the score follows from the others.
NAMES = ("comments", "reactions", "bookmarks", "shares")
#: What belongs to a number or a target: how many of each type, what they weigh, since when it is there.
DETAILS: dict[str, Any] = {"reactions_by_type": {}, "reactions_weight": 0, "began": None}
#: How many targets are counted at a time.
CHUNK = 1000

Counter = Callable[[list[int]], Mapping[int, Any]]
#: The same for whichever kind: kind and ids in.
CounterOfAll = Callable[[str, list[int]], Mapping[int, Any]]
Existing = Callable[[], QuerySet[Any]]


class Forget(Protocol):
    """Removes what an app holds about a target that goes for good, in its transaction."""

    def __call__(self, *, kind: str, target_id: int) -> object: ...


_counters: dict[tuple[str, str], Counter] = {}
_counters_of_all: dict[str, CounterOfAll] = {}
_forgetting: list[Forget] = []
_existing: dict[str, Existing] = {}


@dataclasses.dataclass(frozen=True)
class Difference:
    """A stored number that is not what is counted; without a name, a row that is missing or should be."""

    kind: str
    target_id: int
    name: str
    stored: Any
    counted: Any

    def __str__(self) -> str:
        if not self.name and self.stored is None:
            return f"{self.kind} {self.target_id} has no counters"
        if not self.name:
            return f"there are counters for the missing {self.kind} {self.target_id}"
        return f"{self.kind} {self.target_id}: {self.name} {self.stored} stored, {self.counted} counted"


def register_kind(kind: str, existing: Existing) -> None:
    """Says which targets of `kind` there are: a query of all. Each of them has one row of numbers."""
    _existing[kind] = existing


def register(kind: str, name: str, counter: Counter) -> None:
    """Says who counts `name` beside targets of `kind`: ids in, numbers out (0 where none), in one query."""
    _check_name(name)
    if _counters.setdefault((kind, name), counter) is not counter:
        raise ValueError(f"Two apps count the {name} of a {kind}.")


def register_for_all(name: str, counter: CounterOfAll) -> None:
    """Says who counts `name` beside targets of every kind: kind and ids in, numbers out, in one query."""
    _check_name(name)
    if _counters_of_all.setdefault(name, counter) is not counter:
        raise ValueError(f"Two apps count the {name} of all targets.")


def register_rows(forget: Forget) -> None:
    """Says who holds rows about targets of any kind: asked to remove them when a target goes for good."""
    if forget not in _forgetting:
        _forgetting.append(forget)


def _check_name(name: str) -> None:
    if name not in NAMES and name not in DETAILS:
        raise ValueError(f"{name} is not one of {', '.join((*NAMES, *DETAILS))}.")


def has_numbers(kind: str) -> bool:
    """Are there numbers beside targets of this kind, so that people can react to them and keep them?"""
    return kind in _existing


def begin(kind: str, target_id: int) -> None:
    """The row of a new target, all 0; in the transaction that makes the target."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO target_counts (target_kind, target_id, views, comments, reactions, bookmarks, shares,"
            " reactions_by_type, reactions_weight) VALUES (%s, %s, 0, 0, 0, 0, 0, '{}', 0)",
            [kind, target_id],
        )


def forget(kind: str, target_id: int) -> None:
    """Removes the row with its target, and whatever apps hold about it."""
    TargetCounts.objects.filter(target_kind=kind, target_id=target_id).delete()
    for each in _forgetting:
        each(kind=kind, target_id=target_id)


def came_to_light(kind: str, target_id: int, at: datetime | None) -> None:
    """Notes when the target was first seen by others: its score begins there. Writes only what is new."""
    began = at.timestamp() if at else None
    rows = TargetCounts.objects.filter(target_kind=kind, target_id=target_id)
    rows.exclude(began=began).update(began=began)


def add(kind: str, target_id: int, name: str, step: int) -> int:
    """Adds `step` to one of NAMES and answers what it is now; in the transaction of the change, as its last write.

    The row stays locked until the commit: whoever comes later waits so long. Raises NotFound when the target is gone.
    """
    if name not in NAMES:
        raise ValueError(name)
    row = prepared.row(
        f"UPDATE target_counts SET {name} = {name} + %s"  # noqa: S608 - one of NAMES
        f" WHERE target_kind = %s AND target_id = %s RETURNING {name}",
        [step, kind, target_id],
    )
    if row is None:
        raise NotFound()
    return int(row[0])


_REACT = """
    UPDATE target_counts SET
      reactions = reactions + %(step)s::int,
      reactions_weight = greatest(0, reactions_weight + %(step)s::int * %(weight)s::int),
      reactions_by_type = CASE
        WHEN coalesce((reactions_by_type->>%(code)s)::int, 0) + %(step)s::int > 0 THEN jsonb_set(
          reactions_by_type, ARRAY[%(code)s::text],
          to_jsonb(coalesce((reactions_by_type->>%(code)s)::int, 0) + %(step)s::int))
        ELSE reactions_by_type - %(code)s::text END
    WHERE target_kind = %(kind)s AND target_id = %(id)s RETURNING reactions_by_type
"""


def react(kind: str, target_id: int, code: str, step: int, *, weight: int) -> dict[str, int]:
    """Like `add` for one type of reaction, which weighs so much; answers how many there are of each type now."""
    row = prepared.row(_REACT, {"step": step, "weight": weight, "code": code, "kind": kind, "id": target_id})
    if row is None:
        raise NotFound()
    found: dict[str, int] = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    return found


def weigh(weights: Mapping[str, int]) -> int:
    """Weighs all reactions anew, each type as given; answers how many targets weighed something else.

    A thousand rows at a time, in the order in which everybody locks them.
    """
    changed, last = 0, 0
    rows = TargetCounts.objects.filter(reactions__gt=0).order_by("pk").values_list("pk", flat=True)
    while True:
        ids = list(rows.filter(pk__gt=last)[:CHUNK])
        if not ids:
            return changed
        last = ids[-1]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """
                WITH held AS (
                  SELECT id, reactions_by_type FROM target_counts WHERE id = ANY(%s)
                  ORDER BY target_kind, target_id FOR NO KEY UPDATE
                ), weighed AS (
                  SELECT held.id, coalesce(sum(part.value::bigint * coalesce((%s::jsonb->>part.key)::bigint, 0)), 0)
                    AS weight
                  FROM held LEFT JOIN LATERAL jsonb_each_text(held.reactions_by_type) part ON true GROUP BY held.id
                )
                UPDATE target_counts SET reactions_weight = weighed.weight FROM weighed
                WHERE target_counts.id = weighed.id AND reactions_weight <> weighed.weight
                """,
                [ids, json.dumps(dict(weights))],
            )
            changed += cursor.rowcount


def _numbers(ids: list[int], kind: str) -> QuerySet[TargetCounts]:
    among = RawSQL("target_id = ANY(%s)", [ids], output_field=BooleanField())
    return TargetCounts.objects.filter(among, target_kind=kind)


_NUMBERS = prepared.Composed(_numbers, [], "")


def numbers(kind: str, ids: Iterable[int]) -> dict[int, TargetCounts]:
    """The numbers of these targets by id, as far as they have any; one query."""
    rows = _NUMBERS.all(list(ids), kind)
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
    return sorted(f"{kind} {name}" for kind in _existing for name in NAMES if name not in _names(kind))


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
        row.update(**{name: _counted(kind, name, [target_id]).get(target_id, _none(name)) for name in _names(kind)})


def _names(kind: str) -> list[str]:
    return [name for name in (*NAMES, *DETAILS) if (kind, name) in _counters or name in _counters_of_all]


def _none(name: str) -> Any:
    """What is stored where nothing is counted."""
    return DETAILS.get(name, 0)


def _counted(kind: str, name: str, ids: list[int]) -> Mapping[int, Any]:
    own = _counters.get((kind, name))
    return own(ids) if own is not None else _counters_of_all[name](kind, ids)


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
                stored, right = getattr(row, name), counted[name].get(row.target_id, _none(name))
                if stored != right:
                    yield Difference(kind, row.target_id, name, stored, right)
