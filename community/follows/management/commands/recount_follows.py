"""`manage.py recount_follows`: do the numbers of followers and followed say what is counted?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community.follows import services


class Command(BaseCommand):
    help = "Counts all follows anew and reports each difference; exit code 1 when one is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="store what is counted; follows wait meanwhile")

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = services.mend_counts() if options["fix"] else services.wrong_counts()
        for (kind, target_id), (followers, following) in wrong.items():
            self.stdout.write(f"{kind} {target_id}: {followers:+} followers, {following:+} followed")
        mended = " and mended" if options["fix"] and wrong else ""
        self.stdout.write(f"{len(wrong)} differences found{mended}")
        if wrong and not options["fix"]:
            raise SystemExit(1)
