"""Bodies as JSON: one schema per kind of block, by which they are checked and documented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rest_framework import serializers
from wagtail.blocks import StructBlockValidationError

from cms.blocks import BodyBlock
from cms.choices import CALLOUT_KINDS, CODE_LANGUAGES, CONTENT_MAX
from cms.models import CustomImage
from community.polls.choices import ANSWER_MAX, OPTIONS_MAX, OPTIONS_MIN, QUESTION_MAX, Results

BLOCKS_MAX = 500
Schema = dict[str, Any]


def _text(most: int, *, least: int = 0) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": most}


def _perhaps(most: int) -> Schema:
    return {"type": ["string", "null"], "maxLength": most}


def _object(required: str, **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": [required], "additionalProperties": False}


def _list(items: Schema, *, least: int, most: int) -> Schema:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _listed(value: Schema) -> Schema:
    """An item of a list as it is answered: with an id of its own."""
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string", "const": "item"},
            "value": value,
            "id": {"type": ["string", "null"], "maxLength": 40},
        },
        "required": ["type", "value"],
        "additionalProperties": False,
    }


#: A moment of this millennium, to the minute or finer, with its zone (RFC 3339).
_MOMENT = r"^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})$"
_PICTURE = _object(
    "image",
    image={"type": "integer", "minimum": 1, "maximum": 2**53},
    alt=_perhaps(255),
    caption=_perhaps(255),
)

#: kind of block → what its value may be. Embeds, files and reusable content are put in by
#: editors only: an embed asks its provider, the others are chosen from what the admin holds.
VALUES: dict[str, Schema] = {
    "rich_text": _text(CONTENT_MAX),
    "html": _text(CONTENT_MAX),
    "quote": _object("text", text=_text(2000, least=1), attribution=_perhaps(255)),
    "code": _object(
        "code",
        code=_text(50_000, least=1),
        language={"type": "string", "enum": [name for name, _label in CODE_LANGUAGES]},
    ),
    "video": _object(
        "video",
        video=_text(200, least=11),
        title=_perhaps(255),
        start={"type": ["integer", "null"], "minimum": 0, "maximum": 86_400},
        chapters=_perhaps(5000),
    ),
    "image": _PICTURE,
    "gallery": _object(
        "pictures",
        pictures=_list({"anyOf": [_PICTURE, _listed(_PICTURE)]}, least=2, most=24),
        caption=_perhaps(255),
    ),
    "callout": _object(
        "text",
        kind={"type": "string", "enum": [name for name, _label in CALLOUT_KINDS]},
        title=_perhaps(120),
        text=_text(CONTENT_MAX, least=1),
    ),
    "spoiler": {
        **_object("summary", summary=_text(160, least=1), text=_text(CONTENT_MAX, least=1)),
        "required": ["summary", "text"],
    },
    "table": _object(
        "data",
        data=_list(_list(_perhaps(2000), least=1, most=60), least=1, most=1000),
        first_row_is_table_header={"type": "boolean"},
        first_col_is_header={"type": "boolean"},
        table_header_choice={"type": "string", "enum": ["row", "column", "both", "neither"]},
        table_caption=_perhaps(255),
    ),
    "poll": {
        **_object(
            "question",
            question=_text(QUESTION_MAX, least=1),
            options=_list(
                {"anyOf": [_text(ANSWER_MAX, least=1), _listed(_text(ANSWER_MAX, least=1))]},
                least=OPTIONS_MIN,
                most=OPTIONS_MAX,
            ),
            multiple={"type": "boolean"},
            ends_at={"type": ["string", "null"], "format": "date-time", "pattern": _MOMENT},
            results={"type": "string", "enum": Results.values},
        ),
        "required": ["question", "options"],
    },
    "divider": {"type": ["object", "null"], "maxProperties": 0},
}


#: kind of block → what is answered beside its value; when it comes back it is not read.
BESIDE: dict[str, Schema] = {"video": {"video": {"type": ["object", "null"]}}}


def _block(kind: str, value: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string", "const": kind},
            "value": value,
            "id": {"type": ["string", "null"], "maxLength": 40},
            **BESIDE.get(kind, {}),
        },
        "required": ["type", "value"],
        "additionalProperties": False,
    }


BLOCKS: dict[str, Schema] = {kind: _block(kind, value) for kind, value in VALUES.items()}
_VALIDATORS = {kind: Draft202012Validator(schema) for kind, schema in BLOCKS.items()}


@extend_schema_field({"type": "array", "maxItems": BLOCKS_MAX, "items": {"oneOf": list(BLOCKS.values())}})
class BodyField(serializers.Field[list[tuple[str, Any]], Any, Any, Any]):
    """Blocks as pairs of kind and value; every block that does not fit is named by its place."""

    default_error_messages = {
        "invalid": gettext_lazy("This must be a list of blocks."),
        "many": gettext_lazy("These are too many blocks."),
    }

    def to_internal_value(self, data: Any) -> list[tuple[str, Any]]:
        """The blocks as the services take them. Raises ValidationError."""
        if not isinstance(data, list):
            self.fail("invalid")
        if len(data) > BLOCKS_MAX:
            self.fail("many")
        problems: dict[str, str] = {}
        blocks: list[tuple[str, Any]] = []
        for index, block in enumerate(data):
            found = _problems(block)
            if not found:
                kind = block["type"]
                value, found = _cleaned(kind, block["value"])
                blocks.append((kind, value))
            problems |= {f"{index}{path}": message for path, message in found.items()}
        if problems:
            raise serializers.ValidationError(problems)
        return blocks


_BODY = BodyBlock()


def _problems(block: Any) -> dict[str, str]:
    kind = block.get("type") if isinstance(block, Mapping) else None
    if not isinstance(kind, str) or kind not in BLOCKS:
        return {".type": _("Possible are: %(kinds)s.") % {"kinds": ", ".join(BLOCKS)}}
    return {
        "".join(f".{part}" for part in error.absolute_path): _("This does not fit a block of the kind %(kind)s.")
        % {"kind": kind}
        for error in _VALIDATORS[kind].iter_errors(block)
    }


def _cleaned(kind: str, raw: Any) -> tuple[Any, dict[str, str]]:
    """The value as the editor's own rules for the block take it, and what they refuse."""
    block = _BODY.child_blocks[kind]
    try:
        value = block.to_python(raw)
    except ValueError:  # the 30th of February
        return raw, {".value": _("This does not fit a block of the kind %(kind)s.") % {"kind": kind}}
    try:
        return block.clean(value), {}
    except StructBlockValidationError as error:
        return value, {f".value.{name}": str(inner.messages[0]) for name, inner in error.block_errors.items()}
    except ValidationError as error:
        return value, {".value": str(error.messages[0])}


def pictures_of(kind: str, value: Any) -> list[tuple[str, CustomImage | None]]:
    """The pictures of a block, each with its place inside the value: `""`, `.pictures.0`, …"""
    if kind == "image":
        return [("", value["image"])]
    if kind == "gallery":
        return [(f".pictures.{index}", item["image"]) for index, item in enumerate(value["pictures"])]
    return []
