"""Skies: gradient, sun or moon, stars, and painted clouds from cirrus to towering cumulus.

In: a Brush, an Hour.      Out: paint. Knows nothing about what stands below.
"""

from dataclasses import dataclass
from math import cos, pi, sin
from random import Random

import skia

from models.cel.light import Rgb
from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush, lump
from models.cel.sets.hours import Hour


def sky(b: Brush, now: Hour, horizon: float = 620, clouds: bool = True) -> None:
    """The whole sky down to ``horizon``; its lowest colour continues below."""
    gradient(b, now, horizon)
    if now.stars:
        stars(b, now, horizon)
    if now.sun:
        _disc(b, now)
    if clouds:
        cumulus(b, now, horizon)


def gradient(b: Brush, now: Hour, horizon: float) -> None:
    colors = [skia.Color(*stop) for stop in now.sky]
    shader = skia.GradientShader.MakeLinear([(0, -220), (0, horizon)], colors, [0.0, 0.42, 0.78, 1.0])
    b.canvas.drawRect(skia.Rect.MakeLTRB(LEFT, TOP, RIGHT, BOTTOM), skia.Paint(Shader=shader, Dither=True))


def stars(b: Brush, now: Hour, horizon: float) -> None:
    rng = Random(b.rng.random())
    for _ in range(round(420 * now.stars)):
        x, y = rng.uniform(LEFT, RIGHT), horizon - 60 - (horizon - TOP) * rng.random() ** 0.8
        size, alpha = rng.choice((0.8, 1.0, 1.3, 2.0)), rng.uniform(0.35, 1.0) * min(1, (horizon - y) / 420)
        tint = rng.choice(((255, 255, 255), (214, 228, 255), (255, 240, 214)))
        b.oval((x, y), (size, size), tint, alpha=max(0.05, alpha))
        if size > 1.8:
            b.glow((x, y), 12, tint, 0.5)
    if now.stars > 0.8:
        _milky_way(b, rng)


def _milky_way(b: Brush, rng: Random) -> None:
    for n in range(46):
        x = 60 + n * 34 + rng.uniform(-20, 20)
        y = 560 - n * 15 + rng.uniform(-50, 50)
        b.glow((x, y), rng.uniform(60, 150), (150, 170, 235), 0.07, squash=0.8)


def _disc(b: Brush, now: Hour) -> None:
    assert now.sun is not None  # noqa: S101 - asked by the caller
    x, y = now.sun
    if now.time == "night":
        b.glow((x, y), 330, (150, 180, 240), 0.5)
        b.oval((x, y), (46, 46), now.glow)
        for dx, dy, r in ((-14, -10, 11), (12, 6, 8), (-4, 18, 7)):
            b.oval((x + dx, y + dy), (r, r), (226, 218, 188))
        return
    low = now.time in ("sunset", "dawn")
    b.glow((x, y), 900 if low else 620, now.glow, 0.85 if low else 0.6)
    b.glow((x, y), 240, (255, 255, 240), 0.9)
    b.oval((x, y), (52 if low else 40, 52 if low else 40), (255, 253, 236))


@dataclass(frozen=True)
class Cumulus:
    """A heaped cloud around ``x`` on a flat ``base``; it rises by ``rise`` times its width, and a little more."""

    x: float
    base: float
    width: float
    rise: float
    alpha: float = 1.0


def cumulus(b: Brush, now: Hour, horizon: float) -> None:
    """Cloud banks: far small ones along the horizon, one or two great towers, wisps above."""
    rng = Random(b.rng.random())
    if now.cover >= 0.85:
        _overcast(b, now, horizon, rng)
        return
    for _ in range(5):
        _wisp(b, now, rng, horizon)
    for n in range(9):
        x = LEFT + (n + rng.random()) * (RIGHT - LEFT) / 9
        cloud(b, now, rng, Cumulus(x, horizon - rng.uniform(24, 60), rng.uniform(120, 260), 0.30, alpha=0.75))
    towers = 1 + round(now.cover * 3)
    side = rng.choice((-1, 1))
    for n in range(towers):
        x = 960 + side * (560 - n * 90) * (1 if n % 2 == 0 else -1) + rng.uniform(-120, 120)
        cloud(
            b,
            now,
            rng,
            Cumulus(x, horizon - 34 - 70 * (n % 3), rng.uniform(300, 470) * (0.62 + 0.5 * now.cover), 0.62),
        )


def cloud(b: Brush, now: Hour, rng: Random, cumulus: Cumulus) -> None:
    """One cumulus: heaped towers on a flat base, blue shade below, cauliflower light on the sun's side."""
    x, base, width = cumulus.x, cumulus.base, cumulus.width
    rise = cumulus.rise
    lit, shade, deep = now.cloud
    sunward = 1.0 if now.sun and now.sun[0] > x else -1.0
    body, middle, bright, rim = skia.Path(), skia.Path(), skia.Path(), skia.Path()
    for cx, cy, r in _heap(rng, cumulus):
        body.addCircle(cx, cy, r)
        level = min(1.0, max(0.0, (base - cy) / (width * rise)))
        middle.addOval(_round(cx + sunward * r * 0.20, cy - r * 0.22, r * 0.86, r * 0.82))
        if level > 0.12:
            bright.addOval(_round(cx + sunward * r * 0.30, cy - r * 0.34, r * 0.68, r * 0.60))
        for _ in range(3):
            turn = -pi / 2 + sunward * rng.uniform(-0.5, 1.3)
            knob = r * rng.uniform(0.16, 0.30)
            rim.addCircle(cx + cos(turn) * r * 0.72, cy + sin(turn) * r * 0.72, knob)
    top = base - width * rise * 1.15
    down = ((0.0, top), (0.0, base))
    half = _between(lit, shade, 0.45)
    b.canvas.saveLayerAlpha(None, round(255 * cumulus.alpha))
    b.canvas.clipRect(skia.Rect.MakeLTRB(LEFT, TOP, RIGHT, base + width * 0.03), True)
    b.fill(body, shade, deep, blur=width * 0.004, along=down)
    b.fill(middle, half, shade, blur=width * 0.010, along=down)
    b.fill(bright, lit, half, blur=width * 0.012, along=down)
    b.fill(rim, lit, half, blur=width * 0.004, alpha=0.9, along=down)
    b.canvas.restore()
    _foot(b, now, rng, cumulus)


def _heap(rng: Random, cumulus: Cumulus) -> list[tuple[float, float, float]]:
    """Circles, lowest last: a few towers of unequal height, each crowned by ever smaller rounds."""
    x, base, width, rise = cumulus.x, cumulus.base, cumulus.width, cumulus.rise
    rounds: list[tuple[float, float, float]] = []
    towers = [(x + width * at, rise * width * tall) for at, tall in
              ((-0.36, rng.uniform(0.25, 0.5)), (-0.16, rng.uniform(0.55, 1.0)), (0.08, rng.uniform(0.7, 1.1)),
               (0.28, rng.uniform(0.35, 0.75)), (0.44, rng.uniform(0.15, 0.35)))]  # fmt: skip
    for tx, tall in towers:
        steps = max(3, round(tall / (width * 0.055)))
        for n in range(steps):
            level = n / steps
            spread = width * 0.13 * (1.15 - 0.75 * level)
            for _ in range(2):
                r = width * rng.uniform(0.055, 0.105) * (1.15 - 0.55 * level)
                rounds.append((tx + rng.uniform(-1, 1) * spread, base - level * tall - r * 0.3, r))
    for _ in range(16):
        r = width * rng.uniform(0.04, 0.08)
        rounds.append((x + rng.uniform(-0.52, 0.52) * width, base - r * rng.uniform(0.0, 0.6), r))
    return sorted(rounds, key=lambda item: item[1])


def _foot(b: Brush, now: Hour, rng: Random, cumulus: Cumulus) -> None:
    """Soften the base of a cumulus with torn flakes in the colour of the air."""
    x, base, width = cumulus.x, cumulus.base, cumulus.width
    ink = _between(now.cloud[1], now.sky[3], 0.45)
    for _ in range(7):
        at, wide = x + rng.uniform(-0.5, 0.5) * width, width * rng.uniform(0.12, 0.26)
        b.oval(
            (at, base + width * rng.uniform(0.0, 0.04)),
            (wide, width * rng.uniform(0.012, 0.026)),
            ink,
            alpha=0.75 * cumulus.alpha,
            blur=width * 0.012,
        )


def _round(x: float, y: float, rx: float, ry: float) -> skia.Rect:
    return skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry)


def _overcast(b: Brush, now: Hour, horizon: float, rng: Random) -> None:
    lit, shade, deep = now.cloud
    for row in range(7):
        y = -260 + row * (horizon + 180) / 7
        tall = 130 - row * 13
        for _ in range(13):
            x = rng.uniform(LEFT, RIGHT)
            ink = _between(shade, lit if rng.random() < 0.55 else deep, rng.uniform(0.2, 0.75))
            b.fill(lump(rng, (x, y), (rng.uniform(180, 420), tall * rng.uniform(0.4, 0.7))), ink, shade, alpha=0.6,
                   blur=14 - row)  # fmt: skip


def _wisp(b: Brush, now: Hour, rng: Random, horizon: float) -> None:
    """Cirrus: feathered strokes combed by high wind."""
    x, y = rng.uniform(LEFT, RIGHT), rng.uniform(-160, horizon * 0.42)
    length, lift = rng.uniform(200, 520), rng.uniform(-0.16, -0.04)
    for _ in range(11):
        at, wide = rng.random(), length * rng.uniform(0.15, 0.45)
        b.oval(
            (x + at * length, y + at * length * lift + rng.uniform(-16, 16)),
            (wide, rng.uniform(2.5, 7)),
            now.cloud[0],
            alpha=0.20,
            blur=5,
        )


def _between(a: Rgb, b: Rgb, t: float) -> Rgb:
    return tuple(round(x + (y - x) * t) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]
