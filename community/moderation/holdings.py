"""What the table of reports holds about people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from community.core import holdings
from community.core.holdings import Subject, find, pointers, rows_of


def register() -> None:
    """Called when the app is ready."""
    holdings.register(
        pointers(
            "moderation.Report", "reporter", "decided_by", also=["target_id"], title=_("What you reported"),
            because=_("It no longer says who reported it."), rows=_reports,
        )
    )  # fmt: skip


def _reports(subject: Subject) -> Iterator[Mapping[str, Any]]:
    hidden = ("reporter", "decided_by", "decision")
    return rows_of(find("moderation.Report", ["reporter"], subject), hide=hidden)
