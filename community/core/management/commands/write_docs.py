"""`manage.py write_docs`: the pages of the documentation that are made from the code."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from community import facts
from community.core import jobs, outbox

MADE = "Made by `python manage.py write_docs` from {source}; do not edit this page."
KINDS = {
    "str": "text",
    "int": "number",
    "float": "number",
    "bool": "1 or 0",
    "list[str]": "list, comma-separated",
}
#: Where facts may be recorded.
PACKAGES = ("cms", "community", "sparkle_site")


class Command(BaseCommand):
    requires_system_checks: ClassVar[list[str]] = []  # type: ignore[misc]
    help = (
        "Writes docs/settings.md, docs/facts.md and docs/jobs.md; with --check only says whether they are up to date."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.ROOT) / "docs"
        pages = {
            folder / "settings.md": settings_page(settings.ENV),
            folder / "facts.md": facts_page(),
            folder / "jobs.md": jobs_page(),
        }
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


def recorders(root: Path) -> dict[str, set[str]]:
    """Who records what, read from the sources below `root`: the name of a fact's class → dotted functions.

    What is not made on the spot (`outbox.record(PostUpdated(…))`) stands under "?": nobody could tell what it is.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            for where, call in _calls(ast.parse(path.read_text("utf-8")), module):
                if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "outbox.record":
                    found[_made(call)].add(where)
    return dict(found)


def _calls(node: ast.AST, where: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call below `node` with the dotted name of the function or class it stands in."""
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if isinstance(child, ast.Call):
            yield where, child
        yield from _calls(child, f"{where}.{child.name}" if named else where)  # type: ignore[attr-defined]


def _made(call: ast.Call) -> str:
    """The class that the first argument of `call` is made of, "?" where it is made elsewhere."""
    first = call.args[0] if call.args else None
    return first.func.id if isinstance(first, ast.Call) and isinstance(first.func, ast.Name) else "?"


def declared_facts() -> dict[str, type[facts.Fact]]:
    """Every fact of the site by its stored name, sorted."""
    for module in pkgutil.iter_modules(facts.__path__):
        importlib.import_module(f"{facts.__name__}.{module.name}")
    return dict(sorted(facts.REGISTRY.items()))


def facts_page() -> str:
    """The page about the facts: what each says, what it carries, who records it and who listens."""
    lines = [
        "# Facts",
        "",
        "What happened on the site, as stored in the outbox. A fact carries ids and short codes only. Facts",
        "about one thing are delivered in order; the effect of a subscriber in the database happens once.",
        "The name is what is stored; it does not change.",
        "",
        MADE.format(source="`community/facts/`, who records and who subscribes"),
        "",
        "| name | about | carries | what happened | recorded by | subscribers |",
        "|---|---|---|---|---|---|",
    ]
    listening, recording = outbox.subscribers(), recorders(Path(settings.ROOT))
    for name, fact in declared_facts().items():
        carried = ", ".join(f"`{field.name}`" for field in dataclasses.fields(fact))
        meaning = " ".join((fact.__doc__ or "").split()).replace("|", "\\|")
        by, to = _functions(recording.get(fact.__name__, ())), _functions(listening.get(name, ()))
        lines.append(f"| `{name}` | {fact.aggregate_kind} | {carried} | {meaning} | {by} | {to} |")
    return "\n".join(lines) + "\n"


def _functions(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names)) or "none"


def jobs_page() -> str:
    """The page about the jobs: queues with their caps, what each job does, takes and when it comes by itself."""
    aliases = {name: [alias for alias, queue in jobs.ALIASES.items() if queue == name] for name in jobs.QUEUES}
    declared = jobs.registered()
    lines = [
        "# Jobs",
        "",
        "Work for later, kept in the table `job` until it is done. A job may run twice after a crash and bears that.",
        "After an error it is tried again, after 2 s, 4 s and so on, up to its number of tries; then it waits as",
        "failed until somebody retries or dismisses it. See them by `manage.py jobs` or at `/api/admin/jobs`.",
        "",
        MADE.format(source="`community/core/jobs/registry.py` and the `tasks.py` of the apps"),
        "",
        "## Queues",
        "",
        "`at once` is how many jobs of a queue run side by side, over all workers.",
        "",
        "| queue | at once | jobs | other names |",
        "|---|---|---|---|",
    ]
    for name, parallel in jobs.QUEUES.items():
        names = ", ".join(f"`{one.name}`" for one in declared if one.queue == name) or "none yet"
        lines.append(f"| `{name}` | {parallel} | {names} | {', '.join(f'`{alias}`' for alias in aliases[name])} |")
    lines += ["", "## What they do", ""]
    lines += ["| job | does | takes | by itself | tries | by hand |", "|---|---|---|---|---|---|"]
    for one in declared:
        takes = ", ".join(f"`{name}: {kind}`" for name, kind in one.schema.items()).replace("|", "\\|")
        does = one.summary.replace("|", "\\|")
        hand = "yes" if one.startable else "no"
        lines.append(f"| `{one.key}` | {does} | {takes} | {one.schedule} | {one.tries} | {hand} |")
    return "\n".join(lines) + "\n"
