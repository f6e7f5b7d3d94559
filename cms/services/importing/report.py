"""What an import did, in numbers and sentences."""

from __future__ import annotations

import dataclasses
from collections import Counter

from cms.importers import Notes

#: The rows of the report, in their order.
KINDS = ("author", "category", "tag", "post", "page", "comment")
#: A state beside the others: published, but only for who knows the password.
PROTECTED = "behind a password"


@dataclasses.dataclass
class ImportReport:
    """Numbers by kind of thing; `states` counts posts, pages and comments, as ("post", "draft")."""

    dry_run: bool
    site: str = ""
    version: str = ""
    created: Counter[str] = dataclasses.field(default_factory=Counter)
    changed: Counter[str] = dataclasses.field(default_factory=Counter)
    unchanged: Counter[str] = dataclasses.field(default_factory=Counter)
    left_out: Counter[str] = dataclasses.field(default_factory=Counter)
    states: Counter[tuple[str, str]] = dataclasses.field(default_factory=Counter)
    other_items: Counter[str] = dataclasses.field(default_factory=Counter)
    warnings: Notes = dataclasses.field(default_factory=Counter)

    def found(self, kind: str) -> int:
        """How many things of a kind the export holds."""
        return self.created[kind] + self.changed[kind] + self.unchanged[kind] + self.left_out[kind]

    def warn(self, sentence: str, about: str = "") -> None:
        """Counts something that whoever imports should know."""
        self.warnings[sentence, about] += 1
