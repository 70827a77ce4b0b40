"""Home: kitchen, living room, bedroom.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from random import Random

from models.cel.sets.brush import Brush
from models.cel.sets.furniture import (
    BOOKS,
    FrontWindow,
    Shelf,
    bookshelf,
    front_window,
    pendant,
    pot_plant,
    table,
)
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens, Point3, Span
from models.cel.sets.outside import town_skyline
from models.cel.sets.plants import Leaves, greens, hedge, tree
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import Room, lamp_glow, room

CURTAINS = ("#9fc4b8", "#e8b8a8", "#b8c4e0", "#e6d29a")
SPREADS = ("#7fa8d8", "#e39ab0", "#8fc49a", "#c9a8e0")


def _garden(now: Hour, lens: Lens, trees: bool = True) -> Plane:
    def outside(b: Brush) -> None:
        sky(b, now, lens.horizon + 40)
        town_skyline(b, now, lens.horizon + 50, 90)
        if trees:
            tree(b, (1280, lens.horizon + 240), 420, Leaves(greens(now), now.side))
            hedge(b, (-100, 2000), lens.horizon + 190, 90, Leaves(greens(now), now.side))

    return Plane("outside", 0.35, outside, 0.15)


def _front_light(b: Brush, lens: Lens, now: Hour, x: Span, z: float) -> None:
    """Sun from a window ahead, lying on the floor towards us."""
    if now.beam < 0.15 or now.dark:
        return
    (x0, x1), lean = x, -0.8 * now.side
    b.sheen(
        [
            lens.at(x0, 0, z - 0.6),
            lens.at(x1, 0, z - 0.6),
            lens.at(x1 + lean, 0, z - 2.9),
            lens.at(x0 + lean, 0, z - 2.9),
        ],
        now.glow,
        0.40 * now.beam,
        0.30 * now.beam,
        blur=3,
    )
    b.sheen(
        [
            lens.at(x0, 2.2, z),
            lens.at(x1, 2.2, z),
            lens.at(x1 + lean, 0, z - 2.9),
            lens.at(x0 + lean, 0, z - 2.9),
        ],
        now.glow,
        0.20 * now.beam,
        0.0,
        blur=16,
    )


def kitchen(now: Hour, seed: int) -> Scenery:
    """Counter under a window, fridge, shelves of jars, a table with a lamp above it."""
    lens = Lens(metre=265, reach=4.4, ground=930, vanish_x=920)
    deep = 6.6

    def shell(b: Brush) -> None:
        room(b, lens, Room(3.4, 2.7, deep, wall="#f6ecd6", floor="#c4935e", ceiling="#efe9dc", planks=0.42))
        b.poly(lens.face(deep, -3.4, 3.4, 0.9, 1.55), "#dfeaea")
        for n in range(24):
            x = -3.4 + n * 0.29
            b.line([lens.at(x, 0.9, deep), lens.at(x, 1.55, deep)], "#b9c9ca", 1.5)
        for y in (1.06, 1.22, 1.38):
            b.line([lens.at(-3.4, y, deep), lens.at(3.4, y, deep)], "#b9c9ca", 1.5)
        front_window(
            b, lens, now, FrontWindow(deep, (-1.1, 0.9), (1.15, 2.2), 2, curtains=CURTAINS[seed % 4])
        )
        _front_light(b, lens, now, (-1.1, 0.9), deep - 0.4)
        lens.box(b, Block((-2.6, 1.6), (0, 0.86), (deep - 0.65, deep)), "#e9dcc0")
        lens.box(b, Block((-2.65, 1.65), (0.86, 0.91), (deep - 0.7, deep)), "#b9a88c", top="#f2ece0")
        for n in range(6):
            x = -2.55 + n * 0.69
            b.poly(lens.face(deep - 0.65, x + 0.03, x + 0.64, 0.1, 0.62), "#dccba6")
            b.poly(lens.face(deep - 0.65, x + 0.03, x + 0.64, 0.66, 0.82), "#dccba6")
            b.poly(lens.face(deep - 0.66, x + 0.26, x + 0.40, 0.72, 0.745), "#8a7a64")
        b.poly(lens.floor(-0.55, 0.35, deep - 0.55, deep - 0.15, y=0.912), "#9fb0b8")
        b.curve(
            [
                lens.at(-0.1, 0.91, deep - 0.1),
                lens.at(-0.1, 1.22, deep - 0.1),
                lens.at(-0.1, 1.24, deep - 0.35),
                lens.at(-0.1, 1.1, deep - 0.38),
            ],
            "#c9d4da",
            7,
        )
        lens.box(b, Block((-2.3, -1.55), (0.91, 0.97), (deep - 0.6, deep - 0.15)), "#3a3e46")
        _pot(b, lens, (-2.0, 0.97, deep - 0.4), "#c8503a")
        lens.box(b, Block((1.75, 2.6), (0, 1.85), (deep - 0.75, deep - 0.05)), "#eef2f2", flank="#d3dadc")
        b.line([lens.at(1.75, 1.1, deep - 0.75), lens.at(2.6, 1.1, deep - 0.75)], "#a9b4b8", 3)
        for y0, y1 in ((1.2, 1.5), (0.7, 1.0)):
            b.line([lens.at(1.85, y0, deep - 0.76), lens.at(1.85, y1, deep - 0.76)], "#8a969c", 6)
        for n, ink in enumerate(("#f0d03a", "#e98ab0", "#8fc49a")):
            b.poly(lens.face(deep - 0.76, 2.0 + n * 0.17, 2.13 + n * 0.17, 1.4, 1.55 + 0.04 * n), ink)
        for x0, x1 in ((-3.1, -1.4), (1.1, 2.9)):
            lens.box(b, Block((x0, x1), (1.95, 2.55), (deep - 0.35, deep)), "#d9b98a")
            for k in range(3):
                w = (x1 - x0) / 3
                b.poly(
                    lens.face(deep - 0.35, x0 + k * w + 0.04, x0 + (k + 1) * w - 0.04, 2.0, 2.5), "#e6caa0"
                )
        b.poly(lens.face(deep - 0.2, -3.1, -1.5, 1.72, 1.76), "#a9784a")
        rng = Random(seed)
        for n in range(8):
            x = -3.05 + n * 0.19
            b.poly(
                lens.face(deep - 0.22, x, x + 0.13, 1.76, 1.76 + rng.uniform(0.1, 0.17)),
                rng.choice(("#c8703a", "#e6d8b0", "#7a9a5a", "#a8483a", "#f0e6d0")),
            )
        table(b, lens, Block((0.9, 2.7), (0, 0.72), (3.7, 4.7)), "#a9784a", "#d9aa74")
        _pot(b, lens, (1.7, 0.72, 4.2), "#5f88a8")
        pendant(b, lens, now, (1.8, 2.7, 4.2), 0.75)
        pot_plant(b, lens, (-2.9, 4.9), 1.1, seed)

    def front(b: Brush) -> None:
        lens.box(b, Block((-2.2, -1.0), (0, 0.74), (1.9, 2.15)), "#b98a5a", top="#e0b884")
        _pot(b, lens, (-1.4, 0.74, 2.0), "#e8e2d4")

    return Scenery(
        (
            _garden(now, lens),
            Plane("kitchen", 1.0, shell, lamplit=True),
            Plane("front", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "chair",
        lens.horizon,
    )


def _pot(b: Brush, lens: Lens, at: Point3, ink: str) -> None:
    x, y, z = at
    b.poly(lens.face(z, x - 0.14, x + 0.14, y, y + 0.17), ink)
    b.poly(lens.face(z, x + 0.05, x + 0.14, y, y + 0.17), (30, 20, 50), alpha=0.22)
    b.poly(lens.face(z, x - 0.16, x + 0.16, y + 0.17, y + 0.2), ink)
    b.oval(lens.at(x, y + 0.22, z), (7, 6), "#3a2c28")


def living_room(now: Hour, seed: int) -> Scenery:
    """A large window to the garden, a sofa, a low table on a rug, television, books, plants."""
    lens = Lens(metre=255, reach=4.6, ground=930, vanish_x=980)
    deep = 7.0

    def shell(b: Brush) -> None:
        room(b, lens, Room(4.0, 2.7, deep, wall="#f3e9d8", floor="#c08d58", ceiling="#f2eee4", planks=0.4))
        front_window(
            b,
            lens,
            now,
            FrontWindow(deep, (-1.5, 1.7), (0.12, 2.25), 3, curtains=CURTAINS[seed % 4], cross=False),
        )
        _front_light(b, lens, now, (-1.5, 1.7), deep)
        b.poly(lens.floor(-2.1, 2.0, 4.0, 6.2), "#b85f52" if seed % 2 else "#5f84a0")
        b.poly(lens.floor(-1.95, 1.85, 4.1, 6.05), "#e9d3b4")
        b.poly(lens.floor(-1.7, 1.6, 4.25, 5.85), "#cf7f6c" if seed % 2 else "#7fa4bc")
        bookshelf(b, lens, (2.35, 3.6), Shelf(2.0, (deep - 0.4, deep), 5, seed))
        lens.box(b, Block((-3.6, -2.0), (0, 0.5), (deep - 0.6, deep)), "#8a5f42", top="#b07f58")
        b.poly(lens.face(deep - 0.4, -3.5, -2.1, 0.58, 1.42), "#22262e")
        b.poly(lens.face(deep - 0.41, -3.44, -2.16, 0.64, 1.36), "#3c4858", "#1c222c")
        b.sheen(lens.face(deep - 0.42, -3.4, -2.9, 0.7, 1.34), (255, 255, 255), 0.16, 0.02)
        for n, (x, y) in enumerate(((-3.2, 1.9), (-2.55, 2.0))):
            b.poly(lens.face(deep, x - 0.24, x + 0.24, y - 0.18, y + 0.2), "#7a5238")
            b.poly(
                lens.face(deep, x - 0.2, x + 0.2, y - 0.14, y + 0.16),
                ("#a8d0e0", "#f0cfa8")[n],
                ("#7fb08a", "#c98f7a")[n],
            )
        _sofa(b, lens, seed)
        table(b, lens, Block((-0.7, 0.75), (0, 0.38), (4.7, 5.4)), "#7a5238", "#b9855a")
        b.poly(lens.face(5.0, -0.1, 0.1, 0.38, 0.55), "#e8e4da")
        for dx in (-0.08, 0.02, 0.1):
            b.curve([lens.at(0, 0.52, 5), lens.at(dx, 0.75, 5)], "#5f9a5a", 4)
            b.oval(lens.at(dx * 1.4, 0.8, 5), (11, 10), ("#f0a0b8", "#f8e08a", "#e8788a")[int(dx * 10) % 3])
        pot_plant(b, lens, (1.95, 6.3), 1.5, seed + 2)
        x, y = lens.at(-1.8, 1.5, 6.4)
        b.rect((x - 4, y), (x + 4, lens.at(0, 0, 6.4)[1]), "#5a4a40")
        b.poly(
            [(x - 30, y - 50), (x + 30, y - 50), (x + 48, y + 8), (x - 48, y + 8)],
            (255, 232, 180) if now.lamps else "#f0e4c8",
        )
        lamp_glow(b, now, (x, y - 10), 460)

    def front(b: Brush) -> None:
        pot_plant(b, lens, (-1.75, 2.1), 1.3, seed + 4)

    return Scenery(
        (
            _garden(now, lens),
            Plane("room", 1.0, shell, lamplit=True),
            Plane("plant", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "sofa",
        lens.horizon,
    )


def _sofa(b: Brush, lens: Lens, seed: int) -> None:
    ink, light = (("#5f8a8c", "#7faaa8"), ("#b0705a", "#cf9078"), ("#6a76a0", "#8a98c0"))[seed % 3]
    b.shadow(lens.floor(2.0, 3.5, 3.9, 6.1), 0.22, 10)
    lens.box(b, Block((3.1, 3.6), (0, 0.9), (4.0, 6.1)), ink, flank=light)
    lens.box(b, Block((2.3, 3.2), (0, 0.42), (4.0, 6.1)), ink, top=light, flank=ink)
    lens.box(b, Block((2.3, 3.6), (0, 0.62), (5.9, 6.2)), ink, top=light)
    lens.box(b, Block((2.3, 3.6), (0, 0.62), (3.85, 4.05)), ink, top=light)
    b.poly(
        [
            lens.at(2.75, 0.42, 4.5),
            lens.at(2.95, 0.85, 4.5),
            lens.at(2.95, 0.85, 4.95),
            lens.at(2.75, 0.42, 4.95),
        ],
        "#e8c25a",
    )


def bedroom(now: Hour, seed: int) -> Scenery:
    """A bed by the window, a desk with a lamp, shelves, posters, a star lamp, soft light."""
    lens = Lens(metre=265, reach=4.3, ground=930, vanish_x=1000)
    deep = 6.0
    rng = Random(seed)
    spread = SPREADS[seed % 4]

    def shell(b: Brush) -> None:
        room(
            b,
            lens,
            Room(
                2.9,
                2.6,
                deep,
                wall=("#efe6ec", "#e4ecf0", "#f4ecda", "#e8efe2")[seed % 4],
                floor="#c79a6a",
                ceiling="#f2eff0",
                planks=0.36,
            ),
        )
        front_window(
            b, lens, now, FrontWindow(deep, (-1.75, 0.05), (1.0, 2.2), 2, curtains=CURTAINS[(seed + 2) % 4])
        )
        _front_light(b, lens, now, (-1.75, 0.05), deep)
        b.poly(lens.floor(-0.6, 1.5, 3.9, 5.3), "#f0dce4" if seed % 2 else "#dce6f0")
        b.poly(lens.floor(-0.45, 1.35, 4.0, 5.2), "#f8ecf0" if seed % 2 else "#eaf1f8")
        _bed(b, lens, deep, spread)
        lens.box(b, Block((0.7, 2.2), (0.70, 0.75), (deep - 0.75, deep - 0.05)), "#b9855a", top="#dcb184")
        lens.box(b, Block((1.7, 2.2), (0, 0.70), (deep - 0.7, deep - 0.05)), "#a9764c")
        lens.box(b, Block((0.7, 0.78), (0, 0.70), (deep - 0.7, deep - 0.05)), "#a9764c")
        for y in (0.12, 0.32, 0.52):
            b.poly(lens.face(deep - 0.71, 1.74, 2.16, y, y + 0.16), "#c4925f")
        _desk_things(b, lens, now, deep)
        b.poly(lens.face(deep - 0.2, 0.7, 2.4, 1.5, 1.54), "#a9764c")
        at = 0.74
        while at < 1.9:
            w = rng.uniform(0.04, 0.08)
            b.poly(lens.face(deep - 0.2, at, at + w, 1.54, 1.54 + rng.uniform(0.18, 0.26)), rng.choice(BOOKS))
            at += w + 0.008
        b.oval(lens.at(2.15, 1.66, deep - 0.2), (26, 30), "#e8b8a0")
        for n, (z, ink, low) in enumerate(((4.2, "#7fb0d8", "#f4c8a0"), (5.0, "#f0a8b8", "#8a7ac0"))):
            b.poly(lens.side(2.9, 1.2, 2.0, z, z + 0.55), "#ffffff")
            b.poly(lens.side(2.9, 1.24, 1.96, z + 0.03, z + 0.52), ink, low)
            b.oval(lens.at(2.9, 1.7, z + 0.28), (15, 22), "#fff4d0" if n else "#ffffff", alpha=0.8)
        for n in range(15):
            x, y = lens.at(-1.95 + n * 0.16, 2.32 - 0.06 * (n % 3), deep - 0.02)
            b.oval((x, y), (4, 4), (255, 226, 150) if now.lamps else "#f8e8b8")
            if now.lamps:
                b.glow((x, y), 34, (255, 214, 130), 0.7)

    def front(b: Brush) -> None:
        lens.box(b, Block((1.3, 2.6), (0, 0.5), (1.9, 2.2)), "#b07c50", top="#d9a878")
        b.oval(lens.at(1.75, 0.62, 2.0), (84, 78), "#d8a878")
        b.oval(lens.at(1.75, 0.86, 2.0), (62, 58), "#e0b488")
        for dx in (-0.11, 0.11):
            b.oval(lens.at(1.75 + dx, 0.98, 2.0), (22, 22), "#d8a878")
            b.oval(lens.at(1.75 + dx * 0.5, 0.88, 2.0), (6, 7), "#3a2c28")

    return Scenery(
        (
            _garden(now, lens, trees=False),
            Plane("room", 1.0, shell, lamplit=True),
            Plane("front", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "cushion",
        lens.horizon,
    )


def _bed(b: Brush, lens: Lens, deep: float, spread: str) -> None:
    b.shadow(lens.floor(-2.9, -1.0, 3.6, deep), 0.22, 10)
    lens.box(b, Block((-2.88, -1.15), (0, 0.95), (deep - 0.12, deep)), "#9a6a44")
    lens.box(b, Block((-2.84, -1.21), (0.0, 0.14), (3.72, deep - 0.1)), "#8a5f3e")
    lens.box(b, Block((-2.85, -1.2), (0.12, 0.48), (3.7, deep - 0.1)), "#fbf8f2", top="#ffffff")
    lens.box(b, Block((-2.85, -1.16), (0.2, 0.54), (3.66, deep - 0.95)), spread, top=spread, flank=spread)
    for n in range(4):
        z = 3.9 + n * 0.3
        b.curve(
            [lens.at(-2.8, 0.545, z), lens.at(-2.0, 0.545, z + 0.12), lens.at(-1.2, 0.545, z)],
            (40, 30, 70),
            4,
            0.10,
        )
    b.poly(lens.floor(-2.85, -1.16, deep - 1.2, deep - 0.95, y=0.545), "#fbf8f2")
    b.round(lens.at(-2.6, 0.72, deep - 0.4), lens.at(-1.5, 0.5, deep - 0.4), 18, "#ffffff", "#e2e0ec")


def _desk_things(b: Brush, lens: Lens, now: Hour, deep: float) -> None:
    z = deep - 0.4
    b.poly(lens.face(z, 0.95, 1.35, 0.78, 1.04), "#2c323c")
    b.poly(lens.face(z - 0.01, 0.98, 1.32, 0.80, 1.02), (126, 190, 230) if now.lamps else "#8fb0c4")
    b.poly(lens.floor(0.95, 1.35, z - 0.3, z - 0.05, y=0.755), "#c9ced6")
    x, y = lens.at(1.85, 1.12, z)
    b.line([lens.at(1.95, 0.75, z), lens.at(2.0, 1.0, z), (x, y)], "#4a6a8a", 5)
    b.poly([(x - 30, y + 16), (x + 8, y - 20), (x + 26, y - 2), (x + 2, y + 34)], "#5f88b0")
    lamp_glow(b, now, (x - 14, y + 26), 300)
