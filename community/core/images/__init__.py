"""Pictures as files: what is let in, what is taken out of them, the sizes they are shown in. Knows no model."""

from community.core.images.cleaning import Clean, Refused, TooLarge, check, normalise
from community.core.images.colours import placeholders, tiny
from community.core.images.shown import picture_of
from community.core.images.sizes import (
    MIME_TYPES,
    PRESETS,
    QUALITY,
    VERSION,
    Encoded,
    Preset,
    encode,
    height_of,
    widths,
)

__all__ = [
    "MIME_TYPES",
    "PRESETS",
    "QUALITY",
    "VERSION",
    "Clean",
    "Encoded",
    "Preset",
    "Refused",
    "TooLarge",
    "check",
    "encode",
    "height_of",
    "normalise",
    "picture_of",
    "placeholders",
    "tiny",
    "widths",
]
