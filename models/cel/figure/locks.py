"""Locks of hair as shapes: a strip around the skull, seen from any side.

In: a HeadView, a Style, Air.      Out: the outlines of the hair before and behind the head.
Knows nothing about colours, tails or drawing.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, pi, radians, sin

import skia

from models.cel.figure.hairstyles import Lock, Style
from models.cel.figure.headview import HeadView
from models.cel.figure.ink import curve
from models.cel.figure.state import Point

DOME = (84.0, 96.0)  # half-width and height of hair over the skull


MIDDLE = -18.0  # height of the dome's equator


@dataclass(frozen=True)
class Air:
    """The forces on hanging hair."""

    sway: float  # phase in turns
    drag: float  # lag behind the head, -1..1

    def push(self, y: float, azimuth: float) -> float:
        """Sideways shift of something hanging at height ``y``."""
        hang = max(0.0, y + 10) / 100
        wave = sin(2 * pi * self.sway - hang * 1.1 + azimuth * 0.012)
        return hang * (2.2 + 1.1 * hang) * wave + self.drag * (5 * hang + 5 * hang * hang)


@dataclass(frozen=True)
class Strand:
    """One lock as seen: where it separates from its neighbours, and where it ends."""

    left: Point
    tip: Point
    right: Point
    depth: float
    azimuth: float


@lru_cache(maxsize=32)  # the shapes and the lines of one drawing use the same locks four times
def strands(view: HeadView, style: Style, air: Air) -> tuple[Strand, ...]:
    """Every lock of the style, in order around the skull."""
    ring = sorted(style.locks)
    found = []
    for i, (azimuth, tip_y, lean) in enumerate(ring):
        before, after = ring[i - 1], ring[(i + 1) % len(ring)]
        left_at = _between(before[0] - (360 if i == 0 else 0), azimuth)
        right_at = _between(azimuth, after[0] + (360 if i == len(ring) - 1 else 0))
        found.append(
            Strand(
                _hung(view, style, air, left_at, _gap(style, before, ring[i])),
                _hung(view, style, air, azimuth + lean, tip_y),
                _hung(view, style, air, right_at, _gap(style, ring[i], after)),
                view.around(azimuth, 0)[2],
                azimuth,
            )
        )
    return tuple(found)


def front_path(view: HeadView, style: Style, air: Air) -> skia.Path:
    """The mass of hair on our side of the head, from the dome to the tips."""
    seen = [s for s in strands(view, style, air) if s.depth > -0.1]
    seen.sort(key=lambda s: s.left[0] + s.right[0])
    left, right = equator(view, style)
    path = skia.Path()
    path.moveTo(*left)
    at = left
    for i, strand in enumerate(seen):
        start = at if i == 0 else strand.left
        end = right if i == len(seen) - 1 else strand.right
        _edge(path, start, strand.tip, style, down=True)
        _edge(path, strand.tip, end, style, down=False)
    if not seen:
        path.lineTo(*right)
    _dome(path, view, style)
    path.close()
    return path


def back_path(view: HeadView, style: Style, air: Air) -> skia.Path | None:
    """The hair behind the head, if it shows."""
    hidden = [s for s in strands(view, style, air) if s.depth <= 0.12]
    if not hidden or style.cropped:
        return None
    hidden.sort(key=lambda s: s.tip[0])
    (lx, ly), (rx, ry) = equator(view, style)
    path = skia.Path()
    path.moveTo(lx + 2, ly)
    at = (lx + 2, ly)
    for i, strand in enumerate(hidden):
        end = (rx - 2, ry) if i == len(hidden) - 1 else _middle(strand.tip, hidden[i + 1].tip, 26)
        _edge(path, at, strand.tip, style, down=True)
        _edge(path, strand.tip, end, style, down=False)
        at = end
    path.quadTo((lx + rx) / 2, -130, lx + 2, ly)
    path.close()
    return path


def _between(a: float, b: float) -> float:
    return (a + b) / 2


def _middle(a: Point, b: Point, up: float) -> Point:
    return (a[0] + b[0]) / 2, min(a[1], b[1]) - up


def _gap(style: Style, a: Lock, b: Lock) -> float:
    """Height at which two neighbouring locks part."""
    low = min(a[1], b[1])
    deep = style.notch if low < 40 else max(14.0, style.notch * 0.9)
    if style.edge == "flat" and low > 40:
        deep = 5
    return low - deep


def _hung(view: HeadView, style: Style, air: Air, azimuth: float, y: float) -> Point:
    """The position of a point of hair with this azimuth and height."""
    below = max(0.0, y - 10) / 100
    radius = DOME[0] * style.wide * (1 + style.flare * below)
    if y < -20:  # on the dome itself the radius shrinks towards the crown
        radius *= max(0.2, 1 - ((-20 - y) / 100) ** 2) ** 0.5
    if 40 < abs(azimuth) < 92 and style.edge != "curl":  # locks beside the face follow the cheek
        radius *= 1 - 0.0028 * max(0.0, min(70.0, y - 20))
    x, drawn_y, _ = view.around(azimuth, y, radius)
    return x + air.push(y, azimuth), drawn_y


def equator(view: HeadView, style: Style) -> tuple[Point, Point]:
    """The outermost points of the hair, left and right, where the dome begins."""
    half = DOME[0] * style.wide * view.keyed(1, 1.03, 1.07)
    centre = view.around(0, 0, 0)[0]
    return (centre - half, MIDDLE), (centre + half, MIDDLE)


def _edge(path: skia.Path, a: Point, b: Point, style: Style, *, down: bool) -> None:
    """One side of a lock, from ``a`` to ``b``."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    long = hypot(dx, dy)
    if style.edge == "wave" and long > 60:
        count = max(3, int(long / 24))
        points = [a]
        for i in range(1, count):
            f = i / count
            wob = 6.5 * sin(f * long / 13) * (f if down else 1 - f) ** 0.5
            points.append((a[0] + dx * f + wob, a[1] + dy * f))
        curve([*points, b], path=path)
    elif style.edge == "curl":
        _curls(path, a, b)
    elif long > 110:  # hanging hair swells below the ear and draws in at the shoulder
        out = 3.0 if a[0] + b[0] > 0 else -3.0
        swell = (out * 1.2, -out, out * 0.5) if down else (out * 0.5, -out, out * 1.2)
        middle = [(a[0] + dx * f + w, a[1] + dy * f) for f, w in zip((0.25, 0.55, 0.8), swell, strict=True)]
        curve([a, *middle, b], path=path)
    elif style.edge == "flat":
        path.cubicTo(a[0] + dx * 0.1, a[1] + dy * 0.8, b[0] - dx * 0.3, b[1] - dy * 0.05, *b)
    elif down:  # a blade: full at the root, drawn in towards the tip
        path.cubicTo(a[0] + dx * 0.02, a[1] + dy * 0.42, a[0] + dx * 0.55, b[1] - dy * 0.22, *b)
    else:
        path.cubicTo(b[0] - dx * 0.50, a[1] + dy * 0.18, b[0] - dx * 0.06, a[1] + dy * 0.50, *b)


def _curls(path: skia.Path, a: Point, b: Point) -> None:
    dx, dy = b[0] - a[0], b[1] - a[1]
    count = max(1, round(hypot(dx, dy) / 26))
    nx, ny = dy / (hypot(dx, dy) or 1), -dx / (hypot(dx, dy) or 1)
    out = -13.0
    for i in range(count):
        p, q = i / count, (i + 1) / count
        c1 = (a[0] + dx * p + nx * out, a[1] + dy * p + ny * out)
        c2 = (a[0] + dx * q + nx * out, a[1] + dy * q + ny * out)
        path.cubicTo(*c1, *c2, a[0] + dx * q, a[1] + dy * q)


def _dome(path: skia.Path, view: HeadView, style: Style) -> None:
    """From the right equator over the crown to the left, with spikes or curls if the style has them."""
    (lx, y), (rx, _) = equator(view, style)
    centre, half, high = (lx + rx) / 2, (rx - lx) / 2, DOME[1] * style.dome
    last: Point = (rx, y)
    if style.edge == "curl":
        for i in range(1, 10):
            a = radians(i * 20)
            point = (centre + half * cos(a), y - high * sin(a))
            _curls(path, last, point)
            last = point
        return
    if not style.spikes:
        k = 0.5523
        path.cubicTo(rx, y - high * k, centre + half * k, y - high, centre, y - high)
        path.cubicTo(centre - half * k, y - high, lx, y - high * k, lx, y)
        return
    turned = view.yaw * 0.15 if not view.away else 0
    marks = sorted(style.spikes)
    for i, (at, long, lean) in enumerate(marks):
        tip = radians(at + lean + turned * 0.1)
        nxt = radians((at + marks[i + 1][0]) / 2) if i < len(marks) - 1 else pi
        root = 1 + long / 110
        tip_point = (centre + half * root * cos(tip), y - high * root * sin(tip))
        end = (lx, y) if i == len(marks) - 1 else (centre + half * cos(nxt), y - high * 0.99 * sin(nxt))
        full = min(0.12, long / 330)  # hollow below, full above; the shorter the straighter
        bows = (-0.8 * full, full) if at < 90 else (full, -0.8 * full)
        for start, stop, bow in ((last, tip_point, bows[0]), (tip_point, end, bows[1])):
            x, y_ = (start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2
            path.quadTo(x + (x - centre) * bow, y_ + (y_ - y) * bow, *stop)
        last = end
