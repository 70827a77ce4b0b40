"""School: classroom, corridor, rooftop, schoolyard.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush
from models.cel.sets.furniture import WindowRow, chair, desk, window_row
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens
from models.cel.sets.outside import town_skyline
from models.cel.sets.plants import Leaves, bush, greens, tree
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import Room, chain_fence, room, sunbeams


def classroom(now: Hour, seed: int) -> Scenery:
    """Windows in a row on the left, a blackboard ahead, rows of desks, sun across the floor."""
    lens = Lens(metre=265, reach=4.6, ground=930, vanish_x=1040)
    half, deep, tall = 3.9, 8.6, 3.0

    def outside(b: Brush) -> None:
        sky(b, now, lens.horizon + 20)
        town_skyline(b, now, lens.horizon + 30, 70)
        for n in range(5):
            tree(b, (-520 + n * 230, lens.horizon + 190), 330 + 40 * (n % 2), Leaves(greens(now), now.side))

    def shell(b: Brush) -> None:
        room(b, lens, Room(half, tall, deep, wall="#f2ead8", floor="#c99a66", ceiling="#e9e6e0", planks=0.55))
        _blackboard(b, lens, deep)
        window_row(b, lens, now, WindowRow(-half, (0.95, 2.65), (1.0, deep - 0.5), 4))
        b.poly(lens.side(half, 0.0, 1.0, 1.0, deep), "#d8c6a2", alpha=0.75)
        for z in (2.4, 6.6):
            b.poly(lens.side(half, 0.0, 2.1, z, z + 1.1), "#b98a5c")
            b.poly(lens.side(half, 1.1, 1.9, z + 0.2, z + 0.9), "#cfe0e4")
        for z in (3.0, 5.2, 7.2):
            for x in (-1.7, 1.5):
                lens.box(
                    b,
                    Block((x - 0.65, x + 0.65), (2.88, 2.95), (z, z + 0.2)),
                    (255, 255, 246) if now.lamps and not now.dark else "#ffffff",
                )
        sunbeams(b, lens, now, -half, (1.0, deep - 0.5), 4)
        for z in (7.2, 6.1):
            for x in (-2.6, -1.2, 0.3, 1.8):
                chair(b, lens, (x + 0.1, z - 0.62))
                desk(b, lens, (x, z))

    def front(b: Brush) -> None:
        for x in (-2.35, 2.0):
            desk(b, lens, (x, 3.1))
            chair(b, lens, (x + 0.1, 2.75))

    return Scenery(
        (
            Plane("outside", 0.35, outside, 0.15),
            Plane("room", 1.0, shell, lamplit=True),
            Plane("front", 1.35, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "chair",
        lens.horizon,
    )


def _blackboard(b: Brush, lens: Lens, deep: float) -> None:
    b.poly(lens.face(deep, -2.15, 2.15, 0.88, 2.32), "#9a7048")
    b.poly(lens.face(deep, -2.06, 2.06, 0.97, 2.24), "#2f5d50", "#264b44")
    for x, y, w in ((-1.6, 1.9, 0.9), (-1.6, 1.7, 1.2), (-1.6, 1.5, 0.7), (0.6, 1.85, 0.5)):
        b.line([lens.at(x, y, deep), lens.at(x + w, y + 0.01, deep)], "#dfeee4", 2.0, 0.5)
    b.poly(lens.face(deep, -2.0, 2.0, 0.86, 0.91), "#c79a68")
    b.poly(lens.face(deep, -0.14, 0.14, 2.5, 2.78), "#f8f8f2")
    x, y = lens.at(0, 2.64, deep)
    b.oval((x, y), (15, 15), "#4b525c")
    b.oval((x, y), (12, 12), "#fbfbf5")
    b.line([(x, y), (x, y - 9)], "#333a44", 2)
    b.line([(x, y), (x + 6, y + 3)], "#333a44", 2)
    lens.box(b, Block((-0.55, 0.55), (0.0, 1.0), (deep - 1.3, deep - 0.8)), "#b5824f")
    for x0 in (2.5, 3.0):
        b.poly(lens.face(deep, x0, x0 + 0.4, 1.3, 1.9), "#f6f1de")
        b.poly(lens.face(deep, x0 + 0.05, x0 + 0.35, 1.6, 1.85), "#9fc4d8")


def corridor(now: Hour, seed: int) -> Scenery:
    """A long school corridor: windows left, class doors right, light lying on the floor."""
    lens = Lens(metre=265, reach=4.6, ground=930, vanish_x=960)
    half, deep, tall = 1.9, 22.0, 2.9

    def outside(b: Brush) -> None:
        sky(b, now, lens.horizon + 20)
        town_skyline(b, now, lens.horizon + 24, 60)
        for n in range(4):
            tree(b, (-300 + n * 260, lens.horizon + 200), 420, Leaves(greens(now), now.side))

    def shell(b: Brush) -> None:
        room(b, lens, Room(half, tall, deep, wall="#ece7dc", floor="#b9c3bd", ceiling="#e4e4e0", planks=0.0))
        b.poly(lens.face(deep, -1.1, 1.1, 0.0, 2.2), "#8fb4c8")
        b.poly(lens.face(deep, -1.0, 1.0, 0.2, 2.1), "#dff0f6")
        window_row(b, lens, now, WindowRow(-half, (0.95, 2.5), (1.2, deep - 1), 10))
        b.poly(lens.side(half, 0.0, 0.12, 1.0, deep), "#8a7a6a")
        for n in range(6):
            z = 1.6 + n * 3.4
            b.poly(lens.side(half, 0.0, 2.15, z, z + 1.9), "#a8845e")
            b.poly(lens.side(half, 0.05, 2.08, z + 0.05, z + 0.92), "#c79f72")
            b.poly(lens.side(half, 0.05, 2.08, z + 0.98, z + 1.85), "#bd946a")
            b.poly(lens.side(half, 1.1, 1.9, z + 0.2, z + 0.8), "#d9e8ea")
            b.poly(lens.side(half, 1.1, 1.9, z + 1.12, z + 1.7), "#d9e8ea")
            b.poly(lens.side(half, 2.25, 2.5, z + 0.2, z + 0.9), "#fbfaf2")
        sunbeams(b, lens, now, -half, (1.2, deep - 1), 10)
        for n in range(5):
            lens.box(b, Block((-0.3, 0.3), (2.84, 2.9), (3 + n * 4, 4.2 + n * 4)), "#ffffff")

    def front(b: Brush) -> None:
        b.rect((LEFT, TOP), (-250, BOTTOM), "#d9d3c6", "#a8a196")
        b.rect((-262, TOP), (-236, BOTTOM), "#b8b0a2")

    return Scenery(
        (
            Plane("outside", 0.35, outside, 0.15),
            Plane("hall", 1.0, shell, lamplit=True),
            Plane("pillar", 1.5, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "none",
        lens.horizon,
    )


def rooftop(now: Hour, seed: int) -> Scenery:
    """Wide sky over a town, a wire fence, a stair house, concrete slabs."""
    lens = Lens(metre=200, reach=6, ground=930, vanish_x=960)
    rng = Random(seed)
    tower = 1 if rng.random() < 0.5 else -1

    def heaven(b: Brush) -> None:
        sky(b, now, lens.horizon + 60)

    def town(b: Brush) -> None:
        town_skyline(b, now, lens.horizon + 90, 150)

    def roof(b: Brush) -> None:
        far = 16.0
        b.poly(
            [lens.at(-60, 0, far), lens.at(60, 0, far), (RIGHT, BOTTOM), (LEFT, BOTTOM)], "#b9bcc0", "#d2d0ca"
        )
        for z in (14, 11, 8.6, 7, 5.8, 4.9, 4.2, 3.6):
            b.line([lens.at(-40, 0, z), lens.at(40, 0, z)], "#8f949c", 2.2 * 6 / z, 0.7)
        for x in range(-24, 25, 3):
            b.line([lens.at(x, 0, far), lens.at(x, 0, 2.6)], "#8f949c", 2, 0.6)
        for _ in range(14):
            off = rng.uniform(4, 13)
            b.oval(
                lens.at(rng.uniform(-12, 12), 0, off), (480 / off, 56 / off), "#7f868f", alpha=0.16, blur=6
            )
        b.poly(lens.face(far, -60, 60, 0, 0.45), "#e1ded6", "#aeb2b8")
        b.poly(lens.floor(-60, 60, far - 0.5, far, y=0.45), "#f2efe6")
        chain_fence(b, lens, far - 0.2, (-34, 34), (0.45, 3.0))
        _stair_house(b, lens, tower, now)
        _tank(b, lens, -tower)
        if now.wet:
            for _ in range(9):
                off = rng.uniform(4.5, 11)
                b.oval(lens.at(rng.uniform(-9, 9), 0, off), (420 / off, 46 / off), now.sky[2], alpha=0.5)

    def front(b: Brush) -> None:
        x = 120 if tower < 0 else 1800
        b.rect((x - 700 * (tower < 0), 1010), (x + 700 * (tower > 0), BOTTOM), "#6c7078", "#4b4f5a")

    return Scenery(
        (
            Plane("sky", 0.12, heaven),
            Plane("town", 0.35, town, 0.3),
            Plane("roof", 1.0, roof),
            Plane("front", 1.4, front),
        ),
        lens.metre,
        lens.ground,
        "none",
        lens.horizon,
        drift=True,
    )


def _stair_house(b: Brush, lens: Lens, side: int, now: Hour) -> None:
    x0, x1 = (5.2, 11.5) if side > 0 else (-11.5, -5.2)
    lens.box(b, Block((x0, x1), (0, 3.4), (9.0, 13.0)), "#d8d4cb", flank="#b9b6b4")
    lens.box(b, Block((x0 - 0.15, x1 + 0.15), (3.4, 3.6), (8.9, 13.1)), "#c4c1ba")
    door = x0 + 1.6 if side > 0 else x1 - 2.8
    b.poly(lens.face(9.0, door, door + 1.1, 0, 2.1), "#6f8796", "#5c7080")
    b.poly(lens.face(9.0, door + 0.2, door + 0.9, 1.2, 1.8), (255, 226, 150) if now.lamps else "#a9c4cf")
    b.oval(lens.at(door + 0.95, 1.0, 9.0), (4, 4), "#d8dde0")
    for n in range(5):
        b.line([lens.at(x0 + 0.5, 2.5 - n * 0.16, 9.0), lens.at(x0 + 1.2, 2.5 - n * 0.16, 9.0)], "#8f9298", 3)
    b.shadow(lens.floor(x0 - 0.2, x1 + 1.6, 8.4, 9.0), 0.22, 8)


def _tank(b: Brush, lens: Lens, side: int) -> None:
    x = 8.0 * side
    for leg in (-0.9, 0.9):
        b.poly(lens.face(13, x + leg - 0.08, x + leg + 0.08, 0, 2.2), "#7c858e")
    cx, top = lens.at(x, 4.6, 13)
    _, low = lens.at(x, 2.2, 13)
    w = 1.5 * lens.metre * lens.reach / 13
    b.round((cx - w, top), (cx + w, low), 20, "#e4e8e6", "#a9b4ba")
    b.rect((cx + w * 0.3, top + 8), (cx + w * 0.9, low - 6), "#8f9ba6", alpha=0.4, blur=6)
    for n in range(1, 4):
        y = top + (low - top) * n / 4
        b.line([(cx - w, y), (cx + w, y)], "#8f9aa2", 2)


def schoolyard(now: Hour, seed: int) -> Scenery:
    """The sand yard, the long school building with its clock, cherry trees, a goal."""
    lens = Lens(metre=150, reach=9, ground=920, vanish_x=960)

    def heaven(b: Brush) -> None:
        sky(b, now, lens.horizon + 40)

    def school(b: Brush) -> None:
        town_skyline(b, now, lens.horizon + 34, 60)
        _building(b, lens, now)

    def yard(b: Brush) -> None:
        ground = "#eef1f4" if now.snowy else "#e2cda2"
        b.poly([lens.at(-90, 0, 26), lens.at(90, 0, 26), (RIGHT, BOTTOM), (LEFT, BOTTOM)], ground, ground)
        b.poly(
            [lens.at(-90, 0, 26), lens.at(90, 0, 26), lens.at(90, 0, 19), lens.at(-90, 0, 19)],
            "#c6b083",
            alpha=0.5,
        )
        for z in (22, 15.5):
            b.line([lens.at(-60, 0, z), lens.at(60, 0, z)], "#fffdf4", 60 / z, 0.8)
        b.line([lens.at(-14, 0, 22), lens.at(-2, 0, 4)], "#fffdf4", 7, 0.8)
        for x in (-30, -21, -13, 13, 20, 29, 37):
            px, py = lens.at(x, 0, 24.5)
            tree(b, (px, py + 6), 250, Leaves(greens(now), now.side))
            b.oval((px + 30 * now.side * -1, py + 12), (120, 12), "#3a3340", alpha=0.28, blur=5)
        _goal(b, lens)

    def front(b: Brush) -> None:
        bush(b, (-240, 1180), 520, Leaves(greens(now), now.side))
        bush(b, (2140, 1190), 560, Leaves(greens(now), now.side))

    return Scenery(
        (
            Plane("sky", 0.12, heaven),
            Plane("school", 0.55, school, 0.12),
            Plane("yard", 1.0, yard),
            Plane("leaves", 1.5, front),
        ),
        lens.metre,
        lens.ground,
        "none",
        lens.horizon,
        drift=True,
    )


def _building(b: Brush, lens: Lens, now: Hour) -> None:
    z = 34.0
    b.poly(lens.face(z, -30, 24, 0, 12), "#efe9dc", "#d6cfc4")
    b.poly(lens.face(z, -30, 24, 12, 12.7), "#c9c4bb")
    b.poly(lens.face(z, -4.5, 4.5, 0, 16), "#f4eee2", "#dcd5ca")
    b.poly(lens.face(z, -5, 5, 16, 16.8), "#b7a08a")
    rng = Random(7)
    for floor in range(3):
        for n in range(-14, 12):
            if abs(n) < 3:
                continue
            x, y = n * 2.05, 1.6 + floor * 3.6
            lit = now.lamps and rng.random() < 0.4
            b.poly(
                lens.face(z, x, x + 1.6, y, y + 2.0),
                (255, 224, 146) if lit else "#8fb2c6",
                (255, 200, 120) if lit else "#c6dce4",
            )
            b.poly(lens.face(z, x + 0.76, x + 0.84, y, y + 2.0), "#f4f1ea")
    x, y = lens.at(0, 13.7, z)
    b.oval((x, y), (46, 46), "#6a5c50")
    b.oval((x, y), (40, 40), (255, 250, 226) if now.lamps else "#fffdf2")
    b.line([(x, y), (x, y - 28)], "#3a3a44", 4)
    b.line([(x, y), (x + 18, y + 9)], "#3a3a44", 4)
    b.poly(lens.face(z, -2.6, 2.6, 0, 3.4), "#6f7d88")
    b.poly(lens.face(z, -2.2, 2.2, 0, 3.0), (255, 226, 160) if now.lamps else "#a8c2cc")


def _goal(b: Brush, lens: Lens) -> None:
    for x in (9.0, 14.6):
        b.line([lens.at(x, 0, 17), lens.at(x, 2.3, 17)], "#fbfbfb", 6)
    b.line([lens.at(9, 2.3, 17), lens.at(14.6, 2.3, 17)], "#fbfbfb", 6)
    for n in range(12):
        x = 9 + n * 5.6 / 11
        b.line([lens.at(x, 2.3, 17), lens.at(x, 0, 19)], "#ffffff", 1, 0.5)
    for n in range(6):
        b.line([lens.at(9, 0.4 * n, 18), lens.at(14.6, 0.4 * n, 18)], "#ffffff", 1, 0.4)
