"""Who sees whom: the app that knows of blocks and mutes answers, and whoever shows people or their things asks here.

Two questions stand apart. *Parted*: one of the two has blocked the other, so neither may see, follow, mention or
answer the other. *Out of sight*: parted, or muted by the viewer, who does not want to see them in lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Sight(Protocol):
    """The answers about a `viewer` who is signed in."""

    def parted(self, viewer: Any) -> QuerySet[Any, int]:
        """The ids of all people from whom `viewer` is parted: a query of one column, for use as a subquery."""

    def muted(self, viewer: Any) -> QuerySet[Any, int]:
        """The ids of all people `viewer` has muted: a query of one column."""


_sight: list[Sight] = []


def register(sight: Sight) -> None:
    """Says who answers; called once, in an app's `ready()`."""
    _sight[:] = [sight]


def are_parted(viewer: Any, person_id: int) -> bool:
    """Has one of the two blocked the other? One query; none for guests and for oneself."""
    return bool(parted_from(viewer, [person_id]))


def parted_from(viewer: Any, people: Iterable[int]) -> set[int]:
    """Those of `people` (ids) from whom `viewer` is parted, in one query."""
    ids = {person for person in people if person != getattr(viewer, "pk", None)}
    if not ids or not _sees_with(viewer):
        return set()
    return set(_sight[0].parted(viewer)) & ids


def in_sight(rows: QuerySet[M], viewer: Any, *, by: str, muted: bool = True) -> QuerySet[M]:
    """`rows` without those whose person (the column `by`, such as "author_id") is out of `viewer`'s sight.

    With `muted=False`, only those from whom they are parted are left out: for what was asked for by name.
    """
    if not _sees_with(viewer):
        return rows
    rows = rows.exclude(**{f"{by}__in": _sight[0].parted(viewer)})
    return rows.exclude(**{f"{by}__in": _sight[0].muted(viewer)}) if muted else rows


def _sees_with(viewer: Any) -> bool:
    return bool(_sight) and bool(getattr(viewer, "is_authenticated", False))
