"""The one set of sizes in which this site shows pictures, whoever stores them."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageOps

from community.core.images.modes import on_white, plain

#: Goes up when presets or qualities change: everything is then made anew.
VERSION = 1


@dataclasses.dataclass(frozen=True)
class Preset:
    """One use of pictures: widths from large to small, ratio (None keeps the picture's own), and formats."""

    widths: tuple[int, ...]
    ratio: tuple[int, int] | None = (16, 9)
    #: from the one every program reads to the smallest
    formats: tuple[str, ...] = ("jpeg", "webp", "avif")


PRESETS: dict[str, Preset] = {
    "thumb": Preset((320,)),
    "card": Preset((640, 320)),
    "cover": Preset((1280, 960, 640)),
    "still": Preset((1280, 640)),
    "article": Preset((1280, 900, 450), ratio=None),
    "banner": Preset((1600, 800), ratio=(4, 1)),
    "avatar": Preset((224, 112, 56), ratio=(1, 1)),
    "portrait": Preset((512,), ratio=(1, 1), formats=("jpeg",)),
    # What other sites show beside a link: many of them read nothing but JPEG.
    "social": Preset((1200,), ratio=(1200, 630), formats=("jpeg",)),
}
QUALITY = {"jpeg": 80, "webp": 78, "avif": 50}
#: From the smallest to the one every program reads: the order in which a browser chooses.
MIME_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}


def widths(preset: Preset, width: int, height: int) -> tuple[int, ...]:
    """The widths of `preset` that make sense for a picture of this size, at least one.

    The first may be larger than the picture: who makes it never enlarges, and gives the picture as it is.
    """
    known = preset.widths
    if preset.ratio is None:
        # A picture narrower than the column has one size: `sizes` would stretch it.
        reach: float = width
        known = known[:1] if width < known[min(1, len(known) - 1)] else known
    else:
        reach = min(width, height * preset.ratio[0] / preset.ratio[1])
    fitting = tuple(one for one in known if one <= reach)
    larger = tuple(one for one in known if one > reach)
    whole = larger[-1:] if not fitting or reach > fitting[0] else ()
    return whole + fitting


def height_of(preset: Preset, width: int) -> int:
    """The height that goes with a width of a preset that has a ratio."""
    across, down = preset.ratio or (1, 1)
    return max(1, width * down // across)


@dataclasses.dataclass(frozen=True)
class Encoded:
    """One size of a picture in one format ("jpeg", "webp", "avif")."""

    kind: str
    width: int
    height: int
    data: bytes


def encode(data: bytes, preset: Preset) -> Iterator[Encoded]:
    """A picture that was let in, cut to its middle, in all formats and sizes of a preset with a ratio."""
    with Image.open(io.BytesIO(data)) as opened:
        image = plain(opened)
    across, down = preset.ratio or image.size
    reach = max(1, min(image.width, image.height * across // down))
    for kind in preset.formats:
        ready = on_white(image) if kind == "jpeg" else image
        options: dict[str, Any] = {"progressive": True, "optimize": True} if kind == "jpeg" else {}
        for width in widths(preset, *image.size):
            size = min(width, reach), height_of(preset, min(width, reach))
            output = io.BytesIO()
            fitted = ImageOps.fit(ready, size, Image.Resampling.LANCZOS)
            profile = image.info.get("icc_profile")
            fitted.save(output, kind.upper(), quality=QUALITY[kind], icc_profile=profile, **options)
            yield Encoded(kind, *size, output.getvalue())
