"""On the way: station platform, inside a train.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush, polygon
from models.cel.sets.furniture import opening
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens
from models.cel.sets.outside import Ridge, mountains, town_skyline
from models.cel.sets.plants import Leaves, bush, greens, hedge
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import lamp_glow, pole, wire


def station(now: Hour, seed: int) -> Scenery:
    """A country platform: roof and pillars on the right, tracks and wires on the left, hills."""
    lens = Lens(metre=215, reach=6, ground=925, vanish_x=700)

    def heaven(b: Brush) -> None:
        sky(b, now, lens.horizon + 40)

    def far(b: Brush) -> None:
        mountains(b.veiled(0.4), Ridge(lens.horizon + 30, 190, "#5f8a98", "#a4c8c4", seed + 2))
        town_skyline(b, now, lens.horizon + 30, 80)

    def platform(b: Brush) -> None:
        ground = "#dfe6ee" if now.snowy else "#8a8078"
        b.poly([lens.at(-80, -1.1, 70), lens.at(80, -1.1, 70), (RIGHT, BOTTOM), (LEFT, BOTTOM)], ground)
        for x in (-5.2, -3.9, -8.8, -7.5):
            b.poly(lens.floor(x, x + 0.12, 1.4, 70, y=-1.0), "#c9ced4")
        for n in range(44):
            z = 2.2 * 1.085**n
            for x in (-5.6, -9.2):
                b.poly(lens.floor(x, x + 2.2, z, z + 0.22, y=-1.06), "#5f5048")
        cx = lens.at(-14, -1.1, 12)[0]
        hedge(b, (LEFT, cx), lens.at(0, -1.0, 12)[1], 120, Leaves(greens(now), now.side))
        for z in (40, 26, 17, 11):
            x, y = lens.at(-11.5, -1.1, z)
            s = lens.metre * lens.reach / z
            pole(b, (x, y), 8.0 * s, 0.15 * s)
            b.line([lens.at(-11.5, 5.6, z), lens.at(-4.6, 5.6, z)], "#5b5a62", 5 * 8 / z)
        for x in (-4.6, -8.2):
            wire(b, lens.at(x, 5.5, 70), lens.at(x, 5.5, 3), 0, 2.4)
        b.poly(lens.side(-2.6, -1.1, 0, 1.0, 70), "#8d8a86")
        b.poly(
            [lens.at(-2.6, 0, 70), lens.at(14, 0, 70), (RIGHT, BOTTOM), lens.at(-2.6, 0, 1.2)],
            "#c9c5bd" if not now.snowy else "#eef2f7",
            "#d8d3c8" if not now.snowy else "#ffffff",
        )
        b.poly(lens.floor(-2.6, -2.35, 1.2, 70), "#f4f1ea")
        b.poly(lens.floor(-1.9, -1.45, 1.2, 70), "#e8c03a")
        for n in range(26):
            z = 2 * 1.15**n
            b.line([lens.at(-2.6, 0, z), lens.at(9, 0, z)], "#8f8a82", 1.6, 0.4)
        _shelter(b, lens, now)
        if now.lamps:
            for z in (18.5, 12.2, 7.8, 5.0):
                x, y = lens.at(1.2, 0, z)
                b.glow((x, y), 3400 / z, (255, 216, 150), 0.42, squash=0.22)
        if now.wet:
            for x, z in ((0.2, 5.4), (1.6, 7.0), (-0.8, 8.2), (0.9, 10.5)):
                b.oval(lens.at(x, 0, z), (420 / z, 44 / z), now.sky[3], alpha=0.35)

    def front(b: Brush) -> None:
        b.rect((1890, TOP), (1960, BOTTOM), "#4f6a74", "#3a505a")
        b.rect((1880, 960), (1970, 1000), "#e8c03a")

    return Scenery(
        (
            Plane("sky", 0.1, heaven),
            Plane("far", 0.3, far, 0.24),
            Plane("platform", 1.0, platform),
            Plane("pillar", 1.5, front),
        ),
        lens.metre,
        lens.ground,
        "bench",
        lens.horizon,
        drift=True,
    )


def _shelter(b: Brush, lens: Lens, now: Hour) -> None:
    b.poly(lens.side(5.6, 0, 3.4, 1.5, 34), "#d9d3c4")
    b.poly(lens.side(5.6, 0, 1.0, 1.5, 34), "#8fa8a0")
    for z in (26.0, 18.0, 12.5, 8.6, 6.0):
        b.poly(lens.side(5.6, 1.3, 2.3, z, z + z * 0.2), (255, 232, 176) if now.lamps else "#9fbccb")
    b.poly(
        [lens.at(0.6, 3.7, 1.3), lens.at(0.6, 3.7, 34), lens.at(6.4, 4.1, 34), lens.at(6.4, 4.1, 1.3)],
        "#5f7480",
        "#6f8690",
    )
    for n in range(12):
        z = 1.6 * 1.32**n
        b.line([lens.at(0.6, 3.7, z), lens.at(6.4, 4.1, z)], "#42545e", 9 * 5 / (z + 4))
    b.line([lens.at(0.6, 3.72, 1.3), lens.at(0.6, 3.72, 34)], "#eef2f2", 9)
    for z in (27.0, 18.5, 12.2, 7.8):
        lens.box(b, Block((1.5, 1.66), (0, 3.75), (z, z + 0.16)), "#55707a")
        b.poly(lens.face(z, 1.48, 1.68, 0.2, 0.5), "#e8c03a")
        x, y = lens.at(2.6, 3.5, z)
        lamp_glow(b, now, (x, y), 1500 / z * 2, (255, 240, 206))
    for z in (14.5, 9.4):
        lens.box(b, Block((3.6, 5.2), (0.38, 0.44), (z, z + 0.45)), "#b9824c", top="#d6a468")
        lens.box(b, Block((3.6, 5.2), (0.55, 0.85), (z + 0.45, z + 0.5)), "#c08a54")
        for x in (3.7, 5.0):
            b.poly(lens.face(z, x, x + 0.06, 0, 0.4), "#4a5a62")
    lens.box(b, Block((4.7, 5.5), (0, 1.85), (6.9, 7.6)), "#c8473e", flank="#a83a36")
    b.poly(lens.face(6.88, 4.78, 5.42, 0.95, 1.75), (226, 246, 255), (180, 220, 240))
    for row in range(3):
        for n in range(5):
            b.poly(
                lens.face(6.87, 4.82 + n * 0.12, 4.9 + n * 0.12, 1.02 + row * 0.24, 1.2 + row * 0.24),
                ("#d8574a", "#4a8ac0", "#6ab06a", "#e8c03a")[(n + row) % 4],
            )
    for z in (16.5, 10.6):
        b.poly(lens.face(z, 0.75, 2.4, 2.5, 3.0), "#f8faf8")
        b.poly(lens.face(z, 0.75, 2.4, 2.58, 2.68), "#3f8a6a")
        b.line([lens.at(0.95, 3.0, z), lens.at(0.95, 3.7, z)], "#4a5a62", 4)
        b.line([lens.at(2.2, 3.0, z), lens.at(2.2, 3.7, z)], "#4a5a62", 4)
    x, y = lens.at(3.1, 3.05, 8.6)
    b.oval((x, y), (34, 34), "#3a464e")
    b.oval((x, y), (29, 29), "#fbfbf5")
    b.line([(x, y), (x, y - 19)], "#22262c", 3.5)
    b.line([(x, y), (x + 14, y + 5)], "#22262c", 3.5)


def train(now: Hour, seed: int) -> Scenery:
    """Inside a local train: windows ahead over long seats, straps, evening light sweeping the floor."""
    lens = Lens(metre=285, reach=3.4, ground=940, vanish_x=960)
    deep = 4.9

    def outside(b: Brush) -> None:
        sky(b, now, lens.horizon + 30)
        mountains(b.veiled(0.4), Ridge(lens.horizon + 30, 120, "#5f8a98", "#a4c8c4", seed))
        town_skyline(b, now, lens.horizon + 40, 120)
        for n in range(9):
            bush(b, (LEFT + n * 400, lens.horizon + 150), 300, Leaves(greens(now), now.side))

    def shell(b: Brush) -> None:
        b.rect((LEFT, TOP), (RIGHT, BOTTOM), "#ece9e0")
        b.poly(
            [
                lens.at(-30, 2.35, deep),
                lens.at(30, 2.35, deep),
                (RIGHT + 900, TOP - 600),
                (LEFT - 900, TOP - 600),
            ],
            "#f4f2ec",
            "#dcd9d0",
        )
        b.poly(lens.floor(-30, 30, 0.7, deep), "#7d8288", "#9a9c9c")
        b.poly(lens.floor(-30, 30, 1.9, 2.9), "#a9abaa", alpha=0.5)
        for n in range(-3, 4):
            x = n * 3.15
            opening(b, now, lens.face(deep, x - 1.05, x + 1.05, 1.0, 1.95))
            b.line([lens.at(x - 1.05, 1.5, deep), lens.at(x + 1.05, 1.5, deep)], "#c9ccca", 5)
            b.line([lens.at(x, 1.0, deep), lens.at(x, 1.95, deep)], "#c9ccca", 5)
            for edge in (x - 1.05, x + 1.05):
                b.line([lens.at(edge, 1.0, deep), lens.at(edge, 1.95, deep)], "#b4b8b6", 9)
            b.poly(lens.face(deep, x + 1.25, x + 1.95, 0.05, 2.1), "#dad7cc")
            opening(b, now, lens.face(deep, x + 1.34, x + 1.86, 1.0, 1.9))
            b.line([lens.at(x + 1.6, 0.05, deep), lens.at(x + 1.6, 2.1, deep)], "#a9aaa4", 4)
            b.poly(lens.face(deep, x + 1.2, x + 2.0, 2.12, 2.32), "#f8f8f4")
            b.poly(lens.face(deep, x - 1.05, x + 1.05, 2.06, 2.3), "#f2e9d4")
            for k in range(4):
                b.poly(
                    lens.face(deep, x - 0.98 + k * 0.5, x - 0.56 + k * 0.5, 2.08, 2.28),
                    ("#8fc0d8", "#f0b8a0", "#b8d8a0", "#f0dc9a")[(k + n) % 4],
                )
            lens.box(b, Block((x - 1.1, x + 1.1), (0, 0.42), (deep - 0.45, deep)), "#5f6468")
            lens.box(
                b,
                Block((x - 1.1, x + 1.1), (0.42, 0.9), (deep - 0.12, deep)),
                "#3f7a6a" if seed % 2 else "#8a4658",
            )
            lens.box(
                b,
                Block((x - 1.1, x + 1.1), (0.34, 0.45), (deep - 0.5, deep - 0.1)),
                "#3f7a6a" if seed % 2 else "#8a4658",
                top="#559a86" if seed % 2 else "#a85c70",
            )
            for k in range(4):
                b.line(
                    [
                        lens.at(x - 0.66 + k * 0.44, 0.46, deep - 0.12),
                        lens.at(x - 0.66 + k * 0.44, 0.9, deep - 0.12),
                    ],
                    (20, 20, 40),
                    2,
                    0.25,
                )
            for edge in (x - 1.15, x + 1.15):
                b.line([lens.at(edge, 0.3, deep - 0.5), lens.at(edge, 2.33, deep - 0.5)], "#d3d8da", 7)
        b.line([lens.at(-20, 2.12, deep - 0.9), lens.at(20, 2.12, deep - 0.9)], "#c3c9cc", 6)
        for n in range(-12, 13):
            x, y = lens.at(n * 0.45, 2.12, deep - 0.9)
            b.line([(x, y), (x, y + 44)], "#8a8680", 5)
            b.stroke(_ring(x, y + 62, 17), "#f4f2ec", 6)
        b.poly(lens.floor(-30, 30, 3.0, 3.25, y=2.34), (255, 255, 246))
        if now.beam > 0.15 and not now.dark:
            for n in range(-2, 3):
                x, lean = n * 3.15, -1.1 * now.side
                b.sheen(
                    [
                        lens.at(x - 1, 0, deep - 0.6),
                        lens.at(x + 1, 0, deep - 0.6),
                        lens.at(x + 1 + lean, 0, 2.2),
                        lens.at(x - 1 + lean, 0, 2.2),
                    ],
                    now.glow,
                    0.5 * now.beam,
                    0.4 * now.beam,
                    blur=4,
                )
                b.sheen(
                    [
                        lens.at(x - 1, 1.95, deep),
                        lens.at(x + 1, 1.95, deep),
                        lens.at(x + 1 + lean, 0, 2.2),
                        lens.at(x - 1 + lean, 0, 2.2),
                    ],
                    now.glow,
                    0.26 * now.beam,
                    0.0,
                    blur=20,
                )

    def front(b: Brush) -> None:
        for x in (-40, 1960):
            b.rect((x - 16, TOP), (x + 16, BOTTOM), "#b9bfc2", "#8a9094")
            b.rect((x - 9, TOP), (x - 3, BOTTOM), (255, 255, 255), alpha=0.5)

    return Scenery(
        (
            Plane("outside", 0.3, outside, 0.2),
            Plane("car", 1.0, shell, lamplit=True),
            Plane("pole", 1.45, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "long_seat",
        lens.horizon,
    )


def _ring(x: float, y: float, r: float) -> object:
    return polygon([(x - r * 0.6, y - r), (x + r * 0.6, y - r), (x + r, y + r * 0.7), (x - r, y + r * 0.7)])
