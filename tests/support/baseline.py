"""What the database holds before any test, kept beside it, so that a transactional test leaves it as it was.

Django's way empties all tables, whether they hold something or not, and makes permissions, content types and the site
anew: a second for each such test, where this takes a twentieth.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from psycopg import sql

SCHEMA = "baseline"

_TABLES = """
SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'django_migrations'
GROUP BY c.relname
"""


class Baseline:
    """The rows of this moment, by table."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_TABLES)
            self.columns: dict[str, list[str]] = dict(cursor.fetchall())
            self.kept = self._with_rows(cursor)
            cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {0} CASCADE; CREATE SCHEMA {0}").format(_name(SCHEMA)))
            for table in self.kept:
                copy = sql.SQL("CREATE TABLE {} AS TABLE {}")
                cursor.execute(copy.format(_name(SCHEMA, table), _name("public", table)))

    def restore(self) -> None:
        """Makes the tables hold what they held, whatever was committed meanwhile; numbers of new rows go on."""
        with connection.cursor() as cursor:
            touched = [*self._with_rows(cursor), *self.kept]
            # No triggers and no foreign keys meanwhile.
            steps: list[sql.Composable] = [sql.SQL("SET LOCAL session_replication_role = replica")]
            steps += [sql.SQL("DELETE FROM {}").format(_name("public", table)) for table in dict.fromkeys(touched)]
            for table in self.kept:
                columns = sql.SQL(", ").join(_name(column) for column in self.columns[table])
                step = sql.SQL("INSERT INTO {} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {}")
                steps.append(step.format(_name("public", table), _name(SCHEMA, table), columns=columns))
            # One text of several statements is one transaction to PostgreSQL.
            cursor.execute(sql.SQL("; ").join(steps))

    def _with_rows(self, cursor: Any) -> list[str]:
        asked = [
            sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(table, _name("public", table))
            for table in self.columns
        ]
        cursor.execute(sql.SQL(" UNION ALL ").join(asked))
        return [table for (table,) in cursor.fetchall()]


def _name(*parts: str) -> sql.Identifier:
    return sql.Identifier(*parts)
