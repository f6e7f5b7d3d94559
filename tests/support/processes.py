"""Waiting for something to happen, and looking at the processes of this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def eventually(condition: Callable[[], object], seconds: float = 15) -> None:
    """Waits until the condition is true; fails after the given time."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, f"did not happen within {seconds} s"
        time.sleep(0.02)


def processes() -> dict[int, tuple[int, str]]:
    """Every living process: its parent and its name."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                head, _, tail = entry.joinpath("stat").read_text().rpartition(")")
            except (FileNotFoundError, ProcessLookupError):
                continue
            state, parent = tail.split()[:2]
            if state not in "ZX":
                found[int(entry.name)] = (int(parent), head.partition("(")[2])
    return found
