"""Effects for emotions: focus lines, sparkles, gloom, bokeh, a vignette; and shadows on the ground.

In: a canvas in pixels, a Cut, the positions of people.      Out: paint over the picture.
"""

from collections.abc import Mapping
from math import cos, pi, sin
from random import Random
from typing import Any

import skia

from assets.sheets.cutsheet import Cut
from models.cel.figure.state import Anchors, Point
from models.cel.sets.hours import Hour

Size = tuple[int, int]
_NEAR = ("medium", "medium_close", "close", "extreme_close")
_SHOCKED = ("scared", "pained")


def alive(cut: Cut) -> bool:
    """Whether the effects of this cut change from drawing to drawing."""
    return _lines(cut) or _sparkles(cut) or _bokeh(cut)


def aims(cut: Cut) -> bool:
    """Whether an effect needs the positions of people."""
    return _lines(cut)


def _lines(cut: Cut) -> bool:
    return cut.mood == "action" and cut.camera.move in ("push_in", "shake") and bool(cut.staged)


def _sparkles(cut: Cut) -> bool:
    glad = any(person.expression in ("happy", "laughing") for person in cut.staged)
    return cut.size in _NEAR and (cut.mood == "wonder" or (cut.mood == "cheerful" and glad))


def _bokeh(cut: Cut) -> bool:
    return cut.size in _NEAR and cut.mood == "warm"


def _gloom(cut: Cut) -> bool:
    return cut.size in _NEAR and any(person.expression in _SHOCKED for person in cut.staged)


def settled(canvas: Any, cut: Cut, size: Size, *, seed: int) -> bool:
    """Draw effects that do not change during the cut; return whether there are any."""
    dim = cut.mood in ("tense", "sad", "mysterious")
    if dim:
        _vignette(canvas, size, 0.34)
    if _gloom(cut):
        _gloom_lines(canvas, size, seed)
    return dim or _gloom(cut)


def add(canvas: Any, cut: Cut, size: Size, *, drawing: int, people: Mapping[str, Anchors], seed: int) -> None:
    """Draw changing effects for one drawing (counted in drawings, not frames)."""
    if _bokeh(cut):
        _bokeh_discs(canvas, size, drawing, seed)
    if _sparkles(cut):
        _sparkle(canvas, size, drawing, seed)
    if _lines(cut):
        _focus_lines(canvas, size, drawing, people, seed)


def ground_shadow(canvas: Any, feet: Point, height: float, now: Hour, *, indoors: bool) -> None:
    """A soft round shadow under the feet; with a low sun also a long one away from it."""
    x, y = feet
    low = not indoors and now.sun is not None and now.time in ("sunset", "dawn", "morning")
    if low:
        canvas.save()
        canvas.translate(x, y)
        canvas.skew(-1.5 if now.side > 0 else 1.5, 0)
        _blot(canvas, (0.0, height * 0.13), (height * 0.13, height * 0.19), 0.30)
        canvas.restore()
    _blot(canvas, (x, y - height * 0.002), (height * 0.20, height * 0.032), 0.42)


def _blot(canvas: Any, center: Point, radii: Point, alpha: float) -> None:
    canvas.save()
    canvas.translate(*center)
    canvas.scale(*radii)
    dark, mid = skia.Color(24, 20, 56, round(255 * alpha)), skia.Color(24, 20, 56, round(190 * alpha))
    shader = skia.GradientShader.MakeRadial((0, 0), 1, [dark, mid, skia.Color(24, 20, 56, 0)], [0, 0.62, 1])
    canvas.drawCircle(0, 0, 1, skia.Paint(AntiAlias=True, Shader=shader))
    canvas.restore()


def _vignette(canvas: Any, size: Size, alpha: float) -> None:
    wide, high = size
    canvas.save()
    canvas.translate(wide / 2, high / 2)
    canvas.scale(wide / 2, high / 2)
    clear, dark = skia.Color(14, 12, 40, 0), skia.Color(14, 12, 40, round(255 * alpha))
    shader = skia.GradientShader.MakeRadial((0, 0), 1.42, [clear, clear, dark], [0, 0.55, 1])
    canvas.drawRect(skia.Rect.MakeLTRB(-1, -1, 1, 1), skia.Paint(Shader=shader))
    canvas.restore()


def _gloom_lines(canvas: Any, size: Size, seed: int) -> None:
    """Vertical lines hanging from the top of the picture (縦線), for shock."""
    wide, high = size
    rng, path = Random(seed), skia.Path()
    x = 0.0
    while x < wide:
        path.addRect(skia.Rect.MakeXYWH(x, 0, high / 420, high * rng.uniform(0.16, 0.36)))
        x += high * rng.uniform(0.010, 0.030)
    colors = [skia.Color(36, 34, 92, 150), skia.Color(36, 34, 92, 0)]
    shade = skia.GradientShader.MakeLinear([(0, 0), (0, high * 0.36)], colors)
    canvas.drawPath(path, skia.Paint(Shader=shade))
    wash = skia.GradientShader.MakeLinear(
        [(0, 0), (0, high * 0.45)], [skia.Color(44, 40, 110, 96), skia.Color(44, 40, 110, 0)]
    )
    canvas.drawRect(skia.Rect.MakeWH(wide, high * 0.45), skia.Paint(Shader=wash))


def _bokeh_discs(canvas: Any, size: Size, drawing: int, seed: int) -> None:
    wide, high = size
    rng = Random(seed)
    for _ in range(13):
        x, y, r = rng.random() * wide, rng.random() * high, high * rng.uniform(0.02, 0.07)
        glow = 0.5 + 0.5 * sin(drawing * 0.11 + rng.random() * 2 * pi)
        y = (y - drawing * high * 0.0008) % high
        color = skia.Color(255, 232, 180, round(22 + 34 * glow))
        canvas.drawCircle(x, y, r, skia.Paint(AntiAlias=True, Color=color))


def _sparkle(canvas: Any, size: Size, drawing: int, seed: int) -> None:
    wide, high = size
    rng = Random(seed + 5)
    for _ in range(14):
        x, y, phase = rng.random() * wide, rng.random() * high * 0.8, rng.random()
        life = (drawing / 14 + phase) % 1.0
        r = high * 0.030 * sin(pi * life) * (0.5 + rng.random())
        _star(canvas, x, y, max(0.1, r), skia.Color(255, 252, 226, round(230 * sin(pi * life))))


def _star(canvas: Any, x: float, y: float, r: float, color: int) -> None:
    path = skia.Path()
    for n in range(8):
        reach = r if n % 2 == 0 else r * 0.16
        point = (x + reach * cos(n * pi / 4 - pi / 2), y + reach * sin(n * pi / 4 - pi / 2))
        path.moveTo(*point) if n == 0 else path.lineTo(*point)
    path.close()
    canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=color))


def _focus_lines(canvas: Any, size: Size, drawing: int, people: Mapping[str, Anchors], seed: int) -> None:
    """集中線: wedges from the edge towards the subject, redrawn with every drawing."""
    wide, high = size
    heads = [found.head for found in people.values()]
    cx = sum(x for x, _ in heads) / len(heads) if heads else wide / 2
    cy = sum(y for _, y in heads) / len(heads) if heads else high / 2
    rng, path = Random(seed * 131 + drawing), skia.Path()
    reach = (wide**2 + high**2) ** 0.5
    for n in range(90):
        turn = 2 * pi * (n + rng.random()) / 90
        inner = (0.27 + 0.12 * rng.random()) * reach * (0.66 + 0.34 * abs(cos(turn)))
        half = rng.uniform(0.002, 0.011)
        path.moveTo(cx + inner * cos(turn), cy + inner * sin(turn))
        path.lineTo(cx + reach * cos(turn - half), cy + reach * sin(turn - half))
        path.lineTo(cx + reach * cos(turn + half), cy + reach * sin(turn + half))
        path.close()
    canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=skia.Color(255, 255, 255, 205)))
