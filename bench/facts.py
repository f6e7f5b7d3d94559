"""How many facts a second are delivered: `python -m bench.facts`, with the settings and the database of a site.

Every fact has one subscriber, which counts in a row of the database, and 200 things take turns.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

from sparkle_site.embedded.needed import hold_needed

THINGS = 200


def drain(threads: int) -> float:
    """Seconds until so many threads have delivered everything that waits."""
    from django.db import connection

    from community.core import outbox

    def work() -> None:
        try:
            while outbox.deliver():
                pass
        finally:
            connection.close()

    begun = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()
    return time.monotonic() - begun


def measure(facts: int, threads: int) -> float:
    """Facts delivered a second, with so many threads of one process. Raises AssertionError if one was doubled."""
    from django.db import models, transaction

    from community.core import outbox
    from community.core.models import TargetCounts
    from community.facts.posts import PostRestored

    def count(recorded: outbox.Recorded) -> None:
        TargetCounts.objects.filter(target_kind="bench", target_id=recorded.fact.post_id).update(
            shares=models.F("shares") + 1
        )

    outbox.subscriber(PostRestored)(count)
    drain(threads)
    rows = TargetCounts.objects.filter(target_kind="bench")
    TargetCounts.objects.bulk_create(TargetCounts(target_kind="bench", target_id=-n) for n in range(1, THINGS + 1))
    try:
        for _ in range(facts // THINGS):
            with transaction.atomic():
                for number in range(1, THINGS + 1):
                    outbox.record(PostRestored(post_id=-number))
        seconds = drain(threads)
        counted = rows.aggregate(models.Sum("shares"))["shares__sum"]
    finally:
        rows.delete()
    if counted != facts // THINGS * THINGS:
        raise AssertionError(f"{facts} facts were recorded, {counted} were counted.")
    return counted / seconds


def main() -> None:
    """Prints the rate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with hold_needed(lambda message: None) or contextlib.nullcontext():
        django.setup()
        rate = measure(options.facts, options.threads)
    sys.stdout.write(f"{rate:.0f}\n")


if __name__ == "__main__":
    main()
