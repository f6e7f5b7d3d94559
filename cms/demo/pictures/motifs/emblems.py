"""Small signs for people: read at 24 pixels, pretty at 112."""

from __future__ import annotations

import math

from cms.demo.pictures.canvas import Canvas, mix
from cms.demo.pictures.geometry import curve, oval, turned
from cms.demo.pictures.motifs.city import bird as sitting_bird


def torch(canvas: Canvas) -> None:
    """A beam into the dark."""
    p, w, h = canvas.palette, canvas.width, canvas.height
    canvas.ground(p.deep, p.ground, angle=60)
    canvas.beam(
        [(w * 0.34, h * 0.62), (w * 0.42, h * 0.74), (w * 1.05, h * 0.66), (w * 0.84, h * -0.1)],
        p.light,
        blur=12,
        opacity=0.95,
    )
    handle = [(w * 0.18, h * 0.655), (w * 0.36, h * 0.655), (w * 0.36, h * 0.745), (w * 0.18, h * 0.745)]
    canvas.fill(turned(handle, -35, around=(w * 0.36, h * 0.7)), p.ink)
    canvas.disc(w * 0.37, h * 0.69, w * 0.09, p.ink)
    canvas.disc(w * 0.39, h * 0.675, w * 0.055, "#ffffff")


def rook(canvas: Canvas) -> None:
    """The tower."""
    p, w, h = canvas.palette, canvas.width, canvas.height
    canvas.ground(p.ground, p.deep, angle=90)
    canvas.rectangle(w * 0.24, h * 0.76, w * 0.76, h * 0.86, p.light, corner=8)
    canvas.fill([(w * 0.34, h * 0.42), (w * 0.66, h * 0.42), (w * 0.7, h * 0.76), (w * 0.3, h * 0.76)], p.light)
    canvas.fill(
        [(w * 0.53, h * 0.42), (w * 0.66, h * 0.42), (w * 0.7, h * 0.76), (w * 0.53, h * 0.76)],
        p.hues[2],
        0.7,
    )
    canvas.rectangle(w * 0.27, h * 0.3, w * 0.73, h * 0.42, p.light)
    for k in range(3):
        canvas.rectangle(w * (0.27 + 0.175 * k), h * 0.18, w * (0.38 + 0.175 * k), h * 0.32, p.light)


def flame(canvas: Canvas) -> None:
    """A fire in the snow."""
    p, w, h = canvas.palette, canvas.width, canvas.height
    canvas.ground(p.ground, p.deep, angle=270)
    canvas.glow(w * 0.5, h * 0.58, h * 0.6, "#ffb45e", 0.5)
    for size, colour in ((1.0, "#e8542f"), (0.7, "#f7a13c"), (0.4, "#ffe6a8")):
        x, y = w * 0.5, h * 0.82
        right = [
            (x, y),
            (x + w * 0.24 * size, y - h * 0.2 * size),
            (x + w * 0.1 * size, y - h * 0.42 * size),
            (x + w * 0.03 * size, y - h * 0.66 * size),
        ]
        left = [
            (x + w * 0.03 * size, y - h * 0.66 * size),
            (x - w * 0.14 * size, y - h * 0.36 * size),
            (x - w * 0.23 * size, y - h * 0.18 * size),
            (x, y),
        ]
        canvas.fill([*curve(right), *curve(left)], colour)


def reel(canvas: Canvas) -> None:
    """A reel of tape."""
    p, w, h = canvas.palette, canvas.width, canvas.height
    canvas.ground(p.deep, p.ground, angle=45)
    x, y = w * 0.5, h * 0.5
    canvas.disc(x, y, w * 0.38, p.ink)
    canvas.ring(x, y, w * 0.38, w * 0.05, p.hues[2])
    for turn in (90, 210, 330):
        a, b = x + w * 0.185 * math.cos(math.radians(turn)), y + w * 0.185 * math.sin(math.radians(turn))
        canvas.disc(a, b, w * 0.105, p.hues[1])
    canvas.disc(x, y, w * 0.065, p.light)


def moon(canvas: Canvas) -> None:
    """A crescent between two chimneys."""
    p, w, h = canvas.palette, canvas.width, canvas.height
    canvas.ground(p.deep, p.ground)
    canvas.glow(w * 0.52, h * 0.4, h * 0.5, p.hues[2], 0.5)
    outer = oval(w * 0.52, h * 0.4, w * 0.24, w * 0.24, start=-90, end=90, tilt=-25)
    inner = oval(w * 0.52, h * 0.4, w * 0.08, w * 0.24, start=90, end=-90, tilt=-25)
    canvas.fill([*outer, *inner], p.light)
    canvas.rectangle(0, h * 0.8, w, h, p.ink)
    canvas.rectangle(w * 0.14, h * 0.62, w * 0.28, h * 0.82, p.ink)
    canvas.rectangle(w * 0.74, h * 0.68, w * 0.86, h * 0.82, p.ink)


def bird(canvas: Canvas) -> None:
    """A bird on a wire."""
    p, w, h = canvas.palette, canvas.width, canvas.height
    canvas.ground(mix(p.ground, p.hues[2], 0.5), p.light)
    canvas.disc(w * 0.56, h * 0.46, w * 0.33, p.hues[1])
    canvas.line([(0, h * 0.76), (w, h * 0.72)], 7, p.ink)
    sitting_bird(canvas, w * 0.48, h * 0.74, h * 0.4)


def leaf(canvas: Canvas) -> None:
    """A leaf that is also a spoon."""
    p, w, h = canvas.palette, canvas.width, canvas.height
    canvas.ground(p.deep, p.ground, angle=45)
    middle = (w * 0.5, h * 0.5)
    blade = turned(oval(w * 0.5, h * 0.34, w * 0.17, h * 0.24), 38, around=middle)
    handle = turned([(w * 0.5, h * 0.3), (w * 0.5, h * 0.9)], 38, around=middle)
    canvas.line(handle, w * 0.075, p.light)
    canvas.disc(*handle[1], w * 0.0375, p.light)
    canvas.fill(blade, p.light)
    canvas.fill(turned(oval(w * 0.5, h * 0.34, w * 0.115, h * 0.175), 38, around=middle), p.hues[1])
    canvas.line(turned([(w * 0.5, h * 0.2), (w * 0.5, h * 0.5)], 38, around=middle), 5, p.light, 0.8)
