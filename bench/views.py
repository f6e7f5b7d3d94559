"""What counting views costs: `python -m bench.views`, with the settings and the database of a site.

Prints microseconds for each request in the event loop, and milliseconds to write as many new views as may wait.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable

import django

from sparkle_site.embedded.needed import hold_needed

REQUESTS = 200_000
TARGETS = 200
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HEADERS = [
    (b"host", b"sparkle.example"),
    (b"accept", b"text/html,application/xhtml+xml"),
    (b"accept-language", b"de,en;q=0.7"),
    (b"accept-encoding", b"gzip, deflate, br, zstd"),
    (b"user-agent", AGENT.encode()),
    (b"cookie", b"theme=dark"),
]


def microseconds(work: Callable[[int], None], times: int) -> float:
    """The mean time of one call."""
    begun = time.perf_counter()
    for number in range(times):
        work(number)
    return (time.perf_counter() - begun) / times * 1e6


def measure() -> dict[str, float]:
    """The figures by what they are of."""
    from community.core.models import TargetCounts
    from sparkle_site.front import page_views

    def again(_number: int) -> None:
        page_views.note_request("bench:1", {"client": ("192.0.2.1", 0), "headers": HEADERS})

    def new(number: int) -> None:
        views.note(f"bench:{1 + number % TARGETS}", f"10.0.{number // 250}.{number % 250}", AGENT)

    views = page_views.PageViews()
    rows = TargetCounts.objects.filter(target_kind="bench")
    TargetCounts.objects.bulk_create(TargetCounts(target_kind="bench", target_id=n) for n in range(1, TARGETS + 1))
    try:
        found = {
            "a request of a known viewer, µs": microseconds(again, REQUESTS),
            "a new view, µs": microseconds(new, page_views.WAITING_MAX),
        }
        begun = time.perf_counter()
        views.flush()
        found[f"writing {page_views.WAITING_MAX} new views, ms"] = (time.perf_counter() - begun) * 1e3
    finally:
        rows.delete()
    return found


def main() -> None:
    """Prints the figures."""
    with hold_needed(lambda message: None) or contextlib.nullcontext():
        django.setup()
        for title, figure in measure().items():
            sys.stdout.write(f"{title}: {figure:.2f}\n")


if __name__ == "__main__":
    main()
