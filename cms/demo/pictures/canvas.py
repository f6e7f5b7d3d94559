"""A surface to draw on in points, whatever the size of the picture: shapes, soft light, shadows, grain."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from cms.demo.pictures.palettes import Palette

Point = tuple[float, float]
Colour = tuple[int, int, int]

#: Drawn so many times larger than needed, then reduced: smooth edges without an antialiasing painter.
OVERSAMPLING = 2
#: Soft things are painted so many times smaller: blur costs by the pixel, and nobody sees the difference.
SOFTNESS = 8
GRAIN_TILE = 400


def rgb(colour: str) -> Colour:
    """`#rrggbb` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(first: str, second: str, share: float) -> str:
    """The colour at `share` (0 to 1) of the way from `first` to `second`."""
    pairs = zip(rgb(first), rgb(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


class Canvas:
    """`width` × `height` points, painted at `scale` pixels a point. The seed decides everything random."""

    def __init__(self, width: int, height: int, *, palette: Palette, seed: str, scale: float = 1.0) -> None:
        self.width = width
        self.height = height
        self.palette = palette
        self.random = random.Random(seed)  # noqa: S311 - a picture, not a secret
        self.size = (max(1, round(width * scale)), max(1, round(height * scale)))
        self.unit = self.size[0] * OVERSAMPLING / width
        self.image = Image.new("RGB", (self.size[0] * OVERSAMPLING, self.size[1] * OVERSAMPLING), palette.ink)
        self.brush = ImageDraw.Draw(self.image, "RGBA")

    # Ground

    def ground(self, first: str | None = None, second: str | None = None, *, angle: float = 90) -> None:
        """Covers everything with a gradient, the palette's when none is given; 90 degrees is downwards."""
        start, end = rgb(first or self.palette.deep), rgb(second or self.palette.ground)
        across, down = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        low = min(0, across) + min(0, down)
        span = abs(across) + abs(down)
        self._spread(lambda x, y: _between(start, end, (x * across + y * down - low) / span))

    def pool(self, spots: Sequence[tuple[float, float, str]]) -> None:
        """Covers everything with colours that flow into each other; spots are x, y (0 to 1) and a colour."""
        sources = [(x, y * self.height / self.width, rgb(colour)) for x, y, colour in spots]

        def blend(x: float, y: float) -> Colour:
            down = y * self.height / self.width
            weights = [1 / ((x - a) ** 2 + (down - b) ** 2 + 0.015) ** 1.6 for a, b, _ in sources]
            total = sum(weights)
            red, green, blue = (
                round(sum(w * c[part] for w, (_, _, c) in zip(weights, sources, strict=True)) / total)
                for part in range(3)
            )
            return red, green, blue

        self._spread(blend)

    def _spread(self, colour_at: Callable[[float, float], Colour]) -> None:
        columns, rows = 64, 36
        small = Image.new("RGB", (columns, rows))
        small.putdata([colour_at(x / (columns - 1), y / (rows - 1)) for y in range(rows) for x in range(columns)])
        self.image.paste(small.resize(self.image.size, Image.Resampling.BICUBIC))

    # Hard shapes

    def fill(self, points: Sequence[Point], colour: str, opacity: float = 1.0) -> None:
        """A filled polygon."""
        self.brush.polygon(self._scaled(points), fill=(*rgb(colour), round(255 * opacity)))

    def disc(self, x: float, y: float, radius: float, colour: str, opacity: float = 1.0) -> None:
        """A filled circle."""
        self.brush.ellipse(self._box(x, y, radius), fill=(*rgb(colour), round(255 * opacity)))

    def ring(self, x: float, y: float, radius: float, thickness: float, colour: str, opacity: float = 1.0) -> None:
        """A circle's line; `radius` is its outer edge."""
        outline = (*rgb(colour), round(255 * opacity))
        self.brush.ellipse(self._box(x, y, radius), outline=outline, width=max(1, round(thickness * self.unit)))

    def slice(self, x: float, y: float, radius: float, start: float, end: float, colour: str) -> None:
        """A piece of a disc between two angles in degrees, clockwise from three o'clock."""
        self.brush.pieslice(self._box(x, y, radius), start, end, fill=rgb(colour))

    def rectangle(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: str,
        *,
        corner: float = 0,
        opacity: float = 1.0,
    ) -> None:
        """A filled rectangle, its corners rounded by `corner`."""
        box = [left * self.unit, top * self.unit, right * self.unit - 1, bottom * self.unit - 1]
        if box[2] < box[0] or box[3] < box[1]:
            return
        paint = (*rgb(colour), round(255 * opacity))
        if corner:
            self.brush.rounded_rectangle(box, corner * self.unit, fill=paint)
        else:
            self.brush.rectangle(box, fill=paint)

    def line(self, points: Sequence[Point], thickness: float, colour: str, opacity: float = 1.0) -> None:
        """A line through all points, its joints round."""
        paint = (*rgb(colour), round(255 * opacity))
        self.brush.line(self._scaled(points), fill=paint, width=max(1, round(thickness * self.unit)), joint="curve")

    # Soft shapes

    def glow(self, x: float, y: float, radius: float, colour: str, opacity: float = 0.6) -> None:
        """Light that fades out around a point."""
        mask = self._soft_mask(
            lambda brush, unit: brush.ellipse(_around(x, y, radius * 0.55, unit), fill=255), radius / 3
        )
        self._lay(mask, colour, opacity)

    def shade(self, points: Sequence[Point], *, blur: float = 24, opacity: float = 0.4, shift: Point = (0, 12)) -> None:
        """The shadow of a polygon that lies above the paper."""
        moved = [(x + shift[0], y + shift[1]) for x, y in points]
        mask = self._soft_mask(
            lambda brush, unit: brush.polygon([(x * unit, y * unit) for x, y in moved], fill=255), blur
        )
        self._lay(mask, self.palette.ink, opacity)

    def beam(self, points: Sequence[Point], colour: str, *, blur: float = 14, opacity: float = 0.5) -> None:
        """A polygon of light with soft edges."""
        mask = self._soft_mask(
            lambda brush, unit: brush.polygon([(x * unit, y * unit) for x, y in points], fill=255), blur
        )
        self._lay(mask, colour, opacity)

    def veil(self, colour: str, *, top: float, bottom: float, opacity: float = 0.5) -> None:
        """A haze that grows from nothing at `top` to `opacity` at `bottom`, which may be above."""
        high, low = sorted((top, bottom))
        size = (self.image.width, max(1, round((low - high) * self.unit)))
        mask = Image.linear_gradient("L").resize(size)
        if bottom < top:
            mask = mask.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        mask = mask.point(lambda value: value * opacity)
        top_pixel = round(high * self.unit)
        self.image.paste(rgb(colour), (0, top_pixel, size[0], top_pixel + size[1]), mask)

    def _soft_mask(self, paint: Callable[[ImageDraw.ImageDraw, float], None], blur: float) -> Image.Image:
        size = (self.image.width // SOFTNESS + 1, self.image.height // SOFTNESS + 1)
        mask = Image.new("L", size, 0)
        unit = self.unit / SOFTNESS
        paint(ImageDraw.Draw(mask), unit)
        return mask.filter(ImageFilter.GaussianBlur(blur * unit))

    def _lay(self, mask: Image.Image, colour: str, opacity: float) -> None:
        box = mask.getbbox()
        if box is None:
            return
        mask = mask.crop(box).point(lambda value: value * opacity)
        size = (mask.width * SOFTNESS, mask.height * SOFTNESS)
        left, top = box[0] * SOFTNESS, box[1] * SOFTNESS
        place = (left, top, left + size[0], top + size[1])
        self.image.paste(rgb(colour), place, mask.resize(size, Image.Resampling.BILINEAR))

    def mirror(self, y: float) -> None:
        """What lies above `y` once more below it, upside down, as in water."""
        edge = round(y * self.unit)
        depth = self.image.height - edge
        above = self.image.crop((0, max(0, edge - depth), self.image.width, edge))
        self.image.paste(above.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (0, edge))

    # The end

    def finish(self, *, grain: int = 4) -> Image.Image:
        """The picture at its size, with a little grain, as on paper."""
        small = self.image.reduce(OVERSAMPLING)
        tile = _grain(grain)
        noise = Image.new("L", small.size)
        for left in range(-self.random.randrange(GRAIN_TILE), small.width, GRAIN_TILE):
            for top in range(-self.random.randrange(GRAIN_TILE), small.height, GRAIN_TILE):
                noise.paste(tile, (left, top))
        return ImageChops.add(small, Image.merge("RGB", (noise, noise, noise)), scale=1, offset=-128)

    def _scaled(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self.unit, y * self.unit) for x, y in points]

    def _box(self, x: float, y: float, radius: float) -> tuple[float, float, float, float]:
        return _around(x, y, radius, self.unit)


def _around(x: float, y: float, radius: float, unit: float) -> tuple[float, float, float, float]:
    return (x - radius) * unit, (y - radius) * unit, (x + radius) * unit, (y + radius) * unit


def _between(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


@functools.cache
def _grain(strength: int) -> Image.Image:
    """A tile of noise around 128, the same in every process (Pillow's own noise is not)."""
    data = random.Random("grain").randbytes(GRAIN_TILE * GRAIN_TILE)  # noqa: S311
    tile = Image.frombytes("L", (GRAIN_TILE, GRAIN_TILE), data).filter(ImageFilter.GaussianBlur(0.6))
    return tile.point(lambda value: 128 + (value - 128) * strength / 64)
