"""The memory of imports: what was made of which thing of another site, and from what content."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cms.models.imports import ImportedObject

_ID_MAX = 200


def digest(*parts: Any) -> str:
    """A fingerprint of some content: equal exactly when the content is."""
    source = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def fitted(key: str) -> str:
    """A key that fits into its column; a longer one ends in its fingerprint."""
    return key if len(key) <= _ID_MAX else f"{key[: _ID_MAX - 33]}-{digest(key)[:32]}"


class Ledger:
    """The rows of one site, all in memory: an import asks for each of them."""

    def __init__(self, source: str, site: str) -> None:
        self.source = source
        self.site = fitted(site)
        rows = ImportedObject.objects.filter(source=source, site=self.site)
        self._rows = {(row.kind, row.external_id): row for row in rows.select_related("user", "category")}

    def find(self, kind: str, external_id: str) -> ImportedObject | None:
        """What an earlier import, or this one, made of a thing."""
        return self._rows.get((kind, fitted(external_id)))

    def remember(self, kind: str, external_id: str, content_hash: str, **made: Any) -> ImportedObject:
        """Stores what was made (`page`, `user` or `category`) and from what content."""
        row = self.find(kind, external_id) or ImportedObject(
            source=self.source, site=self.site, kind=kind, external_id=fitted(external_id)
        )
        row.content_hash = content_hash
        for name, value in made.items():
            setattr(row, name, value)
        row.save()
        self._rows[kind, row.external_id] = row
        return row
