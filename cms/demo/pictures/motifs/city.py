"""The city: a skyline, windows across the street, birds on wires, a flock."""

from __future__ import annotations

import math

from cms.demo.pictures.canvas import Canvas, mix
from cms.demo.pictures.geometry import curve, oval, turned, wave


def skyline(canvas: Canvas) -> None:
    """Houses by a river after rain; the river has them again, upside down."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, mix(p.ground, p.hues[1], 0.2))
    shore = h * 0.68
    x, y = w * rnd.uniform(0.2, 0.8), h * 0.24
    canvas.glow(x, y, h * 0.5, mix(p.light, p.ground, 0.3), 0.6)
    canvas.disc(x, y, h * 0.09, p.light)
    for depth in range(3):
        colour = mix(mix(p.hues[0], p.ground, 0.5), p.ink, 0.15 + 0.38 * depth)
        bend = wave(rnd, roughness=2)
        left = -rnd.uniform(0, 60)
        while left < w:
            width = rnd.uniform(54, 120)
            height = h * (0.25 + 0.09 * bend(left / w) + rnd.uniform(-0.06, 0.12)) * (1.12 - 0.28 * depth)
            canvas.rectangle(left, shore - height, left + width, shore, colour)
            if depth == 1 and rnd.random() < 0.3:
                canvas.rectangle(
                    left + width * 0.3, shore - height - 26, left + width * 0.7, shore - height + 2, colour
                )
                canvas.rectangle(
                    left + width / 2 - 2, shore - height - 70, left + width / 2 + 2, shore - height, colour
                )
            if depth:
                _lights(canvas, left, shore - height, width, shore)
            left += width + rnd.choice((0, 0, 8))
    canvas.mirror(shore)
    canvas.rectangle(0, shore, w, h, p.ink, opacity=0.42)
    canvas.veil(p.ink, top=shore, bottom=h, opacity=0.6)
    canvas.rectangle(0, shore - 5, w, shore + 5, p.ink)
    for _ in range(70):
        y = shore + (h - shore) * rnd.random() ** 0.8
        a, length = rnd.uniform(-50, w), rnd.uniform(40, 220)
        canvas.line([(a, y), (a + length, y)], rnd.uniform(1.5, 5), mix(p.deep, p.hues[0], 0.5), 0.5)


def _lights(canvas: Canvas, left: float, top: float, width: float, bottom: float) -> None:
    rnd, p = canvas.random, canvas.palette
    columns = max(2, int(width / 20))
    step = width / columns
    y = top + 14
    while y < bottom - 16:
        for column in range(columns):
            if rnd.random() < 0.3:
                x = left + step * (column + 0.5)
                canvas.rectangle(x - 4, y, x + 4, y + 9, p.light if rnd.random() < 0.7 else p.hues[3], opacity=0.9)
        y += 21


def windows(canvas: Canvas) -> None:
    """A house across the street in the evening: every window another life."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(mix(p.ground, p.hues[0], 0.35), mix(p.deep, p.ground, 0.4), angle=80)
    columns, rows = max(3, round(w / 200)), max(2, round(h / 225))
    wide, high = w / columns, h / rows
    for row in range(rows):
        canvas.rectangle(0, row * high - 5, w, row * high + 5, mix(p.deep, p.ink, 0.3), opacity=0.55)
        for column in range(columns):
            x, y = (column + 0.5) * wide, (row + 0.54) * high
            _window(canvas, x, y, wide * 0.52, high * 0.62, lit=rnd.random() < 0.58)


def _window(canvas: Canvas, x: float, y: float, width: float, height: float, *, lit: bool) -> None:
    rnd, p = canvas.random, canvas.palette
    left, right, top, bottom = x - width / 2, x + width / 2, y - height / 2, y + height / 2
    frame = mix(p.hues[3], p.hues[1], 0.45)
    canvas.rectangle(left - 10, top - 10, right + 10, bottom + 10, frame, corner=3)
    glass = rnd.choice((p.light, p.light, p.hues[3], p.hues[2])) if lit else mix(p.deep, p.ink, 0.45)
    canvas.rectangle(left, top, right, bottom, glass)
    if lit:
        match rnd.randrange(6):
            case 0:
                canvas.fill(
                    [(left, top), (left + width * 0.42, top), (left + width * 0.16, bottom), (left, bottom)],
                    p.hues[0],
                )
                canvas.fill(
                    [
                        (right, top),
                        (right - width * 0.42, top),
                        (right - width * 0.16, bottom),
                        (right, bottom),
                    ],
                    p.hues[0],
                )
            case 1:
                canvas.disc(x, bottom - height * 0.52, width * 0.15, p.ink)
                canvas.rectangle(x - width * 0.25, bottom - height * 0.36, x + width * 0.25, bottom, p.ink, corner=20)
                canvas.rectangle(x - width * 0.25, bottom - 22, x + width * 0.25, bottom, p.ink)
            case 2:
                canvas.rectangle(x - width * 0.2, bottom - height * 0.16, x + width * 0.2, bottom, p.hues[0])
                for angle in (-52, -26, 0, 26, 52):
                    tip = turned([(x, bottom - height * 0.52)], angle, around=(x, bottom - height * 0.14))[0]
                    canvas.line([(x, bottom - height * 0.14), tip], 9, mix(p.ink, p.hues[1], 0.35))
            case 3:
                canvas.line([(x, top), (x, top + height * 0.26)], 3, p.ink)
                canvas.slice(x, top + height * 0.4, width * 0.24, 180, 360, p.hues[0])
            case 4:
                for k in range(1, 8):
                    canvas.rectangle(
                        left,
                        top + height * 0.09 * k,
                        right,
                        top + height * 0.09 * k + 5,
                        mix(glass, p.hues[0], 0.5),
                    )
    else:
        canvas.fill([(left, bottom), (left, bottom - height * 0.4), (left + width * 0.55, bottom)], p.hues[1], 0.16)
    canvas.line([(x, top), (x, bottom)], 6, frame)
    canvas.line([(left, y - height * 0.12), (right, y - height * 0.12)], 6, frame)
    canvas.rectangle(left - 20, bottom + 8, right + 20, bottom + 22, mix(frame, p.light, 0.35), corner=3)


def wires(canvas: Canvas) -> None:
    """Five wires, and birds on them like notes."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, mix(p.ground, p.hues[2], 0.3))
    x = w * rnd.uniform(0.6, 0.8)
    canvas.glow(x, h * 0.62, h * 0.6, p.light, 0.5)
    canvas.disc(x, h * 0.62, h * 0.25, mix(p.light, p.hues[2], 0.15))
    tilt = rnd.uniform(-0.05, 0.05)
    for wire in range(5):
        base = h * (0.3 + 0.115 * wire)
        line = [
            (w * t / 40, base + h * tilt * (t / 20 - 1) + h * 0.06 * (1 - (t / 20 - 1) ** 2)) for t in range(-1, 42)
        ]
        canvas.line(line, 3.2, p.ink, 0.95)
        at = rnd.uniform(0.04, 0.16)
        while at < 0.97:
            a, b = line[round(at * 40) + 1]
            bird(canvas, a, b, h * rnd.uniform(0.055, 0.066), facing=rnd.choice((-1, 1)))
            at += rnd.choice((0.05, 0.055, 0.14, 0.22, 0.3))


def bird(canvas: Canvas, x: float, y: float, size: float, *, facing: int = 1) -> None:
    """A small bird that sits; `y` is what it sits on."""
    ink = canvas.palette.ink
    lean = 38 * facing
    canvas.fill(oval(x, y - size * 0.55, size * 0.62, size * 0.36, tilt=-90 + lean), ink)
    head = (x + facing * size * 0.3, y - size * 1.02)
    canvas.disc(*head, size * 0.26, ink)
    beak = [(0.18, -0.08), (0.48, 0.04), (0.16, 0.12)]
    canvas.fill([(head[0] + facing * size * a, head[1] + size * b) for a, b in beak], ink)
    tail = [(-0.12, -0.3), (-0.62, 0.42), (-0.36, 0.5), (0.08, -0.1)]
    canvas.fill([(x + facing * size * a, y + size * b) for a, b in tail], ink)
    canvas.line([(x, y - size * 0.2), (x, y)], size * 0.07, ink)


def flock(canvas: Canvas) -> None:
    """Birds that turn together."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.pool([(0.1, 0.1, p.deep), (0.9, 0.1, p.ground), (0.3, 1, p.hues[2]), (0.9, 0.95, p.light)])
    turn = rnd.uniform(0.8, 1.2)
    flying: list[tuple[float, float, float]] = []
    for n in range(140):
        along = n / 139
        angle = math.pi * (1.12 + 0.76 * along * turn)
        reach = h * (0.66 + rnd.uniform(-0.3, 0.24))
        x = w * 0.52 + reach * math.cos(angle) * 1.5
        y = h * 1.04 + reach * math.sin(angle) * 1.15
        size = h * (0.014 + 0.05 * math.sin(along * math.pi) ** 2 * rnd.uniform(0.5, 1.1))
        if all(math.hypot(x - a, y - b) > (size + other) * 1.7 for a, b, other in flying):
            flying.append((x, y, size))
            _flying(canvas, x, y, size, tilt=(math.degrees(angle) - 270) * 0.5 + rnd.gauss(0, 7))


def _flying(canvas: Canvas, x: float, y: float, size: float, *, tilt: float) -> None:
    lift = canvas.random.uniform(0.3, 1.0)
    outline = [
        *curve([(x - size * 1.5, y - size * lift), (x - size * 0.7, y - size * lift * 0.8), (x, y)], steps=6),
        *curve([(x, y), (x + size * 0.7, y - size * lift * 0.8), (x + size * 1.5, y - size * lift)], steps=6),
        *curve(
            [(x + size * 1.5, y - size * lift), (x + size * 0.5, y - size * 0.1), (x, y + size * 0.42)],
            steps=6,
        ),
        *curve(
            [(x, y + size * 0.42), (x - size * 0.5, y - size * 0.1), (x - size * 1.5, y - size * lift)],
            steps=6,
        ),
    ]
    canvas.fill(turned(outline, tilt, around=(x, y)), canvas.palette.ink, 0.92)
