"""Signs: a chess board, speech, doors."""

from __future__ import annotations

from cms.demo.pictures.canvas import Canvas, mix
from cms.demo.pictures.geometry import oval

Point = tuple[float, float]


def board(canvas: Canvas) -> None:
    """The last four pieces of a long game."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground, angle=80)
    canvas.glow(w * 0.7, h * 0.1, h * 0.8, p.hues[2], 0.45)
    far, near, eye = h * 0.42, h * 1.08, w * 0.5
    columns, rows = 10, 6

    def corner(column: float, row: float) -> Point:
        depth = (row / rows) ** 1.7
        wide = w * (0.085 + 0.13 * depth)
        return eye + (column - columns / 2) * wide, far + (near - far) * depth

    for row in range(rows):
        for column in range(-4, columns + 4):
            light = (row + column) % 2 == 0
            colour = mix(p.hues[3], p.hues[2], 0.3) if light else mix(p.hues[0], p.deep, 0.45)
            corners = [corner(column + a, row + b) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
            canvas.fill(corners, mix(colour, p.deep, 0.5 * (1 - row / rows)))
    canvas.veil(p.deep, top=h * 0.62, bottom=far, opacity=0.75)
    shift = rnd.choice((0, 1))
    pieces: list[tuple[float, float, str, str]] = [
        (2.5 + shift, 2.5, "king", p.ink),
        (6.5, 2.5, "pawn", p.light),
        (4.5 + shift, 3.5, "rook", p.light),
        (6.9, 4.4, "king", p.light),
    ]
    for across, down, kind, colour in pieces:
        x, y = corner(across, down + 0.15)
        _piece(canvas, kind, x, y, h * (0.2 + 0.055 * down), colour)


def _piece(canvas: Canvas, kind: str, x: float, y: float, size: float, colour: str) -> None:
    p = canvas.palette
    dark = mix(colour, p.ink if colour != p.ink else p.hues[1], 0.28)
    canvas.shade(oval(x + size * 0.16, y, size * 0.42, size * 0.09), blur=size * 0.06, opacity=0.65, shift=(8, 4))
    height = {"king": 1.0, "rook": 0.8, "pawn": 0.66}[kind] * size
    canvas.fill(oval(x, y, size * 0.25, size * 0.075), dark)
    canvas.rectangle(x - size * 0.25, y - size * 0.07, x + size * 0.25, y, colour, corner=size * 0.03)
    canvas.fill(
        [
            (x - size * 0.2, y - size * 0.06),
            (x + size * 0.2, y - size * 0.06),
            (x + size * 0.1, y - height * 0.68),
            (x - size * 0.1, y - height * 0.68),
        ],
        colour,
    )
    canvas.fill(
        [
            (x + size * 0.03, y - size * 0.06),
            (x + size * 0.2, y - size * 0.06),
            (x + size * 0.1, y - height * 0.68),
            (x + size * 0.03, y - height * 0.68),
        ],
        dark,
    )
    canvas.rectangle(x - size * 0.16, y - height * 0.74, x + size * 0.16, y - height * 0.67, colour, corner=size * 0.03)
    if kind == "pawn":
        canvas.disc(x, y - height * 0.86, size * 0.14, colour)
    elif kind == "rook":
        canvas.rectangle(x - size * 0.17, y - height * 0.98, x + size * 0.17, y - height * 0.72, colour)
        for k in (-1, 0, 1):
            canvas.rectangle(
                x + size * (0.12 * k - 0.05),
                y - height * 1.08,
                x + size * (0.12 * k + 0.05),
                y - height * 0.96,
                colour,
            )
    else:
        canvas.fill(
            [
                (x - size * 0.12, y - height * 0.72),
                (x + size * 0.12, y - height * 0.72),
                (x + size * 0.19, y - height * 0.92),
                (x - size * 0.19, y - height * 0.92),
            ],
            colour,
        )
        canvas.rectangle(x - size * 0.025, y - height * 1.12, x + size * 0.025, y - height * 0.9, colour)
        canvas.rectangle(x - size * 0.075, y - height * 1.06, x + size * 0.075, y - height * 1.01, colour)


def bubbles(canvas: Canvas) -> None:
    """Everybody talks; some of it overlaps."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.deep, p.ground, angle=25)
    places = [
        (0.24, 0.32, 0.25, 0),
        (0.62, 0.26, 0.19, 1),
        (0.83, 0.55, 0.23, 2),
        (0.46, 0.66, 0.29, 3),
        (0.1, 0.8, 0.17, 1),
    ]
    for across, down, size, hue in places:
        x, y, reach = w * (across + rnd.uniform(-0.02, 0.02)), h * down, h * size
        side = rnd.choice((-1, 1))
        tail = [
            (x + side * reach * 0.2, y + reach * 0.6),
            (x + side * reach * 0.62, y + reach * 0.5),
            (x + side * reach * 0.66, y + reach * 1.12),
        ]
        outline = oval(x, y, reach * 1.28, reach * 0.82)
        canvas.shade(outline, blur=22, opacity=0.32)
        canvas.fill(tail, p.hues[hue])
        canvas.fill(outline, p.hues[hue])
        _speech(canvas, x, y, reach, canvas.random.randrange(5))


def _speech(canvas: Canvas, x: float, y: float, reach: float, kind: int) -> None:
    p, rnd = canvas.palette, canvas.random
    ink = p.ink
    match kind:
        case 0:
            for k in (-1, 0, 1):
                canvas.disc(x + k * reach * 0.42, y, reach * 0.11, ink)
        case 1:
            for k, width in enumerate((1.4, 1.1, 0.7)):
                top = y - reach * 0.3 + k * reach * 0.24
                canvas.rectangle(
                    x - reach * 0.7, top, x - reach * 0.7 + reach * width, top + reach * 0.1, ink, corner=8
                )
        case 2:
            canvas.ring(x, y, reach * 0.42, reach * 0.11, ink)
            canvas.disc(x, y, reach * 0.14, ink)
        case 3:
            for k in (-1, 1):
                canvas.rectangle(
                    x + k * reach * 0.34 - reach * 0.07,
                    y - reach * 0.42,
                    x + k * reach * 0.34 + reach * 0.07,
                    y + reach * 0.16,
                    ink,
                    corner=8,
                )
                canvas.disc(x + k * reach * 0.34, y + reach * 0.36, reach * 0.09, ink)
        case _:
            points = [
                (
                    x - reach * 0.8 + reach * 0.2 * k,
                    y + (reach * 0.26 if k % 2 else -reach * 0.26) * rnd.uniform(0.4, 1),
                )
                for k in range(9)
            ]
            canvas.line(points, reach * 0.09, ink)


def doors(canvas: Canvas) -> None:
    """One house, many ways in."""
    p, w, h, rnd = canvas.palette, canvas.width, canvas.height, canvas.random
    canvas.ground(p.ground, p.deep, angle=90)
    floor = h * 0.84
    canvas.rectangle(0, floor, w, h, mix(p.hues[3], p.ink, 0.4))
    count = max(3, round(w / 270))
    wide = w / count
    opened = rnd.randrange(1, count - 1)
    for n in range(count):
        x, half, top = (n + 0.5) * wide, wide * 0.31, h * (0.26 + 0.06 * ((n * 7) % 3))
        colour = p.hues[n % 4]
        arch = n % 2 == 0
        frame = mix(colour, p.ink, 0.5)
        _opening(canvas, x, half + 14, top - 14, floor, frame, arch=arch)
        if n == opened:
            _opening(canvas, x, half, top, floor, p.light, arch=arch)
            canvas.beam(
                [(x - half, floor), (x + half, floor), (x + half * 2.3, h + 30), (x - half * 1.5, h + 30)],
                p.light,
                opacity=0.8,
            )
            canvas.fill(
                [
                    (x - half, top + half * arch),
                    (x - half * 1.62, top + half * arch + 40),
                    (x - half * 1.62, floor + 38),
                    (x - half, floor),
                ],
                colour,
            )
        else:
            _opening(canvas, x, half, top, floor, colour, arch=arch)
            for a in (-0.5, 0.5):
                canvas.rectangle(
                    x + half * (a - 0.32),
                    floor - h * 0.2,
                    x + half * (a + 0.32),
                    floor - 26,
                    frame,
                    opacity=0.45,
                    corner=4,
                )
                canvas.rectangle(
                    x + half * (a - 0.32),
                    top + half * 0.95,
                    x + half * (a + 0.32),
                    floor - h * 0.24,
                    frame,
                    opacity=0.45,
                    corner=4,
                )
            canvas.disc(x + half * 0.8, floor - h * 0.22, 8, p.light)


def _opening(canvas: Canvas, x: float, half: float, top: float, floor: float, colour: str, *, arch: bool) -> None:
    if arch:
        canvas.slice(x, top + half, half, 180, 360, colour)
        canvas.rectangle(x - half, top + half - 1, x + half, floor, colour)
    else:
        canvas.rectangle(x - half, top, x + half, floor, colour)
