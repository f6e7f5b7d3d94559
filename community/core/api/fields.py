"""Strict fields: a number is not a text, a text is not a number, and the document says exactly that."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from community.core.text import has_visible

#: Any text without NUL, which PostgreSQL cannot store.
ANY_TEXT = r"^[^\u0000]*$"
#: A text with at least one character that can be seen: not a space, control, joiner or filler alone. It is what the
#: document says; `core.text.has_visible`, by which the field goes, knows more that leaves no trace.
_UNSEEN = (
    r"\s\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u115f\u1160\u180e"
    r"\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufeff\uffa0"
)
VISIBLE_TEXT = rf"^[^\u0000]*[^{_UNSEEN}][^\u0000]*$"
ID_PATTERN = r"^[0-9]{1,18}$"
_ID = re.compile(r"[0-9]{1,18}", re.ASCII)
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


def _from_query(field: serializers.Field[Any, Any, Any, Any]) -> bool:
    """Whether the values come from a query string, where everything is text."""
    return bool(getattr(field.root, "from_query", False))


class StrictCharField(serializers.CharField):
    """A text: trimmed, nothing else turned into one; without `allow_blank` something of it can be seen."""

    default_error_messages = {
        "invalid": _("This must be a text."),
        "blank": _("This must not be empty."),
        "max_length": _("At most {max_length} characters."),
        "min_length": _("At least {min_length} characters."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern = ANY_TEXT if self.allow_blank else VISIBLE_TEXT

    def run_validation(self, data: Any = serializers.empty) -> str | None:
        """The text. Raises ValidationError."""
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        if isinstance(data, str) and not self.allow_blank and not has_visible(data):
            self.fail("blank")
        return super().run_validation(data)


class StrictIntegerField(serializers.IntegerField):
    """A whole number; in a query string its digits."""

    default_error_messages = {
        "invalid": _("This must be a whole number."),
        "max_value": _("At most {max_value}."),
        "min_value": _("At least {min_value}."),
    }

    def to_internal_value(self, data: Any) -> int:
        """The number. Raises ValidationError for everything else, booleans too."""
        if type(data) is int:
            return data
        if not (isinstance(data, str) and _from_query(self) and _WHOLE_NUMBER.fullmatch(data.strip())):
            self.fail("invalid")
        return int(data)


class StrictBooleanField(serializers.BooleanField):
    """true or false; in a query string these words."""

    default_error_messages = {"invalid": _("This must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        """The truth value. Raises ValidationError for everything else, 0 and 1 too."""
        if isinstance(data, bool):
            return data
        if not (_from_query(self) and data in ("true", "false")):
            self.fail("invalid", input=data)
        return bool(data == "true")


class StrictChoiceField(serializers.ChoiceField):
    """One of some words."""

    default_error_messages = {"invalid_choice": _("This is not one of the possible values.")}

    def to_internal_value(self, data: Any) -> Any:
        """The word. Raises ValidationError for everything else."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": ID_PATTERN, "examples": ["42"]})
class IdField(serializers.Field[int, Any, str, Any]):
    """An id: a text of digits outside, a number inside."""

    default_error_messages = {"invalid": _("There is no such thing.")}

    def to_internal_value(self, data: Any) -> int:
        """The number. Raises ValidationError for everything that cannot be an id."""
        if not (isinstance(data, str) and _ID.fullmatch(data)):
            self.fail("invalid")
        return int(data)

    def to_representation(self, value: int) -> str:
        """The digits."""
        return str(value)


class InstantField(serializers.DateTimeField):
    """A moment in UTC, as ISO 8601 with Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


@extend_schema_field({"description": "Free JSON; its keys are left as they are."})
class RawJSONField(serializers.JSONField):
    """Free JSON: handed on as it is, keys too."""


def identity(text: str) -> int | None:
    """The number of an id in a path, None when it cannot be one."""
    return int(text) if _ID.fullmatch(text) else None
