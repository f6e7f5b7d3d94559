"""How far the loading is, for whoever waits."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str], None]


def silent(line: str) -> None:
    """Tells nobody."""
