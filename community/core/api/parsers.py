"""Reading a JSON body: its size, its depth and its values are checked before anything looks at it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from community.core.errors import DomainError

#: Whole numbers outside PostgreSQL's bigint are refused at the door.
LARGEST = 2**63 - 1


class TooLargeError(DomainError):
    """The body is larger than settings.API_MAX_BODY_BYTES (RFC 9110, section 15.5.14)."""

    code = "PAYLOAD_TOO_LARGE"
    status = 413

    def __init__(self) -> None:
        kibibytes = settings.API_MAX_BODY_BYTES // 1024
        super().__init__(_("The body is too large: at most %(size)d KiB.") % {"size": kibibytes})


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 has it and no more: UTF-8, no NaN, bounded depth and numbers, no NUL characters."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value in `stream`. Raises TooLargeError, ParseError or ValidationError (a bad text)."""
        try:
            body = stream.read(settings.API_MAX_BODY_BYTES + 1)
        except UnreadablePostError as error:
            raise ParseError(_("The body ended too early.")) from error
        if len(body) > settings.API_MAX_BODY_BYTES:
            raise TooLargeError
        return read_json(body)


def read_json(body: bytes) -> Any:
    """The value of a JSON text; the errors of StrictJSONParser.parse."""
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_number, parse_int=_whole)
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8.")) from error
    except RecursionError as error:
        raise ParseError(_("The JSON is nested too deeply.")) from error
    except ValueError as error:
        raise ParseError(_("The body is not JSON.")) from error
    _check(value)
    return value


def _no_constant(name: str) -> Any:
    raise ParseError(_("%(name)s is not a number in JSON.") % {"name": name})


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ParseError(_("A number is too large."))
    return value


def _whole(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > LARGEST:
        raise ParseError(_("A number is too large."))
    return int(text)


def _check(value: Any) -> None:
    """Walks the value without recursion: its depth, and texts that PostgreSQL cannot store."""
    waiting: list[tuple[Any, str, int]] = [(value, "", 1)]
    while waiting:
        item, path, depth = waiting.pop()
        if isinstance(item, str):
            _check_text(item, path)
        elif isinstance(item, dict | list):
            if depth > settings.API_MAX_DEPTH:
                raise ParseError(_("The JSON is nested too deeply."))
            pairs = item.items() if isinstance(item, dict) else enumerate(item)
            for key, child in pairs:
                if isinstance(key, str):
                    _check_text(key, path)
                if isinstance(child, str | dict | list):
                    waiting.append((child, f"{path}.{key}" if path else str(key), depth + 1))


def _check_text(text: str, path: str) -> None:
    if "\x00" in text:
        message = _("The character NUL cannot be stored.")
    else:
        try:
            text.encode("utf-8")
            return
        except UnicodeEncodeError:
            message = _("This is not Unicode text: half of a surrogate pair stands alone.")
    name = path[:100].encode("utf-8", "replace").decode().replace("\x00", "")
    raise ValidationError({name or "non_field_errors": [message]})
