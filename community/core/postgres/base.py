"""Django's backend on a pool that heals: without PostgreSQL nobody waits for long, and it comes back by itself."""

from __future__ import annotations

import select
from typing import Any, Self

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base, operations
from psycopg import Connection, Cursor, OperationalError
from psycopg_pool import ConnectionPool

from community.core.cache import Breaker
from community.core.postgres.connections import ImpatientConnection

#: Seconds the one caller waits who finds out whether the server is back.
PROBE = 0.5


class HealingPool(ConnectionPool[ImpatientConnection]):
    """psycopg's pool that tells its clients at once when there is no server, and asks for it once a second.

    By itself it lets each client wait its whole time, during which a web process has no thread left for anything
    else, tries ever more rarely to connect, and hands out connections whose server is gone.
    """

    def __init__(self, **options: Any) -> None:
        # The callers try again, once a second; the pool itself does not.
        super().__init__(**{"connection_class": ImpatientConnection, "reconnect_timeout": 0.0, **options})
        self._breaker = Breaker("database", failures=1)

    def getconn(self, timeout: float | None = None) -> ImpatientConnection:
        """A connection whose server is there. Raises OperationalError."""
        if not self._breaker.allows():
            raise OperationalError("The database did not answer a moment ago.")
        connection = super().getconn(PROBE if self._breaker.is_open else timeout)
        # Others may have found out meanwhile that it hangs.
        if _has_news(connection) or self._breaker.is_open:
            while not connection.answers(PROBE):
                super().putconn(connection)
                self.drain()  # it is the same with all others
                connection = super().getconn(PROBE if self._breaker.is_open else timeout)
            self._breaker.succeeded()
        return connection

    def putconn(self, conn: ImpatientConnection) -> None:
        """Takes a connection back; one that was not answered says that others will not be either."""
        if conn.unanswered:
            self._give_up(OperationalError("The database hangs."))
        super().putconn(conn)

    def reconnect_failed(self) -> None:
        """No connection can be made. When there are no others either, the server is away: nobody waits for it."""
        with self._lock:
            if self._nconns:
                return
        self._give_up(OperationalError("The database does not answer."))

    def _give_up(self, error: OperationalError) -> None:
        """Tells everybody who waits for a connection, and those who would."""
        self._breaker.failed(error)
        with self._lock:
            waiting = list(self._waiting)
            self._waiting.clear()
        for client in waiting:
            client.fail(error)


def _has_news(connection: Connection[Any]) -> bool:
    """Whether the server has sent something unasked. Nearly always it is that it ends."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class PreparedCursor(Cursor[Any]):
    """A cursor that prepares each statement on its connection, where the settings allow it."""

    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = True, binary: bool | None = None
    ) -> Self:
        """psycopg's, prepared at the first time and not only at the fifth."""
        return super().execute(query, params, prepare=prepare, binary=binary)


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, which also tell what a prepared statement was."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        """The statement with its values, for logs in debugging and for tests."""
        if isinstance(cursor, PreparedCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with that pool."""

    ops_class = DatabaseOperations

    def prepared_cursor(self) -> Any:
        """A cursor whose statements the server parses and plans once for each connection; see prepared.py."""
        self.ensure_connection()
        with self.wrap_database_errors:
            # What Django's `cursor` ends with, not in the stubs: the wrapper that counts, logs and translates errors.
            return self._prepare_cursor(PreparedCursor(self.connection))  # type: ignore[attr-defined]

    @property
    def pool(self) -> HealingPool | None:
        """The pool of this process for this database; None when the settings ask for none."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        pools: dict[str, HealingPool] = self._connection_pools  # type: ignore[attr-defined]
        if self.alias not in pools:
            made = HealingPool(
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,  # type: ignore[attr-defined]
                **options,
            )
            pools.setdefault(self.alias, made)
        return pools[self.alias]
