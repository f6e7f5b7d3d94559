"""What two people do to each other happens one after the other."""

from __future__ import annotations

from django.db import connection


def lock_pair(one: int, other: int) -> None:
    """Until the end of the transaction nobody else changes what stands between these two, whoever begins.

    Asked before all other locks of follows, so a block that is made meanwhile is seen, and none is overtaken.
    """
    first, second = sorted((one, other))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"follows:{first}:{second}"])
