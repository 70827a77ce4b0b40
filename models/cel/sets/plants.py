"""Trees, bushes, grass and flowers as painted clumps: a dark body, lit crowns, loose leaves.

In: a Brush, an Hour, places.      Out: paint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from random import Random

import skia

from models.cel.sets.brush import Brush, Point, lump, smooth
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Span

Greens = tuple[str, str, str, str]  # deep, body, lit, edge of light
SUMMER: Greens = ("#1f4a3a", "#34764a", "#69a94e", "#b9d96a")
PINE: Greens = ("#153a38", "#235648", "#3f7d54", "#79a866")
BLOSSOM: Greens = ("#b86a92", "#e79ab8", "#f9c6d6", "#ffeaf0")
SNOWY: Greens = ("#4a6478", "#8ba4b8", "#dbe7f0", "#ffffff")


@dataclass(frozen=True)
class Leaves:
    """The greens of a plant; ``light`` is the side the sun is on, -1 left to 1 right."""

    greens: Greens
    light: float = -0.6


GREEN = ("#7fb554", "#5c9a4c", "#a5cc66")


def meadow(now: Hour) -> tuple[str, str]:
    """A lawn's near and far colour, or snow's."""
    return ("#f4f8fc", "#d6e2ee") if now.snowy else ("#93c25e", "#5f9a50")


def greens(now: Hour, usual: Greens = SUMMER) -> Greens:
    if now.snowy:
        return SNOWY
    # Cherries blossom; pines stay what they are.
    return BLOSSOM if now.weather == "petals" and usual is SUMMER else usual


def foliage(b: Brush, at: Point, radii: Point, leaves: Leaves) -> None:
    """One mass of leaves."""
    (x, y), (rx, ry), light = at, radii, leaves.light
    deep, body, lit, edge = leaves.greens
    rng = Random(b.rng.random())
    mass = skia.Path()
    for n in range(11):
        turn = 2 * pi * n / 11
        mass.addPath(
            lump(rng, (x + cos(turn) * rx * 0.62, y + sin(turn) * ry * 0.62), (rx * 0.46, ry * 0.46), 9)
        )
    mass.addPath(lump(rng, (x, y), (rx * 0.72, ry * 0.72)))
    b.fill(mass, body, deep)
    for tone, count, reach, size in ((body, 10, 0.72, 0.30), (lit, 13, 0.66, 0.22), (edge, 12, 0.72, 0.10)):
        for _ in range(count):
            turn, out = rng.uniform(0, 2 * pi), rng.random() ** 0.6 * reach
            cx = x + cos(turn) * rx * out + light * rx * 0.16
            cy = y + sin(turn) * ry * out - ry * (0.12 if tone == body else 0.28)
            _tuft(b, rng, (cx, cy), (rx * size, ry * size * 0.72), (tone, lit if tone == edge else body))
    _loose(b, rng, (x, y), (rx, ry), (body, lit, deep))


def _tuft(b: Brush, rng: Random, at: Point, radii: Point, inks: tuple[str, str]) -> None:
    """A clump lit from above: its lower edge dissolves in separate leaves."""
    (x, y), (rx, ry) = at, radii
    clump = lump(rng, (x, y), (rx, ry), 10, 0.25)
    for _ in range(9):
        turn = rng.uniform(0, pi)
        px, py = x + cos(turn) * rx * 1.02, y + sin(turn) * ry * 1.05
        clump.addOval(skia.Rect.MakeXYWH(px - rx * 0.13, py - ry * 0.10, rx * 0.26, ry * 0.2))
    b.fill(clump, *inks, alpha=0.92)


def _loose(b: Brush, rng: Random, at: Point, radii: Point, inks: Sequence[str]) -> None:
    (x, y), (rx, ry) = at, radii
    for _ in range(30):
        turn, out = rng.uniform(0, 2 * pi), rng.uniform(0.80, 1.0)
        size = rng.uniform(0.035, 0.075) * rx
        b.oval(
            (x + cos(turn) * rx * out, y + sin(turn) * ry * out),
            (size, size * 0.7),
            rng.choice(inks),
            alpha=0.9,
        )


def tree(b: Brush, at: Point, tall: float, leaves: Leaves, trunk: str = "#5d4638") -> None:
    """A broad tree, ``tall`` home units high, its roots at ``at``."""
    x, foot = at
    rng = Random(b.rng.random())
    w = tall * 0.055
    top = foot - tall * 0.62
    stem = smooth(
        [
            (x - w * 1.9, foot + 2),
            (x - w * 0.9, foot - tall * 0.08),
            (x - w * 0.7, foot - tall * 0.4),
            (x - w * 0.5, top),
            (x + w * 0.5, top),
            (x + w * 0.8, foot - tall * 0.4),
            (x + w * 1.0, foot - tall * 0.08),
            (x + w * 2.0, foot + 2),
        ]
    )
    b.fill(stem, trunk)
    b.line([(x + w * 0.5, foot - 4), (x + w * 0.35, top)], "#3a2c2c", w * 0.8, 0.45)
    for dx, dy in ((-0.20, 0.66), (0.19, 0.70), (-0.08, 0.78)):
        b.line([(x, foot - tall * 0.42), (x + dx * tall, foot - tall * dy)], trunk, w * 0.6)
    for dx, dy, r in ((-0.24, 0.62, 0.23), (0.25, 0.64, 0.22), (0.0, 0.80, 0.25), (-0.04, 0.60, 0.24)):
        jitter = rng.uniform(-0.02, 0.02)
        foliage(b, (x + (dx + jitter) * tall, foot - dy * tall), (r * tall, r * tall * 0.74), leaves)


def pine(b: Brush, at: Point, tall: float, leaves: Leaves) -> None:
    (x, foot), light = at, leaves.light
    deep, body, lit, edge = leaves.greens
    rng = Random(b.rng.random())
    b.rect((x - tall * 0.018, foot - tall * 0.2), (x + tall * 0.018, foot), "#4a3a34")
    for n in range(7):
        level = n / 7
        y, half = foot - tall * (0.12 + 0.82 * level), tall * 0.22 * (1.04 - level)
        ring = [
            (x - half, y),
            (x - half * 0.5, y - tall * 0.05),
            (x, y - tall * 0.2),
            (x + half * 0.5, y - tall * 0.05),
            (x + half, y),
            (x + half * 0.4, y - tall * 0.015),
            (x - half * 0.3, y - tall * 0.012),
        ]
        b.poly(ring, body, deep)
        side = half * (0.75 if light > 0 else -0.75)
        b.poly(
            [(x + side, y - tall * 0.015), (x, y - tall * 0.185), (x + side * 0.1, y - tall * 0.03)],
            lit,
            alpha=0.8,
        )
        b.line(
            [(x + side, y - tall * 0.015), (x + side * 0.3, y - tall * rng.uniform(0.09, 0.12))],
            edge,
            tall * 0.006,
            0.6,
        )


def bush(b: Brush, at: Point, wide: float, leaves: Leaves) -> None:
    x, foot = at
    b.oval((x, foot), (wide * 0.55, wide * 0.06), "#1c2a34", alpha=0.35, blur=4)
    foliage(b, (x, foot - wide * 0.24), (wide * 0.5, wide * 0.28), leaves)


def hedge(b: Brush, x: Span, foot: float, tall: float, leaves: Leaves) -> None:
    x0, x1 = x
    n = max(1, round((x1 - x0) / (tall * 1.1)))
    for i in range(n):
        at = x0 + (i + 0.5) * (x1 - x0) / n
        foliage(b, (at, foot - tall * 0.5), (tall * 0.85, tall * 0.56), leaves)


def grass(b: Brush, x: Span, y: float, tall: float, inks: Sequence[str], thick: float = 1.0) -> None:
    """A fringe of blades along ``y``."""
    x0, x1 = x
    rng = Random(b.rng.random())
    paths = [skia.Path() for _ in inks]
    for _ in range(round((x1 - x0) / tall * 5 * thick)):
        at, lean, high = rng.uniform(x0, x1), rng.uniform(-0.5, 0.5), tall * rng.uniform(0.45, 1.0)
        path = rng.choice(paths)
        w = tall * 0.07
        path.moveTo(at - w, y + tall * 0.15)
        path.quadTo(at - w + lean * high * 0.2, y - high * 0.6, at + lean * high, y - high)
        path.quadTo(at + w + lean * high * 0.3, y - high * 0.5, at + w, y + tall * 0.15)
        path.close()
    for path, ink in zip(paths, inks, strict=True):
        b.fill(path, ink)


def flowers(b: Brush, x: Span, y: Span, count: int, inks: Sequence[str], size: float = 5) -> None:
    (x0, x1), (y0, y1) = x, y
    rng = Random(b.rng.random())
    for _ in range(count):
        at, t = rng.uniform(x0, x1), rng.random()
        high, r = y0 + (y1 - y0) * t, size * (0.5 + t)
        ink = rng.choice(inks)
        for n in range(5):
            turn = 2 * pi * n / 5 + at
            b.oval((at + cos(turn) * r * 0.6, high + sin(turn) * r * 0.45), (r * 0.45, r * 0.38), ink)
        b.oval((at, high), (r * 0.28, r * 0.24), "#ffe08a")
