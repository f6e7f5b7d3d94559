"""Lists: numbered pages, and signed cursors that stay stable while new things arrive."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from community.core.api.fields import StrictCharField, StrictIntegerField
from community.core.api.serializers import Query, Shape
from community.core.errors import Invalid

DEFAULT_LIMIT = 20
MOST_LIMIT = 100
#: Totals are exact up to here, and pages do not reach beyond: from there on lists go by cursor.
FAR_ENOUGH = 10_000
CURSOR_LENGTH = 512


def _limit(what: str) -> StrictIntegerField:
    return StrictIntegerField(default=DEFAULT_LIMIT, min_value=1, max_value=MOST_LIMIT, help_text=what)


def _cursor(what: str) -> StrictCharField:
    return StrictCharField(required=False, max_length=CURSOR_LENGTH, help_text=what)


class PageQuery(Query):
    """Parameters of a list with numbered pages."""

    page = StrictIntegerField(default=1, min_value=1, max_value=FAR_ENOUGH, help_text="Number of the page, from 1.")
    limit = _limit("Things on a page.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuses what lies too far back; raises ValidationError for the field `page`."""
        if attrs["page"] * attrs["limit"] > FAR_ENOUGH:
            raise serializers.ValidationError(
                {"page": _("Pages reach to the first %(far)d only.") % {"far": FAR_ENOUGH}}
            )
        return attrs


class CursorQuery(Query):
    """Parameters of a list that is read on by cursor."""

    cursor = _cursor("`nextCursor` of the answer before; unset for the first.")
    limit = _limit("Things at a time.")


class GrowingPageQuery(PageQuery):
    """Parameters of a list with numbered pages that can also be read on by cursor."""

    cursor = _cursor("`nextCursor` of the answer before; replaces `page`.")


@dataclasses.dataclass(frozen=True)
class Page:
    """One numbered page."""

    items: Sequence[Any]
    total: int
    total_is_exact: bool
    page: int
    page_size: int
    next_cursor: str | None = None
    more: bool | None = None

    def with_items(self, items: Sequence[Any]) -> Page:
        """The same page of other items: what is shown of the rows."""
        return dataclasses.replace(self, items=items)

    @property
    def total_pages(self) -> int:
        """How many pages `total` fills."""
        return -(-self.total // self.page_size)

    @property
    def has_more(self) -> bool:
        """Whether something follows."""
        if self.more is not None:
            return self.more
        return self.page * self.page_size < self.total or not self.total_is_exact


@dataclasses.dataclass(frozen=True)
class CursorPage:
    """A part of a list and the way to the next one."""

    items: Sequence[Any]
    next_cursor: str | None

    @property
    def has_more(self) -> bool:
        """Whether something follows."""
        return self.next_cursor is not None


def bounded_total(rows: QuerySet[Any]) -> tuple[int, bool]:
    """How many rows there are, counted to 10,000 at most, and whether that is the exact number."""
    counted = rows.order_by().values("pk")[: FAR_ENOUGH + 1].count()
    return min(counted, FAR_ENOUGH), counted <= FAR_ENOUGH


def page_of_rows(rows: QuerySet[Any], *, page: int, limit: int) -> Page:
    """Page `page` of ordered rows; two queries, an empty page beyond the end."""
    total, exact = bounded_total(rows)
    start = (page - 1) * limit
    items = list(rows[start : start + limit]) if start < total else []
    return Page(items, total, exact, page, limit)


def rows_after(
    rows: QuerySet[Any], *, ordering: Sequence[str], cursor: str | None, limit: int, scope: str
) -> CursorPage:
    """The `limit` rows after `cursor` in `ordering` (names of fields or annotations, all one direction).

    The last name must be unique, none may be null: then no row is left out or seen twice while others are
    added (keyset pagination, https://use-the-index-luke.com/no-offset). `scope` names the list with its
    filters; a cursor of another list, or a tampered one, raises Invalid for the field `cursor`.
    """
    names, down = _names(ordering)
    if cursor is not None:
        rows = rows.filter(_beyond(names, down, _open(cursor, scope, len(names))))
    found = list(rows.order_by(*ordering)[: limit + 1])
    items = found[:limit]
    following = _seal([getattr(items[-1], name) for name in names], scope) if len(found) > limit else None
    return CursorPage(items, following)


def own_rows_after(
    rows: QuerySet[Any], *, ordering: Sequence[str], query: Mapping[str, Any], name: str, person_id: int | None
) -> CursorPage:
    """The part of somebody's own list that the values of a CursorQuery ask for; `name` tells it from their others."""
    scope = f"{name}:{person_id}"
    return rows_after(rows, ordering=ordering, cursor=query.get("cursor"), limit=query["limit"], scope=scope)


def growing_page(
    rows: QuerySet[Any],
    *,
    ordering: Sequence[str],
    page: int,
    limit: int,
    scope: str,
    cursor: str | None = None,
) -> Page:
    """A numbered page of `rows` with the cursor to go on by, or the part after `cursor`; two queries.

    After a cursor `page` says how many parts were read so far. Raises Invalid like `rows_after`.
    """
    total, exact = bounded_total(rows)
    names, down = _names(ordering)
    if cursor is not None:
        *values, page = _open(cursor, scope, len(names) + 1)
        rows, start = rows.filter(_beyond(names, down, values)), 0
    else:
        start = (page - 1) * limit
    found = list(rows.order_by(*ordering)[start : start + limit + 1])
    items = found[:limit]
    following = None
    if len(found) > limit:
        following = _seal([*(getattr(items[-1], name) for name in names), page + 1], scope)
    return Page(items, total, exact, page, limit, following, len(found) > limit)


def _names(ordering: Sequence[str]) -> tuple[list[str], bool]:
    down = ordering[0].startswith("-")
    if any(name.startswith("-") != down for name in ordering):
        raise ValueError("A cursor goes one way: all names of the ordering up, or all down.")
    return [name.lstrip("-") for name in ordering], down


def _beyond(names: list[str], down: bool, values: list[Any]) -> Q:
    """Rows after `values`: (a < x) or (a = x and b < y) …; the outer bound lets an index begin there."""
    step = "lt" if down else "gt"
    condition = Q()
    for index, name in enumerate(names):
        equal = {names[before]: values[before] for before in range(index)}
        condition |= Q(**equal, **{f"{name}__{step}": values[index]})
    return Q(**{f"{names[0]}__{step}e": values[0]}) & condition


def _seal(values: list[Any], scope: str) -> str:
    packed = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return signing.dumps(packed, salt=f"cursor:{scope}")


def _open(cursor: str, scope: str, length: int) -> list[Any]:
    try:
        packed = signing.loads(cursor, salt=f"cursor:{scope}")
        values = [datetime.fromisoformat(item["at"]) if isinstance(item, dict) else item for item in packed]
    except (signing.BadSignature, ValueError, KeyError, TypeError) as error:
        raise Invalid(fields={"cursor": _("This is not a cursor of this list.")}) from error
    if len(values) != length:
        raise Invalid(fields={"cursor": _("This is not a cursor of this list.")})
    return values


@functools.cache
def pages_of(shape: type[Shape]) -> type[Shape]:
    """The shape of a numbered page of `shape`."""
    return _list_shape(f"{shape.__name__}Page", shape, _PageShape)


@functools.cache
def growing_pages_of(shape: type[Shape]) -> type[Shape]:
    """The shape of a numbered page of `shape` that can be read on by cursor."""
    return _list_shape(f"{shape.__name__}GrowingPage", shape, _GrowingPageShape)


@functools.cache
def cursor_pages_of(shape: type[Shape]) -> type[Shape]:
    """The shape of a part of a list of `shape`."""
    return _list_shape(f"{shape.__name__}CursorPage", shape, _CursorPageShape)


def _list_shape(name: str, shape: type[Shape], base: type[Shape]) -> type[Shape]:
    return type(name, (base,), {"items": shape(many=True), "__doc__": base.__doc__})


class _PageShape(Shape):
    """One numbered page of a list."""

    total = serializers.IntegerField(help_text=f"How many there are, counted to {FAR_ENOUGH} at most.")
    total_is_exact = serializers.BooleanField()
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    has_more = serializers.BooleanField()


class _GrowingPageShape(_PageShape):
    """One page of a list; `nextCursor` leads on, also beyond the last page that has a number."""

    next_cursor = serializers.CharField(allow_null=True)


class _CursorPageShape(Shape):
    """A part of a list; `nextCursor` leads on."""

    next_cursor = serializers.CharField(allow_null=True)
    has_more = serializers.BooleanField()
