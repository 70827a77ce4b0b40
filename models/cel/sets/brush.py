"""A brush: flat shapes, gradients, glows and holes in the colours of an hour.

In: a skia canvas, a Tone.      Out: paint on the canvas, in the set's own units.
A colour ``"#rrggbb"`` is a local colour, tinted by the light of the hour; a colour of three numbers is light itself
(a lamp, a screen, the sky) and is not changed.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from random import Random
from typing import Any, TypedDict, Unpack

import skia

from models.cel.light import Rgb, Tint

Point = tuple[float, float]
Ink = str | Rgb

# The area every plane must cover, so that pans and zooms never show an edge (the home picture is
# 0..1920 x 0..1080).
LEFT, TOP, RIGHT, BOTTOM = -700.0, -460.0, 2620.0, 1560.0


class Wash(TypedDict, total=False):
    """How an ink covers a shape.

    alpha  its cover, 0..1; at the start of a gradient
    fade   its cover at the end of the gradient
    blur   how soft its edge is, in the set's units
    along  from where to where the gradient runs; without it, from the top of the shape to its bottom
    """

    alpha: float
    fade: float
    blur: float
    along: tuple[Point, Point]


@dataclass(frozen=True)
class Tone:
    """How local colours are seen: the light on them, and the haze in front of them."""

    tint: Tint
    haze: Rgb = (255, 255, 255)
    veil: float = 0.0

    def of(self, ink: Ink) -> Rgb:
        if not isinstance(ink, str):
            return ink
        local = (int(ink[1:3], 16), int(ink[3:5], 16), int(ink[5:7], 16))
        seen = (c * t + (h - c * t) * self.veil for c, t, h in zip(local, self.tint, self.haze, strict=True))
        red, green, blue = (min(255, max(0, round(channel))) for channel in seen)
        return red, green, blue


class Brush:
    """Paints on one canvas in one tone; ``rng`` provides the random details."""

    def __init__(self, canvas: Any, tone: Tone, rng: Random) -> None:
        self.canvas, self.tone, self.rng = canvas, tone, rng

    def veiled(self, veil: float) -> "Brush":
        """The same brush, further away: ``veil`` more haze (0..1) over its colours."""
        further = Tone(self.tone.tint, self.tone.haze, self.tone.veil + (1 - self.tone.veil) * veil)
        return Brush(self.canvas, further, self.rng)

    def shaded(self, tint: Tint) -> "Brush":
        return Brush(self.canvas, Tone(tint, self.tone.haze, self.tone.veil), self.rng)

    def paint(self, ink: Ink, alpha: float = 1.0, blur: float = 0.0) -> Any:
        red, green, blue = self.tone.of(ink)
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(red, green, blue, round(255 * alpha)))
        if blur:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        return paint

    def fill(self, path: Any, ink: Ink, to: Ink | None = None, **how: Unpack[Wash]) -> None:
        """Fill ``path``. ``to`` ends a gradient over its height (or ``along`` a line)."""
        alpha, fade = how.get("alpha", 1.0), how.get("fade")
        paint = self.paint(ink, alpha, how.get("blur", 0.0))
        if to is not None or fade is not None:
            box = path.getBounds()
            start, end = how.get("along") or ((0.0, box.top()), (0.0, max(box.bottom(), box.top() + 0.01)))
            first, last = self.tone.of(ink), self.tone.of(to if to is not None else ink)
            colors = [
                skia.Color(*first, round(255 * alpha)),
                skia.Color(*last, round(255 * (alpha if fade is None else fade))),
            ]
            paint.setShader(skia.GradientShader.MakeLinear([start, end], colors))
        self.canvas.drawPath(path, paint)

    def rect(
        self, corner: Point, opposite: Point, ink: Ink, to: Ink | None = None, **how: Unpack[Wash]
    ) -> None:
        (x0, y0), (x1, y1) = corner, opposite
        box = skia.Rect.MakeLTRB(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        self.fill(skia.Path.Rect(box), ink, to, **how)

    def round(self, corner: Point, opposite: Point, r: float, ink: Ink, to: Ink | None = None) -> None:
        """A rectangle with corners of radius ``r``; ``corner`` is left and above, ``opposite`` right and below."""
        self.fill(skia.Path.RRect(skia.Rect.MakeLTRB(*corner, *opposite), r, r), ink, to)

    def poly(self, points: Sequence[Point], ink: Ink, to: Ink | None = None, **how: Unpack[Wash]) -> None:
        self.fill(polygon(points), ink, to, **how)

    def oval(self, center: Point, radii: Point, ink: Ink, to: Ink | None = None, **how: Unpack[Wash]) -> None:
        (x, y), (rx, ry) = center, radii
        self.fill(skia.Path.Oval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry)), ink, to, **how)

    def line(
        self, points: Sequence[Point], ink: Ink, width: float, alpha: float = 1.0, blur: float = 0.0
    ) -> None:
        self.stroke(polygon(points, close=False), ink, width, alpha, blur)

    def curve(self, points: Sequence[Point], ink: Ink, width: float, alpha: float = 1.0) -> None:
        self.stroke(smooth(points, close=False), ink, width, alpha)

    def stroke(self, path: Any, ink: Ink, width: float, alpha: float = 1.0, blur: float = 0.0) -> None:
        paint = self.paint(ink, alpha, blur)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self.canvas.drawPath(path, paint)

    def hole(self, points: Sequence[Point]) -> None:
        """Cut a hole into this plane, so that the plane behind is visible."""
        paint = skia.Paint(AntiAlias=True, BlendMode=skia.BlendMode.kClear)
        self.canvas.drawPath(polygon(points), paint)

    def glow(self, center: Point, r: float, ink: Ink, alpha: float = 1.0, squash: float = 1.0) -> None:
        """Add light in a soft round; ``squash`` flattens it."""
        red, green, blue = self.tone.of(ink)
        stops = [skia.Color(red, green, blue, round(255 * alpha * s)) for s in (1.0, 0.45, 0.12, 0.0)]
        shader = skia.GradientShader.MakeRadial((0, 0), r, stops, [0.0, 0.3, 0.65, 1.0])
        self.canvas.save()
        self.canvas.translate(*center)
        self.canvas.scale(1, squash)
        # Where the plane has a hole (a window), light must not paint over what is behind.
        mode = skia.BlendMode.kScreen
        self.canvas.drawCircle(0, 0, r, skia.Paint(AntiAlias=True, Shader=shader, BlendMode=mode))
        self.canvas.restore()

    def sheen(
        self, points: Sequence[Point], ink: Ink, alpha: float, fade: float = 0.0, blur: float = 0.0
    ) -> None:
        """A shaft or patch of light: added, from ``alpha`` at its top to ``fade`` at its bottom."""
        red, green, blue = self.tone.of(ink)
        path = polygon(points)
        box = path.getBounds()
        ends = [(0.0, box.top()), (0.0, max(box.bottom(), box.top() + 0.01))]
        colors = [skia.Color(red, green, blue, round(255 * a)) for a in (alpha, fade)]
        paint = skia.Paint(AntiAlias=True, Shader=skia.GradientShader.MakeLinear(ends, colors))
        paint.setBlendMode(skia.BlendMode.kScreen)
        if blur:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        self.canvas.drawPath(path, paint)

    def shadow(self, points: Sequence[Point], alpha: float = 0.3, blur: float = 0.0) -> None:
        self.poly(points, (22, 24, 58), alpha=alpha, blur=blur)


def polygon(points: Sequence[Point], close: bool = True) -> Any:
    path = skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    if close:
        path.close()
    return path


def smooth(points: Sequence[Point], close: bool = True) -> Any:
    """A curve that rounds every corner of ``points``."""
    path = skia.Path()
    if close:
        ring = [*points, points[0], points[1]]
        path.moveTo(*_middle(ring[0], ring[1]))
        for a, b in itertools.pairwise(ring):
            path.quadTo(*a, *_middle(a, b))
        path.close()
        return path
    path.moveTo(*points[0])
    for a, b in itertools.pairwise(points):
        path.quadTo(*a, *_middle(a, b))
    path.lineTo(*points[-1])
    return path


def lump(rng: Random, center: Point, radii: Point, bumps: int = 9, rough: float = 0.18) -> Any:
    """A rounded irregular clump: leaves, clouds, rocks."""
    (x, y), (rx, ry) = center, radii
    ring = []
    for n in range(bumps):
        turn, reach = 2 * pi * (n + rng.uniform(-0.2, 0.2)) / bumps, 1 + rng.uniform(-rough, rough)
        ring.append((x + rx * reach * cos(turn), y + ry * reach * sin(turn)))
    return smooth(ring)


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
