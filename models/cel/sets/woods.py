"""Green places: park, forest.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush, Point, lump, smooth
from models.cel.sets.hours import Hour
from models.cel.sets.outside import FarTrees, far_trees, town_skyline
from models.cel.sets.plants import GREEN, Leaves, bush, flowers, foliage, grass, greens, hedge, meadow, tree
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky
from models.cel.sets.structures import lamp_glow


def park(now: Hour, seed: int) -> Scenery:
    """A path between lawns, a bench under a great tree, a lamp, the town behind the hedge."""
    leaf = greens(now)

    def heaven(b: Brush) -> None:
        sky(b, now, 640)

    def far(b: Brush) -> None:
        town_skyline(b, now, 640, 120)
        far_trees(b.veiled(0.3), FarTrees(668, 90, leaf[1], leaf[0], 4))

    def lawn(b: Brush) -> None:
        lit, deep = meadow(now)
        b.rect((LEFT, 662), (RIGHT, BOTTOM), lit, deep)
        hedge(b, (LEFT, RIGHT), 704, 70, Leaves(leaf, now.side))
        path = [
            (1060, 690),
            (1000, 740),
            (1100, 800),
            (700, 900),
            (380, 1080),
            (100, BOTTOM),
            (1900, BOTTOM),
            (1500, 1040),
            (1360, 900),
            (1240, 800),
            (1120, 740),
            (1110, 690),
        ]
        b.fill(smooth(path), "#eef2f6" if now.snowy else "#e6d6b0", "#dcc79a" if not now.snowy else "#dfe8f0")
        for n in range(9):
            y = 720 + n * n * 3.4
            b.poly(
                [(LEFT, y), (RIGHT, y - 6), (RIGHT, y + 4 + n), (LEFT, y + 9 + n)],
                GREEN[n % 3],
                alpha=0.0 if now.snowy else 0.13,
            )
        for x, y, tall in (
            (300, 740, 330),
            (1640, 745, 360),
            (-260, 750, 380),
            (2240, 760, 400),
            (760, 720, 230),
        ):
            b.oval((x - 40 * now.side, y + 4), (tall * 0.3, tall * 0.03), (20, 40, 50), alpha=0.32, blur=6)
            tree(b, (x, y), tall, Leaves(leaf, now.side))
        b.oval((1500, 872), (420, 34), (20, 40, 50), alpha=0.35, blur=9)
        tree(b, (1640, 868), 760, Leaves(leaf, now.side))
        _bench(b, 1330, 878)
        _lamp_post(b, now, 560, 866, 420)
        if not now.snowy:
            grass(b, (LEFT, 420), 860, 16, GREEN)
            grass(b, (1500, RIGHT), 900, 18, GREEN)
            flowers(b, (-300, 330), (850, 1060), 60, ("#f6f2f8", "#f8b8cc", "#ffe27a"), 8)
            flowers(b, (1600, 2300), (930, 1070), 46, ("#f6f2f8", "#f8b8cc", "#ffe27a"), 9)

    def front(b: Brush) -> None:
        foliage(b, (60, -60), (420, 230), Leaves(leaf, now.side))
        foliage(b, (-280, 70), (360, 250), Leaves(leaf, now.side))
        bush(b, (2160, 1250), 620, Leaves(leaf, now.side))

    return Scenery(
        (
            Plane("sky", 0.1, heaven),
            Plane("far", 0.35, far, 0.22),
            Plane("lawn", 1.0, lawn),
            Plane("leaves", 1.5, front),
        ),
        175,
        925,
        "bench",
        640,
        drift=True,
    )


def _bench(b: Brush, x: float, foot: float) -> None:
    b.oval((x, foot + 4), (150, 10), (20, 30, 46), alpha=0.35, blur=4)
    for dx in (-104, 96):
        b.rect((x + dx, foot - 78), (x + dx + 9, foot), "#3c4650")
    for n, y in enumerate((-84, -66)):
        b.round((x - 128, foot + y), (x + 128, foot + y + 12), 3, "#b9824c" if n else "#c9935a")
    for y in (-52, -44):
        b.poly(
            [(x - 130, foot + y), (x + 130, foot + y), (x + 138, foot + y + 9), (x - 138, foot + y + 9)],
            "#d6a468",
            "#b07c46",
        )


def _lamp_post(b: Brush, now: Hour, x: float, foot: float, tall: float) -> None:
    b.rect((x - 5, foot - tall), (x + 5, foot), "#3f4c54")
    b.rect((x - 11, foot - 40), (x + 11, foot), "#38444c")
    b.round(
        (x - 20, foot - tall - 44), (x + 20, foot - tall), 10, (255, 244, 206) if now.lamps else "#f4f0e0"
    )
    b.poly([(x - 28, foot - tall - 42), (x + 28, foot - tall - 42), (x, foot - tall - 66)], "#3f4c54")
    lamp_glow(b, now, (x, foot - tall - 20), 420)


def forest(now: Hour, seed: int) -> Scenery:
    """Tall trunks, a clearing, shafts of light, ferns."""
    leaf = greens(now)
    rng = Random(seed + 2)
    bark = ("#5c4a40", "#6b5646", "#4e4440")

    def deep(b: Brush) -> None:
        b.rect((LEFT, TOP), (RIGHT, BOTTOM), now.sky[2], now.sky[3])
        b.glow((980, 420), 900, now.glow if now.beam > 0.2 else now.sky[3], 0.8)
        wood = Random(seed)
        for row, veil in enumerate((0.72, 0.50, 0.28)):
            far = b.veiled(veil)
            for _ in range(26 - 6 * row):
                x, w = wood.uniform(LEFT, RIGHT), 9 + 12 * row
                far.rect((x - w, TOP), (x + w, 760), ("#4f7a66", "#4a6a54", "#4c5c46")[row])
            for _ in range(16):
                far.fill(
                    lump(
                        wood,
                        (wood.uniform(LEFT, RIGHT), wood.uniform(-200, 120) + 40 * row),
                        (210, 130),
                        13,
                        0.3,
                    ),
                    leaf[row % 2],
                    leaf[1],
                )
            far_trees(far, FarTrees(730 + 24 * row, 120 - 20 * row, leaf[1], leaf[0], row + seed, 60))

    def glade(b: Brush) -> None:
        lit, dark = ("#eef4f8", "#c9d8e6") if now.snowy else ("#86a84e", "#3d6a3e")
        b.fill(
            smooth(
                [
                    (LEFT, 760),
                    (500, 742),
                    (1000, 730),
                    (1500, 742),
                    (RIGHT, 760),
                    (RIGHT, BOTTOM),
                    (LEFT, BOTTOM),
                ]
            ),
            lit,
            dark,
        )
        b.fill(
            smooth(
                [
                    (940, 736),
                    (900, 800),
                    (1060, 880),
                    (760, 1080),
                    (500, BOTTOM),
                    (1500, BOTTOM),
                    (1300, 1060),
                    (1240, 900),
                    (1080, 800),
                    (1040, 736),
                ]
            ),
            "#a98f62" if not now.snowy else "#e6eef5",
            "#8a7048" if not now.snowy else "#d3dfea",
            alpha=0.85,
        )
        for x, foot, w in (
            (120, 850, 46),
            (470, 800, 30),
            (1500, 806, 34),
            (1850, 880, 58),
            (-330, 860, 50),
            (2250, 860, 50),
            (1310, 775, 20),
            (720, 768, 18),
        ):
            _trunk(b, now, (x, foot), w, bark[0])
        wood = Random(seed + 1)
        for _ in range(16):
            across = wood.uniform(LEFT, RIGHT)
            foliage(
                b,
                (across, wood.uniform(-270, 0) - 0.00012 * (across - 960) ** 2),
                (260, 150),
                Leaves(leaf, now.side),
            )
        for n in range(10):
            bush(
                b,
                (
                    LEFT + n * 330 + wood.uniform(-70, 70) + (420 if 3 < n < 6 else 0),
                    806 + wood.uniform(-10, 40),
                ),
                200,
                Leaves(leaf, now.side),
            )
        _shafts(b, now)
        if not now.snowy:
            grass(b, (LEFT, 640), 890, 26, ("#5f9448", "#7fae52", "#3f7a44"))
            grass(b, (1340, RIGHT), 890, 26, ("#5f9448", "#7fae52", "#3f7a44"))
            flowers(b, (100, 640), (880, 1060), 26, ("#f4f0ff", "#cfe0ff", "#fff0b8"), 7)

    def front(b: Brush) -> None:
        near = b.shaded((now.key[0] * 0.42, now.key[1] * 0.46, now.key[2] * 0.52))
        for _ in range(6):
            foliage(
                near,
                (rng.choice((-200, 2100)) + rng.uniform(-160, 160), rng.uniform(900, 1200)),
                (300, 190),
                Leaves(leaf, now.side),
            )
        foliage(near, (240, -190), (520, 230), Leaves(leaf, now.side))
        foliage(near, (1780, -190), (520, 220), Leaves(leaf, now.side))

    return Scenery(
        (Plane("deep", 0.35, deep), Plane("glade", 1.0, glade), Plane("leaves", 1.55, front)),
        185,
        930,
        "rock",
        700,
    )


def _trunk(b: Brush, now: Hour, at: Point, w: float, bark: str) -> None:
    x, foot = at
    b.oval((x, foot), (w * 2.2, w * 0.22), (16, 30, 40), alpha=0.4, blur=6)
    shape = [
        (x - w * 1.7, foot + 6),
        (x - w * 0.75, foot - w * 1.6),
        (x - w * 0.6, TOP),
        (x + w * 0.6, TOP),
        (x + w * 0.75, foot - w * 1.6),
        (x + w * 1.8, foot + 6),
    ]
    b.fill(smooth(shape), bark)
    lit, dark = (-1, 1) if now.side < 0 else (1, -1)
    b.poly(
        [
            (x + dark * w * 0.15, TOP),
            (x + dark * w * 0.7, TOP),
            (x + dark * w * 0.9, foot - 8),
            (x + dark * w * 0.2, foot - 8),
        ],
        (20, 18, 44),
        alpha=0.35,
    )
    b.poly(
        [
            (x + lit * w * 0.66, TOP),
            (x + lit * w * 0.5, TOP),
            (x + lit * w * 0.62, foot - w),
            (x + lit * w * 0.82, foot - w),
        ],
        "#d9c49a",
        alpha=0.55,
    )
    for n in range(5):
        y = foot - 120 - n * 150
        b.curve([(x - w * 0.3, y), (x - w * 0.1, y - 50), (x - w * 0.26, y - 110)], "#2c2428", 2.4, 0.5)
    if not now.snowy:
        b.oval((x - w * 0.5, foot - w * 0.9), (w * 0.5, w * 0.8), "#7a9a4e", alpha=0.5, blur=5)


def _shafts(b: Brush, now: Hour) -> None:
    if now.beam < 0.15:
        return
    for x, w, a in ((420, 120, 0.34), (720, 70, 0.28), (980, 150, 0.40), (1290, 80, 0.26), (1560, 120, 0.22)):
        lean = 330 * (1 if now.side < 0 else -1)
        b.sheen(
            [(x, -240), (x + w, -240), (x + w * 1.7 + lean, 960), (x + lean, 960)],
            now.glow,
            a * now.beam,
            0.0,
            blur=14,
        )
        b.oval((x + lean + w * 0.8, 930), (w * 1.1, 22), now.glow, alpha=0.20 * now.beam, blur=12)
