"""`manage.py check_integrity`: is everything that must be true of the data true?"""

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community.core import integrity


class Command(BaseCommand):
    help = "Runs every registered integrity check on the committed data; exit code 1 when something is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")
        parser.add_argument("--only", nargs="*", metavar="NAME", help="run these checks only")

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["only"] or integrity.check_names()
        unknown = sorted(set(names) - set(integrity.check_names()))
        if unknown:
            self.stderr.write(f"No such check: {', '.join(unknown)}. There are: {', '.join(integrity.check_names())}")
            raise SystemExit(2)
        findings = integrity.run_checks(names)
        if options["json"]:
            self.stdout.write(
                json.dumps({"checks": names, "findings": [dataclasses.asdict(found) for found in findings]}, indent=2)
            )
        else:
            for found in findings:
                self.stdout.write(f"{found.check}: {found.message}")
            self.stdout.write(f"{len(names)} checks, {len(findings)} findings")
        if findings:
            raise SystemExit(1)
