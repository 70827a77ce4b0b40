"""Trades: shop, garage.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, Brush, Point
from models.cel.sets.furniture import FrontWindow, Shelf, front_window, side_shelf
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens
from models.cel.sets.outside import town_skyline
from models.cel.sets.plants import Leaves, greens, hedge
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import Room, room

AWNINGS = ("#c8504a", "#3f7a8c", "#d99a3a", "#4f8a5a", "#8a5a9a")


def shop(now: Hour, seed: int) -> Scenery:
    """A bright convenience store: aisles of goods, fridges, the counter, the street through the glass."""
    lens = Lens(metre=255, reach=5, ground=930, vanish_x=960)

    def outside(b: Brush) -> None:
        sky(b, now, lens.horizon + 20)
        town_skyline(b, now, lens.horizon + 60, 190)

    def shell(b: Brush) -> None:
        room(b, lens, Room(4.6, 3.0, 9.5, wall="#f2f2ee", floor="#e4e2da", ceiling="#f4f6f6", planks=0.9))
        for z in (3, 5, 7, 9):
            for x in (-2.6, 0, 2.6):
                b.poly(lens.floor(x - 0.8, x + 0.8, z, z + 0.35, y=2.98), (255, 255, 255))
        _fridges(b, lens)
        goods = ("#d8574a", "#f0b43a", "#4a8ac0", "#6ab06a", "#e98ab0", "#f4f0e4", "#8a62b0", "#3f6a7a")
        side_shelf(b, lens, -2.9, Shelf(1.6, (4.0, 8.8), 4, seed, "#e9e7e0", goods, 0.14))
        for n, x in enumerate((-1.55, 0.35)):
            _gondola(b, lens, (x, 6.2), seed + n, goods)
        lens.box(b, Block((2.5, 4.4), (0, 1.0), (5.2, 8.4)), "#f4f2ea", top="#d9c9a8")
        b.poly(lens.side(2.5, 0.3, 0.62, 5.2, 8.4), "#3f9a6a")
        lens.box(b, Block((3.0, 3.45), (1.0, 1.35), (6.2, 6.5)), "#3a4250")
        b.poly(lens.face(6.2, 3.05, 3.4, 1.06, 1.3), (150, 220, 240))
        b.poly(lens.side(4.6, 1.1, 2.6, 1.6, 4.6), "#c9cfd4")
        b.hole(lens.side(4.6, 1.15, 2.55, 1.7, 4.5))

    def front(b: Brush) -> None:
        lens.box(b, Block((-4.2, -1.9), (0, 0.8), (2.2, 2.5)), "#dcdad2")
        for n in range(9):
            x = -4.1 + n * 0.24
            lens.box(b, Block((x, x + 0.2), (0.8, 1.02 + 0.05 * (n % 3)), (2.3, 2.45)), AWNINGS[n % 5])

    return Scenery(
        (
            Plane("outside", 0.3, outside, 0.2),
            Plane("shop", 1.0, shell, lamplit=True),
            Plane("front", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "none",
        lens.horizon,
    )


def _fridges(b: Brush, lens: Lens) -> None:
    rng = Random(4)
    b.poly(lens.face(9.4, -3.4, 2.3, 0, 2.5), "#dfe5e8")
    b.poly(lens.face(9.4, -3.4, 2.3, 2.15, 2.5), "#3f9a6a")
    b.poly(lens.face(9.4, -3.4, 2.3, 2.24, 2.32), "#f0b43a")
    for n in range(5):
        x = -3.3 + n * 1.13
        b.poly(lens.face(9.4, x, x + 1.05, 0.15, 2.05), (226, 242, 250), (196, 222, 238))
        for row in range(4):
            for k in range(8):
                ink = rng.choice(("#d8574a", "#f0d03a", "#4a8ac0", "#6ab06a", "#f4f4f4", "#8a4a2a"))
                b.poly(
                    lens.face(
                        9.4, x + 0.06 + k * 0.118, x + 0.15 + k * 0.118, 0.24 + row * 0.46, 0.56 + row * 0.46
                    ),
                    ink,
                )
        b.poly(lens.face(9.4, x + 0.4, x + 0.5, 0.15, 2.05), (255, 255, 255), alpha=0.35)
        b.poly(lens.face(9.4, x - 0.04, x + 0.04, 0.1, 2.1), "#8a949c")


def _gondola(b: Brush, lens: Lens, corner: Point, seed: int, goods: tuple[str, ...]) -> None:
    x, z = corner
    rng = Random(seed)
    b.shadow(lens.floor(x - 0.1, x + 1.5, z - 0.2, z + 2), 0.2, 8)
    lens.box(b, Block((x, x + 1.25), (0, 1.4), (z, z + 2.2)), "#e9e7e0")
    for row in range(4):
        y = 0.12 + row * 0.32
        b.poly(lens.face(z, x + 0.03, x + 1.22, y, y + 0.28), "#a8a49c")
        at = x + 0.05
        while at < x + 1.12:
            wide = rng.uniform(0.08, 0.15)
            b.poly(
                lens.face(z, at, min(at + wide, x + 1.2), y, y + rng.uniform(0.16, 0.25)), rng.choice(goods)
            )
            at += wide + 0.012
        b.poly(lens.face(z, x, x + 1.25, y - 0.05, y), "#f0b43a" if row % 2 else "#d8574a")


def garage(now: Hour, seed: int) -> Scenery:
    """A workshop: bench, tools on the wall, tyres, half-open shutter letting the day in."""
    lens = Lens(metre=260, reach=4.8, ground=925, vanish_x=900)

    def outside(b: Brush) -> None:
        sky(b, now, lens.horizon)
        town_skyline(b, now, lens.horizon + 30, 120)
        hedge(b, (LEFT, RIGHT), lens.horizon + 180, 130, Leaves(greens(now), now.side))
        b.rect((LEFT, lens.horizon + 150), (RIGHT, BOTTOM), "#b9b5aa")

    def shell(b: Brush) -> None:
        room(b, lens, Room(3.8, 3.1, 8, wall="#9a9c9c", floor="#8c8a88", ceiling="#6f7274", planks=0.0))
        for y in [0.5 * n for n in range(1, 6)]:
            b.line([lens.at(-3.8, y, 8), lens.at(3.8, y, 8)], "#6a6c70", 1.4, 0.5)
        b.hole(lens.face(8, 0.3, 3.3, 0.02, 1.9))
        for n in range(9):
            y = 1.9 + n * 0.1
            b.poly(lens.face(7.95, 0.2, 3.4, y, y + 0.1), "#c3c8ca" if n % 2 else "#aab0b4")
        if now.beam > 0.1:
            b.sheen(
                [lens.at(0.3, 0, 8), lens.at(3.3, 0, 8), lens.at(2.4, 0, 3.6), lens.at(-1.6, 0, 3.6)],
                now.glow,
                0.5 * now.beam,
                0.05,
                blur=6,
            )
        lens.box(b, Block((-3.7, -1.2), (0, 0.9), (6.2, 7.4)), "#8a6240", top="#b98a58")
        b.poly(lens.face(7.95, -3.6, -0.6, 1.2, 2.4), "#5a6a72")
        rng = Random(seed)
        for n in range(13):
            x, y = -3.45 + n * 0.21, 2.3
            b.line(
                [lens.at(x, y, 7.9), lens.at(x + 0.02, y - rng.uniform(0.3, 0.8), 7.9)],
                rng.choice(("#d8dde0", "#c8503a", "#e0b03a", "#2c3036")),
                7,
            )
        for n in range(4):
            b.oval(lens.at(3.25, 0.34 + n * 0.34, 5.4), (96, 42), "#2c2c32")
            b.oval(lens.at(3.25, 0.38 + n * 0.34, 5.4), (50, 20), "#55565e")
        for n, ink in enumerate(("#c8503a", "#e0b03a", "#3f7a8c")):
            lens.box(b, Block((-3.2 + n * 0.5, -2.8 + n * 0.5), (0.9, 1.22), (6.4, 6.8)), ink)
        front_window(b, lens, now, FrontWindow(8, (-0.35, 0.0), (1.5, 1.9), 1))
        x, y = lens.at(-0.6, 2.55, 5.2)
        b.line([(x, y - 120), (x, y)], "#2c2c32", 3)
        b.poly([(x - 24, y), (x + 24, y), (x + 64, y + 40), (x - 64, y + 40)], "#3f6a5a")
        b.glow((x, y + 60), 460, (255, 214, 150), 0.5)

    def front(b: Brush) -> None:
        lens.box(b, Block((1.5, 2.7), (0, 0.62), (2.2, 2.5)), "#b0403a")
        for n in range(3):
            b.poly(lens.face(2.2, 1.56, 2.64, 0.06 + n * 0.19, 0.2 + n * 0.19), "#c8574c")

    return Scenery(
        (
            Plane("outside", 0.35, outside, 0.15),
            Plane("garage", 1.0, shell, lamplit=True),
            Plane("front", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "stool",
        lens.horizon,
    )
