"""Keeps the catalogues of the interface in step with the words in code and templates."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import template as django_template

ROOT = settings.ROOT
SOURCES = ("cms", "community", "sparkle_site", "templates")
LEFT_OUT = {"migrations", "demo", "importers"}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(?:n?p?gettext|_)\(\s*{_LITERAL}(?:\s*,\s*(?:{_LITERAL}|count))*\s*\)", re.DOTALL)


class Command(BaseCommand):
    """`translations` updates the files in `locale/`; `translations --check` says what is missing and changes nothing.

    Babel reads and writes the catalogues, so that no gettext of the system is needed; templates are turned into
    something it can read by Django's own `templatize`, as `makemessages` does.
    """

    help = "Update the translations from code and templates, and compile them."

    def add_arguments(self, parser: CommandParser) -> None:
        """One switch."""
        parser.add_argument("--check", action="store_true", help="only say what is missing or out of date")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Every language but the one the words are written in."""
        problems: list[str] = []
        for code, _name in settings.LANGUAGES:
            if code != settings.LANGUAGE_CODE:
                problems += check_language(code) if check else update_language(code)
        if problems:
            raise CommandError("\n".join(problems))


def messages() -> Catalog:
    """All words of the interface."""
    catalog = Catalog(project="Sparkle Universe", fuzzy=False)
    for path in _files():
        for line, message, comments, context in _messages_in(path):
            catalog.add(
                message, locations=[(str(path.relative_to(ROOT)), line)], auto_comments=comments, context=context
            )
    return catalog


def check_language(code: str) -> list[str]:
    """What is missing in, fuzzy in, or too much for the catalogue of a language; and whether it is compiled."""
    stored, wanted = _read(code), messages()
    problems = [
        f"{code}: not in the catalogue: {message.id!r}" for message in wanted if message.id and not _in(stored, message)
    ]
    for message in stored:
        if not message.id:
            continue
        if not _in(wanted, message):
            problems.append(f"{code}: nobody says this any more: {message.id!r}")
        elif message.fuzzy or not all(_strings(message)):
            problems.append(f"{code}: not translated: {message.id!r}")
        elif (difference := _different_names(message)) is not None:
            problems.append(f"{code}: {difference}: {message.id!r}")
    if not problems and _folder(code).joinpath("django.mo").read_bytes() != _compiled(stored):
        problems.append(f"{code}: the compiled catalogue is older than its source")
    return problems


def update_language(code: str) -> list[str]:
    """Writes the catalogue with the present words and compiles it; returns nothing to complain of."""
    stored = _read(code)
    created = stored.creation_date
    stored.update(messages(), no_fuzzy_matching=True, update_header_comment=False)
    stored.creation_date = created
    stored.obsolete.clear()
    with _folder(code).joinpath("django.po").open("wb") as file:
        write_po(file, stored, width=110, sort_output=True, no_location=True)
    _folder(code).joinpath("django.mo").write_bytes(_compiled(stored))
    return []


def _files() -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*")):
            if path.suffix in {".py", ".html", ".txt", ".mjml"} and not LEFT_OUT & set(path.relative_to(ROOT).parts):
                yield path


def _messages_in(path: Path) -> Iterator[tuple[int, Any, list[str], str | None]]:
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        # Between the calls stand fillers that are no Python; a call keeps its line.
        marked = django_template.templatize(source, origin=str(path))
        lines = [""] * (marked.count("\n") + 1)
        for call in _CALL.finditer(marked):
            lines[marked.count("\n", 0, call.start())] += f"{call[0]};"
        source = "\n".join(lines)
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=("Translators:",))
    yield from found


def _folder(code: str) -> Path:
    folder = Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _read(code: str) -> Catalog:
    path = _folder(code) / "django.po"
    if not path.exists():
        return Catalog(locale=code, project="Sparkle Universe", header_comment="", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def _compiled(catalog: Catalog) -> bytes:
    data = io.BytesIO()
    write_mo(data, catalog)
    return data.getvalue()


def _in(catalog: Catalog, message: Any) -> bool:
    return catalog.get(message.id, message.context) is not None


def _strings(message: Any) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)


_NAMES = re.compile(r"%\((\w+)\)[sd]")


def _different_names(message: Any) -> str | None:
    """Whether the translation has other places to fill in than the words."""
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    wanted = set(_NAMES.findall(" ".join(ids)))
    for text in _strings(message):
        if set(_NAMES.findall(text)) - wanted:
            return "names that nobody fills in"
    if wanted - set(_NAMES.findall(" ".join(_strings(message)))):
        return "a name is left out"
    return None
