"""Numbers about people (posts, followers …): each app registers the ones it counts, profiles ask here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

Counter = Callable[[list[int]], dict[int, int]]
#: Ids in, for each the numbers in the order of their names.
Together = Callable[[list[int]], dict[int, tuple[int, ...]]]
Beside = Callable[[], QuerySet[Any, Any]]

NAMES = ("posts", "followers", "following", "reactions")
_counters: dict[str, Counter] = {}
_together: dict[tuple[str, ...], Together] = {}
_beside: dict[str, Beside] = {}


def register(name: str, counter: Counter) -> None:
    """Says who counts `name`: a function from user ids to numbers, in one query."""
    _check(name)
    _counters[name] = counter


def register_together(names: tuple[str, ...], counter: Together) -> None:
    """Says who counts several numbers in one query."""
    for name in names:
        _check(name)
    _together[names] = counter


def register_column(name: str, beside: Beside) -> None:
    """Says where a number is stored: a query of one column for OuterRef("pk"), by which people can be ordered."""
    _check(name)
    _beside[name] = beside


def _check(name: str) -> None:
    if name not in NAMES:
        raise ValueError(f"{name} is not one of {', '.join(NAMES)}.")


def column(name: str) -> Coalesce:
    """The number as an expression beside rows of people; 0 where nobody stores it."""
    stored = (Subquery(_beside[name]()),) if name in _beside else ()
    return Coalesce(*stored, Value(0), Value(0))


def of(user_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """All numbers of these people: one query for each registered counter; 0 where nobody counts."""
    ids = list(user_ids)
    columns = {name: (_counters[name](ids) if name in _counters else {}) for name in NAMES}
    for names, counter in _together.items():
        found = counter(ids)
        columns.update({name: {pk: row[at] for pk, row in found.items()} for at, name in enumerate(names)})
    return {user_id: {name: columns[name].get(user_id, 0) for name in NAMES} for user_id in ids}
