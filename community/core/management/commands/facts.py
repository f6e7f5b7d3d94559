"""`manage.py facts`: what waits in the outbox and what was given up; replaying it and putting it away."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from community.core import outbox
from community.core.models import OutboxFact

ROW = "{:>8}  {:<24} {:<18} {:<20} {:>5}  {}"
LISTED = 100


class Command(BaseCommand):
    """The operator's view of the outbox (docs/facts.md)."""

    help = "Lists facts that wait or were given up, replays dead letters, or puts them away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`list [--dead] [--name NAME]`, `replay ID… | --all`, `dismiss ID… | --all`."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="facts that wait, oldest first")
        listing.add_argument("--dead", action="store_true", help="those given up instead")
        listing.add_argument("--name", default="", help="of this name only")
        for verb, meaning in (("replay", "give dead letters all their tries again"), ("dismiss", "put them away")):
            other = verbs.add_parser(verb, help=meaning)
            other.add_argument("ids", nargs="*", type=int, metavar="ID")
            other.add_argument("--all", action="store_true", help="all dead letters")

    def handle(self, *args: Any, **options: Any) -> None:
        """Does what the verb says. Raises CommandError when no fact is named, or none of them is a dead letter."""
        if options["verb"] == "list":
            self._list(outbox.list_facts(dead=options["dead"], name=options["name"], limit=LISTED))
            return
        if bool(options["ids"]) == options["all"]:
            raise CommandError("Name the facts by their ids, or say --all.")
        ids = options["ids"] or [row.pk for row in outbox.list_facts(dead=True, limit=10_000)]
        replays = options["verb"] == "replay"
        done = outbox.replay(ids=ids) if replays else outbox.dismiss(ids=ids)
        if options["ids"] and not done:
            raise CommandError("None of these is a dead letter.")
        self.stdout.write(f"{done} {'will be delivered again' if replays else 'put away'}")

    def _list(self, rows: list[OutboxFact]) -> None:
        if not rows:
            self.stdout.write("none")
            return
        self.stdout.write(ROW.format("id", "name", "about", "occurred (UTC)", "tries", "last error"))
        for row in rows:
            about = f"{row.aggregate_kind} {row.aggregate_id}"
            error = (row.last_error.splitlines() or [""])[0][:100]
            self.stdout.write(
                ROW.format(row.pk, row.name, about, f"{row.occurred_at:%Y-%m-%d %H:%M:%S}", row.attempts, error)
            )
        if len(rows) == LISTED:
            self.stdout.write(f"… the oldest {LISTED} are shown")
