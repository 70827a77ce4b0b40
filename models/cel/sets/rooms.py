"""Rooms of work and leisure: cafe, office.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from random import Random

from models.cel.sets.brush import Brush
from models.cel.sets.furniture import (
    Shelf,
    WindowRow,
    chair,
    opening,
    pendant,
    pot_plant,
    side_shelf,
    table,
    window_row,
)
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens
from models.cel.sets.outside import town_skyline
from models.cel.sets.plants import Leaves, greens, tree
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import Room, lamp_glow, room, sunbeams


def town_view(now: Hour, lens: Lens, tall: float = 180) -> Plane:
    """The view from rooms upstairs."""

    def outside(b: Brush) -> None:
        sky(b, now, lens.horizon + 40)
        town_skyline(b, now, lens.horizon + 70, tall)
        for x in (-380, 240, 1500, 2100):
            tree(b, (x, lens.horizon + 210), 320, Leaves(greens(now), now.side))

    return Plane("outside", 0.35, outside, 0.18)


def cafe(now: Hour, seed: int) -> Scenery:
    """Brick and wood, a counter with an espresso machine, hanging lamps, window tables."""
    lens = Lens(metre=260, reach=4.5, ground=930, vanish_x=900)
    deep, brick = 7.4, "#b0705a"

    def shell(b: Brush) -> None:
        room(b, lens, Room(3.9, 3.0, deep, wall="#e9dcc6", floor="#8f6242", ceiling="#6a5444", planks=0.34))
        _bricks(b, lens, deep, brick)
        window_row(
            b, lens, now, WindowRow(-3.9, (0.75, 2.5), (1.5, deep - 0.5), 3, frame="#5a4334", curtains=None)
        )
        sunbeams(b, lens, now, -3.9, (1.5, deep - 0.5), 3)
        for y in (1.55, 2.0):
            b.poly(lens.face(deep - 0.2, 0.1, 3.3, y, y + 0.05), "#6f4a30")
            rng = Random(seed + round(y * 10))
            at = 0.18
            while at < 3.15:
                w = rng.uniform(0.08, 0.15)
                b.poly(
                    lens.face(deep - 0.2, at, at + w, y + 0.05, y + 0.05 + rng.uniform(0.12, 0.3)),
                    rng.choice(("#f2ead8", "#7a9a6a", "#c8703a", "#3f5f6a", "#d9b04a", "#8a4a3a")),
                )
                at += w + rng.uniform(0.02, 0.08)
        b.poly(lens.face(deep - 0.01, -3.3, -0.4, 1.3, 2.5), "#3a2c26")
        b.poly(lens.face(deep - 0.02, -3.22, -0.48, 1.37, 2.43), "#2c3f3a")
        for n in range(5):
            for x0, w in ((-3.0, 0.9), (-1.7, 0.75)):
                b.line(
                    [
                        lens.at(x0, 2.22 - n * 0.17, deep - 0.03),
                        lens.at(x0 + w - 0.1 * (n % 3), 2.22 - n * 0.17, deep - 0.03),
                    ],
                    "#e9dfc6",
                    3,
                    0.75,
                )
        b.oval(lens.at(-1.1, 2.2, deep - 0.03), (24, 14), "#e0b070", alpha=0.9)
        _counter(b, lens, now)
        for x, z in ((-2.6, 6.0), (-2.6, 4.2)):
            chair(b, lens, (x + 0.9, z + 0.2), "#6f4a30", "#4a3628")
            table(b, lens, Block((x - 0.5, x + 0.5), (0, 0.72), (z, z + 0.8)), "#4a3628", "#a9744a")
            chair(b, lens, (x - 0.8, z + 0.2), "#6f4a30", "#4a3628")
            b.poly(lens.face(z + 0.3, x - 0.06, x + 0.06, 0.72, 0.83), "#fbf7ee")
        for x, z in ((0.8, 5.6), (1.9, 5.6), (3.0, 5.6), (-2.6, 4.6), (-2.6, 6.4)):
            pendant(b, lens, now, (x, 3.0, z), 0.85, "#c8863a")
        pot_plant(b, lens, (-1.1, 6.8), 1.3, seed)
        pot_plant(b, lens, (3.5, 3.9), 1.4, seed + 1)

    def front(b: Brush) -> None:
        table(b, lens, Block((-2.5, -1.2), (0, 0.74), (1.9, 2.4)), "#4a3628", "#9a6840")
        b.poly(lens.face(2.1, -1.75, -1.6, 0.74, 0.87), "#fbf7ee")
        b.oval(lens.at(-1.675, 0.87, 2.1), (44, 8), "#6a4028")

    return Scenery(
        (
            town_view(now, lens),
            Plane("cafe", 1.0, shell, lamplit=True),
            Plane("front", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "chair",
        lens.horizon,
    )


def _bricks(b: Brush, lens: Lens, deep: float, brick: str) -> None:
    b.poly(lens.face(deep, -3.9, 3.9, 0.0, 3.0), brick)
    rng = Random(3)
    for row in range(23):
        y = row * 0.13
        for n in range(-17, 17):
            x = n * 0.235 + (0.117 if row % 2 else 0)
            b.poly(
                lens.face(deep, max(-3.9, x), min(3.9, x + 0.215), y, y + 0.11),
                rng.choice(("#b87860", "#a8684f", "#c08468", "#9c5f4a")),
                alpha=0.8,
            )


def _counter(b: Brush, lens: Lens, now: Hour) -> None:
    z = 5.4
    b.shadow(lens.floor(0.2, 3.9, z - 0.25, z), 0.3, 10)
    lens.box(b, Block((0.4, 3.9), (0, 1.0), (z, z + 0.7)), "#7a5034")
    for n in range(10):
        x = 0.5 + n * 0.34
        b.poly(lens.face(z, x, x + 0.3, 0.08, 0.92), "#8a5e3e")
    lens.box(b, Block((0.3, 3.9), (1.0, 1.07), (z - 0.08, z + 0.75)), "#4a3024", top="#c08f5c")
    lens.box(b, Block((1.2, 2.1), (1.07, 1.52), (z + 0.15, z + 0.6)), "#c9ced2", flank="#8a949c")
    for x in (1.4, 1.75):
        b.poly(lens.face(z + 0.14, x, x + 0.14, 1.2, 1.3), "#2c323a")
    b.poly(lens.face(z + 0.14, 1.25, 2.05, 1.4, 1.47), "#c8503a")
    lens.box(b, Block((2.5, 3.3), (1.07, 1.42), (z + 0.1, z + 0.5)), "#d6e6ea")
    for n, ink in enumerate(("#d9a45a", "#8a4a2c", "#f0d8c0", "#c8707a")):
        x, y = lens.at(2.62 + n * 0.19, 1.14, z + 0.1)
        b.oval((x, y), (17, 11), ink)
    lamp_glow(b, now, lens.at(2.9, 1.3, z), 200)
    for x in (0.75, 1.6, 2.5):
        b.poly(lens.face(z - 0.5, x - 0.02, x + 0.02, 0, 0.7), "#3a302c")
        b.oval(lens.at(x, 0.72, z - 0.5), (44, 13), "#a9653f")


def office(now: Hour, seed: int) -> Scenery:
    """Desks with screens in rows, a glass wall over the city."""
    lens = Lens(metre=255, reach=4.8, ground=930, vanish_x=960)

    def shell(b: Brush) -> None:
        room(b, lens, Room(4.6, 2.9, 9.0, wall="#e9ebec", floor="#8d97a2", ceiling="#eff1f2", planks=0.9))
        for n in range(5):
            x = -4.4 + n * 1.78
            opening(b, now, lens.face(9, x, x + 1.66, 0.5, 2.6))
            b.poly(lens.face(8.98, x, x + 1.66, 2.1, 2.6), "#f4f6f6", alpha=0.85)
            for k in range(9):
                b.line(
                    [lens.at(x, 2.12 + k * 0.055, 8.97), lens.at(x + 1.66, 2.12 + k * 0.055, 8.97)],
                    "#b9c2c8",
                    1.4,
                )
        for z in (3.0, 5.0, 7.0):
            for x in (-2.4, 0.6):
                b.poly(lens.floor(x, x + 1.8, z, z + 0.3, y=2.88), (255, 255, 250))
        side_shelf(
            b,
            lens,
            4.6,
            Shelf(1.9, (4.5, 8.5), 5, seed, "#c9cdd2", ("#f4f4f0", "#5f84b0", "#d9d4c8", "#8a949e"), 0.12),
        )
        for z in (7.6, 6.0):
            for x in (-3.4, -1.7, 0.9, 2.6):
                _workplace(b, lens, x, z, seed)
        pot_plant(b, lens, (-4.2, 4.6), 1.5, seed)
        pot_plant(b, lens, (4.1, 8.2), 1.5, seed + 1)

    def front(b: Brush) -> None:
        lens.box(b, Block((-2.6, -1.3), (0, 1.1), (1.9, 2.1)), "#aab4be", top="#c9d2da")
        b.poly(lens.face(2.0, -1.7, -1.5, 1.1, 1.4), "#5f9a6a")

    return Scenery(
        (
            town_view(now, lens, 330),
            Plane("office", 1.0, shell, lamplit=True),
            Plane("front", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "chair",
        lens.horizon,
    )


def _workplace(b: Brush, lens: Lens, x: float, z: float, seed: int) -> None:
    rng = Random(round(x * 10 + z * 100) + seed)
    chair(b, lens, (x + 0.5, z - 0.5), "#3f4a58", "#2c343e")
    table(b, lens, Block((x, x + 1.4), (0, 0.72), (z, z + 0.7)), "#9aa4ae", "#f0f2f2")
    b.poly(lens.face(z + 0.5, x + 0.35, x + 1.0, 0.86, 1.28), "#2a303a")
    b.poly(lens.face(z + 0.49, x + 0.38, x + 0.97, 0.89, 1.25), (122, 176, 214), (190, 222, 240))
    for n in range(4):
        b.line(
            [
                lens.at(x + 0.44, 1.18 - n * 0.07, z + 0.48),
                lens.at(x + 0.44 + rng.uniform(0.15, 0.45), 1.18 - n * 0.07, z + 0.48),
            ],
            (250, 252, 255),
            2,
            0.8,
        )
    b.poly(lens.face(z + 0.5, x + 0.62, x + 0.72, 0.72, 0.86), "#2a303a")
    lens.box(
        b, Block((x + 1.08, x + 1.3), (0.72, 0.72 + rng.uniform(0.04, 0.2)), (z + 0.2, z + 0.5)), "#f8f6ee"
    )
    b.poly(lens.face(z + 0.2, x + 0.12, x + 0.2, 0.72, 0.82), rng.choice(("#c8503a", "#5f9a6a", "#e0b03a")))
