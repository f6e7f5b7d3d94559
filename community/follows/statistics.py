"""The numbers about people that follows count."""

from __future__ import annotations

from community.core import statistics
from community.follows import selectors


def register() -> None:
    """Called when the app is ready."""
    statistics.register_together(("followers", "following"), selectors.count_both)
    statistics.register_column("followers", selectors.followers_beside)
