"""`manage.py recount`: do the numbers beside posts and other targets say what is counted?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community.core import counts


class Command(BaseCommand):
    help = "Counts everything anew and reports each difference; exit code 1 when one is left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="store what is counted; the site may run meanwhile")

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for difference in counts.differences():
            found += 1
            if options["fix"]:
                counts.mend(difference)
            self.stdout.write(str(difference))
        mended = " and mended" if options["fix"] and found else ""
        self.stdout.write(f"{found} differences found{mended}")
        self.stdout.write(f"Not counted by any app: {', '.join(counts.uncounted()) or 'nothing'}")
        if found and not options["fix"]:
            raise SystemExit(1)
