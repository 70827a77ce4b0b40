"""Skies: gradient, sun or moon, stars, and painted clouds from cirrus to towering cumulus.

In: a Brush, an Hour.      Out: paint. Knows nothing about what stands below.
"""

from math import pi, sin
from random import Random

import skia

from models.cel.light import Rgb
from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush, lump
from models.cel.sets.hours import Hour


def sky(b: Brush, now: Hour, horizon: float = 620, clouds: bool = True) -> None:
    """The whole sky down to ``horizon`` (its lowest colour goes on below)."""
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
        b.oval(x, y, size, size, tint, alpha=max(0.05, alpha))
        if size > 1.8:
            b.glow(x, y, 12, tint, 0.5)
    if now.stars > 0.8:
        _milky_way(b, rng)


def _milky_way(b: Brush, rng: Random) -> None:
    for n in range(46):
        x = 60 + n * 34 + rng.uniform(-20, 20)
        y = 560 - n * 15 + rng.uniform(-50, 50)
        b.glow(x, y, rng.uniform(60, 150), (150, 170, 235), 0.07, squash=0.8)


def _disc(b: Brush, now: Hour) -> None:
    assert now.sun is not None  # noqa: S101 - asked by the caller
    x, y = now.sun
    if now.time == "night":
        b.glow(x, y, 330, (150, 180, 240), 0.5)
        b.oval(x, y, 46, 46, now.glow)
        for dx, dy, r in ((-14, -10, 11), (12, 6, 8), (-4, 18, 7)):
            b.oval(x + dx, y + dy, r, r, (226, 218, 188))
        return
    low = now.time in ("sunset", "dawn")
    b.glow(x, y, 900 if low else 620, now.glow, 0.85 if low else 0.6)
    b.glow(x, y, 240, (255, 255, 240), 0.9)
    b.oval(x, y, 52 if low else 40, 52 if low else 40, (255, 253, 236))


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
        cloud(b, now, rng, x, horizon - rng.uniform(24, 60), rng.uniform(120, 260), 0.30, alpha=0.75)
    towers = 1 + round(now.cover * 3)
    side = rng.choice((-1, 1))
    for n in range(towers):
        x = 960 + side * (560 - n * 90) * (1 if n % 2 == 0 else -1) + rng.uniform(-120, 120)
        cloud(b, now, rng, x, horizon - 34 - 70 * (n % 3), rng.uniform(300, 470) * (0.62 + 0.5 * now.cover), 0.62)


def cloud(
    b: Brush, now: Hour, rng: Random, x: float, base: float, width: float, rise: float, alpha: float = 1.0
) -> None:
    """One cumulus: a flat base, heaped rounds, shade below, light on the sun's side, a bright rim."""
    lit, shade, deep = now.cloud
    sunward = 1.0 if now.sun and now.sun[0] > x else -1.0
    rounds: list[tuple[float, float, float]] = []
    rows = 4
    for row in range(rows):
        level = row / (rows - 1)
        count = round(9 - 5.5 * level)
        for n in range(count):
            across = (n / max(1, count - 1) - 0.5) * 2 * (1 - 0.62 * level**1.2)
            cx = x + across * width / 2 + rng.uniform(-0.06, 0.06) * width
            cy = base - level * width * rise + rng.uniform(-0.05, 0.05) * width * (0.4 + level)
            rounds.append((cx, cy, width * rng.uniform(0.10, 0.17) * (1.15 - 0.35 * level)))
    body, faces, rims = skia.Path(), skia.Path(), skia.Path()
    for cx, cy, r in rounds:
        body.addCircle(cx, cy, r)
        faces.addCircle(cx + sunward * r * 0.16, cy - r * 0.20, r * 0.84)
        rims.addCircle(cx + sunward * r * 0.28, cy - r * 0.36, r * 0.58)
    canvas = b.canvas
    canvas.saveLayerAlpha(None, round(255 * alpha))
    canvas.clipRect(skia.Rect.MakeLTRB(LEFT, TOP, RIGHT, base + width * 0.06), True)
    b.fill(body, shade, deep, blur=width * 0.004)
    mixed = _between(lit, shade, 0.4)
    b.fill(faces, mixed, shade, blur=width * 0.012, along=((0, base - width * rise), (0, base)))
    b.fill(rims, lit, mixed, blur=width * 0.010, along=((0, base - width * rise), (0, base - width * 0.05)))
    canvas.restore()
    # A torn, hazy foot: cumulus never end in a line.
    b.oval(x, base + width * 0.05, width * 0.62, width * 0.045, _between(shade, now.sky[3], 0.5), alpha=0.8 * alpha,
           blur=width * 0.03)  # fmt: skip


def _overcast(b: Brush, now: Hour, horizon: float, rng: Random) -> None:
    lit, shade, deep = now.cloud
    for row in range(7):
        y = -260 + row * (horizon + 180) / 7
        tall = 130 - row * 13
        for _ in range(13):
            x = rng.uniform(LEFT, RIGHT)
            ink = _between(shade, lit if rng.random() < 0.55 else deep, rng.uniform(0.2, 0.75))
            b.fill(lump(rng, x, y, rng.uniform(180, 420), tall * rng.uniform(0.4, 0.7)), ink, shade, alpha=0.6,
                   blur=14 - row)  # fmt: skip


def _wisp(b: Brush, now: Hour, rng: Random, horizon: float) -> None:
    x, y = rng.uniform(LEFT, RIGHT), rng.uniform(-160, horizon * 0.4)
    length = rng.uniform(260, 700)
    for n in range(5):
        points = [
            (x + t * length + n * 16, y - t * 60 - n * 9 + 9 * sin(t * pi * 2 + n)) for t in (0, 0.25, 0.5, 0.75, 1)
        ]
        b.curve(points, now.cloud[0], 3 + 2 * (n % 3), 0.16)


def _between(a: Rgb, b: Rgb, t: float) -> Rgb:
    return tuple(round(x + (y - x) * t) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]
