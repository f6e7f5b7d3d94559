"""Numbered pages of a list, for templates."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from community.core.errors import NotFound

T = TypeVar("T")
MAX_ROWS = 10_000


@dataclasses.dataclass(frozen=True)
class Paginated(Generic[T]):
    """One page of a list: its items and where it stands; `query` keeps other parameters in the links."""

    items: Sequence[T]
    number: int
    total: int
    size: int
    query: str = ""

    @property
    def total_pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first_number(self) -> int:
        """The place of its first item in the whole list, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def has_previous(self) -> bool:
        """Is there a page before this one?"""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Is there a page after this one?"""
        return self.number < self.total_pages

    @property
    def previous_number(self) -> int:
        """The number of the page before."""
        return self.number - 1

    @property
    def next_number(self) -> int:
        """The number of the page after."""
        return self.number + 1


def paginate(
    rows: Any,
    number: str | int | None,
    *,
    size: int,
    load: Callable[[list[Any]], list[T]] = list,
    query: str = "",
    nearest: bool = False,
) -> Paginated[T]:
    """Page `number` (from 1, as in `?page=`) of the queryset `rows`; `load` makes items of its rows.

    For a page that does not exist: the `nearest` one, or NotFound. Two queries and those of `load`.
    """
    try:
        wanted = int(number or 1)
    except ValueError as error:
        if not nearest:
            raise NotFound() from error
        wanted = 1
    total = min(rows.count(), MAX_ROWS)
    page: Paginated[T] = Paginated(items=(), number=wanted, total=total, size=size, query=query)
    if not 1 <= wanted <= page.total_pages:
        if not nearest:
            raise NotFound()
        wanted = min(max(wanted, 1), page.total_pages)
        page = dataclasses.replace(page, number=wanted)
    start = (wanted - 1) * size
    return dataclasses.replace(page, items=load(list(rows[start : start + size]) if total else []))
