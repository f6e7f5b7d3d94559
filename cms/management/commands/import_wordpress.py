"""`manage.py import_wordpress FILE [--dry-run]`: brings the content of a WordPress site in."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.services.importing import ImportReport, import_wordpress
from cms.services.importing.comments import CommentState
from cms.services.importing.report import KINDS, PROTECTED
from cms.services.importing.states import Publication
from community.core.errors import DomainError

PLURALS = {"author": "authors", "category": "categories", "tag": "tags", "post": "posts", "page": "pages",
           "comment": "comments"}  # fmt: skip
COLUMNS = ("in the file", "new", "changed", "unchanged", "left out")
STATES = (*Publication, PROTECTED, *CommentState)
EXAMPLES = 5


class Command(BaseCommand):
    help = (
        "Imports authors, categories, tags, posts, comments and pages of a WordPress export (WXR), all or nothing. "
        "A second time it changes only what has changed in the export. "
        "Attachments and menus are left out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the export: Tools, Export in WordPress")
        parser.add_argument("--dry-run", action="store_true", help="print the same report and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_wordpress(path=options["file"], dry_run=options["dry_run"])
        except DomainError as error:
            raise CommandError(f"Nothing was imported. {error.message}") from error
        for line in lines(report):
            self.stdout.write(line)


def lines(report: ImportReport) -> list[str]:
    """The report for people: a table, the states, what was left out, what to know."""
    result = [f"WordPress export of {report.site or 'an unnamed site'}, format {report.version}", ""]
    result.append(" " * 12 + "".join(f"{column:>13}" for column in COLUMNS))
    for kind in KINDS:
        numbers = (report.found(kind), report.created[kind], report.changed[kind], report.unchanged[kind])
        cells = "".join(f"{number:>13}" for number in (*numbers, report.left_out[kind]))
        result.append(f"{PLURALS[kind]:<12}{cells}")
    result.append("")
    for kind in ("post", "page", "comment"):
        states = [f"{report.states[kind, state]} {state}" for state in STATES if report.states[kind, state]]
        if states:
            result.append(f"{PLURALS[kind].capitalize()}: {', '.join(states)}.")
    others = [f"{count} {kind}" for kind, count in sorted(report.other_items.items())]
    if others:
        result.append(f"Not imported: {', '.join(others)}.")
    result += warnings(report)
    result += ["", "This was a dry run: nothing was changed." if report.dry_run else "Done."]
    return result


def warnings(report: ImportReport) -> list[str]:
    """One line for each sentence, with how often and a few examples."""
    counts: dict[str, int] = defaultdict(int)
    examples: dict[str, list[str]] = defaultdict(list)
    for (sentence, about), count in report.warnings.most_common():
        counts[sentence] += count
        if about:
            examples[sentence].append(f"{about} ×{count}" if count > 1 else about)
    result = ["", "Worth knowing:"] if counts else []
    for sentence, count in counts.items():
        named = examples[sentence]
        more = f", … {len(named) - EXAMPLES} more" if len(named) > EXAMPLES else ""
        about = f" ({', '.join(named[:EXAMPLES])}{more})" if named else ""
        result.append(f"  {count:>5} × {sentence}{about}")
    return result
