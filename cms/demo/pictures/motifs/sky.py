"""The sky: orbits, constellations, phases of the moon, northern light."""

from __future__ import annotations

import math

from cms.demo.pictures.canvas import Canvas, mix
from cms.demo.pictures.geometry import horizon, land, oval, ridge, wave


def stars(canvas: Canvas, count: int, *, bottom: float = 1.0) -> None:
    """Small lights, most of them faint."""
    rnd = canvas.random
    for _ in range(count):
        brightness = rnd.random() ** 3
        canvas.disc(
            rnd.uniform(0, canvas.width), rnd.uniform(0, canvas.height * bottom),
            0.8 + 1.8 * brightness, canvas.palette.light, 0.25 + 0.65 * brightness,
        )  # fmt: skip


def planet(canvas: Canvas, x: float, y: float, radius: float, lit: str, dark: str) -> None:
    """A ball with a day and a night side."""
    canvas.disc(x, y, radius, lit)
    for n in range(1, 9):
        share = n / 9
        across, down = radius * (1 - share * 0.5), radius * (1.02 - share * 0.1)
        edge = oval(x - radius * 0.1, y - radius * 0.06, across, down, start=-60, end=120)
        canvas.fill([*oval(x, y, radius, radius, start=-60, end=120), *reversed(edge)], dark, 0.13)


def orbits(canvas: Canvas) -> None:
    """A planet with its ring, and moons on thin ellipses around it."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground, angle=60)
    stars(canvas, 150)
    x, y, tilt = w * rnd.uniform(0.42, 0.66), h * 0.5, rnd.uniform(-24, -10)
    radius = h * 0.19
    canvas.glow(x, y, h * 0.75, p.hues[1], 0.55)
    for n in range(6):
        reach = h * (0.42 + 0.19 * n)
        line = oval(x, y, reach, reach * 0.34, tilt=tilt)
        canvas.line(line, 1.6, p.hues[3], 0.55 - 0.06 * n)
        spot = line[rnd.randrange(len(line))]
        if n in {1, 2, 4}:
            planet(canvas, *spot, rnd.uniform(10, 22), p.hues[2], p.deep)
    ring = [(1.95, p.hues[3]), (1.72, p.hues[2]), (1.5, p.hues[3])]
    for reach, colour in ring:
        canvas.line(oval(x, y, radius * reach, radius * reach * 0.3, tilt=tilt, start=180, end=360), 13, colour, 0.8)
    planet(canvas, x, y, radius, p.light, mix(p.hues[0], p.deep, 0.35))
    for reach, colour in ring:
        canvas.line(oval(x, y, radius * reach, radius * reach * 0.3, tilt=tilt, start=0, end=180), 13, colour, 0.95)


def constellation(canvas: Canvas) -> None:
    """Figures between stars, over a line of roofs."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.pool(
        [
            (0.1, 0, p.deep),
            (0.9, 0.1, p.deep),
            (0.25, 0.9, p.ground),
            (0.8, 0.8, mix(p.ground, p.hues[1], 0.5)),
        ]
    )
    stars(canvas, 260, bottom=0.9)
    for figure in range(3):
        x, y = w * (0.16 + 0.26 * figure + rnd.uniform(0, 0.06)), h * rnd.uniform(0.2, 0.5)
        points = [(x, y)]
        heading = rnd.uniform(-0.6, 0.6)
        for _ in range(rnd.choice((4, 5))):
            heading += rnd.uniform(-0.9, 0.9)
            x, y = x + math.cos(heading) * h * 0.13, y + math.sin(heading) * h * 0.13
            points.append((x, min(max(y, h * 0.08), h * 0.7)))
        canvas.line(points, 2, p.hues[3], 0.6)
        for k, (a, b) in enumerate(points):
            size = 9 if k == 1 else rnd.uniform(4, 6.5)
            canvas.glow(a, b, size * 6, p.hues[2], 0.7)
            canvas.disc(a, b, size, p.light)
    left = -20.0
    while left < w:
        width, height = rnd.uniform(70, 170), h * rnd.uniform(0.08, 0.2)
        canvas.rectangle(left, h - height, left + width, h, p.ink)
        if rnd.random() < 0.6:
            canvas.rectangle(left + width * 0.6, h - height - 26, left + width * 0.6 + 18, h - height + 2, p.ink)
        left += width - 2


def moons(canvas: Canvas) -> None:
    """One month in one row; the full moon in the middle."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground, angle=75)
    stars(canvas, 90)
    radius = min(h * 0.2, w * 0.054)
    arch = rnd.uniform(0.14, 0.22) * h
    for n in range(7):
        place = (n + 0.5) / 7
        x, y = w * (0.04 + 0.92 * place), h * 0.48 + arch * ((place - 0.5) * 2) ** 2 - arch * 0.4
        size = radius * (1.15 if n == 3 else 1)
        if n == 3:
            canvas.glow(x, y, h * 0.6, mix(p.light, p.ground, 0.2), 0.5)
        canvas.disc(x, y, size, mix(p.deep, p.ink, 0.4))
        _phase(canvas, x, y, size, n)


def _phase(canvas: Canvas, x: float, y: float, radius: float, number: int) -> None:
    """The lit part of moon `number` of seven: waxing to the right, full at 3, waning to the left."""
    p = canvas.palette
    if number == 3:
        canvas.disc(x, y, radius, p.light)
        for dx, dy, size in ((-0.3, -0.25, 0.22), (0.25, 0.1, 0.3), (-0.12, 0.42, 0.16), (0.42, -0.4, 0.12)):
            canvas.disc(x + dx * radius, y + dy * radius, size * radius, mix(p.light, p.hues[2], 0.28))
        return
    waxing = number < 3
    bulge = (0.74, 0.06, -0.56)[number if waxing else 6 - number]
    side = 1 if waxing else -1
    outer = oval(x, y, side * radius, radius, start=-90, end=90)
    inner = oval(x, y, side * radius * bulge, radius, start=90, end=-90)
    canvas.fill([*outer, *inner], p.light)


def aurora(canvas: Canvas) -> None:
    """Curtains of light above black hills and a lake that keeps them."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground)
    stars(canvas, 170, bottom=0.6)
    for band in range(3):
        colour = p.hues[(2, 0, 1)[band]]
        line = wave(rnd, roughness=3)
        foot = [(w * (t / 30 * 1.06 - 0.03), h * (0.42 + 0.07 * band) + h * 0.12 * line(t / 30)) for t in range(31)]
        for k in range(6):
            reach = h * (0.07 + 0.075 * k)
            top = [(x + reach * 0.2, y - reach * (1 + 0.35 * line(x / w + 0.3))) for x, y in foot]
            canvas.beam([*foot, *reversed(top)], colour, blur=10 + 9 * k, opacity=0.2)
        for _ in range(12):
            x, y = rnd.choice(foot)
            reach = h * rnd.uniform(0.2, 0.46)
            ray = [
                (x - 16, y),
                (x + 16, y),
                (x + 16 + reach * 0.2, y - reach),
                (x - 10 + reach * 0.2, y - reach),
            ]
            canvas.beam(ray, mix(colour, p.light, 0.3), blur=14, opacity=0.3)
    hills = ridge(rnd, roughness=0.5, steps=7)
    canvas.fill(land(horizon(w, lambda t: h * 0.68 - h * 0.1 * hills(t), points=200), h), p.ink)
    canvas.rectangle(0, h * 0.8, w, h, mix(p.ground, p.ink, 0.45))
    for _ in range(46):
        x, y, length = rnd.uniform(0, w), h * rnd.uniform(0.82, 0.99), rnd.uniform(60, 260)
        canvas.line([(x, y), (x + length, y)], 3, p.hues[rnd.choice((0, 1, 2))], 0.3)
