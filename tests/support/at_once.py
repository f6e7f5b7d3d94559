"""Many threads that do something at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection


def at_once(calls: Sequence[Callable[[], Any]], *, threads: int) -> list[Any]:
    """What each call answered or raised, in the order of the calls, which are divided among so many threads."""
    results: list[Any] = [None] * len(calls)
    ready = threading.Barrier(threads)

    def run(first: int) -> None:
        ready.wait(20)
        try:
            for index in range(first, len(calls), threads):
                try:
                    results[index] = calls[index]()
                except Exception as error:  # noqa: BLE001 - the test looks at it
                    results[index] = error
        finally:
            connection.close()

    workers = [threading.Thread(target=run, args=(first,)) for first in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return results
