"""Open land and what lies under it: hills, the open sea from a deck, a cave, a bare plain.

In: an Hour, a seed for details.      Out: a Scenery.
"""

import itertools
from collections.abc import Sequence
from math import sin
from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush, lump, smooth
from models.cel.sets.hours import Hour
from models.cel.sets.outside import FarTrees, Ridge, far_trees, mountains
from models.cel.sets.plants import GREEN, Leaves, bush, flowers, grass, greens, meadow, tree
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.shores import water
from models.cel.sets.skies import gradient, sky


def hills(now: Hour, seed: int) -> Scenery:
    """Rolling grassland below a mountain range: one slope behind the other, a winding path, a lone tree."""
    leaf = greens(now)

    def heaven(b: Brush) -> None:
        sky(b, now, 620)

    def range_(b: Brush) -> None:
        mountains(b.veiled(0.45), Ridge(640, 300, "#5d7fa6", "#a9c3d6", seed + 2, 1.5))
        mountains(b.veiled(0.22), Ridge(660, 170, "#5a8a94", "#9cc2b4", seed + 9, 1.1))

    def slopes(b: Brush) -> None:
        lit, deep = meadow(now)
        for n, (y, veil, ink, low) in enumerate(
            ((650, 0.34, lit, deep), (700, 0.2, deep, lit), (742, 0.08, lit, deep))
        ):
            away = b.veiled(veil)
            points = [
                (x, y - 46 * sin(x * (0.0021 + 0.0006 * n) + seed + 2.1 * n))
                for x in range(int(LEFT), int(RIGHT) + 60, 60)
            ]
            away.fill(smooth([*points, (RIGHT, BOTTOM), (LEFT, BOTTOM)]), ink, low)
            if not now.snowy:
                for k in range(3):
                    away.curve([(x, py + 18 + 16 * k) for x, py in points[::4]], GREEN[k], 7, 0.16)
            for x in (240 + 420 * n, 1150 - 260 * n, 1740 - 90 * n):
                foot = y - 46 * sin(x * (0.0021 + 0.0006 * n) + seed + 2.1 * n) + 8
                bush(away, (x, foot), 46 + 26 * n, Leaves(leaf, now.side))
        tree(b.veiled(0.1), (1510, 752), 230, Leaves(leaf, now.side))

    def near(b: Brush) -> None:
        lit, deep = meadow(now)
        b.fill(
            smooth(
                [
                    (LEFT, 790),
                    (120, 800),
                    (700, 842),
                    (1250, 850),
                    (1700, 812),
                    (RIGHT, 780),
                    (RIGHT, BOTTOM),
                    (LEFT, BOTTOM),
                ]
            ),
            lit,
            deep,
        )
        path = [
            (1010, 846),
            (930, 874),
            (1080, 920),
            (820, 1000),
            (700, BOTTOM),
            (1240, BOTTOM),
            (1230, 1000),
            (1250, 920),
            (1030, 874),
            (1060, 846),
        ]
        b.fill(smooth(path), "#e6eef5" if now.snowy else "#d9c79c", "#d3dfea" if now.snowy else "#bda57a")
        rng = Random(seed)
        for x, y, r in ((330, 892, 48), (420, 906, 26), (1590, 900, 40)):
            b.fill(lump(rng, (x, y), (r, r * 0.5), 8), "#b9b8b4", "#7f8490")
            b.fill(lump(rng, (x - r * 0.15, y - r * 0.18), (r * 0.6, r * 0.22), 7), "#e4e2da", alpha=0.8)
        if not now.snowy:
            for x0, x1 in ((LEFT, 690), (1290, RIGHT)):
                grass(b, (x0, x1), 880, 20, GREEN, 0.8)
                grass(b, (x0, x1), 1010, 44, GREEN, 0.8)
                flowers(b, (x0, x1), (880, 1080), 60, ("#f6f2f8", "#ffe27a", "#f8b8cc"), 7)

    return Scenery(
        (
            Plane("sky", 0.08, heaven),
            Plane("range", 0.25, range_, 0.12),
            Plane("slopes", 0.55, slopes, 0.04),
            Plane("near", 1.0, near),
        ),
        150,
        950,
        "rock",
        640,
        drift=True,
    )  # fmt: skip


def sea(now: Hour, seed: int) -> Scenery:
    """The open sea to the horizon, seen from a wooden deck with a rail; a far island, gulls by day."""
    horizon = 590

    def heaven(b: Brush) -> None:
        sky(b, now, horizon + 4)

    def open_water(b: Brush) -> None:
        water(b, now, (horizon, BOTTOM), "#1b6a9e", "#5fb0c4")
        b.rect((LEFT, horizon - 1), (RIGHT, horizon + 3), now.sky[3], alpha=0.6)
        away = b.veiled(0.5)
        x = 1380 + 40 * (seed % 5)
        away.fill(
            smooth([(x - 190, horizon + 3), (x - 90, 556), (x, 540), (x + 80, 560), (x + 210, horizon + 3)]),
            "#587f78",
            "#7a9a92",
        )
        rng = Random(seed + 4)
        crest = (255, 255, 255) if not now.dark else now.cloud[0]
        rough = 2.2 if now.weather in ("storm", "wind") else 1.0
        for _ in range(60):
            t = rng.random() ** 0.8
            cx, cy, wide = rng.uniform(LEFT, RIGHT), horizon + 30 + 400 * t, (30 + 110 * t) * rough
            b.curve(
                [(cx - wide, cy + 5 * t), (cx - wide * 0.2, cy - 9 * t * rough), (cx + wide, cy + 4 * t)],
                crest,
                1.5 + 3.5 * t,
                0.42,
            )
        if not now.dark and not now.wet:
            for x, y, s in ((420, 250, 26), (520, 300, 18), (1300, 210, 20)):
                b.curve([(x - s, y - s * 0.3), (x - s * 0.4, y - s * 0.6), (x, y)], "#4a5a70", 4)
                b.curve([(x, y), (x + s * 0.4, y - s * 0.6), (x + s, y - s * 0.3)], "#4a5a70", 4)

    def deck(b: Brush) -> None:
        edge = 852
        b.rect(
            (LEFT, edge),
            (RIGHT, BOTTOM),
            "#eef3f8" if now.snowy else "#b98d5e",
            "#cfdbe8" if now.snowy else "#8a6440",
        )
        for n in range(-9, 30):
            top, foot = 960 + (n - 10) * 74, 960 + (n - 10) * 190
            b.line([(top, edge), (foot, BOTTOM)], "#5f4630", 2.5, 0.5)
        b.rect((LEFT, edge - 10), (RIGHT, edge + 12), "#f2efe6", "#b9b3a4")
        for n in range(12):
            x = LEFT + 60 + n * 290
            b.rect((x - 8, edge - 150), (x + 8, edge), "#f6f4ee", "#aeb4bc")
        for y, thick in ((edge - 156, 15), (edge - 84, 7)):
            b.rect((LEFT, y), (RIGHT, y + thick), "#fbf9f2", "#b4bac4")
        b.shadow([(LEFT, edge + 12), (RIGHT, edge + 12), (RIGHT, edge + 30), (LEFT, edge + 30)], 0.22, 6)
        for x, ink in ((300, "#d8574a"), (1640, "#d8574a")):
            b.oval((x, edge - 76), (58, 58), ink)
            b.oval((x, edge - 76), (34, 34), now.sky[3], alpha=0.9)
            b.oval((x, edge - 76), (58, 14), "#f6f4ee", alpha=0.9)
            b.oval((x, edge - 76), (34, 20), now.sky[3], alpha=0.9)

    return Scenery(
        (Plane("sky", 0.1, heaven), Plane("water", 0.45, open_water, 0.05), Plane("deck", 1.0, deck)),
        170,
        950,
        "none",
        horizon,
        drift=True,
    )  # fmt: skip


def cave(now: Hour, seed: int) -> Scenery:
    """Inside a rock: a mouth open to the sky, hanging stones, a pool that mirrors the light."""
    mouth = [
        (640, 760),
        (600, 560),
        (700, 380),
        (900, 300),
        (1110, 320),
        (1270, 440),
        (1300, 620),
        (1240, 770),
    ]

    def outside(b: Brush) -> None:
        sky(b, now, 620)
        deep, body, *_ = greens(now)
        far_trees(b.veiled(0.3), FarTrees(690, 90, body, deep, seed + 3, 60))
        lit, deep = meadow(now)
        b.rect((LEFT, 716), (RIGHT, BOTTOM), lit, deep)

    def rock(b: Brush) -> None:
        b.rect((LEFT, TOP), (RIGHT, BOTTOM), "#59525e", "#3a3644")
        rng = Random(seed)
        for _ in range(150):
            x, y = rng.uniform(LEFT, RIGHT), rng.uniform(TOP, 900)
            near = abs(x - 950) / 900 + abs(y - 540) / 900
            ink = ("#a89ea6", "#8d8490", "#756d7c", "#5b5464", "#46404e")[min(4, int(near * 3.4))]
            r = rng.uniform(50, 150)
            b.fill(lump(rng, (x, y), (r, r * rng.uniform(0.5, 0.9)), 7, 0.3), ink, "#3a3544", alpha=0.8)
        floor = [
            (LEFT, 880),
            (200, 850),
            (600, 800),
            (1000, 782),
            (1380, 806),
            (1800, 850),
            (RIGHT, 880),
            (RIGHT, BOTTOM),
            (LEFT, BOTTOM),
        ]
        b.fill(smooth(floor), "#8a7f7c", "#4a4350")
        for x, y, r in (
            (260, 880, 80),
            (420, 910, 44),
            (1560, 880, 90),
            (1720, 930, 50),
            (-140, 900, 130),
            (2060, 910, 140),
        ):
            b.fill(lump(rng, (x, y), (r, r * 0.55), 8), "#8f8588", "#3c3744")
            b.fill(lump(rng, (x - r * 0.1, y - r * 0.2), (r * 0.6, r * 0.22), 7), "#b3a9a6", alpha=0.6)
        b.hole(_rounded(mouth))
        _light_from(b, now, mouth)
        for x, tall, wide in (
            (90, 330, 60),
            (300, 210, 40),
            (470, 260, 46),
            (1420, 240, 44),
            (1610, 340, 64),
            (1840, 250, 50),
            (2120, 380, 80),
            (-260, 400, 90),
        ):
            b.poly(
                [(x - wide, TOP), (x - wide * 0.8, -30), (x, tall), (x + wide * 0.8, -30), (x + wide, TOP)],
                "#8a8090",
                "#4a4452",
            )
            b.line([(x - wide * 0.4, -60), (x - 3, tall - 14)], "#c0b6bc", 5, 0.45)
        b.oval((1330, 1010), (420, 46), "#3f5a70")
        b.oval((1330, 1008), (400, 40), now.sky[2], alpha=0.6)
        b.oval((1240, 1004), (160, 10), now.sky[3], alpha=0.8)

    return Scenery(
        (Plane("outside", 0.3, outside, 0.16), Plane("rock", 1.0, rock, lamplit=True)),
        190,
        930,
        "rock",
        600,
    )  # fmt: skip


def _rounded(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """``points`` with every corner cut once, which is round enough for rock."""
    ring = [*points, points[0]]
    made: list[tuple[float, float]] = []
    for (ax, ay), (bx, by) in itertools.pairwise(ring):
        made += [
            (ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25),
            (ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75),
        ]
    return made


def _light_from(b: Brush, now: Hour, mouth: Sequence[tuple[float, float]]) -> None:
    """What comes in at the mouth: a bright rim on the rock, a patch on the floor."""
    ink = now.sky[3]
    ring = _rounded(mouth)
    b.line([*ring[: len(ring) // 2 + 4]], ink, 10, 0.35, 5)
    strength = 0.5 if not now.dark else 0.22
    b.sheen([(640, 760), (1240, 770), (1560, 1080), (420, 1080)], ink, strength, 0.04, blur=14)
    b.glow((960, 560), 760, ink, 0.35 if not now.dark else 0.16)


def ground(now: Hour, seed: int) -> Scenery:
    """Bare ground below the sky, and nothing else: a place of which nothing is known but that it is outside."""

    def heaven(b: Brush) -> None:
        gradient(b, now, 640)
        sky(b, now, 640)

    def plain(b: Brush) -> None:
        b.rect(
            (LEFT, 640),
            (RIGHT, BOTTOM),
            "#eef3f8" if now.snowy else "#c4bfb4",
            "#d3dee9" if now.snowy else "#9b968f",
        )
        b.rect((LEFT, 628), (RIGHT, 700), now.haze, alpha=0.75, fade=0.0)
        rng = Random(seed)
        for _ in range(70):
            t = rng.random()
            x, y = rng.uniform(LEFT, RIGHT), 670 + 500 * t
            b.oval((x, y), (30 + 170 * t, 1.5 + 6 * t), "#8b867e" if not now.snowy else "#c3d0de", alpha=0.22)

    return Scenery((Plane("sky", 0.1, heaven), Plane("plain", 1.0, plain)), 165, 940, "none", 640, drift=True)
