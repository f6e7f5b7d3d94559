"""Pictures of the site in fixed sizes: presets of Wagtail renditions, as Picture."""

from __future__ import annotations

from cms.models import CustomImage
from community.core.pictures import Picture

#: preset → widths and ratio (None keeps the picture's own) of its renditions, the first is the plain `src`.
PRESETS: dict[str, tuple[tuple[int, ...], tuple[int, int] | None]] = {
    "thumb": ((320,), (16, 9)),
    "card": ((640, 320), (16, 9)),
    "cover": ((1280, 640), (16, 9)),
    "article": ((900, 450), None),
    "banner": ((1600, 800), (4, 1)),
    "avatar": ((112,), (1, 1)),
}


def specs(preset: str) -> list[str]:
    """The rendition specifications of a preset."""
    widths, ratio = PRESETS[preset]
    if ratio is None:
        return [f"width-{width}|format-webp|webpquality-80" for width in widths]
    return [f"fill-{width}x{width * ratio[1] // ratio[0]}|format-webp|webpquality-80" for width in widths]


def picture(image: CustomImage, preset: str, *, alt: str = "") -> Picture:
    """`image` in the sizes of `preset`; renditions that were prefetched cost no query, missing ones are made."""
    renditions = image.get_renditions(*specs(preset))
    ordered = [renditions[spec] for spec in specs(preset)]
    return Picture(
        src=ordered[0].url,
        srcset=", ".join(f"{rendition.url} {rendition.width}w" for rendition in ordered) if len(ordered) > 1 else "",
        width=ordered[0].width,
        height=ordered[0].height,
        alt=alt or "",
        colour=image.dominant_colour,
    )
