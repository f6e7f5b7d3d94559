"""The motifs, by name: each paints one canvas and takes everything random from it."""

from __future__ import annotations

from collections.abc import Callable

from cms.demo.pictures.canvas import Canvas
from cms.demo.pictures.motifs import city, craft, emblems, land, shapes, signs, sky, sound

Motif = Callable[[Canvas], None]

MOTIFS: dict[str, Motif] = {
    motif.__name__: motif
    for motif in (
        land.canyon, land.dunes, land.mountains, land.tide, land.hut, land.pixels,
        sky.orbits, sky.constellation, sky.moons, sky.aurora,
        city.skyline, city.windows, city.wires, city.flock,
        shapes.bauhaus, shapes.stripes, shapes.vinyl, shapes.papercut, shapes.stairs,
        sound.ripples, sound.bars, sound.keys,
        craft.umbrella, craft.quilt, craft.weave, craft.grain, craft.leaves, craft.bowl,
        signs.board, signs.bubbles, signs.doors,
    )
}  # fmt: skip

EMBLEMS: dict[str, Motif] = {
    emblem.__name__: emblem
    for emblem in (
        emblems.torch, emblems.rook, emblems.flame, emblems.reel, emblems.moon, emblems.bird, emblems.leaf,
    )
}  # fmt: skip
