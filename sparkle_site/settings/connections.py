"""Connections to PostgreSQL with a limit for whole transactions, where the server knows one (17 and newer).

Older servers limit each statement, each wait for a lock and each idle moment only: see `database` in base.py.
"""

from __future__ import annotations

from typing import Any, Self

import psycopg

from community.core.postgres.connections import ImpatientConnection

#: Seconds more than a transaction may last until a silent server is given up.
GRACE = 2.0


class LimitedConnection(ImpatientConnection):
    """A connection of the pool; Django opens them in autocommit mode."""

    #: Milliseconds a transaction on a connection opened from now on may last; 0 is no limit.
    transaction_timeout_ms = 0

    @classmethod
    def connect(cls, *args: Any, **kwargs: Any) -> Self:
        """Opens a connection and sets its limit."""
        connection = super().connect(*args, **kwargs)
        if cls.transaction_timeout_ms:
            set_where_known(connection, "transaction_timeout", f"{cls.transaction_timeout_ms}ms")
        return connection


def set_where_known(connection: psycopg.Connection[Any], name: str, value: str) -> None:
    """Sets a parameter of the server for the connection; a server that does not know it goes on without."""
    connection.execute("SELECT set_config(name, %s, false) FROM pg_settings WHERE name = %s", [value, name])


def limit_transactions(**_signal: Any) -> None:
    """Limits transactions in this process from now on. Only where requests are served: jobs may take longer."""
    from django.conf import settings

    LimitedConnection.transaction_timeout_ms = settings.DATABASE_TRANSACTION_TIMEOUT_MS
    if settings.DATABASE_TRANSACTION_TIMEOUT_MS:
        LimitedConnection.patience = settings.DATABASE_TRANSACTION_TIMEOUT_MS / 1000 + GRACE
