"""The city: a skyline, windows across the street, birds on wires, a flock."""

from __future__ import annotations

import math

from cms.demo.pictures.canvas import Canvas, mix
from cms.demo.pictures.geometry import curve, oval, turned


def skyline(canvas: Canvas) -> None:
    """Houses by a river after rain; the river has them again, upside down."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, mix(p.ground, p.hues[1], 0.3))
    shore = h * 0.66
    x = w * rnd.uniform(0.2, 0.8)
    canvas.glow(x, h * 0.32, h * 0.5, p.light, 0.45)
    canvas.disc(x, h * 0.32, h * 0.1, p.light)
    for depth in range(3):
        colour = mix(mix(p.hues[0], p.ground, 0.4), p.ink, 0.2 + 0.36 * depth)
        left = -rnd.uniform(0, 60)
        while left < w:
            width = rnd.uniform(56, 130)
            top = shore - h * (rnd.uniform(0.14, 0.46) if rnd.random() < 0.8 else 0.56) * (1 - 0.22 * depth)
            canvas.rectangle(left, top, left + width, shore, colour)
            if depth == 1 and rnd.random() < 0.5:
                canvas.line([(left + width / 2, top), (left + width / 2, top - 44)], 3, colour)
            if depth:
                _lights(canvas, left, top, width, shore)
            left += width + rnd.choice((0, 0, 6))
    canvas.rectangle(0, shore, w, h, mix(p.deep, p.ink, 0.5))
    mirrored = canvas.image.crop((0, round((shore - (h - shore)) * canvas.unit), canvas.image.width, round(shore * canvas.unit)))
    mirrored = mirrored.transpose(mirrored.transpose.__globals__["Transpose"].FLIP_TOP_BOTTOM)
    canvas.image.paste(mirrored, (0, round(shore * canvas.unit)))
    canvas.veil(p.ink, top=shore - h * 0.3, bottom=h, opacity=0.72)
    for _ in range(60):
        y = rnd.uniform(shore + 4, h)
        a, length = rnd.uniform(-50, w), rnd.uniform(50, 240)
        canvas.line([(a, y), (a + length, y)], rnd.uniform(1.5, 4), p.hues[3], 0.2)


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
                canvas.fill([(left, top), (left + width * 0.42, top), (left + width * 0.16, bottom), (left, bottom)], p.hues[0])
                canvas.fill([(right, top), (right - width * 0.42, top), (right - width * 0.16, bottom), (right, bottom)], p.hues[0])
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
                    canvas.rectangle(left, top + height * 0.09 * k, right, top + height * 0.09 * k + 5, mix(glass, p.hues[0], 0.5))
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
        line = [(w * t / 40, base + h * tilt * (t / 20 - 1) + h * 0.06 * (1 - (t / 20 - 1) ** 2)) for t in range(-1, 42)]
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
    canvas.fill([(head[0] + facing * size * 0.18, head[1] - size * 0.08), (head[0] + facing * size * 0.48, head[1] + size * 0.04),
                 (head[0] + facing * size * 0.16, head[1] + size * 0.12)], ink)  # fmt: skip
    tail = [(x - facing * size * 0.12, y - size * 0.3), (x - facing * size * 0.62, y + size * 0.42), (x - facing * size * 0.36, y + size * 0.5),
            (x + facing * size * 0.08, y - size * 0.1)]  # fmt: skip
    canvas.fill(tail, ink)
    canvas.line([(x, y - size * 0.2), (x, y)], size * 0.07, ink)


def flock(canvas: Canvas) -> None:
    """Birds that turn together."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.pool([(0.1, 0.1, p.deep), (0.9, 0.1, p.ground), (0.3, 1, p.hues[2]), (0.9, 0.95, p.light)])
    turn = rnd.uniform(0.8, 1.2)
    for n in range(64):
        along = n / 63
        angle = math.pi * (1.15 + 0.75 * along * turn)
        reach = h * (0.62 + rnd.gauss(0, 0.1))
        x = w * 0.52 + reach * math.cos(angle) * 1.5
        y = h * 1.02 + reach * math.sin(angle) * 1.15
        size = h * (0.022 + 0.05 * abs(math.sin(along * math.pi)) * rnd.uniform(0.6, 1.1))
        _flying(canvas, x, y, size, tilt=math.degrees(angle) + 90 + rnd.gauss(0, 10))


def _flying(canvas: Canvas, x: float, y: float, size: float, *, tilt: float) -> None:
    lift = canvas.random.uniform(0.3, 1.0)
    outline = [
        *curve([(x - size * 1.5, y - size * lift), (x - size * 0.7, y - size * lift * 0.8), (x, y)], steps=6),
        *curve([(x, y), (x + size * 0.7, y - size * lift * 0.8), (x + size * 1.5, y - size * lift)], steps=6),
        *curve([(x + size * 1.5, y - size * lift), (x + size * 0.5, y - size * 0.1), (x, y + size * 0.42)], steps=6),
        *curve([(x, y + size * 0.42), (x - size * 0.5, y - size * 0.1), (x - size * 1.5, y - size * lift)], steps=6),
    ]
    canvas.fill(turned(outline, tilt, around=(x, y)), canvas.palette.ink, 0.92)
