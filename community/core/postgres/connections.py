"""Connections to a server that may hang: it accepts what is sent, and never answers."""

from __future__ import annotations

from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

T = TypeVar("T")


class ImpatientConnection(Connection[Any]):
    """A connection that gives a silent server up after `patience` seconds. The limits that a server keeps itself
    are of no use then.
    """

    #: None waits for ever: for processes whose statements may take long.
    patience: float | None = None
    #: Whether the server was given up.
    unanswered = False

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """What the server answers. Raises OperationalError, and closes the connection, when nothing came in time."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except OperationalError:
            if self.info.transaction_status == TransactionStatus.ACTIVE:
                self.unanswered = True
                self.pgconn.finish()
            raise

    def answers(self, seconds: float) -> bool:
        """Whether the server answers within this time. Else the connection is of no further use."""
        patience, self.patience = self.patience, seconds
        try:
            self.execute("")
        except OperationalError:
            return False
        finally:
            self.patience = patience
        return True
