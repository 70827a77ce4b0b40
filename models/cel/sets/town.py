"""Town: street, alley.

In: an Hour, a seed for details.      Out: a Scenery.
"""

import itertools
from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens
from models.cel.sets.outside import Ridge, mountains, town_skyline
from models.cel.sets.plants import Leaves, foliage, greens
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import lamp_glow, pole, wire

WALLS = ("#e6dccb", "#d3dbe0", "#e3cdb8", "#c8d2c4", "#dccfd6", "#cbbfa9", "#f0e9dc", "#b9c6cf")
ROOFS = ("#8a5a50", "#5a6a80", "#6a6470", "#4f6f6a", "#7a4a48")
AWNINGS = ("#c8504a", "#3f7a8c", "#d99a3a", "#4f8a5a", "#8a5a9a")


def street(now: Hour, seed: int) -> Scenery:
    """A residential street running away: houses, walls, poles and wires against the sky."""
    lens = Lens(metre=215, reach=6, ground=925, vanish_x=1010)
    rng = Random(seed + 3)

    def heaven(b: Brush) -> None:
        sky(b, now, lens.horizon + 40)

    def far(b: Brush) -> None:
        mountains(b.veiled(0.5), Ridge(lens.horizon + 30, 150, "#5f8aa0", "#a8c8cc", 5 + seed))
        town_skyline(b, now, lens.horizon + 26, 90)

    def houses(b: Brush) -> None:
        details = Random(seed + 3)
        _road(b, lens, now)
        for side in (-1, 1):
            for z in (46, 38, 31, 25, 19.5, 14.5, 10.0, 5.6):
                _house(b, lens, now, details, side, z)
            _wall(b, lens, now, side)
        for z in (34, 22, 13):
            x, y = lens.at(-3.4, 0, z)
            scale = lens.metre * lens.reach / z
            pole(b, (x, y), 8.2 * scale, 0.16 * scale)
            lamp_glow(b, now, (x + 0.9 * scale, y - 4.6 * scale), 2.6 * scale)
        _wires(b, lens)

    def front(b: Brush) -> None:
        pole(b, (-210, 1290), 1700, 46)
        wire(b, (-400, -130), (2400, -330), 120, 5)
        if rng.random() < 2:
            foliage(b, (2120, 940), (330, 240), Leaves(greens(now), now.side))

    return Scenery(
        (
            Plane("sky", 0.1, heaven),
            Plane("far", 0.35, far, 0.25),
            Plane("street", 1.0, houses),
            Plane("front", 1.45, front),
        ),
        lens.metre,
        lens.ground,
        "none",
        lens.horizon,
        drift=True,
    )


def _road(b: Brush, lens: Lens, now: Hour) -> None:
    asphalt = "#dfe6ee" if now.snowy else "#8f929c"
    b.poly(
        [lens.at(-60, 0, 70), lens.at(60, 0, 70), (RIGHT, BOTTOM), (LEFT, BOTTOM)],
        "#b6b2a8" if not now.snowy else "#eef3f8",
    )
    b.poly(lens.floor(-3.0, 3.0, 1.2, 70), asphalt)
    for side in (-1, 1):
        b.poly(lens.floor(side * 2.55, side * 2.42, 1.2, 70), "#f4f2ea", alpha=0.85)
        b.poly(lens.floor(side * 3.0, side * 3.3, 1.2, 70), "#c9c6bd")
    for n in range(7):
        z = 8.2 + n * 0.62
        b.poly(lens.floor(-2.2, 2.2, z, z + 0.3), "#f4f2ea", alpha=0.55)
    b.shadow(lens.floor(-3.0 if now.side < 0 else 1.2, -1.2 if now.side < 0 else 3.0, 1.2, 70), 0.16, 6)
    if now.wet:
        for x, z in ((-1, 5.2), (1.3, 6.6), (0.2, 9), (-1.6, 12)):
            b.oval(lens.at(x, 0, z), (460 / z, 50 / z), now.sky[2], alpha=0.55)


def _house(b: Brush, lens: Lens, now: Hour, rng: Random, side: int, z: float) -> None:
    wide, tall, deep = rng.uniform(5, 7), rng.uniform(4.6, 6.4), rng.uniform(3.6, 4.8)
    wall, roof = rng.choice(WALLS), "#f2f6fb" if now.snowy else rng.choice(ROOFS)
    near = side * rng.uniform(4.2, 5.0)
    x = (near, near + side * wide)
    lens.box(b, Block((min(x), max(x)), (0, tall), (z, z + deep)), wall)
    ridge_y, overhang = tall + 1.7, 0.35
    middle = z + deep / 2
    inner = near - side * overhang
    b.poly(
        [
            lens.at(inner, tall - 0.1, z - 0.3),
            lens.at(inner, tall - 0.1, z + deep + 0.3),
            lens.at(near + side * wide / 2, ridge_y, z + deep),
            lens.at(near + side * wide / 2, ridge_y, z),
        ],
        roof,
    )
    b.poly(
        [
            lens.at(inner, tall - 0.1, z - 0.3),
            lens.at(near + side * (wide + overhang), tall - 0.1, z - 0.3),
            lens.at(near + side * wide / 2, ridge_y, z),
        ],
        roof,
    )
    b.poly(
        [
            lens.at(near, tall, z),
            lens.at(near + side * wide, tall, z),
            lens.at(near + side * wide / 2, ridge_y - 0.35, z),
        ],
        wall,
    )
    for floor in (0.9, 3.2):
        for at in (z + 0.5, middle + 0.3):
            if floor + 1.4 > tall:
                continue
            lit = now.lamps and rng.random() < 0.6
            pane = (255, 222, 150) if lit else "#7f9db4"
            b.poly(lens.side(near, floor, floor + 1.25, at, at + 1.1), "#f4f1ea")
            b.poly(lens.side(near, floor + 0.08, floor + 1.17, at + 0.08, at + 1.02), pane)
            b.poly(lens.side(near, floor, floor + 1.25, at + 0.52, at + 0.58), "#f4f1ea")
    front = near + side * wide * 0.3
    lit = now.lamps and rng.random() < 0.5
    b.poly(lens.face(z, front, front + side * 1.5, 3.2, 4.3), (255, 222, 150) if lit else "#86a4ba")
    b.poly(lens.side(near, 2.62, 2.74, z, z + deep), "#8a7f74", alpha=0.6)


def _wall(b: Brush, lens: Lens, now: Hour, side: int) -> None:
    x = side * 3.5
    b.poly(lens.side(x, 0, 1.15, 2.0, 60), "#cfcabf" if side < 0 else "#bdb7b0")
    b.poly(
        [
            lens.at(x, 1.15, 2.0),
            lens.at(x + side * 0.2, 1.15, 2.0),
            lens.at(x + side * 0.2, 1.15, 60),
            lens.at(x, 1.15, 60),
        ],
        "#ffffff" if now.snowy else "#e6e2d8",
    )
    for z in range(3, 58, 2):
        b.line([lens.at(x, 0, z), lens.at(x, 1.15, z)], "#8a857c", 4 / z + 0.6, 0.5)
    for y in (0.4, 0.78):
        b.line([lens.at(x, y, 2.0), lens.at(x, y, 60)], "#8a857c", 1.2, 0.45)
    for at in (30.0, 23.0, 17.0, 11.8, 8.0):
        cx, cy = lens.at(x + side * 0.5, 1.5, at)
        s = lens.metre * lens.reach / at
        foliage(b, (cx, cy), (1.05 * s, 0.75 * s), Leaves(greens(now), now.side))


def _wires(b: Brush, lens: Lens) -> None:
    spots = [lens.at(-3.4, 7.6, z) for z in (34, 22, 13, 5.5)]
    for dy, dx in ((0, -22), (0, 18), (30, -12), (52, 10)):
        for (x0, y0), (x1, y1) in itertools.pairwise(spots):
            k = abs(y1 - y0) / 260 + 0.3
            wire(b, (x0 + dx * k * 0.4, y0 + dy * 0.4), (x1 + dx * k, y1 + dy * k), 14 + 20 * k, 1.6 + k)
    wire(b, lens.at(-3.4, 7.2, 13), lens.at(4.4, 5.2, 11), 26, 2)
    wire(b, lens.at(-3.4, 7.2, 22), lens.at(4.4, 5.4, 20), 16, 1.6)


def alley(now: Hour, seed: int) -> Scenery:
    """A narrow back street: pipes, air conditioners, paper lanterns, a strip of sky."""
    lens = Lens(metre=245, reach=5, ground=930, vanish_x=930)

    def heaven(b: Brush) -> None:
        sky(b, now, lens.horizon + 20)
        town_skyline(b, now, lens.horizon + 20, 120)

    def walls(b: Brush) -> None:
        details = Random(seed + 9)
        b.poly([lens.at(-20, 0, 40), lens.at(20, 0, 40), (RIGHT, BOTTOM), (LEFT, BOTTOM)], "#8a8784")
        for n in range(24):
            z = 1.4 * 1.17**n
            b.line([lens.at(-2, 0, z), lens.at(2, 0, z)], "#5d5a5c", 1.6, 0.4)
        b.poly(lens.floor(-0.16, 0.16, 1.2, 40), "#6d6a6a", alpha=0.6)
        for side, ink in ((-1, "#a9988a"), (1, "#8f8c94")):
            b.poly(lens.side(side * 1.75, 0, 9, 0.8, 30), ink)
            for n in range(20):
                y = 0.45 * n
                b.line([lens.at(side * 1.75, y, 0.8), lens.at(side * 1.75, y, 30)], "#4a4450", 1.2, 0.22)
            b.shadow(lens.side(side * 1.75, 0, 0.5, 0.8, 30), 0.25, 8)
            _back_wall(b, lens, now, details, side)
        lens.box(b, Block((-1.7, 1.7), (2.6, 3.3), (15, 15.2)), "#6f4f48")
        _lanterns(b, lens, now)
        for z in (11, 7.2, 5):
            wire(b, lens.at(-1.75, 5.4, z), lens.at(1.75, 4.9, z + 2), 16, 2.2)
        if now.wet or now.dark:
            b.sheen(
                lens.floor(-0.9, 0.7, 2.5, 16),
                (255, 190, 120) if now.lamps else now.sky[3],
                0.16,
                0.05,
                blur=10,
            )

    def front(b: Brush) -> None:
        b.rect((LEFT, TOP), (-130, BOTTOM), "#3d3740", "#2c2832")
        b.round((1850, 760), (2300, BOTTOM), 10, "#4a525c", "#343a44")

    return Scenery(
        (Plane("sky", 0.2, heaven, 0.2), Plane("alley", 1.0, walls), Plane("front", 1.5, front)),
        lens.metre,
        lens.ground,
        "none",
        lens.horizon,
    )


def _back_wall(b: Brush, lens: Lens, now: Hour, rng: Random, side: int) -> None:
    x = side * 1.75
    for z in (16.0, 11.5, 8.4, 6.2, 4.4):
        lit = now.lamps and rng.random() < 0.65
        pane = (255, 214, 140) if lit else "#6f8698"
        for y in (1.2, 3.9):
            b.poly(lens.side(x, y, y + 1.1, z, z + 1.0), "#d9d4ca")
            b.poly(lens.side(x, y + 0.08, y + 1.02, z + 0.07, z + 0.93), pane)
            b.poly(lens.side(x, y, y + 1.1, z + 0.47, z + 0.53), "#d9d4ca")
        b.poly(lens.side(x, 0, 2.0, z + 1.25, z + 2.0), rng.choice(("#5a6a72", "#7a4a40", "#4f5f54")))
        if rng.random() < 0.8:
            inner = x - side * 0.45
            lens.box(b, Block((min(x, inner), max(x, inner)), (2.5, 3.1), (z + 0.2, z + 1.0)), "#d9dcd8")
            cx, cy = lens.at((x + inner) / 2, 2.8, z + 0.2)
            r = 0.2 * lens.metre * lens.reach / z
            b.oval((cx, cy), (r, r), "#7a8288")
        awning = rng.choice(AWNINGS)
        inner = x - side * 0.75
        b.poly(
            [
                lens.at(x, 2.5, z + 1.1),
                lens.at(x, 2.5, z + 2.1),
                lens.at(inner, 2.15, z + 2.1),
                lens.at(inner, 2.15, z + 1.1),
            ],
            awning,
        )
        b.line(
            [lens.at(x - side * 0.06, 0, z + 0.1), lens.at(x - side * 0.06, 8, z + 0.1)], "#8a8a90", 34 / z
        )
        lens.box(
            b,
            Block(
                (min(x - side * 0.5, x - side * 0.06), max(x - side * 0.5, x - side * 0.06)),
                (0, 0.42),
                (z + 0.3, z + 0.7),
            ),
            rng.choice(("#5f88b0", "#b06a4a", "#6a7a5a")),
        )


def _lanterns(b: Brush, lens: Lens, now: Hour) -> None:
    for n, (x, z) in enumerate(((-1.25, 9.2), (1.2, 7.0), (-1.2, 5.4), (1.25, 12.5), (-1.25, 14))):
        cx, cy = lens.at(x, 2.75, z)
        s = lens.metre * lens.reach / z
        b.line([(cx, cy - 0.35 * s), (cx, cy)], "#2c2428", 2)
        b.round(
            (cx - 0.16 * s, cy - 0.24 * s),
            (cx + 0.16 * s, cy + 0.24 * s),
            0.12 * s,
            (240, 84, 58) if now.lamps else "#d8483a",
        )
        for k in (-0.1, 0.02, 0.13):
            b.line([(cx - 0.15 * s, cy + k * s), (cx + 0.15 * s, cy + k * s)], "#7a2420", 1.6, 0.6)
        if now.lamps:
            b.oval((cx, cy), (0.1 * s, 0.14 * s), (255, 214, 140), alpha=0.8, blur=5)
            b.glow((cx, cy), 1.5 * s, (255, 150, 80), 0.5 if n else 0.6)
