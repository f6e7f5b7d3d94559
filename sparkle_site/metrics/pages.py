"""Pages for guests that the cache in front of Django answers: counted as plain numbers, handed over each second."""

from __future__ import annotations

import threading
import time

from prometheus_client import Counter

from community.core import metrics as core

SYNC_SECONDS = 1.0

_page_cache = Counter(
    "sparkle_page_cache",
    "Pages for guests, by what the cache in front of Django did: hit, miss, stale or bypass.",
    ["outcome"],
    registry=core.REGISTRY,
)

_pages: dict[str, int] = dict.fromkeys(("hit", "miss", "stale", "bypass"), 0)
_told: dict[str, int] = dict(_pages)
_telling = threading.Lock()


def count_page(outcome: str) -> None:
    """A guest's page was answered: "hit", "miss", "stale" or "bypass". Call it from the event loop only."""
    _pages[outcome] += 1


def sync() -> None:
    """Hands the counts of `count_page` to the metric: they are plain numbers, since a hit takes microseconds."""
    with _telling:
        for outcome, number in _pages.items():
            if number != _told[outcome]:
                _page_cache.labels(outcome).inc(number - _told[outcome])
                _told[outcome] = number


def start() -> None:
    """Begins to hand over counts every second; for a process that serves, after it was forked."""

    def go_on() -> None:
        while True:
            time.sleep(SYNC_SECONDS)
            sync()

    threading.Thread(target=go_on, name="metrics", daemon=True).start()
