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
from cms.choices import CODE_LANGUAGES, CONTENT_MAX

BLOCKS_MAX = 500
Schema = dict[str, Any]


def _text(most: int, *, least: int = 0) -> Schema:
    return {"type": "string", "minLength": least, "maxLength": most}


def _perhaps(most: int) -> Schema:
    return {"type": ["string", "null"], "maxLength": most}


def _object(required: str, **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": [required], "additionalProperties": False}


#: kind of block → what its value may be. Embeds are put in by editors only: each asks its provider.
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
    ),
    "image": _object(
        "image",
        image={"type": "integer", "minimum": 1, "maximum": 2**53},
        alt=_perhaps(255),
        caption=_perhaps(255),
    ),
}


def _block(kind: str, value: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string", "const": kind},
            "value": value,
            "id": {"type": ["string", "null"], "maxLength": 40},
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
    value = block.to_python(raw)
    try:
        return block.clean(value), {}
    except StructBlockValidationError as error:
        return value, {f".value.{name}": str(inner.messages[0]) for name, inner in error.block_errors.items()}
    except ValidationError as error:
        return value, {".value": str(error.messages[0])}
