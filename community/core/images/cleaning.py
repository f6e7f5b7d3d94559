"""What is let in as a picture, and what is taken out of it before it is stored."""

from __future__ import annotations

import dataclasses
import io
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, ImageSequence, JpegImagePlugin

from community.core.errors import Invalid
from community.core.images.modes import BROKEN, FORMATS, MODES, SMALL_PROFILE, for_the_web

MOST_BYTES = 50 * 1024 * 1024
MOST_PIXELS = 50_000_000
#: The frames of an animation together; each alone stays below MOST_PIXELS.
MOST_PIXELS_IN_MOTION = 500_000_000
#: A picture of several (MPO, from telephones) is shown as its first, a JPEG.
EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}

#: What `Image.info` holds that says nothing of a person, a place or a camera.
_HARMLESS = frozenset(
    {"adobe", "adobe_transform", "aspect", "background", "bbox", "blend", "chromaticity", "default_image", "disposal",
     "dpi", "duration", "extension", "gamma", "icc_profile", "interlace", "jfif", "jfif_density", "jfif_unit",
     "jfif_version", "loop", "progression", "progressive", "srgb", "timestamp", "transparency", "version"}
)  # fmt: skip
#: The segments of a JPEG that may stay, by how they begin: JFIF, colour profile, Adobe's colour transform.
_HARMLESS_SEGMENTS = {"APP0": b"JFIF\0", "APP2": b"ICC_PROFILE\0", "APP14": b"Adobe"}
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class Refused(Invalid):
    """The file is no picture that this site shows."""

    message = _("This file cannot be read as a picture. Please choose a JPEG, PNG, GIF, WebP or AVIF.")


class TooLarge(Refused):
    """The picture has too many pixels or bytes."""

    message = _("This picture is too large: at most 50 megapixels and 50 MB.")


@dataclasses.dataclass(frozen=True)
class Clean:
    """A picture as it is stored; `animated` when it has several frames."""

    data: bytes
    extension: str
    animated: bool


def check(file: IO[bytes]) -> None:
    """Looks at the content, not at the name. Raises Refused or TooLarge; bombs are refused before they are decoded."""
    _decode(_open(_read(file)))


def normalise(file: IO[bytes]) -> Clean:
    """The picture upright, without metadata, in a colour space and mode of the web; raises as `check`.

    Transparency and animation stay. A file that needs nothing comes back byte for byte.
    """
    data = _read(file)
    image = _open(data)
    _decode(image)
    animated = image.format != "MPO" and getattr(image, "n_frames", 1) > 1
    if _needs_work(image, data):
        try:
            data = _frames_again(image) if animated else _picture_again(image, data)
        except BROKEN as error:
            raise Refused from error
    return Clean(data, EXTENSIONS[str(image.format)], animated)


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    file.seek(0)
    if len(data) > MOST_BYTES:
        raise TooLarge
    return data


def _open(data: bytes) -> Image.Image:
    """The picture with nothing but its header read, once its size is known to be bearable."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except _BOMB as error:
        raise TooLarge from error
    except BROKEN as error:
        raise Refused from error
    if image.width * image.height > MOST_PIXELS:
        raise TooLarge
    return image


def _decode(image: Image.Image) -> None:
    try:
        if image.width * image.height * getattr(image, "n_frames", 1) > MOST_PIXELS_IN_MOTION:
            raise TooLarge
        image.load()
    except _BOMB as error:
        raise TooLarge from error
    except BROKEN as error:
        raise Refused from error


def _needs_work(image: Image.Image, data: bytes) -> bool:
    """Is there metadata, a rotation, a large colour profile, a mode of print, or something hidden at the end?"""
    if image.mode not in MODES or {str(name) for name in image.info} - _HARMLESS:
        return True
    if len(image.info.get("icc_profile") or b"") > SMALL_PROFILE:
        return True
    if image.format == "PNG":
        return data[-8:-4] != b"IEND"
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        strange = any(not part.startswith(_HARMLESS_SEGMENTS.get(name, b"\0-")) for name, part in image.applist)
        return strange or not data.endswith(b"\xff\xd9")
    return False


def _picture_again(image: Image.Image, data: bytes) -> bytes:
    kind = "JPEG" if image.format == "MPO" else str(image.format)
    clean = for_the_web(_upright(image))
    profile = clean.info.get("icc_profile")
    clean.info = _visible(clean)
    output = io.BytesIO()
    clean.save(output, kind, icc_profile=profile, **_options(kind, image, clean, data))
    return output.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except BROKEN:
        return image.copy()  # broken EXIF: nobody can say which side was up


def _options(kind: str, image: Image.Image, clean: Image.Image, data: bytes) -> dict[str, Any]:
    """How to encode a picture of this kind again with the least loss."""
    if kind == "JPEG" and isinstance(image, JpegImagePlugin.JpegImageFile):
        options: dict[str, Any] = {"progressive": True, "optimize": True}
        if clean.mode != image.mode:
            return {**options, "quality": 92}
        return {**options, "qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image)}
    if kind == "WEBP":
        return {"lossless": True} if b"VP8L" in data[:65536] else {"quality": 90}
    return {"quality": 80} if kind == "AVIF" else {}


def _frames_again(image: Image.Image) -> bytes:
    """The animation frame by frame, with its times and loops."""
    frames, times = [], []
    for frame in ImageSequence.Iterator(image):
        times.append(int(frame.info.get("duration", 100)))
        copy = frame.copy() if image.format == "GIF" else frame.convert("RGBA")
        copy.info = _visible(copy)
        frames.append(copy)
    options: dict[str, Any] = {"loop": image.info["loop"]} if "loop" in image.info else {}
    if image.format == "GIF":
        options["disposal"] = 2
    output = io.BytesIO()
    frames[0].save(
        output, str(image.format), save_all=True, append_images=frames[1:], duration=times, icc_profile=None, **options
    )
    return output.getvalue()


def _visible(image: Image.Image) -> dict[str | tuple[int, int], Any]:
    """What of `info` changes how the pixels look."""
    return {name: value for name, value in image.info.items() if name in ("transparency", "gamma", "dpi")}
