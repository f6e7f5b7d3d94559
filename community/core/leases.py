"""Leases: who works on a row of the ledger, and until when others leave it alone.

A lease ends by itself, so that nothing is lost with a process (Gray and Cheriton, "Leases", SOSP 1989).
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError

LENGTH = timedelta(seconds=60)


def process(pid: int | None = None) -> str:
    """What the holders of a process's leases begin with: `host:pid:`; by default of this one."""
    return f"{socket.gethostname()[:80]}:{os.getpid() if pid is None else pid}:"


def holder() -> str:
    """The name under which this thread holds leases: `host:pid:thread`."""
    return f"{process()}{threading.get_ident()}"


class Left:
    """Holders of this process that could not give their leases back, because the database went away.

    `free` ends the leases of one holder. Nobody has to wait for their end once the database is back.
    """

    def __init__(self, free: Callable[[str], object]) -> None:
        self._free = free
        self._holders: set[str] = set()

    def add(self, holder: str) -> None:
        """This holder still has leases."""
        self._holders.add(holder)

    def free(self) -> None:
        """Ends their leases. Raises DatabaseError while the database is away; they are kept then."""
        while self._holders:
            holder = self._holders.pop()
            try:
                self._free(holder)
            except DatabaseError:
                self._holders.add(holder)
                raise
