"""The castle: its great hall.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from math import cos, pi, sin

from models.cel.sets.brush import BOTTOM, TOP, Brush, smooth
from models.cel.sets.furniture import opening
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens
from models.cel.sets.outside import Ridge, mountains
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import Room, room, sunbeams


def castle(now: Hour, seed: int) -> Scenery:
    """A great hall: pillars, tall arched windows, banners, a throne on its steps, a long carpet."""
    lens = Lens(metre=215, reach=6, ground=935, vanish_x=960)
    deep = 20.0

    def outside(b: Brush) -> None:
        sky(b, now, lens.horizon + 60)
        mountains(b.veiled(0.4), Ridge(lens.horizon + 60, 220, "#5f7fa0", "#a4bcd0", seed))

    def hall(b: Brush) -> None:
        room(b, lens, Room(6.4, 9.5, deep, wall="#b9b2ac", floor="#8f8a8c", ceiling="#5f5a62", planks=1.1))
        for n in range(-1, 2):
            arc = [(n * 3.6 + 1.2 * cos(pi * k / 10), 5.6 + 1.6 * sin(pi * k / 10)) for k in range(11)]
            shape = [lens.at(x, y, deep) for x, y in [(n * 3.6 + 1.2, 2.6), *arc, (n * 3.6 - 1.2, 2.6)]]
            opening(b, now, shape)
            b.stroke(smooth(shape), "#7a746f", 6)
            b.line([lens.at(n * 3.6, 2.6, deep), lens.at(n * 3.6, 7.1, deep)], "#6a646a", 6)
            for y in (3.6, 4.6, 5.6):
                b.line([lens.at(n * 3.6 - 1.2, y, deep), lens.at(n * 3.6 + 1.2, y, deep)], "#6a646a", 4)
        if now.beam > 0.1:
            tint = (160, 186, 240) if now.time == "night" else now.glow
            for n in range(-1, 2):
                b.sheen(
                    [
                        lens.at(n * 3.6 - 1, 7, deep),
                        lens.at(n * 3.6 + 1, 7, deep),
                        lens.at(n * 3 + 2.2, 0, 8),
                        lens.at(n * 3 - 0.2, 0, 8),
                    ],
                    tint,
                    0.36 * max(now.beam, 0.5),
                    0.03,
                    blur=22,
                )
        b.poly(lens.floor(-1.25, 1.25, 0.8, deep - 1), "#9c2f3a", "#b83a44")
        for side in (-1, 1):
            b.poly(lens.floor(side * 1.25, side * 1.1, 0.8, deep - 1), "#d9b04a")
        for n in range(4):
            lens.box(
                b,
                Block(
                    (-2.8 + n * 0.3, 2.8 - n * 0.3), (n * 0.2, n * 0.2 + 0.2), (deep - 3.4 + n * 0.5, deep)
                ),
                "#a39c98",
                top="#c3bcb4",
            )
        _throne(b, lens, deep - 1.4)
        sunbeams(b, lens, now, -6.4, (6, 18), 4)
        for z in (17.5, 13.5, 10.2, 7.6):
            for side in (-1, 1):
                _pillar(b, lens, now, side * 4.6, z)

    def front(b: Brush) -> None:
        dark = b.shaded((0.34, 0.34, 0.48))
        for x in (-160, 2080):
            dark.rect((x - 190, TOP), (x + 190, BOTTOM), "#8f8a88", "#6a6468")
            dark.rect((x - 230, 1010), (x + 230, BOTTOM), "#9a948f")

    return Scenery(
        (
            Plane("outside", 0.3, outside, 0.2),
            Plane("hall", 1.0, hall, lamplit=True),
            Plane("pillars", 1.5, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "none",
        lens.horizon,
    )


def _throne(b: Brush, lens: Lens, z: float) -> None:
    b.poly(
        [
            lens.at(-0.75, 0.8, z),
            lens.at(-0.75, 3.1, z),
            lens.at(0, 3.7, z),
            lens.at(0.75, 3.1, z),
            lens.at(0.75, 0.8, z),
        ],
        "#c99a3a",
        "#8a6428",
    )
    b.poly(
        [
            lens.at(-0.55, 0.9, z),
            lens.at(-0.55, 2.95, z),
            lens.at(0, 3.4, z),
            lens.at(0.55, 2.95, z),
            lens.at(0.55, 0.9, z),
        ],
        "#8c2a38",
        "#6a1f30",
    )
    lens.box(b, Block((-0.8, 0.8), (0.8, 1.35), (z - 0.7, z)), "#c99a3a", top="#9c2f3a")
    for x in (-0.8, 0.68):
        lens.box(b, Block((x, x + 0.12), (1.35, 1.8), (z - 0.7, z)), "#d9b04a")


def _pillar(b: Brush, lens: Lens, now: Hour, x: float, z: float) -> None:
    px, py = lens.at(x, 0, z)
    s = lens.metre * lens.reach / z
    top = lens.at(x, 9.5, z)[1]
    b.oval((px, py), (0.95 * s, 0.16 * s), (20, 18, 50), alpha=0.35, blur=6)
    b.rect((px - 0.5 * s, top), (px + 0.5 * s, py), "#c9c2b8")
    lit = -1 if now.side < 0 else 1
    b.rect((px + lit * 0.06 * s, top), (px + lit * 0.36 * s, py), "#efe9dc", alpha=0.5, blur=6)
    b.rect((px - lit * 0.14 * s, top), (px - lit * 0.5 * s, py), (36, 30, 70), alpha=0.35, blur=3)
    b.rect((px - 0.66 * s, py - 0.45 * s), (px + 0.66 * s, py), "#a8a098", "#8a837f")
    inward = -1 if x > 0 else 1
    bx = px + inward * 0.55 * s
    b.poly(
        [
            (bx - 0.42 * s, py - 6.2 * s),
            (bx + 0.42 * s, py - 6.2 * s),
            (bx + 0.42 * s, py - 3.2 * s),
            (bx, py - 2.7 * s),
            (bx - 0.42 * s, py - 3.2 * s),
        ],
        "#31508c",
        "#24396a",
    )
    b.oval((bx, py - 4.7 * s), (0.24 * s, 0.24 * s), "#d9b04a")
    fx, fy = px + inward * 0.5 * s, py - 2.1 * s
    b.rect((fx - 0.05 * s, fy), (fx + 0.05 * s, fy + 0.5 * s), "#3a2c28")
    b.oval((fx, fy - 0.12 * s), (0.1 * s, 0.2 * s), (255, 190, 90))
    b.oval((fx, fy - 0.08 * s), (0.05 * s, 0.12 * s), (255, 244, 200))
    b.glow((fx, fy), (1.9 if now.lamps else 1.0) * s, (255, 170, 80), 0.6 if now.lamps else 0.3)
