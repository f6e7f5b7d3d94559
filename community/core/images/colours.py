"""What is shown while a picture loads: its colour, and a blur of it in a few bytes."""

from __future__ import annotations

import base64
import functools
import io
import struct
import zlib
from typing import Any

import blurhash
from PIL import Image

from community.core.images.modes import BROKEN, FORMATS, plain

_CELLS = (4, 3)
#: BlurHash costs time by the pixel, and its few cells do not see more than this.
_SIDE = 32
_TINY = (6, 4)


def placeholders(data: bytes) -> tuple[str, str]:
    """BlurHash (4×3) and dominant colour ("#rrggbb") of a picture that was let in.

    Both are empty for one that can be seen through: what lies under it would stay visible.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        image.draft("RGB", (_SIDE * 2, _SIDE * 2))
        small = plain(image)
        small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    except BROKEN:
        return "", ""
    if small.mode == "RGBA" and small.getchannel("A").getextrema()[0] != 255:
        return "", ""
    small = small.convert("RGB")
    # The library closes the picture that it gets.
    return blurhash.encode(small.copy(), *_CELLS), _dominant(small)


@functools.lru_cache(maxsize=4096)
def tiny(hashed: str) -> str:
    """A BlurHash as a data URI of at most 300 bytes, to lie behind the picture while it loads; "" for none."""
    try:
        pixels = blurhash.decode(hashed, *_TINY).tobytes() if hashed else b""
    except ValueError:
        return ""
    return f"data:image/png;base64,{base64.b64encode(_png(pixels, *_TINY)).decode()}" if pixels else ""


def _dominant(small: Image.Image) -> str:
    """The most common of eight median-cut colours."""
    palette = small.quantize(colors=8, method=Image.Quantize.MEDIANCUT)
    counts: list[Any] = palette.getcolors() or [(1, 0)]
    index = max(counts)[1]
    red, green, blue = (palette.getpalette() or [0, 0, 0])[index * 3 : index * 3 + 3]
    return f"#{red:02x}{green:02x}{blue:02x}"


def _png(pixels: bytes, width: int, height: int) -> bytes:
    """RGB pixels as PNG (https://www.w3.org/TR/png-3/), without the filters that make such small ones larger."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    stride = width * 3
    rows = b"".join(b"\0" + pixels[start : start + stride] for start in range(0, len(pixels), stride))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
