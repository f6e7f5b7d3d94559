"""A picture as templates and JSON get it: addresses, size, words, and the colour to show while it loads."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Picture:
    """`srcset` may be empty; `colour` is "#rrggbb" or empty; an empty `alt` marks a decoration."""

    src: str
    srcset: str
    width: int
    height: int
    alt: str
    colour: str
