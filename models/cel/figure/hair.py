"""Hair: masses in two tones with strands and a ring of light, tails, braids and buns.

In: a HeadView, a Look, Air.      Out: ink in head units (unmirrored).
Knows nothing about faces; the caller draws the back, then the head, then the front.
"""

from collections.abc import Sequence
from math import cos, pi, radians, sin

import skia

from assets.sheets.look import Look
from models.cel.figure.hairstyles import STYLES, Style, Tail
from models.cel.figure.headview import HeadView
from models.cel.figure.ink import Pen, curve, oval, sides, stroke
from models.cel.figure.locks import Air, back_path, equator, strands
from models.cel.figure.palette import HAIR, SKIN, WHITE, luminance, mix
from models.cel.figure.state import Point
from models.cel.light import Rgb

TEETH = (0.2, 0.8, 0.25, 0.5, 0.3, 1.25, 0.3, 0.7, 0.2, 0.45, 0.2)  # lower edge of the ring of light


def draw_back(pen: Pen, view: HeadView, look: Look, air: Air) -> None:
    """Tails and hair behind the head; drawn before body and head."""
    style, color = STYLES[look.hair], HAIR[look.hair_color]
    deep = pen.light.shaded(color)
    path = back_path(view, style, air)
    for tail in style.tails:
        if not tail.front and view.around(tail.azimuth, 0)[2] <= 0.35:
            _tail(pen, view, look, tail, air)
    if style.bun and view.around(180, 0)[2] <= 0.3:
        _bun(pen, view, style, color)
    if path is not None:
        pen.contour(path, color)
        pen.fill(path, mix(deep, pen.dark(deep), 0.25))
        _back_strands(pen, view, style, air, color)


def draw_front(pen: Pen, view: HeadView, look: Look, air: Air, path: skia.Path) -> None:
    """The hair on our side, with shade, strands and the ring of light."""
    style, color = STYLES[look.hair], HAIR[look.hair_color]
    if look.hair == "bald":
        _scalp_shine(pen, view, SKIN[look.skin])
        return
    if style.cropped:
        pen.cel(path, mix(color, SKIN[look.skin], 0.12), shadow=(7, 4), line=0.5, rim=5)
        return
    pen.cel(path, color, shadow=(6, 5), rim=6)
    with pen.within(path):
        if style.shaved_sides:
            _shaved(pen, view, color)
        _side_shade(pen, view, color, style)
        _ring(pen, view, color, style)
        _strands(pen, view, style, air, color)
    if style.tuft:
        _tuft(pen, view, color, air)


def draw_over(pen: Pen, view: HeadView, look: Look, air: Air) -> None:
    """Tails and buns nearer to us than the head, or in front of the shoulder."""
    style, color = STYLES[look.hair], HAIR[look.hair_color]
    for tail in style.tails:
        if tail.front and view.away:
            continue
        if tail.front or view.around(tail.azimuth, 0)[2] > 0.35:
            _tail(pen, view, look, tail, air)
    if style.bun and view.around(180, 0)[2] > 0.3:
        _bun(pen, view, style, color)


def _whorl(view: HeadView) -> Point:
    x, y, _ = view.around(180, -106, 18)
    return x, y - 4


def _strands(pen: Pen, view: HeadView, style: Style, air: Air, color: Rgb) -> None:
    """Lines that run from between the locks towards the crown."""
    if not pen.detail(2.2) or style.edge == "curl":
        return
    top = _whorl(view)
    for strand in strands(view, style, air):
        if strand.depth < 0.05:
            continue
        x, y = strand.right
        if y > 45:  # long hair: lines along its fall
            pen.ink([(x, y - 10), (x * 0.995, y * 0.55), (x * 0.97, 0)], color, 0.5)
            continue
        reach = 0.34 + 0.22 * (round(strand.azimuth) % 3)
        points = [(x, y + 3)]
        for step in (0.33, 0.66, 1.0):
            f = reach * step
            points.append((x + (top[0] - x) * f**1.9, y + (top[1] - y) * f**0.9))
        pen.ink(points, color, 0.5)


def _back_strands(pen: Pen, view: HeadView, style: Style, air: Air, color: Rgb) -> None:
    if not pen.detail(2.2):
        return
    for strand in strands(view, style, air):
        if strand.depth > 0 or strand.tip[1] < 60:
            continue
        x, y = strand.tip
        points = [(x * 0.8, 30), (x * 0.92, y * 0.5), (x * 0.98, y - 14)]
        pen.fill(stroke(points, pen.weight(0.5)), pen.dark(pen.light.shaded(color)))


def _side_shade(pen: Pen, view: HeadView, color: Rgb, style: Style) -> None:
    """The dome turns away from the light at its far side."""
    (lx, _), (rx, _) = equator(view, style)
    centre, half = (lx + rx) / 2, (rx - lx) / 2
    far = -pen.side
    edge, inner = centre + far * half * 1.4, centre + far * half * 0.66
    points = [(inner + far * 16, -128), (inner + far * 5, -84), (inner + far * 6, -40), (inner + far * 15, 6)]
    path = curve(points)
    path.lineTo(inner + far * 22, 700)
    path.lineTo(edge + far * 200, 700)
    path.lineTo(edge + far * 200, -150)
    path.close()
    pen.fill(path, pen.dark(color))


def _ring(pen: Pen, view: HeadView, color: Rgb, style: Style) -> None:
    """The ring of light on the crown, with a toothed lower edge."""
    if not pen.detail(4):
        return
    (lx, _), (rx, _) = equator(view, style)
    centre, half = (lx + rx) / 2 + pen.side * 9, (rx - lx) / 2
    top = -74 * style.dome + view.drop(0.4)
    tone = pen.lit(mix(color, WHITE, 0.5 if luminance(color) < 0.8 else 0.8))
    for start, stop in ((-0.70, -0.06), (0.04, 0.62)):
        count = 5
        upper, lower = [], []
        for i in range(count * 2 + 1):
            f = start + (stop - start) * i / (count * 2)
            x, y = centre + f * half, top + 30 * f * f
            thick = 12 * sin(pi * i / (count * 2)) ** 0.6
            upper.append((x, y - thick * 0.25))
            lower.append((x + 1.5 * f, y + thick * TEETH[i]))
        path = curve(upper)
        for point in reversed(lower):
            path.lineTo(*point)
        path.close()
        pen.fill(path, tone)


def _shaved(pen: Pen, view: HeadView, color: Rgb) -> None:
    short = pen.dark(mix(color, (60, 50, 60), 0.15))
    for out in (-1, 1):
        x, _, depth = view.around(out * 84, 0)
        if depth > -0.25:
            pen.fill(oval(x, 6, 30, 46), short)


def _tuft(pen: Pen, view: HeadView, color: Rgb, air: Air) -> None:
    """The stray lock on the crown."""
    x, y = view.around(0, -112, 10)[:2]
    bend = 4 * sin(2 * pi * air.sway) + 8 * air.drag
    path = skia.Path()
    path.moveTo(x - 7, y + 4)
    path.cubicTo(x - 4, y - 16, x + 10 + bend, y - 28, x + 30 + bend, y - 20)
    path.cubicTo(x + 16 + bend, y - 18, x + 9, y - 8, x + 7, y + 5)
    path.close()
    pen.cel(path, color, shadow=(2, 2), line=0.9)
    pen.paint(oval(x, y + 6, 8, 4), color)


def _bun(pen: Pen, view: HeadView, style: Style, color: Rgb) -> None:
    x, y, _ = view.around(180, -98, 62)
    r = style.bun
    pen.cel(oval(x, y, r, r * 0.9), color, shadow=(8, 6), rim=5)
    pen.ink([(x - r * 0.6, y + 6), (x - 4, y - r * 0.5), (x + r * 0.5, y - 4)], color, 0.5)
    pen.ink([(x - r * 0.3, y + r * 0.6), (x + 6, y + 2), (x + r * 0.55, y + r * 0.3)], color, 0.5)


def _tail_line(view: HeadView, tail: Tail, air: Air) -> list[Point]:
    """The middle line of a tail, from its tie to its tip."""
    angle = tail.azimuth
    if tail.front:  # what falls in front of a shoulder stays beside the face
        angle = max(-100.0, min(100.0, angle + view.yaw)) - view.yaw
    x, y, _ = view.around(angle, tail.y, 84)
    away = sin(radians(tail.azimuth + view.yaw))
    if abs(tail.azimuth) == 180:  # a tail behind the head peeks out beside it
        away = away * 0.8 + 0.62 * cos(radians(view.yaw)) * (0 if view.away else 1)
    count = 6
    points = []
    for i in range(count + 1):
        f = i / count
        rise = -tail.lift * sin(pi * min(1, f * 2.2)) if f < 0.46 else 0
        px = x + away * tail.out * (1 - (1 - f) ** 2.4)
        py = y + rise + tail.length * f**1.35
        points.append((px + air.push(py, tail.azimuth) * f, py))
    return points


def _tail(pen: Pen, view: HeadView, look: Look, tail: Tail, air: Air) -> None:
    color = HAIR[look.hair_color]
    line = _tail_line(view, tail, air)
    if tail.braided:
        _braid(pen, line, tail, color)
        return
    shape = (0.34, 0.86, 1.0, 0.98, 0.84, 0.56, 0.0)
    left, right = sides(line, [tail.width * s for s in shape])
    path = curve(left)
    curve(right[::-1], path=path)
    path.close()
    pen.cel(path, color, shadow=(9, 6), rim=5)
    for share in (-0.35, 0.3):
        inner, _ = sides(line, [tail.width * s * share for s in shape])
        pen.ink(inner[1:6], color, 0.5)
    _tie(pen, line[0], tail.width)


def _braid(pen: Pen, line: Sequence[Point], tail: Tail, color: Rgb) -> None:
    count = 7
    for i in range(count):
        f = i / count * (len(line) - 1)
        a, b = line[int(f)], line[min(len(line) - 1, int(f) + 1)]
        x, y = a[0] + (b[0] - a[0]) * (f % 1), a[1] + (b[1] - a[1]) * (f % 1)
        w, h = tail.width * (1 - 0.05 * i), tail.length / count * 0.62
        out = 1 if i % 2 else -1
        lobe = curve(
            [
                (x - w * 0.9, y - h * 0.5 * out),
                (x, y - h * 0.85),
                (x + w * 0.9, y + h * 0.2 * out),
                (x + w * 0.5, y + h * 0.8),
                (x, y + h),
                (x - w * 0.6, y + h * 0.75),
            ],
            closed=True,
        )
        pen.cel(lobe, color, shadow=(5, 4), line=0.8)
        pen.ink(
            [(x - w * 0.6 * out, y - h * 0.3), (x, y + h * 0.1), (x + w * 0.5 * out, y + h * 0.5)], color, 0.4
        )
    x, y = line[-1]
    tuft = curve(
        [(x - 8, y - 8), (x + 8, y - 8), (x + 13, y + 20), (x, y + 34), (x - 12, y + 20)], closed=True
    )
    pen.cel(tuft, color, shadow=(5, 4), line=0.8)
    pen.cel(oval(x, y - 8, 10, 6), (222, 84, 92), line=0.7)


def _tie(pen: Pen, at: Point, width: float) -> None:
    pen.cel(oval(at[0], at[1] - 2, width * 0.42, width * 0.34), (222, 84, 92), shadow=(3, 3), line=0.8)


def _scalp_shine(pen: Pen, view: HeadView, skin: Rgb) -> None:
    x = view.around(0, 0, 0)[0] + pen.side * 30
    pen.fill(oval(x, -66, 17, 9), pen.lit(mix(skin, WHITE, 0.7)), 0.9)
