"""What the fault runs' subscribers and jobs do: each adds a row that nothing keeps from being added twice."""

from __future__ import annotations

import dataclasses

from django.apps import AppConfig
from django.db import connection

from community.core.crash_points import crash_point

TABLES = """
    CREATE TABLE IF NOT EXISTS crash_seen (subscriber text NOT NULL, thing bigint NOT NULL, fact bigint NOT NULL,
                                           place bigserial);
    CREATE TABLE IF NOT EXISTS crash_counted (thing bigint PRIMARY KEY, facts int NOT NULL);
    CREATE TABLE IF NOT EXISTS crash_jobs (kind text NOT NULL, number bigint NOT NULL);
    CREATE TABLE IF NOT EXISTS crash_marks (number bigint PRIMARY KEY);
"""


@dataclasses.dataclass(frozen=True)
class One:
    """Which of many."""

    number: int


def execute(statement: str, *values: object) -> None:
    """One statement on Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


class CrashConfig(AppConfig):
    """Registers them."""

    name = "tests.sparkle_site.crash_app"

    def ready(self) -> None:
        """Two subscribers of one fact, a job that shares its transaction with its mark, and one that may repeat."""
        from community.core import outbox
        from community.core.jobs import job
        from community.facts.posts import PostRestored

        @outbox.subscriber(PostRestored)
        def note(recorded: outbox.Recorded) -> None:
            """Each fact once, those of a thing in their order."""
            thing = recorded.fact.post_id
            execute("INSERT INTO crash_seen (subscriber, thing, fact) VALUES ('note', %s, %s)", thing, recorded.id)

        @outbox.subscriber(PostRestored)
        def count(recorded: outbox.Recorded) -> None:
            """Grouped: one row for many facts."""
            execute(
                "INSERT INTO crash_counted VALUES (%s, 1) ON CONFLICT (thing) DO UPDATE"
                " SET facts = crash_counted.facts + 1",
                recorded.fact.post_id,
            )

        @job(queue="analytics", name="crash-once", data=One, atomic=True)
        def once(one: One) -> None:
            """A row for each run, in the transaction of its mark."""
            execute("INSERT INTO crash_jobs VALUES ('once', %s)", one.number)
            crash_point("job.middle")

        @job(queue="achievement", name="crash-again", data=One)
        def again(one: One) -> None:
            """Bears being run again."""
            execute("INSERT INTO crash_marks VALUES (%s) ON CONFLICT DO NOTHING", one.number)
            crash_point("job.middle")
            execute("INSERT INTO crash_jobs VALUES ('again', %s)", one.number)
