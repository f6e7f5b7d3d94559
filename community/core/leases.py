"""Leases: who works on a row of the ledger, and until when others leave it alone.

A lease ends by itself, so that nothing is lost with a process (Gray and Cheriton, "Leases", SOSP 1989).
"""

from __future__ import annotations

import os
import socket
import threading
from datetime import timedelta

LENGTH = timedelta(seconds=60)


def process(pid: int | None = None) -> str:
    """What the holders of a process's leases begin with: `host:pid:`; by default of this one."""
    return f"{socket.gethostname()[:80]}:{os.getpid() if pid is None else pid}:"


def holder() -> str:
    """The name under which this thread holds leases: `host:pid:thread`."""
    return f"{process()}{threading.get_ident()}"
