"""Lines and outlines as lists of points."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence

Point = tuple[float, float]


def wave(randomness: random.Random, *, roughness: int = 3) -> Callable[[float], float]:
    """A calm random function from 0..1 to about -1..1: a few sines of rising frequency."""
    parts = [
        (1 / (n + 1) ** 1.1, randomness.uniform(0.7, 1.3) * (n + 1), randomness.uniform(0, math.tau))
        for n in range(roughness)
    ]
    total = sum(weight for weight, _, _ in parts)
    return lambda x: sum(weight * math.sin(x * math.tau * turns + start) for weight, turns, start in parts) / total


def ridge(randomness: random.Random, *, roughness: float = 0.5, steps: int = 8) -> Callable[[float], float]:
    """A jagged random function from 0..1 to about -1..1: each halving adds smaller bends."""
    heights = [randomness.uniform(-0.6, 0.6), randomness.uniform(-0.6, 0.6)]
    reach = 0.6
    for _ in range(steps):
        middles = [(a + b) / 2 + randomness.uniform(-reach, reach) for a, b in itertools.pairwise(heights)]
        heights = [height for pair in zip(heights, middles, strict=False) for height in pair] + [heights[-1]]
        reach *= roughness
    last = len(heights) - 1

    def height_at(x: float) -> float:
        place = max(0.0, min(1.0, x)) * last
        left = min(int(place), last - 1)
        return heights[left] + (heights[left + 1] - heights[left]) * (place - left)

    return height_at


def horizon(width: float, height_at: Callable[[float], float], *, points: int = 120) -> list[Point]:
    """The line y = height_at(x / width), from a little left of the picture to a little right of it."""
    return [(width * n / points * 1.02 - width * 0.01, height_at(n / points)) for n in range(points + 1)]


def land(line: Sequence[Point], bottom: float) -> list[Point]:
    """What lies below a line, down to `bottom`, as a polygon."""
    return [*line, (line[-1][0], bottom + 10), (line[0][0], bottom + 10)]


def blob(
    x: float,
    y: float,
    radius: float,
    randomness: random.Random,
    *,
    wobble: float = 0.12,
    stretch: float = 1.0,
) -> list[Point]:
    """A round outline that no compass has drawn."""
    bends = [(n, randomness.uniform(0, math.tau), wobble / n) for n in (2, 3, 5)]
    outline = []
    for step in range(160):
        angle = math.tau * step / 160
        reach = radius * (1 + sum(size * math.sin(n * angle + start) for n, start, size in bends))
        outline.append((x + reach * math.cos(angle) * stretch, y + reach * math.sin(angle)))
    return outline


def oval(
    x: float, y: float, across: float, down: float, *, tilt: float = 0, start: float = 0, end: float = 360
) -> list[Point]:
    """An ellipse, or a part of it, turned by `tilt` degrees."""
    turn = math.radians(tilt)
    outline = []
    steps = 180
    for step in range(steps + 1):
        angle = math.radians(start + (end - start) * step / steps)
        a, b = across * math.cos(angle), down * math.sin(angle)
        outline.append((x + a * math.cos(turn) - b * math.sin(turn), y + a * math.sin(turn) + b * math.cos(turn)))
    return outline


def box(x: float, y: float, width: float, height: float, *, tilt: float = 0) -> list[Point]:
    """A rectangle around its middle, turned by `tilt` degrees."""
    corners = [
        (-width / 2, -height / 2),
        (width / 2, -height / 2),
        (width / 2, height / 2),
        (-width / 2, height / 2),
    ]
    return turned([(x + a, y + b) for a, b in corners], tilt, around=(x, y))


def turned(points: Sequence[Point], degrees: float, *, around: Point = (0, 0)) -> list[Point]:
    """The points, turned clockwise around a point."""
    across, down = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y = around
    return [(x + (a - x) * across - (b - y) * down, y + (a - x) * down + (b - y) * across) for a, b in points]


def curve(points: Sequence[Point], *, steps: int = 14) -> list[Point]:
    """A smooth line through all points (Catmull and Rom, 1974)."""
    padded = [points[0], *points, points[-1]]
    line: list[Point] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            line.append(
                tuple(  # type: ignore[arg-type]
                    0.5 * (2 * b[k] + (c[k] - a[k]) * t + (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * t**2
                           + (3 * b[k] - a[k] - 3 * c[k] + d[k]) * t**3)
                    for k in (0, 1)
                )
            )  # fmt: skip
    return [*line, points[-1]]
