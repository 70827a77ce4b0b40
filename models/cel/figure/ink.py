"""Curves, tapered strokes and two-tone fills: all drawing on the canvas goes through here.

In: points in local units, colours, a Light.      Out: pixels on a skia canvas.
Knows nothing about people.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import hypot, pi, sin

import skia

from models.cel.figure.palette import held_line, mix
from models.cel.figure.state import Point
from models.cel.light import Light, Rgb, Tint


def curve(points: Sequence[Point], *, closed: bool = False, path: skia.Path | None = None) -> skia.Path:
    """A smooth path through ``points`` (Catmull-Rom); with ``path``, continue it from its last point."""
    joined = path is not None
    drawn = path if path is not None else skia.Path()
    if not joined:
        drawn.moveTo(*points[0])
    count = len(points)
    for i in range(count if closed else count - 1):
        before = points[i - 1] if closed or i > 0 else points[0]
        a, b = points[i], points[(i + 1) % count]
        after = points[(i + 2) % count] if closed or i + 2 < count else b
        drawn.cubicTo(
            a[0] + (b[0] - before[0]) / 6,
            a[1] + (b[1] - before[1]) / 6,
            b[0] - (after[0] - a[0]) / 6,
            b[1] - (after[1] - a[1]) / 6,
            b[0],
            b[1],
        )
    if closed:
        drawn.close()
    return drawn


def polygon(points: Sequence[Point]) -> skia.Path:
    return skia.Path.Polygon([skia.Point(x, y) for x, y in points], True)


def oval(x: float, y: float, rx: float, ry: float) -> skia.Path:
    return skia.Path.Oval(skia.Rect(x - rx, y - ry, x + rx, y + ry))


def shifted(path: skia.Path, dx: float, dy: float) -> skia.Path:
    moved = skia.Path(path)
    moved.offset(dx, dy)
    return moved


def normals(points: Sequence[Point]) -> list[Point]:
    """Unit normals, to the left of travel with y down, one per point."""
    found: list[Point] = []
    last = len(points) - 1
    for i in range(len(points)):
        a, b = points[max(0, i - 1)], points[min(last, i + 1)]
        dx, dy = b[0] - a[0], b[1] - a[1]
        length = hypot(dx, dy) or 1.0
        found.append((dy / length, -dx / length))
    return found


def sides(points: Sequence[Point], widths: Sequence[float]) -> tuple[list[Point], list[Point]]:
    """The two edges of a band along ``points``; ``widths`` are half-widths."""
    across = normals(points)
    band = list(zip(points, across, widths, strict=True))
    left = [(p[0] + n[0] * w, p[1] + n[1] * w) for p, n, w in band]
    right = [(p[0] - n[0] * w, p[1] - n[1] * w) for p, n, w in band]
    return left, right


def tube(points: Sequence[Point], widths: Sequence[float], *, cap: float = 0.6) -> skia.Path:
    """A closed band along ``points``; its ends bulge by ``cap`` half-widths."""
    left, right = sides(points, widths)
    across = normals(points)
    end, start = points[-1], points[0]
    tip = (end[0] - across[-1][1] * widths[-1] * cap, end[1] + across[-1][0] * widths[-1] * cap)
    tail = (start[0] + across[0][1] * widths[0] * cap, start[1] - across[0][0] * widths[0] * cap)
    if cap < 0.3:  # flat ends: the long edges alone are smooth
        path = curve(left)
        path.quadTo(*tip, *right[-1])
        curve(right[::-1], path=path)
        path.quadTo(*tail, *left[0])
        path.close()
        return path
    return curve([*left, tip, *reversed(right), tail], closed=True)


def stroke(points: Sequence[Point], width: float, *, head: float = 0.0, tail: float = 0.0) -> skia.Path:
    """An inked stroke: full ``width`` in the middle, ``head``/``tail`` (0..1 of it) at the ends."""
    last = len(points) - 1
    swell = [(sin(pi * i / last) ** 0.7 if 0 < i < last else 0.0) for i in range(last + 1)]
    ends = [head + (tail - head) * i / last for i in range(last + 1)]
    half = [width / 2 * max(s, e) for s, e in zip(swell, ends, strict=True)]
    left, right = sides(points, half)
    path = curve(left)
    path.lineTo(*right[-1])
    curve(right[::-1], path=path)
    path.close()
    return path


def hull(points: Sequence[Point]) -> list[Point]:
    """The convex hull of ``points``, in order around it."""

    def half(ordered: Sequence[Point]) -> list[Point]:
        chain: list[Point] = []
        for p in ordered:
            while len(chain) > 1 and _cross(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    ordered = sorted(set(points))
    return half(ordered) + half(ordered[::-1])


def _cross(o: Point, a: Point, b: Point) -> float:
    return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0])


class Pen:
    """Draws on one canvas under one light. ``unit`` is canvas pixels per local unit."""

    def __init__(self, canvas: skia.Canvas, light: Light, unit: float, line: float) -> None:
        self.canvas, self.light, self.unit = canvas, light, unit
        self.line_px = line

    @contextmanager
    def space(
        self, x: float, y: float, *, scale: float = 1.0, turn: float = 0.0, flip: bool = False
    ) -> Iterator[None]:
        """Draw in moved, scaled, turned (degrees) and mirrored local units; the light does not move."""
        kept = self.unit, self.light
        self.canvas.save()
        self.canvas.translate(x, y)
        if turn:
            self.canvas.rotate(turn)
        self.canvas.scale(-scale if flip else scale, scale)
        self.unit *= scale
        if flip:
            self.light = replace(self.light, side=-self.light.side)
        yield
        self.canvas.restore()
        self.unit, self.light = kept

    @property
    def side(self) -> float:
        """-1 when the light comes from the left, else +1."""
        return -1.0 if self.light.side < 0 else 1.0

    def weight(self, share: float = 1.0) -> float:
        """A line's width in local units; 1.0 is the outer contour."""
        return max(0.55, self.line_px * share) / self.unit

    def detail(self, size: float) -> bool:
        """Whether a detail of ``size`` local units is large enough to draw."""
        return size * self.unit >= 1.1

    def lit(self, color: Rgb) -> Rgb:
        return self.light.lit(color)

    def dark(self, color: Rgb, *, skin: bool = False) -> Rgb:
        """The shaded tone; that of skin is lighter and warmer."""
        if not skin:
            return self.light.shaded(color)
        red, green, blue = self.light.shade
        lift: Tint = (red * 0.55 + 0.46, green * 0.55 + 0.41, blue * 0.55 + 0.38)
        key = self.light.key
        kr, kg, kb = (min(1.0, k) for k in key)
        return Light(key, (lift[0] * kr, lift[1] * kg, lift[2] * kb), 0.0).shaded(color)

    def fill(self, path: skia.Path, color: Rgb, alpha: float = 1.0) -> None:
        """Flat paint, exactly this colour."""
        paint = skia.Paint(AntiAlias=True, Color=skia.Color(*color, round(alpha * 255)))
        self.canvas.drawPath(path, paint)

    def paint(self, path: skia.Path, color: Rgb) -> None:
        """Flat paint in the lit tone."""
        self.fill(path, self.lit(color))

    def ink(self, points: Sequence[Point], color: Rgb, width: float = 0.7, **ends: float) -> None:
        """A tapered stroke in the line colour that belongs to ``color``."""
        self.fill(stroke(points, self.weight(width) * 1.25, **ends), self.lit(held_line(color)))

    def contour(self, path: skia.Path, color: Rgb, width: float = 1.0) -> None:
        """The outline, later covered by its own fill; heavier at the bottom and away from the light."""
        w = self.weight(width)
        paint = skia.Paint(
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=1.7 * w,
            Color=skia.Color(*self.lit(held_line(color))),
            StrokeJoin=skia.Paint.kMiter_Join,
            StrokeMiter=9,  # locks of hair end in a point
        )
        self.canvas.drawPath(shifted(path, -self.side * 0.22 * w, 0.25 * w), paint)

    def cel(
        self,
        path: skia.Path,
        color: Rgb,
        *,
        shadow: Point | None = None,
        line: float = 1.0,
        skin: bool = False,
        rim: float = 0.0,
    ) -> None:
        """Outline, lit tone, and a hard-edged shade along the side away from the light.

        shadow  how far the shade extends from that side and from below
        rim     width of the edge light, if the light has one
        """
        if self.canvas.quickReject(path):
            return
        if line:
            self.contour(path, color, line)
        self.paint(path, color)
        if shadow or (rim and self.light.rim):
            self.shade(path, color, shadow or (0.0, 0.0), skin=skin, rim=rim)

    def shade(
        self, path: skia.Path, color: Rgb, shadow: Point, *, skin: bool = False, rim: float = 0.0
    ) -> None:
        """Only the hard-edged shade of ``path``, and its edge light."""
        if self.canvas.quickReject(path):
            return
        if self.detail(max(abs(shadow[0]), abs(shadow[1]))):
            lit_part = shifted(path, self.side * shadow[0], -shadow[1])
            self.except_for(path, lit_part, self.dark(color, skin=skin))
        if rim and self.light.rim and self.detail(rim):
            inner = shifted(path, -self.side * rim, rim * 0.45)
            self.except_for(path, inner, mix(self.lit(color), self.light.rim, 0.75))

    def except_for(self, path: skia.Path, hole: skia.Path, color: Rgb) -> None:
        """Paint the part of ``path`` outside ``hole``."""
        self.canvas.save()
        self.canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        self.canvas.clipPath(hole, skia.ClipOp.kDifference, True)
        self.canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=skia.Color(*color)))
        self.canvas.restore()

    @contextmanager
    def within(self, path: skia.Path) -> Iterator[None]:
        """Clip everything drawn inside the block to ``path``."""
        self.canvas.save()
        self.canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        yield
        self.canvas.restore()
