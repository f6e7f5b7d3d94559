"""Pixels in the few modes that the web knows."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageCms

#: Whatever a broken file makes Pillow raise.
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    ArithmeticError,
    LookupError,
    TypeError,
    RuntimeError,
    struct.error,
    zlib.error,
)
#: The formats that are let in. Pillow knows fifty; the others are never tried on foreign bytes.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
#: Bytes; a profile of this size travels with the picture, a larger one is worked into the pixels.
SMALL_PROFILE = 4096
_SEE_THROUGH = frozenset({"LA", "PA", "La", "RGBA", "RGBa"})


def for_the_web(image: Image.Image) -> Image.Image:
    """`image` in one of MODES; in sRGB unless its profile is a small one, which stays in `info`."""
    profile = image.info.get("icc_profile") or b""
    if profile and (len(profile) > SMALL_PROFILE or image.mode not in MODES):
        image = _in_srgb(image, profile)
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in MODES:
        return image
    return image.convert("RGBA" if image.mode in _SEE_THROUGH else "RGB")


def plain(image: Image.Image) -> Image.Image:
    """`image` as RGB, or as RGBA when one can see through some of it."""
    image = for_the_web(image)
    return image.convert("RGBA" if image.mode in _SEE_THROUGH or "transparency" in image.info else "RGB")


def on_white(image: Image.Image) -> Image.Image:
    """An RGBA picture as RGB on white; others as they are."""
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "#ffffff")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours that `profile` means, as sRGB; a broken profile says nothing, the numbers stay."""
    wanted = "RGBA" if image.mode == "RGBA" else "RGB"
    moved: Image.Image | None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        moved = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=wanted)
    except (ImageCms.PyCMSError, *BROKEN):
        moved = None
    moved = moved or image.copy()
    moved.info.pop("icc_profile", None)
    return moved
