"""Pictures of the site in the sizes of core.images, as Picture. What is stored are renditions of Wagtail."""

from __future__ import annotations

from typing import Any

import structlog
from django.db.models import F, Func, JSONField, Value
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError

from cms.models import CustomImage, CustomRendition
from community.core import images
from community.core.images import PRESETS, Preset
from community.core.pictures import Picture

log = structlog.get_logger(__name__)

#: What Pillow, Willow and Wagtail raise about a file that is gone or broken, or too thin to be cut.
UNREADABLE = (SourceImageIOError, InvalidFilterSpecError, OSError, ValueError, TypeError)
#: The columns that `picture` reads.
IMAGE_FIELDS = (
    "file",
    "width",
    "height",
    "variants",
    "dominant_colour",
    "blurhash",
    "focal_point_x",
    "focal_point_y",
    "focal_point_width",
    "focal_point_height",
)
_storage = CustomRendition._meta.get_field("file").storage


def picture(image: CustomImage, preset: str, *, alt: str = "") -> Picture:
    """`image` in the sizes of `preset`; no query where they were made before.

    Where they were not, the JPEGs are made on the spot and noted, and a job makes the rest later. A picture whose
    file cannot be read keeps the address of its original.
    """
    made = image.variants.get(preset)
    if made is None:
        try:
            made = make_variant(image, preset, ("jpeg",))
        except UNREADABLE as error:
            log.warning("picture_not_readable", image_id=image.pk, preset=preset, error=type(error).__name__)
            return _original(image, alt)
        _note(image, preset, made)
    if made.get("moves"):
        return _original(image, alt)
    return images.picture_of(made, _storage.url, alt=alt, colour=image.dominant_colour, blurhash=image.blurhash)


def spec(preset: Preset, width: int, kind: str) -> str:
    """The specification of a rendition; around the focal point where the preset cuts, never enlarged."""
    size = f"width-{width}" if preset.ratio is None else f"fill-{width}x{images.height_of(preset, width)}"
    return f"{size}|format-{kind}|{kind}quality-{images.QUALITY[kind]}"


def make_variant(image: CustomImage, name: str, kinds: tuple[str, ...]) -> dict[str, Any]:
    """What core.images.picture_of shows, of renditions that are there or are made now; raises UNREADABLE."""
    preset = PRESETS[name]
    sources: dict[str, list[list[Any]]] = {}
    size = (0, 0)
    for kind in kinds:
        for width in images.widths(preset, image.width, image.height):
            rendition = image.get_rendition(spec(preset, width, kind))
            sources.setdefault(kind, []).append([rendition.file.name, rendition.width])
            size = max(size, (rendition.width, rendition.height))
    focal = {} if preset.ratio is None else {"focal": image.focal_key}
    return {"width": size[0], "height": size[1], "sources": sources, **focal}


def _note(image: CustomImage, preset: str, made: dict[str, Any]) -> None:
    """Adds a preset to what was made, in one step: others may be adding theirs at this moment."""
    image.variants[preset] = made
    added = Func(F("variants"), Value({preset: made}, JSONField()), template="(%(expressions)s)", arg_joiner=" || ")
    CustomImage.objects.filter(pk=image.pk).update(variants=added, variants_version=0)


def _original(image: CustomImage, alt: str) -> Picture:
    return Picture(
        src=image.file.url,
        srcset="",
        width=image.width,
        height=image.height,
        alt=alt or "",
        colour=image.dominant_colour,
        placeholder=images.tiny(image.blurhash),
    )
