"""By the water: beach, river.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from math import sin
from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, Brush, Ink, lump, smooth
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Span
from models.cel.sets.outside import FarTrees, Ridge, far_trees, mountains, town_skyline
from models.cel.sets.plants import GREEN, flowers, grass, greens, meadow
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky


def beach(now: Hour, seed: int) -> Scenery:
    """Sea to the horizon, a headland, surf, sand, tufts of dune grass."""
    horizon = 600

    def heaven(b: Brush) -> None:
        sky(b, now, horizon + 4)

    def sea(b: Brush) -> None:
        water(b, now, (horizon, BOTTOM), "#1f7fb8", "#8fdcd8")
        b.rect((LEFT, horizon - 1), (RIGHT, horizon + 3), now.sky[3], alpha=0.6)
        away = b.veiled(0.45)
        away.fill(
            smooth(
                [(LEFT, horizon + 3), (-300, 540), (-60, 500), (160, 520), (380, 560), (560, horizon + 3)]
            ),
            "#5f8a6a",
            "#7a9a88",
        )
        away.rect((170, 478), (182, 524), "#f4f4f0")
        away.rect((166, 470), (186, 480), "#c8503a")
        if now.lamps:
            b.glow((176, 474), 150, (255, 236, 180), 0.9)
        b.fill(lump(Random(2), (1690, 590), (90, 34)), "#4f6a70", "#3f5a64")

    def sand(b: Brush) -> None:
        wave = [
            (x, 800 + 18 * sin(x * 0.004 + seed) + 9 * sin(x * 0.011))
            for x in range(int(LEFT), int(RIGHT) + 60, 60)
        ]
        dry = "#f2f6fa" if now.snowy else "#f3dfb4"
        b.poly([(x, y - 40) for x, y in wave] + [(RIGHT, BOTTOM), (LEFT, BOTTOM)], "#bfeae4", alpha=0.55)
        b.poly([(x, y - 6) for x, y in wave] + [(RIGHT, BOTTOM), (LEFT, BOTTOM)], "#c9ac80")
        b.poly(
            [(x, y + 34 + 8 * sin(x * 0.008)) for x, y in wave] + [(RIGHT, BOTTOM), (LEFT, BOTTOM)],
            dry,
            "#e4c792" if not now.snowy else "#dbe6ef",
        )
        for lift, thick, alpha in (
            (-40, 9, 0.9),
            (-30, 4, 0.5),
            (-8, 11, 0.95),
            (2, 4, 0.6),
            (-92, 5, 0.7),
            (-128, 3, 0.5),
        ):
            b.curve(
                [(x, y + lift + 5 * sin(x * 0.02 + lift)) for x, y in wave],
                (255, 255, 255) if not now.dark else now.cloud[0],
                thick,
                alpha,
            )
        rng = Random(seed)
        for _ in range(90):
            x, y = rng.uniform(LEFT, RIGHT), rng.uniform(880, 1300)
            b.oval((x, y), (rng.uniform(10, 70), rng.uniform(1, 4)), "#c9a872", alpha=0.35)
        for x, y in ((380, 960), (1240, 1000), (1630, 930)):
            b.fill(lump(rng, (x, y), (13, 8), 6), "#f8d8cc", "#d8a898")
        grass(b, (LEFT, 160), 950, 70, ("#a8b060", "#c3c27a", "#7f9450"), 0.7)
        grass(b, (1820, RIGHT), 980, 80, ("#a8b060", "#c3c27a", "#7f9450"), 0.7)

    return Scenery(
        (Plane("sky", 0.1, heaven), Plane("sea", 0.5, sea, 0.06), Plane("sand", 1.0, sand)),
        160,
        940,
        "rock",
        horizon,
        drift=True,
    )


def river(now: Hour, seed: int) -> Scenery:
    """A wide river with a railway bridge, grassy banks, a path on the levee: the walk home."""
    leaf = greens(now)

    def heaven(b: Brush) -> None:
        sky(b, now, 560)

    def far(b: Brush) -> None:
        mountains(b.veiled(0.5), Ridge(560, 110, "#5f8aa0", "#a8c8cc", seed + 8))
        town_skyline(b, now, 560, 100)
        _bridge(b, now)
        b.rect((LEFT, 590), (RIGHT, 640), meadow(now)[1])

    def stream(b: Brush) -> None:
        water(b, now, (612, 860), "#2f7a9e", "#8fc8d0")
        far_trees(b, FarTrees(622, 26, leaf[1], leaf[0], 9, 120, foot=626))

    def bank(b: Brush) -> None:
        lit, deep = meadow(now)
        slope = [
            (LEFT, 770),
            (200, 790),
            (760, 812),
            (1300, 806),
            (RIGHT, 770),
            (RIGHT, BOTTOM),
            (LEFT, BOTTOM),
        ]
        b.poly(slope, lit, deep)
        for n in range(8):
            b.curve(
                [(LEFT, 800 + n * 26), (700, 836 + n * 22), (RIGHT, 796 + n * 28)],
                GREEN[n % 3],
                9,
                0.0 if now.snowy else 0.20,
            )
        b.poly(
            [(LEFT, 900), (RIGHT, 884), (RIGHT, 990), (LEFT, 1006)],
            "#e9eff5" if now.snowy else "#dcc9a0",
            "#cdb88a" if not now.snowy else "#d9e4ee",
        )
        if not now.snowy:
            grass(b, (LEFT, RIGHT), 826, 22, GREEN, 0.8)
            grass(b, (LEFT, RIGHT), 896, 16, GREEN, 0.8)
            grass(b, (LEFT, RIGHT), 1024, 34, GREEN, 0.9)
            flowers(b, (LEFT, RIGHT), (826, 882), 50, ("#ffe27a", "#f8f4ff", "#f8b8cc"), 6)

    def front(b: Brush) -> None:
        reeds = ("#c9b06a", "#9aa055", "#e0cf9a") if not now.snowy else ("#c9d6e0", "#e6eef4", "#aabccb")
        grass(b, (LEFT, 220), 1180, 260, reeds, 0.9)
        grass(b, (1740, RIGHT), 1200, 250, reeds, 0.9)

    return Scenery(
        (
            Plane("sky", 0.1, heaven),
            Plane("town", 0.3, far, 0.22),
            Plane("water", 0.6, stream, 0.06),
            Plane("bank", 1.0, bank),
            Plane("reeds", 1.5, front),
        ),
        165,
        950,
        "rock",
        560,
        drift=True,
    )


def _bridge(b: Brush, now: Hour) -> None:
    y, ink = 520, "#5f7486"
    b.rect((LEFT, y), (RIGHT, y + 12), ink)
    for n in range(-2, 9):
        x = n * 300 - 40
        b.rect((x, y + 8), (x + 26, 640), "#8d98a2", "#6f7c88")
        points = [(x + t * 30, y - 74 * (1 - (t / 5 - 1) ** 2)) for t in range(11)]
        b.line(points, ink, 6)
        for px, py in points:
            b.line([(px, py), (px, y)], ink, 2.2)
    if now.lamps:
        for n in range(26):
            b.rect((420 + n * 22, y - 26), (434 + n * 22, y - 12), (255, 232, 170))


def water(b: Brush, now: Hour, span: Span, deep: Ink = "#2f7fae", shallow: Ink = "#7cc4d4") -> None:
    """A sheet of water from top to bottom: the sky on it, bands of ripples closing up towards its top, glitter under
    the sun."""
    top, bottom = span
    b.rect((LEFT, top), (RIGHT, bottom), deep, shallow)
    b.rect((LEFT, top), (RIGHT, bottom), now.sky[3], now.sky[1], alpha=0.82, fade=0.48)
    rng = Random(b.rng.random())
    for _ in range(210):
        t = rng.random() ** 1.7
        y, x = top + 2 + (bottom - top) * t, rng.uniform(LEFT, RIGHT)
        wide, thick = 18 + 190 * t * rng.random(), 0.8 + 3.6 * t
        b.oval((x, y), (wide, thick), now.sky[3] if rng.random() < 0.6 else deep, alpha=0.28)
    if now.sun:
        for _ in range(150):
            t = rng.random()
            y = top + (bottom - top) * t
            x = now.sun[0] + rng.gauss(0, 50 + 190 * t)
            b.oval((x, y), (5 + 26 * t * rng.random(), 0.9 + 1.9 * t), now.glow, alpha=0.75)
