"""`manage.py write_docs`: the pages of the documentation that are made from the code."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from community import facts
from community.core import outbox

MADE = "Made by `python manage.py write_docs` from {source}; do not edit this page."
KINDS = {
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "1 or 0",
    "list[str]": "list, comma-separated",
}


class Command(BaseCommand):
    requires_system_checks: ClassVar[list[str]] = []  # type: ignore[misc]
    help = "Writes docs/settings.md and docs/facts.md; with --check only says whether they are up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.ROOT) / "docs"
        pages = {folder / "settings.md": settings_page(settings.ENV), folder / "facts.md": facts_page()}
        stale = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
        names = ", ".join(f"docs/{path.name}" for path in stale)
        if options["check"] and stale:
            raise CommandError(f"Out of date: {names}. Run manage.py write_docs.")
        for path in stale:
            path.write_text(pages[path], "utf-8")
        self.stdout.write(f"Written: {names}" if stale else "The pages are up to date.")


def settings_page(environment: Any) -> str:
    """The page about the variables that are read into the dataclass `environment`."""
    lines = [
        "# Settings",
        "",
        "Environment variables; in development also lines of a file `.env` in the project's folder.",
        "Nothing has to be set to try the site. A production installation must set those marked **needed**,",
        "and refuses to start with one message that lists everything missing or unsafe.",
        "",
        MADE.format(source="`sparkle_site/settings/env.py`"),
        "",
        "| variable | kind | default | production | meaning |",
        "|---|---|---|---|---|",
    ]
    for field in dataclasses.fields(environment):
        default = _default(field.metadata["default"], secret=field.metadata["required"])
        needed = "**needed**" if field.metadata["required"] else ""
        meaning = field.metadata["doc"].replace("|", "\\|")
        kind = KINDS[str(field.type)]
        lines.append(f"| `{field.name.upper()}` | {kind} | {default} | {needed} | {meaning} |")
    return "\n".join(lines) + "\n"


def _default(value: Any, *, secret: bool) -> str:
    """A default as it is written in the environment; keys for development are not shown."""
    if isinstance(value, bool):
        return "`1`" if value else "`0`"
    text = ",".join(value) if isinstance(value, list) else str(value)
    if not text:
        return ""
    return "one for development" if secret and len(text) > 40 else f"`{text}`"


def facts_page() -> str:
    """The page about the facts: what each says, what it carries and who listens."""
    for module in pkgutil.iter_modules(facts.__path__):
        importlib.import_module(f"{facts.__name__}.{module.name}")
    lines = [
        "# Facts",
        "",
        "What happened on the site, as stored in the outbox. A fact carries ids and short codes only. Facts",
        "about one thing are delivered in order; the effect of a subscriber in the database happens once.",
        "The name is what is stored; it does not change.",
        "",
        MADE.format(source="`community/facts/`"),
        "",
        "| name | about | carries | what happened | subscribers |",
        "|---|---|---|---|---|",
    ]
    listening = outbox.subscribers()
    for name, fact in sorted(facts.REGISTRY.items()):
        carried = ", ".join(f"`{field.name}`" for field in dataclasses.fields(fact))
        functions = ", ".join(f"`{function}`" for function in sorted(listening.get(name, {}))) or "none"
        meaning = " ".join((fact.__doc__ or "").split()).replace("|", "\\|")
        lines.append(f"| `{name}` | {fact.aggregate_kind} | {carried} | {meaning} | {functions} |")
    return "\n".join(lines) + "\n"
