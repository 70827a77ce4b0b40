"""Rooms of care and rooms of nothing: a hospital ward, a bare room; and a market under awnings.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, Brush
from models.cel.sets.furniture import FrontWindow, front_window, pot_plant
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens
from models.cel.sets.outside import town_skyline
from models.cel.sets.plants import Leaves, greens, tree
from models.cel.sets.rooms import town_view
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import Room, lamp_glow, room, sunbeams, wire

_FRUIT = ("#d8574a", "#f0b43a", "#6ab06a", "#e98a3a", "#c8d06a", "#8a4a8a")
_CLOTHS = ("#c8504a", "#f4f0e4", "#3f7a8c", "#f4f0e4", "#d99a3a", "#f4f0e4", "#4f8a5a")


def hospital(now: Hour, seed: int) -> Scenery:
    """A ward: white beds with rails, drips and monitors, half-drawn curtains, tall windows."""
    lens = Lens(metre=258, reach=4.7, ground=930, vanish_x=980)

    def shell(b: Brush) -> None:
        room(b, lens, Room(4.2, 3.0, 8.4, wall="#eef3f2", floor="#cfdcd8", ceiling="#f6f8f8", planks=0.0))
        b.poly(lens.face(8.38, -4.2, 4.2, 0.0, 0.95), "#cfe2de")
        b.poly(lens.face(8.37, -4.2, 4.2, 0.95, 1.02), "#9fc2bc")
        for x0 in (-3.5, -1.0, 1.5):
            front_window(b, lens, now, FrontWindow(8.4, (x0, x0 + 1.8), (1.15, 2.6), 2, curtains="#e6f0ee"))
        sunbeams(b, lens, now, -4.2, (2.5, 7.5), 2)
        for z in (3.0, 5.2, 7.4):
            b.poly(lens.floor(-0.9, 0.9, z, z + 0.35, y=2.98), (255, 255, 252))
        for z in (6.5, 4.3):
            _bed(b, lens, -4.0, z, 1)
            _bed(b, lens, 1.9, z, -1)
        for x in (-1.6, 1.6):
            b.line([lens.at(x, 2.55, 8.2), lens.at(x, 2.55, 3.2)], "#b4bec4", 4)
            for n in range(6):
                z = 7.2 - n * 0.16
                b.poly(lens.side(x, 0.35, 2.52, z, z + 0.15), "#bfe0dc" if n % 2 else "#d4ece8")
        pot_plant(b, lens, (3.9, 3.4), 1.1, seed)

    def front(b: Brush) -> None:
        lens.box(b, Block((-2.7, -1.9), (0.0, 0.75), (2.1, 2.5)), "#f2f4f4", top="#dfe6e8")
        b.poly(lens.face(2.1, -2.45, -2.3, 0.75, 0.95), "#bfe0ee")

    return Scenery(
        (
            town_view(now, lens),
            Plane("ward", 1.0, shell, lamplit=True),
            Plane("front", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "chair",
        lens.horizon,
    )


def _bed(b: Brush, lens: Lens, x: float, z: float, side: int) -> None:
    """A bed along the wall, its head at the wall; ``side`` is where the room is."""
    b.shadow(lens.floor(x - 0.1, x + 2.2, z - 0.2, z + 1.0), 0.2, 8)
    for leg in (x + 0.1, x + 1.95):
        b.poly(lens.face(z, leg, leg + 0.05, 0, 0.5), "#a4aeb6")
    lens.box(b, Block((x, x + 2.1), (0.42, 0.62), (z, z + 0.95)), "#f8fafa", top="#ffffff")
    cover = (x + 0.7, x + 2.08) if side > 0 else (x + 0.02, x + 1.4)
    lens.box(b, Block(cover, (0.62, 0.68), (z - 0.02, z + 0.97)), "#a9d2cc", top="#c4e4de")
    pillow = (x + 0.08, x + 0.58) if side > 0 else (x + 1.52, x + 2.02)
    lens.box(b, Block(pillow, (0.62, 0.78), (z + 0.15, z + 0.8)), "#f4f6f8", top="#ffffff")
    board = x if side > 0 else x + 2.06
    lens.box(b, Block((board, board + 0.05), (0.3, 1.12), (z, z + 0.95)), "#cdb58f")
    b.line([lens.at(x + 0.4, 0.9, z), lens.at(x + 1.7, 0.9, z)], "#c3ccd2", 5)
    for rail in (x + 0.4, x + 1.05, x + 1.7):
        b.line([lens.at(rail, 0.6, z), lens.at(rail, 0.9, z)], "#c3ccd2", 4)
    stand = x + (0.25 if side > 0 else 1.8)
    b.line([lens.at(stand, 0.0, z + 0.95), lens.at(stand, 2.0, z + 0.95)], "#aab4bc", 4)
    b.poly(lens.face(z + 0.94, stand - 0.08, stand + 0.08, 1.62, 1.94), (214, 238, 246))
    screen = stand + 0.3 * side
    b.poly(lens.face(z + 0.96, screen - 0.2, screen + 0.2, 1.3, 1.62), "#2c3a44")
    b.line(
        [lens.at(screen + dx, 1.46 + dy, z + 0.95) for dx, dy in
         ((-0.17, 0), (-0.05, 0), (-0.02, 0.1), (0.02, -0.08), (0.05, 0), (0.17, 0))],
        (120, 240, 170), 3,
    )  # fmt: skip


def bare(now: Hour, seed: int) -> Scenery:
    """Walls, a floor, a window and nothing else: a room of which nothing is known but that it is inside."""
    lens = Lens(metre=255, reach=4.6, ground=930, vanish_x=960)
    wall, floor = (("#d9d6cf", "#a39c92"), ("#cfd5d9", "#969ea3"), ("#d8d2d6", "#9d959b"))[seed % 3]

    def shell(b: Brush) -> None:
        room(b, lens, Room(4.0, 2.9, 7.6, wall=wall, floor=floor, ceiling="#e6e4df", planks=0.0))
        front_window(b, lens, now, FrontWindow(7.6, (-1.0, 1.0), (0.95, 2.3), 2))
        sunbeams(b, lens, now, -4.0, (3.4, 5.4), 1)

    return Scenery(
        (town_view(now, lens, 120), Plane("room", 1.0, shell, lamplit=True)),
        lens.metre,
        lens.ground,
        "chair",
        lens.horizon,
    )


def market(now: Hour, seed: int) -> Scenery:
    """Stalls on both sides under striped awnings, crates of fruit, bunting and lanterns across the way."""
    lens = Lens(metre=215, reach=6, ground=925, vanish_x=960)

    def heaven(b: Brush) -> None:
        sky(b, now, lens.horizon + 40)

    def far(b: Brush) -> None:
        town_skyline(b, now, lens.horizon + 30, 150)
        for x in (700, 1250):
            tree(b, (x, lens.horizon + 60), 190, Leaves(greens(now), now.side))

    def way(b: Brush) -> None:
        stone = "#e9eff5" if now.snowy else "#cdbfa6"
        b.poly(
            [lens.at(-60, 0, 60), lens.at(60, 0, 60), (RIGHT, BOTTOM), (LEFT, BOTTOM)],
            stone,
            "#b4a68e" if not now.snowy else "#d6e0ea",
        )
        rng = Random(seed)
        for n in range(90):
            z = 2.2 + 20 * rng.random() ** 2
            x = rng.uniform(-6, 6)
            b.poly(lens.floor(x, x + 0.55, z, z + 0.35), "#a8997f" if n % 2 else "#dccfb6", alpha=0.35)
        for z in (24, 18.5, 14, 10.4, 7.6, 5.2):
            for side in (-1, 1):
                _stall(b, lens, now, Random(seed * 7 + round(z * 10) + side), side, z)

    def front(b: Brush) -> None:
        for row, y in enumerate((96, 210)):
            wire(b, (-300, y), (2220, y - 40), 90 - 20 * row, 3)
            for n in range(22):
                t = n / 21
                x = -300 + 2520 * t
                top = y - 40 * t + (90 - 20 * row) * 4 * t * (1 - t)
                ink = _CLOTHS[(n + row) % len(_CLOTHS)]
                b.poly([(x - 26, top), (x + 26, top), (x, top + 50)], ink, alpha=0.95)

    return Scenery(
        (
            Plane("sky", 0.1, heaven),
            Plane("far", 0.35, far, 0.25),
            Plane("way", 1.0, way),
            Plane("bunting", 1.35, front),
        ),
        lens.metre,
        lens.ground,
        "none",
        lens.horizon,
        drift=True,
    )  # fmt: skip


def _stall(b: Brush, lens: Lens, now: Hour, rng: Random, side: int, z: float) -> None:
    near, far = (2.3, 5.4) if side > 0 else (-5.4, -2.3)
    deep = 2.0
    inner = near if side > 0 else far
    b.shadow(lens.floor(near - 0.2, far + 0.2, z - 0.3, z + deep), 0.22, 8)
    lens.box(b, Block((near, far), (0.0, 2.6), (z + deep - 0.2, z + deep)), "#cdb48e", flank="#9a7a58")
    for x in (near + 0.05, far - 0.1):
        b.poly(lens.face(z, x, x + 0.07, 0, 2.5), "#6f5038")
    lens.box(b, Block((near, far), (0.0, 0.85), (z + 0.2, z + 1.0)), "#a9805a", top="#c49a6c")
    for n in range(6):
        x = near + 0.1 + n * (far - near - 0.2) / 6
        wide = (far - near - 0.2) / 6 - 0.05
        lens.box(b, Block((x, x + wide), (0.85, 0.98), (z + 0.22, z + 0.8)), "#b98a58")
        ink = rng.choice(_FRUIT)
        for k in range(12):
            px, py = lens.at(
                x + wide * (0.14 + 0.24 * (k % 4)), 1.0 + 0.07 * (k // 4), z + 0.3 + 0.14 * (k // 4)
            )
            b.oval((px, py), (80 / z, 74 / z), ink)
            b.oval((px - 22 / z, py - 28 / z), (22 / z, 16 / z), "#ffffff", alpha=0.3)
    cloth = rng.choice(("#c8504a", "#3f7a8c", "#d99a3a", "#4f8a5a"))
    stripes = 8
    for n in range(stripes):
        x0 = near - 0.2 + n * (far - near + 0.4) / stripes
        x1 = near - 0.2 + (n + 1) * (far - near + 0.4) / stripes
        ink = "#f2f6fb" if now.snowy else cloth if n % 2 else "#f6f2e6"
        b.poly(
            [
                lens.at(x0, 2.75, z + deep),
                lens.at(x1, 2.75, z + deep),
                lens.at(x1, 2.3, z - 0.35),
                lens.at(x0, 2.3, z - 0.35),
            ],
            ink,
        )
        b.poly(lens.face(z - 0.35, x0, x1, 2.08, 2.3), ink)
    b.shadow(lens.face(z - 0.34, near - 0.2, far + 0.2, 2.05, 2.09), 0.25)
    x, y = lens.at(inner, 1.95, z - 0.2)
    lamp_glow(b, now, (x, y), 700 / z)
    b.oval((x, y), (60 / z * 2, 70 / z * 2), (255, 226, 150) if now.lamps else "#e8dcc0")
