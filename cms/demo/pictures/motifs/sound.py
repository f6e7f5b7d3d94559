"""Sound made visible: circles that meet, bars, keys."""

from __future__ import annotations

import math

from cms.demo.pictures.canvas import Canvas, mix
from cms.demo.pictures.geometry import blob


def ripples(canvas: Canvas) -> None:
    """Every source of sound sends its own circles; where they meet, the street hums."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.pool([(0, 0, p.deep), (1, 0.2, p.deep), (0.3, 0.7, p.ground), (0.9, 1, mix(p.ground, p.hues[0], 0.6))])
    sources = [(0.3, 0.46, 1.0), (0.68, 0.62, 0.78), (0.84, 0.2, 0.5), (0.1, 0.9, 0.42)]
    for n, (across, down, size) in enumerate(sources):
        x, y = w * (across + rnd.uniform(-0.04, 0.04)), h * (down + rnd.uniform(-0.04, 0.04))
        colour = p.hues[(3, 2, 1, 2)[n]]
        for k in range(22, 0, -1):
            fade = 1 - k / 23
            canvas.ring(x, y, h * 0.052 * k * (0.8 + 0.4 * size), 1.5 + 5 * fade * size, colour, 0.1 + 0.65 * fade)
        canvas.glow(x, y, h * 0.3 * size, p.light, 0.7)
        canvas.disc(x, y, h * 0.05 * size, p.light)


def bars(canvas: Canvas) -> None:
    """A recording seen from the side: silence, a crack, its echo."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground, angle=55)
    count = 53
    step = w / count
    peak = rnd.uniform(0.3, 0.44)
    canvas.glow(w * peak, h * 0.5, h * 0.8, p.hues[1], 0.5)
    for n in range(count):
        place = (n + 0.5) / count
        swell = 0.9 * math.exp(-(((place - peak) / 0.07) ** 2)) + 0.5 * math.exp(-(((place - peak - 0.28) / 0.09) ** 2))
        height = h * (0.022 + 0.42 * min(1, swell * rnd.uniform(0.55, 1.0) + rnd.uniform(0, 0.06)))
        near = abs(place - peak)
        colour = (
            mix(p.light, p.hues[3], min(1, near * 4)) if near < 0.25 else mix(p.hues[3], p.hues[1], min(1, near * 1.4))
        )
        x = (n + 0.5) * step
        canvas.rectangle(x - step * 0.3, h * 0.5 - height, x + step * 0.3, h * 0.5 + height, colour, corner=step * 0.3)


def keys(canvas: Canvas) -> None:
    """A keyboard seen from above, one key held down."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(mix(p.ground, p.hues[0], 0.3), p.deep, angle=80)
    canvas.rectangle(0, h * 0.05, w, h * 0.3, mix(p.deep, p.ink, 0.5))
    for n in range(7):
        x, y = w * (0.08 + 0.105 * n), h * 0.175
        canvas.shade(blob(x, y, h * 0.055, rnd, wobble=0), blur=10, opacity=0.6, shift=(0, 8))
        canvas.disc(x, y, h * 0.055, mix(p.ink, p.ground, 0.5))
        canvas.disc(x, y, h * 0.042, p.hues[(0, 1, 2, 3)[n % 4]])
        angle = rnd.uniform(2.4, 7.0)
        canvas.line([(x, y), (x + math.cos(angle) * h * 0.036, y + math.sin(angle) * h * 0.036)], 6, p.ink)
    for n in range(4):
        x = w * (0.83 + 0.04 * n)
        canvas.rectangle(x - 4, h * 0.09, x + 4, h * 0.26, p.ink, corner=4)
        y = h * rnd.uniform(0.12, 0.23)
        canvas.rectangle(x - 15, y - 9, x + 15, y + 9, p.light, corner=4)
    count = 12
    wide = w / count
    pressed = rnd.choice((3, 5, 8))
    for n in range(count):
        down = 16 if n == pressed else 0
        tint = p.hues[2] if n == pressed else mix(p.light, p.hues[3], 0.18)
        canvas.rectangle(n * wide + 3, h * 0.32, (n + 1) * wide - 3, h * 1.1, mix(p.ink, p.deep, 0.5))
        canvas.rectangle(n * wide + 3, h * 0.32, (n + 1) * wide - 3, h * 0.93 + down, tint, corner=10)
        canvas.rectangle(
            n * wide + 3,
            h * 0.9 + down,
            (n + 1) * wide - 3,
            h * 0.93 + down,
            mix(tint, p.ink, 0.25),
            corner=10,
        )
    canvas.veil(p.ink, top=h * 0.46, bottom=h * 0.31, opacity=0.4)
    for n in range(count):
        if n % 7 in {0, 1, 3, 4, 5}:
            left, right = (n + 1) * wide - wide * 0.27, (n + 1) * wide + wide * 0.27
            outline = [(left, h * 0.31), (right, h * 0.31), (right, h * 0.7), (left, h * 0.7)]
            canvas.shade(outline, blur=12, opacity=0.5, shift=(10, 10))
            canvas.rectangle(left, h * 0.31, right, h * 0.7, p.ink, corner=8)
            canvas.rectangle(left + 8, h * 0.31, right - 8, h * 0.66, mix(p.ink, p.ground, 0.35), corner=6)
