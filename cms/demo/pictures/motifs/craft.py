"""Made by hand: cloth, wood, leaves, a bowl."""

from __future__ import annotations

import math

from cms.demo.pictures.canvas import Canvas, mix
from cms.demo.pictures.geometry import curve, oval, turned, wave


def umbrella(canvas: Canvas) -> None:
    """An umbrella from above: eight panels, each another cloth, and its seams."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground, angle=30)
    start = rnd.uniform(0, 45)
    for x, y, reach, turn in (
        (w * 0.36, h * 0.52, h * 0.46, start),
        (w * 0.8, h * 0.3, h * 0.3, start + 20),
        (w * 0.73, h * 0.92, h * 0.26, start + 9),
    ):
        _canopy(canvas, x, y, reach, turn)


def _canopy(canvas: Canvas, x: float, y: float, reach: float, turn: float) -> None:
    p = canvas.palette
    tips = [turned([(x + reach, y)], turn + 45 * n, around=(x, y))[0] for n in range(8)]
    outline = [point for a, b in zip(tips, [*tips[1:], tips[0]], strict=True) for point in _hem(a, b, x, y)]
    canvas.shade(outline, blur=34, opacity=0.4, shift=(14, 26))
    paints = [p.hues[0], p.hues[2], p.hues[1], p.hues[3], p.hues[0], p.light, p.hues[1], p.hues[2]]
    for n, colour in enumerate(paints):
        a, b = tips[n], tips[(n + 1) % 8]
        canvas.fill([(x, y), *_hem(a, b, x, y)], colour)
        hem = _hem(a, b, x, y)
        canvas.fill([(x, y), *hem[: len(hem) // 2 + 1]], p.ink, 0.1)
        if n in {1, 4, 6}:
            for k in range(2, 8):
                share = k / 8
                stripe = [(x + (tip_x - x) * share, y + (tip_y - y) * share) for tip_x, tip_y in (a, b)]
                canvas.line(stripe, 5, p.light if n != 4 else p.hues[3], 0.5)
    for tip in tips:
        canvas.line([(x, y), tip], 3, p.ink, 0.5)
        canvas.disc(*tip, 6, p.ink)
    canvas.disc(x, y, reach * 0.045, p.ink)


def _hem(a: tuple[float, float], b: tuple[float, float], x: float, y: float) -> list[tuple[float, float]]:
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    return curve([a, (middle[0] + (x - middle[0]) * 0.06, middle[1] + (y - middle[1]) * 0.06), b], steps=8)


def quilt(canvas: Canvas) -> None:
    """Triangles sewn together, with the stitches beside every seam."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground)
    rows = max(2, round(h / 225))
    side = h / rows
    paints = [*p.hues, p.light, mix(p.ground, p.hues[0], 0.3)]
    for row in range(rows):
        for column in range(math.ceil(w / side)):
            x, y = column * side, row * side
            first, second = rnd.sample(paints, 2)
            corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
            turn = rnd.randrange(4)
            corners = corners[turn:] + corners[:turn]
            canvas.fill(corners, first)
            canvas.fill(corners[:3], second)
            if rnd.random() < 0.22:
                middle = (x + side / 2, y + side / 2)
                canvas.fill([middle, corners[2], corners[3]], rnd.choice(paints))
            _stitches(canvas, corners[0], corners[2], mix(p.light, p.ink, 0.1))
    for row in range(1, rows):
        canvas.line([(0, row * side), (w, row * side)], 2, p.ink, 0.35)
    for column in range(1, math.ceil(w / side)):
        canvas.line([(column * side, 0), (column * side, h)], 2, p.ink, 0.35)
        _stitches(canvas, (column * side + 9, 0), (column * side + 9, h), mix(p.light, p.ink, 0.1))


def _stitches(canvas: Canvas, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    length = math.dist(start, end)
    count = max(2, int(length / 22))
    for n in range(count):
        a, b = (n + 0.2) / count, (n + 0.72) / count
        canvas.line(
            [(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in (a, b)],
            3,
            colour,
            0.75,
        )


def weave(canvas: Canvas) -> None:
    """Over one, under one; a darn is a small loom."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground)
    thread = h / 15
    across = [rnd.choice((p.hues[0], p.hues[1], p.hues[2])) for _ in range(math.ceil(w / thread) + 1)]
    down = [rnd.choice((p.hues[3], p.light, p.hues[1])) for _ in range(16)]
    for row in range(16):
        for column in range(len(across)):
            x, y = column * thread, row * thread - thread * 0.5
            upright = (row + column) % 2 == 0
            colour = across[column] if upright else down[row]
            canvas.rectangle(x, y, x + thread, y + thread, mix(colour, p.ink, 0.5))
            if upright:
                canvas.rectangle(
                    x + thread * 0.06,
                    y - thread * 0.12,
                    x + thread * 0.94,
                    y + thread * 1.12,
                    colour,
                    corner=thread * 0.3,
                )
                canvas.rectangle(x + thread * 0.2, y, x + thread * 0.34, y + thread, p.light, corner=3, opacity=0.25)
            else:
                canvas.rectangle(
                    x - thread * 0.12,
                    y + thread * 0.06,
                    x + thread * 1.12,
                    y + thread * 0.94,
                    colour,
                    corner=thread * 0.3,
                )
                canvas.rectangle(x, y + thread * 0.2, x + thread, y + thread * 0.32, p.light, corner=3, opacity=0.25)


def grain(canvas: Canvas) -> None:
    """A board, and the knot where a branch was."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.hues[1], p.hues[2], angle=90)
    knots = [
        (w * rnd.uniform(0.28, 0.4), h * rnd.uniform(0.4, 0.6), h * 0.19),
        (w * rnd.uniform(0.74, 0.84), h * rnd.uniform(0.2, 0.75), h * 0.1),
    ]
    bend = wave(rnd, roughness=3)
    lines = 34
    for n in range(-6, lines + 6):
        base = h * n / lines
        line = []
        for step in range(101):
            x = w * (step / 100 * 1.04 - 0.02)
            y = base + h * 0.035 * bend(step / 100 + n * 0.012)
            for a, b, size in knots:
                away = base - b
                push = size * math.exp(-(((x - a) / (size * 1.9)) ** 2)) * math.exp(-abs(away) / (size * 1.6))
                y += math.copysign(push, away)
            line.append((x, y))
        shade = rnd.choice((0.16, 0.28, 0.42, 0.6))
        canvas.line(line, rnd.choice((2, 3, 5, 9)), mix(p.hues[0], p.deep, shade), 0.55)
    for a, b, size in knots:
        for k in range(7, 0, -1):
            canvas.fill(oval(a, b, size * 0.12 * k * 1.12, size * 0.12 * k), mix(p.hues[1], p.deep, 1 - k / 9))


def leaves(canvas: Canvas) -> None:
    """Plants pressed between the pages of a heavy book."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground, angle=40)
    canvas.disc(w * rnd.uniform(0.55, 0.7), h * 0.44, h * 0.27, p.light, 0.92)
    stems = [
        (0.08, -14, 1.0, 1),
        (0.27, 6, 0.86, 0),
        (0.47, -7, 1.04, 2),
        (0.66, 10, 0.82, 3),
        (0.84, -10, 0.96, 1),
        (0.97, 9, 0.8, 2),
    ]
    for n, (place, lean, size, hue) in enumerate(stems):
        _stem(
            canvas,
            w * (place + rnd.uniform(-0.02, 0.02)),
            h * 1.03,
            h * size * 0.9,
            lean,
            p.hues[hue],
            slim=n % 2 == 0,
        )


def _stem(canvas: Canvas, x: float, y: float, length: float, lean: float, colour: str, *, slim: bool) -> None:
    count = 9 if slim else 6
    dark = mix(colour, canvas.palette.ink, 0.35)
    spine = curve([(x, y), *turned([(x + lean, y - length * 0.5), (x + lean * 3, y - length)], lean, around=(x, y))])
    canvas.line(spine, 5, dark)
    for k in range(1, count + 1):
        at = spine[min(len(spine) - 1, round(len(spine) * (0.14 + 0.84 * k / count)))]
        size = length * (0.26 if slim else 0.33) * (1.12 - 0.62 * k / count)
        for side in (-1, 1):
            _leaf(
                canvas,
                at,
                size,
                size * (0.17 if slim else 0.3),
                lean * 2 - 90 + side * (46 - 2 * k),
                colour,
                dark,
            )
    _leaf(canvas, spine[-1], length * 0.13, length * 0.035, lean * 2 - 90, colour, dark)


def _leaf(
    canvas: Canvas,
    at: tuple[float, float],
    length: float,
    width: float,
    heading: float,
    colour: str,
    dark: str,
) -> None:
    x, y = at
    upper = curve([(x, y), (x + length * 0.35, y - width), (x + length, y)], steps=8)
    lower = curve([(x + length, y), (x + length * 0.35, y + width), (x, y)], steps=8)
    canvas.fill(turned([*upper, *lower], heading, around=at), colour)
    canvas.fill(turned([*upper, (x, y)], heading, around=at), dark, 0.35)


def bowl(canvas: Canvas) -> None:
    """Something warm on a table."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(mix(p.ground, p.hues[1], 0.3), p.deep, angle=270)
    table = h * 0.77
    canvas.rectangle(0, table, w, h, mix(p.deep, p.ink, 0.4))
    x, reach = w * rnd.uniform(0.4, 0.6), h * 0.36
    rim = h * 0.46
    canvas.glow(x, rim - h * 0.1, h * 0.6, p.light, 0.4)
    for k, shift in enumerate((-0.5, 0.0, 0.5)):
        steam = [
            (x + reach * shift + 30 * math.sin(n * 0.85 + k * 2), rim - 16 - n * h * 0.05)
            for n in range(9 - abs(k - 1) * 2)
        ]
        line = curve(steam)
        for n in range(0, len(line) - 1, 3):
            canvas.glow(*line[n], 26 + n * 0.14, p.light, 0.24 - 0.14 * n / len(line))
    canvas.shade([*oval(x, table + 8, reach * 0.8, 20)], blur=18, opacity=0.7, shift=(0, 8))
    body = [*oval(x, rim, reach, reach * 0.86, start=0, end=180)]
    canvas.fill(body, p.hues[0])
    canvas.fill([*oval(x, rim, reach, reach * 0.86, start=0, end=64), (x + reach * 0.2, rim)], p.ink, 0.22)
    for k, share in enumerate((0.26, 0.36)):
        depth = rim + reach * share
        half = reach * math.sqrt(max(0, 1 - (share / 0.86) ** 2))
        canvas.line([(x - half, depth), (x + half, depth)], 12 - 5 * k, p.hues[3])
    canvas.rectangle(x - reach * 0.36, table - 22, x + reach * 0.36, table + 8, mix(p.hues[0], p.ink, 0.3), corner=6)
    canvas.fill(oval(x, rim, reach, reach * 0.17), mix(p.hues[0], p.light, 0.35))
    canvas.fill(oval(x, rim + 6, reach * 0.9, reach * 0.125), p.hues[2])
    for _ in range(16):
        a, b = rnd.uniform(-0.72, 0.72), rnd.uniform(-0.5, 0.5)
        canvas.fill(
            oval(x + reach * a, rim + 6 + reach * 0.12 * b, 17, 6, tilt=rnd.uniform(-30, 30)),
            rnd.choice((p.hues[3], p.hues[1], p.light)),
        )
    spoon = [(x + reach * 0.5, rim - 2), (x + reach * 1.25, rim - h * 0.3)]
    canvas.line(spoon, 15, mix(p.light, p.hues[2], 0.5))
    canvas.disc(*spoon[1], 12, mix(p.light, p.hues[2], 0.5))
