"""Reading what other programs export: files and texts become plain records; no database."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext_lazy as _

from community.core.errors import Invalid

#: What was changed or left out on the way, counted by a sentence and what it is about.
Notes = Counter[tuple[str, str]]


class UnreadableExport(Invalid):
    """The file is not an export that can be imported; the message says what is wrong and where."""

    message = _("This file cannot be imported.")
