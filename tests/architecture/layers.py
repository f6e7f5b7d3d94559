"""Where a file stands: the lists of .importlinter, so that import-linter and these tests share one."""

from __future__ import annotations

import configparser
import dataclasses
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

#: What Django keeps in an app's folder besides the files of the list.
DJANGO_FOLDERS = frozenset({"__init__", "migrations", "templates", "static", "locale"})


@dataclasses.dataclass(frozen=True)
class Place:
    """A file's app and its name there: `cms/services/posts.py` is `services` of `cms`."""

    app: str
    name: str


@dataclasses.dataclass(frozen=True)
class Layers:
    """The lists from top to bottom; names of one set stand side by side."""

    packages: list[set[str]]
    apps: list[set[str]]
    files: list[set[str]]
    core: list[set[str]]
    contracts: dict[str, dict[str, str]]

    @classmethod
    def read(cls, root: Path = PROJECT) -> Layers:
        """The lists of `root`'s .importlinter."""
        parser = configparser.ConfigParser()
        parser.read(root / ".importlinter", encoding="utf-8")
        prefix = "importlinter:contract:"
        contracts = {
            name.removeprefix(prefix): dict(parser[name]) for name in parser.sections() if name.startswith(prefix)
        }
        lists = [
            [_names(line) for line in entries(contracts[name]["layers"])]
            for name in ("packages", "apps", "files", "core")
        ]
        return cls(*lists, contracts)

    def app_ranks(self) -> dict[str, int]:
        """Each app's height, by its label: a larger number stands higher."""
        rows = [*reversed(self.apps), *[names - {"community"} for names in reversed(self.packages)]]
        return {name: rank for rank, names in enumerate(rows) for name in names}

    def file_names(self, app: str) -> set[str]:
        """The names a file or folder of this app may have."""
        rows = self.core if app == "core" else self.files
        return set().union(*rows) | DJANGO_FOLDERS

    def faces(self, app: str) -> set[str]:
        """The names of this app at which people and programs enter."""
        rows, last = (self.core, "api_address") if app == "core" else (self.files, "views")
        found: set[str] = set()
        for names in rows:
            found |= names
            if last in names:
                break
        return found


def entries(text: str) -> list[str]:
    """The entries of an option that has one to a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _names(line: str) -> set[str]:
    return {part.strip().strip("()") for part in line.replace(":", "|").split("|")}


def place(path: Path) -> Place | None:
    """The place of a file, given relative to the project; None outside the apps."""
    parts = path.parts
    if parts[0] == "cms" and len(parts) > 1:
        return Place("cms", parts[1].removesuffix(".py"))
    if parts[0] == "community" and len(parts) > 2:
        return Place(parts[1], parts[2].removesuffix(".py"))
    return None
