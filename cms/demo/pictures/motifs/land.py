"""Landscapes: canyon, dunes, mountains, the sea, a hut in the snow, a land of pixels."""

from __future__ import annotations

import math

from cms.demo.pictures.canvas import Canvas, mix
from cms.demo.pictures.geometry import curve, horizon, land, ridge, wave


def canyon(canvas: Canvas) -> None:
    """Walls of rock to both sides, light at the end, torches on the ledges."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.hues[1], mix(p.hues[2], p.light, 0.3))
    middle = w * rnd.uniform(0.54, 0.62)
    canvas.glow(middle, h * 0.5, h * 0.5, p.light, 0.9)
    canvas.disc(middle, h * 0.5, h * 0.155, p.light)
    layers = 6
    for depth in range(layers):
        near = depth / (layers - 1)
        colour = mix(mix(p.hues[3], p.hues[0], min(1, near * 1.5)), p.ink, max(0, near - 0.3) * 1.25)
        gap = h * (0.17 + 0.95 * near**1.25)
        for side in (-1, 1):
            bend = wave(rnd, roughness=4)
            line = []
            for step in range(61):
                down = step / 60
                opening = gap * (1.14 - 0.55 * down**1.5) + h * (0.03 + 0.09 * near) * bend(down)
                line.append((middle + side * opening * 1.05, down * h * 1.02 - h * 0.01))
            outside = -20 if side < 0 else w + 20
            wall = [*line, (outside, h + 20), (outside, -20)]
            canvas.shade(wall, blur=16, opacity=0.2 + 0.2 * near, shift=(-side * 12, 0))
            canvas.fill(wall, colour)
            if 0 < depth < layers - 1:
                x, y = line[33 + 4 * depth + (3 if side > 0 else 0)]
                _torch(canvas, min(max(x + side * 16, w * 0.04), w * 0.96), y, near)
    floor = wave(rnd)
    ground = horizon(w, lambda x: h * 0.9 + h * 0.022 * floor(x))
    canvas.fill(land(ground, h), mix(p.ink, p.deep, 0.35))
    for place in (-0.19, 0.03, 0.24):
        x = middle + place * w
        _torch(canvas, x, h * 0.9 + h * 0.022 * floor(x / w) - 10, 0.9)


def _torch(canvas: Canvas, x: float, y: float, near: float) -> None:
    """One of the eleven."""
    p = canvas.palette
    canvas.glow(x, y, 60 + 120 * near, mix(p.hues[3], p.light, 0.35), 0.8)
    canvas.disc(x, y, 4 + 5 * near, "#fffaf0")


def dunes(canvas: Canvas) -> None:
    """Sand in long curves, each with a lit and a dark side, under a low sun."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, mix(p.ground, p.hues[2], 0.55))
    x, y = w * rnd.uniform(0.2, 0.8), h * rnd.uniform(0.26, 0.36)
    canvas.glow(x, y, h * 0.6, mix(p.hues[2], p.light, 0.2), 0.6)
    canvas.disc(x, y, h * 0.13, p.light)
    for n in range(5):
        near = n / 4
        base, lift = h * (0.46 + 0.13 * n), h * (0.06 + 0.04 * near)
        line_at = wave(rnd, roughness=2)
        line = horizon(w, lambda t, b=base, lift=lift, f=line_at: b + lift * f(t))  # type: ignore[misc]
        lit = mix(p.hues[2], p.hues[0], near)
        canvas.shade(land(line, h), blur=26, opacity=0.22, shift=(0, -14))
        canvas.fill(land(line, h), mix(lit, p.deep, 0.15 + 0.5 * near))
        crest = (0.3 + 0.5 * ((n * 3) % 5) / 4) * w
        lee = [(a, b) for a, b in line if a <= crest]
        top = line_at(crest / w) * lift + base
        foot = curve(
            [
                (crest, top),
                (crest - w * 0.05, top + h * 0.09),
                (crest - w * 0.03, top + h * 0.2),
                (crest - w * 0.2, h * 1.1),
            ]
        )
        canvas.fill([*lee, *foot, (-20, h * 1.05)], mix(lit, p.light, 0.12), 0.5)


def mountains(canvas: Canvas) -> None:
    """Ranges behind ranges, with haze between them."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, mix(p.ground, p.hues[1], 0.4))
    x, y = w * rnd.uniform(0.25, 0.75), h * rnd.uniform(0.24, 0.34)
    canvas.glow(x, y, h * 0.5, p.light, 0.5)
    canvas.disc(x, y, h * 0.095, p.light)
    for n in range(5):
        near = n / 4
        base, lift = h * (0.46 + 0.125 * n), h * (0.33 - 0.045 * n)
        peaks = ridge(rnd, roughness=0.52, steps=8)
        line = horizon(w, lambda t, b=base, lift=lift, f=peaks: b - lift * f(t), points=260)  # type: ignore[misc]
        colour = mix(mix(p.hues[1], p.ground, 0.3), p.ink, 0.1 + 0.8 * near)
        canvas.fill(land(line, h), colour)
        if n < 4:
            canvas.veil(
                mix(p.hues[2], p.light, 0.25),
                top=base - lift * 0.2,
                bottom=base + h * 0.22,
                opacity=0.34 - 0.06 * n,
            )


def tide(canvas: Canvas) -> None:
    """Waves like scales of a fish, paler towards the horizon."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground)
    x, y = w * rnd.uniform(0.3, 0.7), h * 0.36
    canvas.glow(x, y, h * 0.6, p.light, 0.5)
    canvas.disc(x, y, h * 0.2, p.light)
    rows = 8
    for row in range(rows):
        near = row / (rows - 1)
        radius = h * (0.075 + 0.085 * near)
        base = h * (0.46 + 0.62 * near**1.25)
        offset = radius * (row % 2) + rnd.uniform(-6, 6)
        for column in range(-1, int(w / (radius * 2)) + 2):
            centre = column * radius * 2 + offset
            tints = [
                mix(p.hues[3], p.hues[0], near),
                mix(p.hues[2], p.ground, near),
                mix(p.hues[1], p.deep, near),
            ]
            for k, share in enumerate((1, 0.74, 0.48, 0.22)):
                canvas.disc(centre, base, radius * share, mix(tints[k % 3], p.ink, 0.08 + 0.3 * near))


def hut(canvas: Canvas) -> None:
    """One lit window in a white night."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, mix(p.ground, p.hues[1], 0.25))
    for _ in range(130):
        canvas.disc(
            rnd.uniform(0, w),
            rnd.uniform(0, h * 0.6),
            rnd.uniform(0.8, 2.4),
            p.light,
            rnd.uniform(0.3, 0.9),
        )
    far = ridge(rnd, roughness=0.48, steps=7)
    canvas.fill(land(horizon(w, lambda t: h * 0.6 - h * 0.16 * far(t), points=200), h), mix(p.ground, p.ink, 0.35))
    snow = wave(rnd, roughness=2)
    line = horizon(w, lambda t: h * 0.74 + h * 0.05 * snow(t))
    canvas.fill(land(line, h), mix(p.hues[2], p.hues[3], 0.5))
    canvas.veil(p.hues[1], top=h * 0.74, bottom=h * 1.0, opacity=0.55)
    x, size = w * rnd.uniform(0.3, 0.68), h * 0.2
    floor = h * 0.76 + h * 0.05 * snow(x / w)
    canvas.glow(x, floor - size * 0.4, h * 0.42, p.light, 0.5)
    canvas.rectangle(x - size * 0.62, floor - size * 0.62, x + size * 0.62, floor + 10, mix(p.ink, p.deep, 0.4))
    roof = [
        (x - size * 0.86, floor - size * 0.5),
        (x, floor - size * 1.22),
        (x + size * 0.86, floor - size * 0.5),
    ]
    canvas.fill(roof, p.ink)
    canvas.line(roof, size * 0.1, mix(p.hues[3], "#ffffff", 0.5))
    canvas.rectangle(x - size * 0.17, floor - size * 0.44, x + size * 0.17, floor - size * 0.12, "#ffdf9a")
    canvas.line([(x, floor - size * 0.44), (x, floor - size * 0.12)], 3, p.ink)
    canvas.line([(x - size * 0.17, floor - size * 0.28), (x + size * 0.17, floor - size * 0.28)], 3, p.ink)
    canvas.beam(
        [(x - 30, floor + 4), (x + 30, floor + 4), (x + 120, floor + h * 0.2), (x - 150, floor + h * 0.2)],
        "#ffdf9a",
        opacity=0.5,
    )
    canvas.rectangle(x + size * 0.3, floor - size * 1.16, x + size * 0.44, floor - size * 0.7, p.ink)
    smoke = [(x + size * 0.37 + math.sin(k * 0.9) * 14 + k * 12, floor - size * (1.2 + 0.16 * k)) for k in range(7)]
    for k, (a, b) in enumerate(smoke):
        canvas.glow(a, b, 22 + 9 * k, p.hues[3], 0.42 - 0.05 * k)


def pixels(canvas: Canvas) -> None:
    """A level of a game that never was: hills in steps, a sun in steps, blocks in the air, a flag."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    cell = h / 30
    columns = int(w / cell) + 1
    for row in range(30):
        band = round(row / 29 * 9) / 9
        canvas.rectangle(0, row * cell, w, (row + 1) * cell, mix(p.deep, mix(p.ground, p.hues[1], 0.45), band))
    sun_x, sun_y = round(columns * rnd.uniform(0.6, 0.78)), 9
    for row in range(-6, 7):
        for column in range(-6, 7):
            if column**2 + row**2 <= 38:
                colour = p.light if row < 2 or row % 2 else p.hues[3]
                _cell(canvas, sun_x + column, sun_y + row, cell, colour)
    for depth, (base, lift) in enumerate(((17, 5), (21, 4), (25, 2.4))):
        line = wave(rnd, roughness=3)
        colour = mix(p.hues[1], p.ink, 0.15 + 0.28 * depth)
        for column in range(columns):
            top = round(base - lift * line(column / columns))
            canvas.rectangle(column * cell, top * cell, (column + 1) * cell, h, colour)
            _cell(canvas, column, top, cell, mix(colour, p.hues[3], 0.35))
    start = round(columns * rnd.uniform(0.12, 0.2))
    for step, (column, row) in enumerate(((0, 15), (5, 12), (10, 9), (16, 12), (22, 8))):
        for k in range(3):
            _cell(canvas, start + column + k, row, cell, p.hues[2] if k != 1 or step % 2 else p.light)
    pole = columns - round(columns * 0.09)
    canvas.rectangle(pole * cell + cell * 0.35, cell * 12, pole * cell + cell * 0.65, h, p.light)
    for k in range(4):
        left, inset = (pole - 3.65 + k) * cell, (3 - k) * 0.5
        canvas.rectangle(left, cell * (12 + inset), left + cell, cell * (16 - inset), p.hues[0])
    for row in range(30):
        canvas.rectangle(0, row * cell + cell * 0.88, w, (row + 1) * cell, p.ink, opacity=0.07)


def _cell(canvas: Canvas, column: int, row: int, cell: float, colour: str) -> None:
    canvas.rectangle(column * cell, row * cell, (column + 1) * cell, (row + 1) * cell, colour)
