"""From what was made of a picture to what a page says of it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from community.core.images.colours import tiny
from community.core.images.sizes import MIME_TYPES
from community.core.pictures import Picture


def picture_of(
    variant: Mapping[str, Any], url: Callable[[str], str], *, alt: str = "", colour: str = "", blurhash: str = ""
) -> Picture:
    """The Picture of one preset; `url` makes an address of a storage name, always the same. No query, no file.

    `variant` holds `width` and `height` of the largest, and in `sources` for each format (`jpeg` always) pairs of
    storage name and width, the largest first.
    """
    sources, url = variant["sources"], functools.partial(_address, url)
    return Picture(
        src=url(sources["jpeg"][0][0]),
        srcset=_srcset(sources["jpeg"], url) if len(sources["jpeg"]) > 1 else "",
        width=variant["width"],
        height=variant["height"],
        alt=alt or "",
        colour=colour,
        sources=tuple(
            (mime, _srcset(sources[kind], url))
            for kind, mime in MIME_TYPES.items()
            if kind != "jpeg" and kind in sources
        ),
        placeholder=tiny(blurhash),
    )


@functools.lru_cache(maxsize=8192)
def _address(url: Callable[[str], str], name: str) -> str:
    """Storages take an address apart and together again; a page has a hundred."""
    return url(name)


def _srcset(files: Sequence[tuple[str, int]], url: Callable[[str], str]) -> str:
    """With widths; without where there is one size only, or `sizes` would stretch it."""
    if len(files) == 1:
        return url(files[0][0])
    return ", ".join(f"{url(name)} {width}w" for name, width in files)
