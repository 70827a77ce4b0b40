"""The shrine.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, Brush
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Lens
from models.cel.sets.outside import FarTrees, Ridge, far_trees, mountains
from models.cel.sets.plants import PINE, Leaves, foliage, grass, greens, pine, tree
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky

VERMILION, DARK_RED = "#d8432f", "#9c2f2c"


def shrine(now: Hour, seed: int) -> Scenery:
    """A stone way through a vermilion gate to the hall, stone lanterns, cedars, fallen light."""
    lens = Lens(metre=185, reach=7, ground=930, vanish_x=960)

    def heaven(b: Brush) -> None:
        sky(b, now, lens.horizon + 20)

    def wood(b: Brush) -> None:
        mountains(b.veiled(0.4), Ridge(lens.horizon + 20, 240, "#4f7f80", "#90b8a8", seed))
        far_trees(
            b.veiled(0.25),
            FarTrees(lens.horizon + 30, 190, greens(now, PINE)[1], greens(now, PINE)[0], seed, 70),
        )
        for n in range(14):
            pine(
                b.veiled(0.12),
                (LEFT + 120 + n * 230 + (n % 3) * 30, lens.horizon + 60),
                420 + 60 * (n % 3),
                Leaves(greens(now, PINE), now.side),
            )

    def court(b: Brush) -> None:
        ground = "#f2f6fa" if now.snowy else "#b9b08c"
        b.poly(
            [lens.at(-90, 0, 44), lens.at(90, 0, 44), (RIGHT, BOTTOM), (LEFT, BOTTOM)],
            ground,
            "#d3c8a0" if not now.snowy else "#dfe8f1",
        )
        b.poly(lens.floor(-1.7, 1.7, 1.5, 30), "#d6d3cb")
        for n in range(26):
            z = 2.4 * 1.11**n
            b.line([lens.at(-1.7, 0, z), lens.at(1.7, 0, z)], "#98958f", 2, 0.7)
            x = (-0.6, 0.7, 0.1)[n % 3]
            b.line([lens.at(x, 0, z), lens.at(x, 0, z * 1.11)], "#98958f", 2, 0.6)
        _hall(b, lens, now)
        for z in (20.0, 13.5, 9.6):
            for side in (-1, 1):
                _stone_lantern(b, lens, now, side * 3.0, z)
        for x, z, tall in ((-9, 22, 12), (10, 24, 13), (-13, 16, 13), (14, 15, 12)):
            px, py = lens.at(x, 0, z)
            tree(b, (px, py), tall * lens.metre * lens.reach / z * 0.6, Leaves(greens(now), now.side))
        _gate(b, lens, 11.5)
        if now.beam > 0.2:
            for x, w in ((-6.5, 2.2), (-2.0, 1.6), (4.0, 2.4)):
                lean = 3.0 if now.side < 0 else -3.0
                b.sheen(
                    [
                        lens.at(x, 9, 12),
                        lens.at(x + w, 9, 12),
                        lens.at(x + w + lean, 0, 9),
                        lens.at(x + lean, 0, 9),
                    ],
                    now.glow,
                    0.26 * now.beam,
                    0.02,
                    blur=16,
                )
        if not now.snowy:
            grass(b, (LEFT, 480), 980, 22, ("#7f9a50", "#9db460", "#5f8048"))
            grass(b, (1480, RIGHT), 980, 22, ("#7f9a50", "#9db460", "#5f8048"))

    def front(b: Brush) -> None:
        near = b.shaded((now.key[0] * 0.5, now.key[1] * 0.52, now.key[2] * 0.58))
        for x in (-160, 140, 1820, 2140):
            foliage(near, (x, -60 if 0 < x < 1900 else 120), (330, 200), Leaves(greens(now), now.side))

    return Scenery(
        (
            Plane("sky", 0.1, heaven),
            Plane("wood", 0.4, wood, 0.25),
            Plane("court", 1.0, court),
            Plane("leaves", 1.5, front),
        ),
        lens.metre,
        lens.ground,
        "rock",
        lens.horizon,
        drift=True,
    )


def _gate(b: Brush, lens: Lens, z: float) -> None:
    """The torii: two leaning pillars, a tie beam, a curved lintel with its dark cap."""
    for side in (-1, 1):
        foot = [
            lens.at(side * 2.62 - 0.2, 0, z),
            lens.at(side * 2.62 + 0.2, 0, z),
            lens.at(side * 2.42 + 0.17, 4.5, z),
            lens.at(side * 2.42 - 0.17, 4.5, z),
        ]
        b.shadow(lens.floor(side * 2.62 - 0.3, side * 2.62 + 0.9, z - 0.6, z), 0.3, 6)
        b.poly(foot, VERMILION, DARK_RED)
        b.poly(
            [foot[1], foot[2], lens.at(side * 2.42 + 0.06, 4.5, z), lens.at(side * 2.62 + 0.07, 0, z)],
            (40, 10, 40),
            alpha=0.25,
        )
        b.poly(lens.face(z - 0.02, side * 2.62 - 0.3, side * 2.62 + 0.3, 0, 0.42), "#3a3438")
    b.poly(lens.face(z, -3.1, 3.1, 3.42, 3.78), VERMILION, DARK_RED)
    b.poly(lens.face(z - 0.01, -0.32, 0.32, 3.5, 4.6), "#2c2a34")
    b.poly(lens.face(z - 0.02, -0.24, 0.24, 3.6, 4.5), "#c9a24a")
    for low, high, half, lift, ink in (
        (4.45, 4.85, 3.5, 0.26, VERMILION),
        (4.82, 5.08, 3.8, 0.34, "#34303a"),
    ):
        top = [(half * (n / 8 - 1), high + lift * abs(n / 8 - 1) ** 2.4) for n in range(17)]
        bottom = [(half * 0.97 * (1 - n / 8), low + lift * abs(1 - n / 8) ** 2.4) for n in range(17)]
        b.poly([lens.at(x, y, z) for x, y in [*top, *bottom]], ink)
    b.line([lens.at(-2.5, 4.0, z), lens.at(2.5, 4.0, z)], "#e6d8b0", 0.1)
    rope = [lens.at(-2.4 + 4.8 * t / 12, 3.36 - 0.26 * (1 - (t / 6 - 1) ** 2), z - 0.05) for t in range(13)]
    b.line(rope, "#d9c890", 11)
    b.line(rope, "#a8925a", 3, 0.6)
    for t in (3, 6, 9):
        x, y = rope[t]
        b.line([(x, y), (x - 7, y + 15), (x + 7, y + 26), (x - 4, y + 42)], "#ffffff", 7)


def _hall(b: Brush, lens: Lens, now: Hour) -> None:
    z = 27.0
    for n in range(5):
        b.poly(lens.face(z - 1.6 + n * 0.3, -4.2, 4.2, n * 0.22, (n + 1) * 0.22), "#aaa8a2")
    b.poly(lens.face(z, -6.4, 6.4, 1.1, 1.5), "#6a4a3a")
    b.poly(lens.face(z, -5.6, 5.6, 1.5, 4.4), "#f0e6d0")
    for n in range(-3, 4):
        b.poly(lens.face(z - 0.05, n * 1.8 - 0.16, n * 1.8 + 0.16, 1.4, 4.6), DARK_RED)
    for n in (-2, -1, 0, 1):
        x = n * 1.8 + 0.16
        lit = now.lamps or n in (-1, 0)
        b.poly(
            lens.face(z - 0.02, x, x + 1.48, 1.6, 3.6),
            (255, 206, 120) if now.lamps else "#4a3a34" if lit else "#c9b894",
        )
        for k in range(1, 5):
            b.line([lens.at(x + k * 0.3, 1.6, z - 0.03), lens.at(x + k * 0.3, 3.6, z - 0.03)], "#3a2a26", 2)
    if now.lamps:
        b.glow(lens.at(0, 2.4, z), 420, (255, 190, 110), 0.6)
    roof = [
        (-9, 4.3),
        (-7, 5.0),
        (-4.4, 6.3),
        (-3.0, 8.4),
        (3.0, 8.4),
        (4.4, 6.3),
        (7, 5.0),
        (9, 4.3),
        (5, 4.5),
        (0, 4.6),
        (-5, 4.5),
    ]
    b.poly(
        [lens.at(x, y, z - 0.6) for x, y in roof],
        "#e9eff6" if now.snowy else "#4f6f6a",
        "#c9d6e4" if now.snowy else "#33504e",
    )
    for n in range(-9, 10):
        b.curve(
            [
                lens.at(n * 0.32, 8.3, z - 0.6),
                lens.at(n * 0.55, 6.2, z - 0.6),
                lens.at(n * 0.94, 4.55, z - 0.6),
            ],
            "#2c4442",
            2.4,
            0.6,
        )
    b.poly(lens.face(z - 0.6, -3.4, 3.4, 8.3, 8.75), "#3a4a4c")
    gable = [
        lens.at(-2.6, 4.6, z - 1.2),
        lens.at(0, 6.4, z - 1.2),
        lens.at(2.6, 4.6, z - 1.2),
        lens.at(1.6, 4.7, z - 1.2),
        lens.at(0, 5.7, z - 1.2),
        lens.at(-1.6, 4.7, z - 1.2),
    ]
    b.poly(gable, "#3f5a58")
    b.line([lens.at(-3.6, 4.0, z - 1.2), lens.at(3.6, 4.0, z - 1.2)], "#e0cf98", 12)


def _stone_lantern(b: Brush, lens: Lens, now: Hour, x: float, z: float) -> None:
    s = lens.metre * lens.reach / z
    px, py = lens.at(x, 0, z)
    b.oval((px, py), (0.5 * s, 0.08 * s), (20, 20, 50), alpha=0.3, blur=5)
    for half, low, high in ((0.34, 0, 0.2), (0.13, 0.2, 0.95), (0.32, 0.95, 1.1), (0.24, 1.1, 1.5)):
        b.rect((px - half * s, py - high * s), (px + half * s, py - low * s), "#c3c1ba", "#8d8f92")
        b.rect((px + half * s * 0.35, py - high * s), (px + half * s, py - low * s), (30, 30, 64), alpha=0.25)
    b.rect(
        (px - 0.12 * s, py - 1.42 * s),
        (px + 0.12 * s, py - 1.18 * s),
        (255, 214, 130) if now.lamps else "#5a5650",
    )
    b.poly(
        [
            (px - 0.48 * s, py - 1.48 * s),
            (px - 0.2 * s, py - 1.78 * s),
            (px + 0.2 * s, py - 1.78 * s),
            (px + 0.48 * s, py - 1.48 * s),
        ],
        "#ffffff" if now.snowy else "#aeada8",
        "#86888c",
    )
    b.oval((px, py - 1.84 * s), (0.09 * s, 0.1 * s), "#aeada8")
    if now.lamps:
        b.glow((px, py - 1.3 * s), 1.7 * s, (255, 196, 110), 0.7)
