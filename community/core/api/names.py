"""Names of fields: snake_case in Python, camelCase in JSON. Keys of free JSON never change."""

from __future__ import annotations

import re

_JOINT = re.compile(r"(?<=[a-zA-Z0-9])_([a-z0-9])")


def camel(name: str) -> str:
    """`cover_image` → `coverImage`; an underscore in front stays (`_count`).

    The way back needs no rule: a serializer knows under which name outside each of its fields goes.
    """
    return _JOINT.sub(lambda match: match.group(1).upper(), name)
