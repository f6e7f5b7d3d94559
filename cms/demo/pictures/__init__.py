"""Covers, banners and emblems, drawn by a few lines of code; the same seed gives the same picture."""

from __future__ import annotations

import io

from PIL import Image

from cms.demo.pictures.canvas import Canvas
from cms.demo.pictures.motifs import EMBLEMS, MOTIFS
from cms.demo.pictures.palettes import PALETTES

__all__ = ["MAX_BYTES", "draw", "draw_emblem"]

COVER = (1600, 900)
BANNER = (1600, 400)
EMBLEM = (400, 400)
MAX_BYTES = 150_000
QUALITIES = (82, 72, 60, 48)


def draw(motif: str, palette: str, *, seed: str, banner: bool = False, scale: float = 1.0) -> bytes:
    """A JPEG of 1600 × 900 points (banner: 1600 × 400), at most 150 kB. Raises KeyError for unknown names."""
    canvas = Canvas(*(BANNER if banner else COVER), palette=PALETTES[palette], seed=f"{seed}/{motif}", scale=scale)
    MOTIFS[motif](canvas)
    return _jpeg(canvas.finish())


def draw_emblem(emblem: str, palette: str, *, scale: float = 1.0) -> bytes:
    """A JPEG of 400 × 400 points for the profile of a person. Raises KeyError for unknown names."""
    canvas = Canvas(*EMBLEM, palette=PALETTES[palette], seed=emblem, scale=scale)
    EMBLEMS[emblem](canvas)
    return _jpeg(canvas.finish(grain=3))


def _jpeg(image: Image.Image) -> bytes:
    """The picture in the best quality that fits."""
    for quality in QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= MAX_BYTES:
            break
    return buffer.getvalue()
