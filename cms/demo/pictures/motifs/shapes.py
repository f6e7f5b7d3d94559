"""Shapes for their own sake: Bauhaus tiles, stripes, a record, cut paper, stairs."""

from __future__ import annotations

import math

from cms.demo.pictures.canvas import Canvas, mix
from cms.demo.pictures.geometry import blob, box, oval


def bauhaus(canvas: Canvas) -> None:
    """Tiles with quarter circles, rings and bars; no two neighbours alike."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground)
    rows = max(1, round(h / 300))
    side = h / rows
    columns = math.ceil(w / side)
    paints = [p.hues[0], p.hues[1], p.hues[2], p.hues[3], p.ink, p.light]
    previous = -1
    for row in range(rows):
        for column in range(columns):
            ground, figure, accent = rnd.sample(paints, 3)
            kind = rnd.choice([k for k in range(7) if k != previous])
            previous = kind
            _tile(canvas, kind, column * side, row * side, side, ground, figure, accent)


def _tile(canvas: Canvas, kind: int, x: float, y: float, side: float, ground: str, figure: str, accent: str) -> None:
    canvas.rectangle(x, y, x + side, y + side, ground)
    middle_x, middle_y = x + side / 2, y + side / 2
    corner_x, corner_y, start = canvas.random.choice(
        ((x, y, 0), (x + side, y, 90), (x + side, y + side, 180), (x, y + side, 270))
    )
    match kind:
        case 0:
            canvas.slice(corner_x, corner_y, side, start, start + 90, figure)
            canvas.slice(corner_x, corner_y, side * 0.5, start, start + 90, accent)
        case 1:
            canvas.disc(middle_x, middle_y, side * 0.36, figure)
            canvas.disc(middle_x, middle_y, side * 0.16, accent)
        case 2:
            for k in range(4):
                canvas.rectangle(x + side * k / 4, y, x + side * (k + 0.5) / 4, y + side, figure)
        case 3:
            canvas.slice(middle_x, y, side / 2, 0, 180, figure)
            canvas.slice(middle_x, middle_y, side / 2, 0, 180, accent)
        case 4:
            canvas.fill([(x, y), (x + side, y), (x, y + side)], figure)
            canvas.disc(x + side * 0.7, y + side * 0.7, side * 0.16, accent)
        case 5:
            for k in range(4, 0, -1):
                canvas.slice(corner_x, corner_y, side * k / 4, start, start + 90, figure if k % 2 else ground)
        case _:
            for a in (0.25, 0.75):
                for b in (0.25, 0.75):
                    canvas.disc(x + side * a, y + side * b, side * 0.15, figure if a == b else accent)


def stripes(canvas: Canvas) -> None:
    """Slanting bands, and a lens that breaks them."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground, angle=35)
    slant, band = h * 0.42, w / 15
    for n in range(-5, 18):
        left = n * band
        edge = [(left, h), (left + slant, 0), (left + slant + band * 0.52, 0), (left + band * 0.52, h)]
        canvas.fill(edge, p.hues[1], 0.35)
    x, y, radius = w * rnd.uniform(0.46, 0.62), h * 0.5, h * 0.34
    sheet = box(x - radius * 0.85, y + radius * 0.12, radius * 1.5, radius * 1.5, tilt=rnd.uniform(10, 22))
    canvas.shade(sheet, blur=26, opacity=0.4)
    canvas.fill(sheet, p.hues[3])
    outline = blob(x, y, radius, rnd, wobble=0)
    canvas.shade(outline, blur=30, opacity=0.45)
    canvas.fill(outline, p.ink)
    canvas.disc(x, y, radius * 0.93, mix(p.ink, p.hues[0], 0.35))
    for share, colour in (
        (0.86, p.hues[0]),
        (0.7, p.hues[1]),
        (0.52, p.hues[2]),
        (0.34, mix(p.deep, p.ink, 0.6)),
        (0.2, p.ink),
    ):
        canvas.disc(x, y, radius * share, colour)
    canvas.slice(x, y, radius * 0.86, 205, 252, mix(p.hues[1], p.light, 0.55))
    canvas.disc(x, y, radius * 0.52, p.hues[2])
    canvas.disc(x, y, radius * 0.34, mix(p.deep, p.ink, 0.6))
    canvas.disc(x - radius * 0.14, y - radius * 0.16, radius * 0.1, p.light)
    canvas.disc(x + radius * 0.1, y + radius * 0.14, radius * 0.045, p.light, 0.8)


def vinyl(canvas: Canvas) -> None:
    """A record too large for the picture; the needle is near the end."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(mix(p.ground, p.hues[1], 0.4), p.ground, angle=20)
    x, y, radius = w * rnd.uniform(0.58, 0.68), h * rnd.uniform(0.52, 0.6), h * 0.78
    canvas.shade(blob(x, y, radius, rnd, wobble=0), blur=50, opacity=0.6, shift=(-20, 30))
    canvas.disc(x, y, radius, p.ink)
    groove = radius * 0.98
    while groove > radius * 0.36:
        canvas.ring(x, y, groove, 2, mix(p.ink, p.hues[2], rnd.choice((0.1, 0.16, 0.22, 0.34))))
        groove -= rnd.uniform(5, 8)
    for start in (200, 20):
        rim = oval(x, y, radius, radius, start=start, end=start + 27)
        canvas.beam([(x, y), *rim], p.hues[3], blur=26, opacity=0.2)
    canvas.disc(x, y, radius * 0.33, p.hues[0])
    canvas.slice(x, y, radius * 0.33, 180, 360, p.hues[2])
    canvas.disc(x, y, radius * 0.12, p.light)
    canvas.disc(x, y, radius * 0.025, p.ink)
    arm = [(w * 0.1, -20), (w * 0.13, h * 0.5), (x - radius * 0.44, y + radius * 0.06)]
    canvas.line(arm, 20, mix(p.light, p.hues[3], 0.3))
    canvas.fill(box(arm[-1][0], arm[-1][1], 66, 34, tilt=18), p.light)


def papercut(canvas: Canvas) -> None:
    """Sheet above sheet with a hole in each, the light at the bottom."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    x, y = w * rnd.uniform(0.42, 0.6), h * rnd.uniform(0.46, 0.56)
    tints = [mix(p.hues[0], p.deep, 0.7), p.hues[0], p.hues[1], p.hues[2], p.hues[3], p.light]
    canvas.ground(mix(tints[0], p.ink, 0.25), tints[0], angle=40)
    for n, colour in enumerate(tints[1:], start=1):
        radius = h * (1.02 - 0.172 * n)
        outline = blob(x + rnd.uniform(-20, 20), y + rnd.uniform(-12, 12), radius, rnd, wobble=0.16, stretch=1.22)
        canvas.fill(outline, colour)
        _inner_shade(canvas, outline, x, y)


def _inner_shade(canvas: Canvas, outline: list[tuple[float, float]], x: float, y: float) -> None:
    """The upper sheet's shadow on the lower one: a rim, darker at the top left."""
    shifted = [(a + (x - a) * 0.05 + 9, b + (y - b) * 0.05 + 14) for a, b in outline]
    canvas.shade([*outline, outline[0], shifted[0], *reversed(shifted)], blur=15, opacity=0.42, shift=(0, 0))


def stairs(canvas: Canvas) -> None:
    """Steps that go up and a light that waits there."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground, angle=70)
    steps = 11
    wide, high = w / steps, h * 0.8 / steps
    x, y = w * 0.8, h * 0.22
    canvas.glow(x, y, h * 0.55, p.light, 0.6)
    canvas.disc(x, y, h * 0.1, p.light)
    for step in range(steps):
        left, top = step * wide, h - high * (step + 0.7)
        tint = mix(p.hues[0], p.hues[3], step / (steps - 1))
        canvas.rectangle(left, top, left + wide + 1, h, mix(tint, p.ink, 0.42))
        canvas.fill(
            [
                (left, top),
                (left + wide, top),
                (left + wide * 1.55, top - high),
                (left + wide * 0.55, top - high),
            ],
            tint,
        )
        canvas.fill(
            [(left + wide, top), (left + wide * 1.55, top - high), (left + wide * 1.55, h), (left + wide, h)],
            mix(tint, p.ink, 0.62),
        )
    walker = rnd.choice((4, 5, 6))
    a, b = (walker + 0.75) * wide, h - high * (walker + 1.15)
    canvas.fill([(a - 13, b), (a + 13, b), (a + 17, b - 62), (a - 17, b - 62)], p.ink)
    canvas.disc(a, b - 78, 17, p.ink)
