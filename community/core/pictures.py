"""A picture as templates and JSON get it: addresses, size, words, and what to show while it loads."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Picture:
    """`src` and `srcset` are what every program can read, `sources` (MIME type, srcset) the smaller ones before it.

    `srcset` is empty for a picture of one size, and no srcset of it has widths then. An empty `alt` marks a
    decoration. `colour` is "#rrggbb" or empty, `placeholder` a data URI or empty.
    """

    src: str
    srcset: str
    width: int
    height: int
    alt: str
    colour: str
    sources: tuple[tuple[str, str], ...] = ()
    placeholder: str = ""
