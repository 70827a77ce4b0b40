"""What is seen far away: town skylines, mountain ridges, distant woods.

In: a Brush, an Hour, a base line.      Out: paint.
"""

from dataclasses import dataclass
from math import sin
from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, Brush, Ink, Point
from models.cel.sets.hours import Hour


@dataclass(frozen=True)
class Ridge:
    """A mountain range, ``tall`` home units over its foot at ``base``; ``low`` is its colour at the foot."""

    base: float
    tall: float
    ink: Ink
    low: Ink
    seed: int
    rough: float = 1.0


@dataclass(frozen=True)
class FarTrees:
    """A distant wood, ``tall`` home units over its ``base``; its ground, in ``low``, reaches down to ``foot``."""

    base: float
    tall: float
    ink: Ink
    low: Ink
    seed: int
    lumps: int = 90
    foot: float = BOTTOM


def mountains(b: Brush, ridge: Ridge) -> None:
    """One mountain range: long slopes with small breaks, paler at its foot."""
    base, tall, rough = ridge.base, ridge.tall, ridge.rough
    rng = Random(ridge.seed)
    phases = [rng.uniform(0, 6.3) for _ in range(5)]
    waves = (
        (0.0016, 0.5),
        (0.0041, 0.28),
        (0.0096, 0.13 * rough),
        (0.023, 0.05 * rough),
        (0.051, 0.025 * rough),
    )
    points = []
    for x in range(int(LEFT), int(RIGHT) + 24, 20):
        level = 0.5 + sum(a * sin(x * f + p) for (f, a), p in zip(waves, phases, strict=True)) / 1.6
        points.append((float(x), base - tall * max(0.03, level)))
    b.poly(
        [*points, (RIGHT, BOTTOM), (LEFT, BOTTOM)],
        ridge.ink,
        ridge.low,
        along=((0, base - tall), (0, base + 20)),
    )


def town_skyline(b: Brush, now: Hour, base: float, tall: float, dense: float = 1.0) -> None:
    """Hills, then two rows of houses and blocks, with windows lit after dark."""
    mountains(b.veiled(0.45), Ridge(base - 6, tall * 0.9, "#6d93a8", "#9cc0c4", 3))
    for row, veil in ((0, 0.35), (1, 0.12)):
        _row(b.veiled(veil), now, base + row * tall * 0.10, tall * (0.8 - 0.25 * row), row + 11, dense)
    b.rect((LEFT, base + tall * 0.1), (RIGHT, BOTTOM), "#5d7f76" if not now.snowy else "#dfe8f0")


def _row(b: Brush, now: Hour, base: float, tall: float, seed: int, dense: float) -> None:
    rng = Random(seed)
    x = LEFT
    walls = ("#d8dbe0", "#c6cfda", "#e4dccd", "#b8c2cf", "#cfc6c0", "#aab7c4")
    roofs = ("#7a6f78", "#5f7488", "#8c5f58", "#6a7f74")
    while x < RIGHT:
        wide, high = rng.uniform(26, 84), tall * rng.uniform(0.22, 0.55)
        if rng.random() < 0.22 * dense:
            high = tall * rng.uniform(0.7, 1.15)
        wall = rng.choice(walls)
        b.rect((x, base - high), (x + wide, base + tall * 0.2), wall, "#9aa8b8")
        b.rect((x + wide * 0.68, base - high), (x + wide, base + tall * 0.2), "#5e6a86", alpha=0.28)
        if high < tall * 0.5 and rng.random() < 0.6:
            roof = "#f4f8fc" if now.snowy else rng.choice(roofs)
            b.poly(
                [
                    (x - 4, base - high),
                    (x + wide * 0.5, base - high - wide * 0.28),
                    (x + wide + 4, base - high),
                ],
                roof,
            )
        else:
            b.rect((x + wide * 0.2, base - high - 7), (x + wide * 0.4, base - high), wall)
        _windows(b, now, rng, (x, base - high), (wide, high))
        x += wide * rng.uniform(0.8, 1.15)


def _windows(b: Brush, now: Hour, rng: Random, corner: Point, size: Point) -> None:
    (x, top), (wide, high) = corner, size
    for row in range(int(high / 15)):
        for col in range(int(wide / 13)):
            left, y = x + 5 + col * 13, top + 7 + row * 15
            if now.lamps and rng.random() < 0.42:
                b.rect(
                    (left, y),
                    (left + 7, y + 8),
                    rng.choice(((255, 222, 140), (255, 240, 196), (255, 196, 110))),
                )
            else:
                b.rect((left, y), (left + 7, y + 8), "#6f8aa4", alpha=0.7)


def far_trees(b: Brush, wood: FarTrees) -> None:
    """A distant wood: one dark line of rounded crowns."""
    base, tall, lumps = wood.base, wood.tall, wood.lumps
    rng = Random(wood.seed)
    for n in range(lumps):
        x = LEFT + (RIGHT - LEFT) * n / lumps + rng.uniform(-10, 10)
        r = tall * rng.uniform(0.35, 0.6)
        b.oval((x, base - r * 0.6), ((RIGHT - LEFT) / lumps * 0.9, r), wood.ink, wood.low)
    b.rect((LEFT, base - tall * 0.15), (RIGHT, wood.foot), wood.low)
