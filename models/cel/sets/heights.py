"""Heights: mountain and snowfield.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, Brush, lump, smooth
from models.cel.sets.hours import Hour
from models.cel.sets.outside import Ridge, mountains
from models.cel.sets.plants import GREEN, PINE, Leaves, flowers, grass, greens, meadow, pine
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky


def mountain(now: Hour, seed: int) -> Scenery:
    """Ranges behind ranges, a snow peak, a flowering ridge path."""
    leaf = greens(now, PINE)

    def heaven(b: Brush) -> None:
        sky(b, now, 640)

    def peaks(b: Brush) -> None:
        away = b.veiled(0.22)
        x = 1220
        away.poly(
            [
                (x - 980, 700),
                (x - 420, 420),
                (x - 90, 176),
                (x + 10, 150),
                (x + 110, 190),
                (x + 520, 470),
                (x + 1150, 700),
            ],
            "#6a86ac",
            "#a8c0d8",
        )
        away.poly(
            [
                (x - 250, 296),
                (x - 90, 176),
                (x + 10, 150),
                (x + 110, 190),
                (x + 260, 296),
                (x + 180, 280),
                (x + 130, 350),
                (x + 60, 270),
                (x, 330),
                (x - 60, 270),
                (x - 130, 340),
                (x - 180, 290),
            ],
            "#ffffff",
            "#dbe8f6",
        )
        side = 1 if now.side < 0 else -1
        away.poly(
            [
                (x + 10, 150),
                (x + side * 60, 320),
                (x + side * 20, 460),
                (x + side * 160, 700),
                (x + side * 1100, 700),
                (x + side * 470, 440),
                (x + side * 110, 190),
            ],
            (40, 56, 110),
            alpha=0.24,
        )
        for n, (base, tall, ink, low) in enumerate(
            (
                (640, 210, "#5f86a0", "#a4c4cc"),
                (690, 170, "#4f7f86", "#8fb8ac"),
                (740, 130, "#3f7460", "#7fae86"),
            )
        ):
            mountains(b.veiled(0.5 - 0.18 * n), Ridge(base, tall, ink, low, seed + n * 5, 1.6))
            b.rect((LEFT, base - 26), (RIGHT, base + 26), now.haze, alpha=0.0, fade=0.35)

    def slope(b: Brush) -> None:
        lit, deep = meadow(now)
        b.fill(
            smooth(
                [
                    (LEFT, 700),
                    (-100, 760),
                    (500, 846),
                    (1000, 858),
                    (1500, 836),
                    (2000, 770),
                    (RIGHT, 720),
                    (RIGHT, BOTTOM),
                    (LEFT, BOTTOM),
                ]
            ),
            lit,
            deep,
        )
        for x, y, tall in (
            (80, 800, 420),
            (-120, 780, 520),
            (250, 830, 300),
            (1720, 826, 380),
            (1890, 800, 500),
            (2120, 780, 560),
            (-380, 760, 520),
        ):
            pine(b, (x, y), tall, Leaves(leaf, now.side))
        b.fill(
            smooth(
                [
                    (900, 858),
                    (820, 900),
                    (1010, 960),
                    (700, 1080),
                    (560, BOTTOM),
                    (1300, BOTTOM),
                    (1200, 1060),
                    (1180, 960),
                    (1000, 900),
                    (980, 858),
                ]
            ),
            "#d9c49a" if not now.snowy else "#e6eef5",
            "#b99f70" if not now.snowy else "#d3dfea",
        )
        rng = Random(seed)
        for x, y, r in ((420, 900, 60), (560, 930, 34), (1480, 905, 70), (1400, 940, 30)):
            b.fill(lump(rng, (x, y), (r, r * 0.55), 8), "#b9b8b4", "#7f8490")
            b.fill(lump(rng, (x - r * 0.15, y - r * 0.2), (r * 0.6, r * 0.24), 7), "#e4e2da", alpha=0.8)
        if not now.snowy:
            grass(b, (LEFT, 620), 900, 22, GREEN)
            grass(b, (1320, RIGHT), 900, 22, GREEN)
            flowers(b, (LEFT, 640), (880, 1080), 90, ("#f6f2f8", "#c9a8ec", "#ffe27a", "#f8b8cc"), 8)
            flowers(b, (1320, RIGHT), (880, 1080), 90, ("#f6f2f8", "#c9a8ec", "#ffe27a", "#f8b8cc"), 8)

    return Scenery(
        (Plane("sky", 0.08, heaven), Plane("peaks", 0.3, peaks, 0.12), Plane("slope", 1.0, slope)),
        150,
        950,
        "rock",
        640,
        drift=True,
    )


def snowfield(now: Hour, seed: int) -> Scenery:
    """Snow to the horizon, a line of dark firs, a lonely hut with a lit window, blue shadows."""
    leaf = ("#2f4a5c", "#5f7f94", "#dfe9f2", "#ffffff")

    def heaven(b: Brush) -> None:
        sky(b, now, 600)

    def hills(b: Brush) -> None:
        mountains(b.veiled(0.3), Ridge(610, 200, "#9fb6d4", "#e6eef8", seed + 2, 1.4))
        b.poly(
            [(LEFT, 596), (500, 566), (1200, 590), (RIGHT, 560), (RIGHT, BOTTOM), (LEFT, BOTTOM)],
            "#f0f5fb",
            "#cfdcec",
        )
        rng = Random(seed)
        for n in range(44):
            x = LEFT + n * 78 + rng.uniform(-30, 30)
            pine(b.veiled(0.2), (x, 606 + rng.uniform(-16, 10)), rng.uniform(90, 170), Leaves(leaf, now.side))

    def snow(b: Brush) -> None:
        b.fill(
            smooth(
                [
                    (LEFT, 690),
                    (300, 660),
                    (900, 720),
                    (1500, 680),
                    (RIGHT, 640),
                    (RIGHT, BOTTOM),
                    (LEFT, BOTTOM),
                ]
            ),
            "#fafdff",
            "#d9e6f4",
        )
        _hut(b, now, 1480, 742)
        for x, y, tall in (
            (200, 760, 360),
            (-60, 800, 480),
            (1800, 760, 400),
            (2040, 800, 520),
            (420, 730, 220),
            (-380, 790, 500),
        ):
            b.poly(
                [
                    (x - 8, y),
                    (x + 8, y),
                    (x - now.side * tall * 0.9, y + 46),
                    (x - now.side * tall * 0.5, y + 52),
                ],
                (70, 96, 170),
                alpha=0.28,
                blur=8,
            )
            pine(b, (x, y), tall, Leaves(leaf, now.side))
        b.fill(
            smooth(
                [
                    (LEFT, 880),
                    (300, 820),
                    (1000, 880),
                    (1700, 836),
                    (RIGHT, 870),
                    (RIGHT, BOTTOM),
                    (LEFT, BOTTOM),
                ]
            ),
            "#ffffff",
            "#cddcf0",
        )
        for n in range(7):
            b.curve(
                [(LEFT, 930 + n * 40), (700, 900 + n * 44), (1400, 950 + n * 34), (RIGHT, 920 + n * 40)],
                "#a9c0e0",
                8,
                0.28,
            )
        for n in range(12):
            t = n / 12
            b.oval(
                (1010 + 240 * t * (1 - t) + (12 if n % 2 else -12) * (1 - t), 1060 - 290 * t),
                (20 * (1 - 0.8 * t), 8 * (1 - 0.8 * t)),
                "#9db4d8",
                alpha=0.55,
            )

    return Scenery(
        (Plane("sky", 0.1, heaven), Plane("hills", 0.45, hills, 0.1), Plane("snow", 1.0, snow)),
        150,
        945,
        "rock",
        600,
        drift=True,
    )


def _hut(b: Brush, now: Hour, x: float, foot: float) -> None:
    b.poly(
        [(x - 110, foot), (x + 110, foot), (x - now.side * 320, foot + 40)], (70, 96, 170), alpha=0.28, blur=8
    )
    b.rect((x - 96, foot - 96), (x + 96, foot), "#8a6248", "#6a4838")
    for n in range(6):
        b.line([(x - 96, foot - 14 - n * 16), (x + 96, foot - 14 - n * 16)], "#4a3028", 2, 0.6)
    b.poly(
        [
            (x - 130, foot - 84),
            (x, foot - 196),
            (x + 130, foot - 84),
            (x + 112, foot - 74),
            (x, foot - 160),
            (x - 112, foot - 74),
        ],
        "#ffffff",
        "#d3e0f0",
    )
    b.rect((x + 44, foot - 214), (x + 70, foot - 140), "#7a6a64")
    b.rect((x - 30, foot - 66), (x + 16, foot), "#5a3a2c")
    warm = now.lamps or now.snowy
    b.rect((x + 36, foot - 64), (x + 76, foot - 30), (255, 214, 130) if warm else "#a8c0d0")
    if warm:
        b.glow((x + 56, foot - 46), 170, (255, 200, 110), 0.7)
    for n in range(4):
        b.oval(
            (x + 60 + n * 14, foot - 236 - n * 32),
            (14 + 7 * n, 12 + 5 * n),
            (240, 244, 250),
            alpha=0.5 - 0.1 * n,
            blur=6,
        )
