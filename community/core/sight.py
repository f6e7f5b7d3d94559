"""Who sees whom: the app that knows of follows, blocks and mutes answers; whoever shows people or their things asks.

Three questions stand apart. *Parted*: one of the two has blocked the other, so neither may see, follow, mention or
answer the other. *Out of sight*: parted, or muted by the viewer, who does not want to see them in lists. *Followed*:
the viewer is an accepted follower, to whom some people show what others may not see.
"""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


@dataclasses.dataclass(frozen=True)
class Glance:
    """What a viewer's eye on a page by one person says."""

    #: They are parted: for the viewer there is no such page.
    parted: bool = False
    #: Nobody at all is out of the viewer's sight: they see what everybody sees.
    sees_all: bool = True


class Sight(Protocol):
    """The answers about a `viewer` who is signed in."""

    def parted(self, viewer: Any, among: Iterable[int] | None = None) -> QuerySet[Any, int]:
        """The ids of all people, or of those `among` these, from whom `viewer` is parted: a query of one column."""

    def parted_from(self, viewer: Any, people: Iterable[int]) -> set[int]:
        """Those of `people` from whom `viewer` is parted, asked at once and in little time."""

    def muted(self, viewer: Any) -> QuerySet[Any, int]:
        """The ids of all people `viewer` has muted: a query of one column."""

    def followed(self, viewer: Any, among: Iterable[int] | None = None) -> QuerySet[Any, int]:
        """The ids of all people, or of those `among` these, of whom `viewer` is an accepted follower."""

    def glance(self, viewer: Any, person_id: int) -> Glance:
        """What `viewer` sees where this person shows something, in one query."""

    def has_all(self, viewer: Any, people: Iterable[int]) -> bool:
        """Is none of `people` out of `viewer`'s sight? One query."""


_sight: list[Sight] = []
_asked: contextvars.ContextVar[dict[tuple[int, int], bool] | None] = contextvars.ContextVar("sight", default=None)


def register(sight: Sight) -> None:
    """Says who answers; called once, in an app's `ready()`."""
    _sight[:] = [sight]


@contextlib.contextmanager
def asked_once() -> Iterator[None]:
    """Inside, whether two people are parted is asked once, however many rules want to know: within one act."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def are_parted(viewer: Any, person_id: int) -> bool:
    """Has one of the two blocked the other? One query; none for guests and for oneself."""
    return bool(parted_from(viewer, [person_id]))


def parted_from(viewer: Any, people: Iterable[int]) -> set[int]:
    """Those of `people` (ids) from whom `viewer` is parted, in one query."""
    ids = {person for person in people if person != getattr(viewer, "pk", None)}
    if not ids or not _sees_with(viewer):
        return set()
    known = _asked.get()
    if known is None:
        return _sight[0].parted_from(viewer, ids)
    new = {person for person in ids if (viewer.pk, person) not in known}
    found = _sight[0].parted_from(viewer, new) if new else set()
    known.update({(viewer.pk, person): person in found for person in new})
    return {person for person in ids if known[viewer.pk, person]}


def glance(viewer: Any, person_id: int | None) -> Glance:
    """What `viewer` sees where this person shows something, in one query; guests see all."""
    return _sight[0].glance(viewer, person_id or 0) if _sees_with(viewer) else Glance()


def has_all(viewer: Any, people: Iterable[int]) -> bool:
    """Does `viewer` see all of `people` (ids) in lists? One query; none for guests, who do."""
    ids = {person for person in people if person != getattr(viewer, "pk", None)}
    return not ids or not _sees_with(viewer) or _sight[0].has_all(viewer, ids)


def parted(viewer: Any) -> QuerySet[Any, int] | list[int]:
    """The ids of all people from whom `viewer` is parted, for use as a subquery; none for guests."""
    return _sight[0].parted(viewer) if _sees_with(viewer) else []


def muted(viewer: Any) -> QuerySet[Any, int] | list[int]:
    """The ids of all people `viewer` has muted, for use as a subquery; none for guests."""
    return _sight[0].muted(viewer) if _sees_with(viewer) else []


def is_follower(viewer: Any, person_id: int) -> bool:
    """Is `viewer` an accepted follower of this person? One query; none for guests."""
    return _sees_with(viewer) and bool(set(_sight[0].followed(viewer, among=[person_id])))


def followed(viewer: Any) -> QuerySet[Any, int] | list[int]:
    """The ids of all people of whom `viewer` is an accepted follower, for use as a subquery; none for guests."""
    return _sight[0].followed(viewer) if _sees_with(viewer) else []


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
