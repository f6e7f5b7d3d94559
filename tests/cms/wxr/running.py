"""Runs the import command and reads what it did."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from taggit.models import Tag
from wagtail.models import Page, PageViewRestriction

from cms.models import Category, ImportedObject
from community.accounts.models import User
from community.comments.models import Comment
from community.core.models import OutboxFact, TargetCounts


def run_file(path: Path, *, dry_run: bool = False) -> str:
    """What the command printed."""
    output = StringIO()
    call_command("import_wordpress", str(path), dry_run=dry_run, stdout=output)
    return output.getvalue()


def row(output: str, kind: str) -> list[int]:
    """The numbers of one line: in the file, new, changed, unchanged, left out."""
    line = next(line for line in output.splitlines() if line.startswith(f"{kind} "))
    return [int(number) for number in line.split()[1:]]


def everything() -> dict[str, int]:
    """How many rows there are of all that an import may make."""
    models = (User, Page, Category, Tag, ImportedObject, PageViewRestriction, OutboxFact, Comment, TargetCounts)
    counts = {model.__name__: model.objects.count() for model in models}
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM wagtailcore_revision), (SELECT count(*) FROM outbox_aggregate)")
        counts["revisions"], counts["aggregates"] = cursor.fetchone()
    return counts
