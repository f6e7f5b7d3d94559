"""Statements that are composed once in a process, and parsed and planned once on a connection.

For what nearly every request asks: composing such a query takes Django as long as the server needs to answer it, and
planning it takes the server longer than running it. See https://www.postgresql.org/docs/current/sql-prepare.html and
https://www.psycopg.org/psycopg3/docs/advanced/prepare.html.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)

Values = Sequence[Any] | Mapping[str, Any]


@contextlib.contextmanager
def cursor() -> Iterator[Any]:
    """Like `connection.cursor()`, for SQL that is the same each time but for its values.

    The server gets the values apart: where it cannot know the type of one by its place, the SQL has to say it.
    """
    with cast(Any, connection).prepared_cursor() as found:
        yield found


def rows(sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
    """All rows that the statement answers."""
    with cursor() as found:
        found.execute(sql, values)
        return list(found.fetchall())


def row(sql: str, values: Values = ()) -> tuple[Any, ...] | None:
    """The first row that the statement answers, if any."""
    with cursor() as found:
        found.execute(sql, values)
        return cast("tuple[Any, ...] | None", found.fetchone())


def instances(
    model: type[M], columns: Sequence[str], found: Sequence[tuple[Any, ...]]
) -> list[tuple[M, tuple[Any, ...]]]:
    """An object of `model` for each row, which begins with these columns, and what else the row holds.

    The attributes of other columns are read from the database when somebody asks for them. Columns are given by the
    names of their attributes.
    """
    order = [field.attname for field in model._meta.concrete_fields if field.attname in columns]
    if len(order) != len(columns):
        raise ValueError(f"{model.__name__} has not all of {columns}.")
    places, width = [columns.index(name) for name in order], len(columns)
    return [(model.from_db(connection.alias, order, [each[place] for place in places]), each[width:]) for each in found]


class Composed(Generic[M]):
    """A query of whole rows that Django composes once, run each time with other values.

    `make` gets the examples and answers the query; its conditions must use each of them once, in their order.
    """

    def __init__(self, make: Callable[..., QuerySet[M]], *examples: Any) -> None:
        self._make = make
        self._examples = examples

    def all(self, *values: Any) -> list[M]:
        """The objects of all rows."""
        compiler, sql, model, names, related, converters = self._composed
        found = []
        start, end = compiler.klass_info["select_fields"][0], compiler.klass_info["select_fields"][-1] + 1
        for each in compiler.apply_converters(rows(sql, values), converters):
            thing = model.from_db(compiler.using, names, each[start:end])
            for populator in related:
                populator.populate(each, thing)
            for name, place in compiler.annotation_col_map.items():
                setattr(thing, name, each[place])
            found.append(thing)
        return found

    def first(self, *values: Any) -> M | None:
        """The object of the first row, if any."""
        return next(iter(self.all(*values)), None)

    @cached_property
    def _composed(self) -> tuple[Any, str, type[M], list[str], list[Any], dict[int, Any]]:
        query = self._make(*self._examples).query
        compiler = query.get_compiler(using=connection.alias)
        sql, values = compiler.as_sql()
        if tuple(values) != self._examples:
            raise ValueError(f"The query uses {values}, not {self._examples}.")
        information = compiler.klass_info
        fields = information["select_fields"]
        names = [column[0].target.attname for column in compiler.select[fields[0] : fields[-1] + 1]]
        related = cast(Any, get_related_populators)(information, compiler.select, connection.alias)
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        return compiler, sql, information["model"], names, related, converters
