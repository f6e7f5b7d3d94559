"""Names of fields: snake_case in Python, camelCase in JSON. Keys of free JSON never change."""

from __future__ import annotations

import re

_JOINT = re.compile(r"(?<=[a-zA-Z0-9])_([a-z0-9])")
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def camel(name: str) -> str:
    """`cover_image` → `coverImage`; an underscore in front stays (`_count`)."""
    return _JOINT.sub(lambda match: match.group(1).upper(), name)


def snake(name: str) -> str:
    """`coverImage` → `cover_image`; the way back of `camel`."""
    return _HUMP.sub(lambda match: "_" + match.group(1).lower(), name)
