"""Weather at one moment: rain, snow, petals, leaves, fog, lightning.

In: a canvas in pixels, an Hour, seconds.      Out: paint over the whole picture.
The position of every particle is a function of time, so any frame can be drawn without the one before.
"""

from dataclasses import dataclass
from math import cos, pi, sin
from random import Random
from typing import Any

import skia

from models.cel.sets.hours import Hour

Size = tuple[int, int]


@dataclass(frozen=True)
class Frame:
    """One frame to draw weather in: its size in pixels, the seconds since the cut began, the seed of the cut."""

    size: Size
    seconds: float
    seed: int


@dataclass(frozen=True)
class Rain:
    """``count`` drops in the nearest layer; ``slant`` is how far they move sideways per unit of height."""

    slant: float
    count: int


@dataclass(frozen=True)
class Flutter:
    """Petals or leaves in the wind; ``gust`` is its strength, 1 for a light one."""

    count: int
    inks: tuple[tuple[int, int, int], ...]
    gust: float


def falls(now: Hour) -> bool:
    """Whether this weather changes from drawing to drawing."""
    return now.weather not in ("clear", "cloudy")


def fall(canvas: Any, now: Hour, at: Frame, *, indoors: bool) -> None:
    """Draw the weather of one moment; ``indoors`` it is seen through glass, without splashes."""
    match now.weather:
        case "rain":
            _rain(canvas, now, at, Rain(0.16, 150), splashes=not indoors)
        case "storm":
            lightning(canvas, at)
            _rain(canvas, now, at, Rain(0.38, 240), splashes=not indoors)
        case "snow":
            _snow(canvas, now, at)
        case "fog":
            if not indoors:
                _fog(canvas, now, at)
        case "petals":
            _flutter(canvas, now, at, Flutter(34, ((255, 214, 226), (250, 182, 206), (255, 238, 242)), 0.9))
        case "wind":
            _flutter(canvas, now, at, Flutter(20, ((150, 176, 84), (198, 168, 84), (112, 142, 74)), 2.6))


def _rain(canvas: Any, now: Hour, at: Frame, rain: Rain, *, splashes: bool) -> None:
    (wide, high), seconds = at.size, at.seconds
    unit, rng = high / 720, Random(at.seed)
    ink = (196, 210, 236) if now.dark else (240, 246, 252)
    for depth, alpha, thick in ((0, 70, 1.0), (1, 105, 1.5), (2, 140, 2.2)):
        path = skia.Path()
        length, speed = (34 + 40 * depth) * unit, (1500 + 650 * depth) * unit
        span = high + length * 2
        for _ in range(rain.count // (1 + depth)):
            x0, y0 = rng.random() * (wide + span * rain.slant), rng.random() * span
            y = (y0 + speed * seconds * (0.9 + 0.2 * rng.random())) % span - length
            # Each fall uses another column, or the eye would recognise the same drop.
            x = x0 - rain.slant * y
            path.moveTo(x, y)
            path.lineTo(x - rain.slant * length, y + length)
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(*ink, alpha), StrokeWidth=thick * unit)
        paint.setStyle(skia.Paint.kStroke_Style)
        canvas.drawPath(path, paint)
    if splashes:
        _splashes(canvas, at.size, seconds, rng, ink)


def _splashes(canvas: Any, size: Size, seconds: float, rng: Random, ink: tuple[int, int, int]) -> None:
    wide, high = size
    unit = high / 720
    for _ in range(26):
        phase, place = rng.random(), rng.random()
        life = (seconds * 2.4 + phase) % 1.0
        turn = int(seconds * 2.4 + phase)
        spot = Random(turn * 7919 + int(place * 1e6))
        x, y = spot.random() * wide, high * (0.80 + 0.2 * spot.random())
        r = (3 + 12 * life) * unit * (0.5 + y / high)
        paint = skia.Paint(
            AntiAlias=True, Color=skia.Color(*ink, round(130 * (1 - life))), StrokeWidth=1.2 * unit
        )
        paint.setStyle(skia.Paint.kStroke_Style)
        canvas.drawOval(skia.Rect.MakeLTRB(x - r, y - r * 0.28, x + r, y + r * 0.28), paint)


def _snow(canvas: Any, now: Hour, at: Frame) -> None:
    (wide, high), seconds = at.size, at.seconds
    unit, rng = high / 720, Random(at.seed)
    ink = (214, 224, 246) if now.dark else (255, 255, 255)
    for depth, count, radius, speed, alpha in (
        (0, 90, 1.4, 46, 170),
        (1, 60, 2.6, 74, 215),
        (2, 20, 5.2, 120, 150),
    ):
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(*ink, alpha))
        path = skia.Path()
        for _ in range(count):
            x0, y0, phase = rng.random() * wide, rng.random(), rng.random() * 2 * pi
            span = high + 40 * unit
            y = (y0 * span + speed * unit * seconds * (0.8 + 0.4 * rng.random())) % span - 20 * unit
            x = (x0 + (14 + 10 * depth) * unit * sin(seconds * 0.9 + phase) - 16 * unit * seconds) % wide
            path.addCircle(x, y, radius * unit * (0.7 + 0.6 * y0))
        canvas.drawPath(path, paint)


def _flutter(canvas: Any, now: Hour, at: Frame, flutter: Flutter) -> None:
    (wide, high), seconds = at.size, at.seconds
    unit, rng = high / 720, Random(at.seed)
    key = now.key
    for n in range(flutter.count):
        near = rng.random() ** 2
        x0, y0, phase = rng.random(), rng.random(), rng.random() * 2 * pi
        drift, sink = (
            (60 + 110 * near) * flutter.gust * unit,
            (44 + 70 * near) * unit * (1.0 if flutter.gust < 2 else 0.5),
        )
        x = (x0 * (wide + 120) + drift * seconds + 26 * unit * sin(seconds * 1.3 + phase)) % (wide + 120) - 60
        y = (y0 * (high + 80) + sink * seconds + 16 * unit * sin(seconds * 2.1 + phase)) % (high + 80) - 40
        r = (4.5 + 7.5 * near) * unit
        ink = flutter.inks[n % len(flutter.inks)]
        lit = tuple(min(255, round(c * (0.25 + 0.75 * k))) for c, k in zip(ink, key, strict=True))
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate((phase + seconds * (1.6 + 2 * near)) * 57)
        canvas.scale(1.0, 0.35 + 0.65 * abs(cos(seconds * 2.4 + phase)))
        path = skia.Path()
        path.moveTo(-r, 0)
        path.quadTo(-r * 0.2, -r * 0.9, r, -r * 0.12)
        path.quadTo(r * 0.72, 0, r, r * 0.12)
        path.quadTo(-r * 0.2, r * 0.9, -r, 0)
        canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=skia.Color(*lit, round(170 + 80 * near))))
        canvas.restore()


def _fog(canvas: Any, now: Hour, at: Frame) -> None:
    (wide, high), seconds = at.size, at.seconds
    rng = Random(at.seed)
    for n in range(4):
        y = high * (0.42 + 0.17 * n)
        tall = high * (0.20 + 0.05 * n)
        shift = (rng.random() * wide + seconds * (10 + 9 * n) * high / 720) % (2 * wide)
        for copy in (shift - 2 * wide, shift):
            clear, full = skia.Color(*now.haze, 0), skia.Color(*now.haze, 105)
            canvas.save()
            canvas.translate(copy + wide * 0.5, y)
            canvas.scale(wide * 0.85, tall)
            shader = skia.GradientShader.MakeRadial((0, 0), 1.0, [full, clear])
            canvas.drawRect(skia.Rect.MakeLTRB(-1, -1, 1, 1), skia.Paint(Shader=shader))
            canvas.restore()


def lightning(canvas: Any, at: Frame) -> None:
    """One bolt about every three seconds, fading over half a second, in a small part of the sky: far below the limits
    for photosensitive viewers, three flashes a second and a quarter of the picture."""
    period = 3.1
    phase = (at.seconds + 0.8 + (at.seed % 7) * 0.3) / period
    rng, age = Random(at.seed * 31 + int(phase)), (phase % 1.0) * period
    if age > 0.5:
        return
    wide, high = at.size
    left = 1 - age / 0.5
    x, y = wide * rng.uniform(0.15, 0.85), -0.02 * high
    path = skia.Path()
    path.moveTo(x, y)
    for _ in range(9):
        x, y = x + rng.uniform(-0.028, 0.028) * wide, y + high * rng.uniform(0.02, 0.06)
        path.lineTo(x, y)
    paint = skia.Paint(
        AntiAlias=True, Color=skia.Color(226, 230, 255, round(215 * left)), StrokeWidth=high / 260
    )
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    glow = skia.GradientShader.MakeRadial(
        (x, y * 0.5), high * 0.26, [skia.Color(190, 200, 255, round(90 * left)), skia.Color(190, 200, 255, 0)]
    )
    canvas.drawCircle(x, y * 0.5, high * 0.26, skia.Paint(Shader=glow))
    canvas.drawPath(path, paint)
