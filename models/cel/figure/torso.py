"""The trunk: its chart, the top that covers it, skirts, coat tails and the neck.

In: Joints, Clothes, a skin.      Out: ink in figure units.
Knows nothing about arms, heads or what is sewn on the front; see tailoring.py.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians

import skia

from models.cel.figure.ink import Pen, curve, hull, tube
from models.cel.figure.limbs import LEG, line_through
from models.cel.figure.locks import Air
from models.cel.figure.skeleton import Joints
from models.cel.figure.state import Point
from models.cel.figure.wardrobe import Clothes
from models.cel.light import Rgb


@dataclass(frozen=True)
class Chart:
    """The surface of a dressed trunk: u is -1..1 across the front, v 0 at the hips .. 1 at the shoulders."""

    joints: Joints
    clothes: Clothes

    def ring(self, v: float) -> tuple[float, float]:
        """Half-width and half-depth at height ``v``."""
        b, loose = self.joints.body, self.clothes.cut.loose
        wide = 1 + (loose - 1) * 0.75
        neck = (0.9 if b.limb < 0.95 else 1.08) * b.head / 146
        table = (
            (-0.4, b.hip * 1.02 * wide, b.depth * 0.98 * wide),
            (0.0, b.hip * wide, b.depth * 0.96 * wide),
            (0.28, b.waist * wide**1.3, b.depth * 0.82 * wide),
            (0.70, b.chest * wide, b.depth * 1.0 * wide),
            (0.90, b.shoulder * 1.02, b.depth * 0.62),
            (0.97, b.shoulder * 0.80, b.depth * 0.56),
            (1.02, b.shoulder * 0.48, b.depth * 0.50),
            (1.06, 27.0 * neck, 26.0 * neck),
            (1.12, 22.0 * neck, 22.0 * neck),
            (1.4, 22.0 * neck, 20.0 * neck),
        )
        for (v0, w0, d0), (v1, w1, d1) in pairwise(table):
            if v <= v1:
                f = max(0.0, (v - v0) / (v1 - v0))
                return w0 + (w1 - w0) * f, d0 + (d1 - d0) * f
        return table[-1][1], table[-1][2]

    def at(self, u: float, v: float) -> Point:
        """A point of the front (or, for \\|u\\| > 1, the back) in the picture."""
        half, depth = self.ring(v)
        azimuth = u * 90
        if abs(u) <= 1.25 and not self.back:  # what is sewn on ends where the trunk turns away
            yaw = self.joints.yaw + self.joints.posture.twist
            azimuth = max(-90.0, min(90.0, azimuth + yaw)) - yaw
        return self.joints.surface(azimuth, v * self.joints.body.torso, half, depth)[0]

    def edge(self, v: float, out: float) -> Point:
        """The silhouette at height ``v``, on the picture's left (-1) or right (+1)."""
        half, depth = self.ring(v)
        return self.joints.edge(v * self.joints.body.torso, half, depth, out)

    @property
    def back(self) -> bool:
        """Whether we see the figure's back."""
        return cos(radians(self.joints.yaw)) < 0


def top_path(chart: Chart) -> skia.Path:
    """The trunk from the neck to the hem of the top."""
    low = -min(chart.clothes.cut.hem, 0.16) * chart.joints.body.leg / chart.joints.body.torso
    if chart.clothes.skirted and chart.clothes.cut.hem == 0:
        low = 0.16
    ends = (max(0.0, low), min(low, 0.0) - 0.02) if chart.clothes.cut.front != "sash" else (0.20, 0.15)
    heights = (1.06, 1.03, 0.97, 0.89, 0.70, 0.28, *ends)
    left = [chart.edge(v, -1) for v in heights]
    right = [chart.edge(v, 1) for v in heights]
    bottom = chart.at(2 if chart.back else 0, heights[-1])
    nape = ((left[0][0] + right[0][0]) / 2, (left[0][1] + right[0][1]) / 2 + (1 if chart.back else 4))
    return curve([nape, *left, (bottom[0], bottom[1] + 3), *reversed(right)], closed=True)


def draw_top(pen: Pen, chart: Chart) -> skia.Path:
    """The top in its lit and shaded tone; returns its path, for what is sewn on."""
    path = top_path(chart)
    color = chart.clothes.top
    pen.cel(path, color, shadow=(15, 4), line=0.8, rim=4)
    if pen.detail(3.5) and not chart.back:
        _creases(pen, chart, color)
    return path


def _creases(pen: Pen, chart: Chart, color: Rgb) -> None:
    for out in (-1, 1):
        a, b, c = chart.at(0.80 * out, 0.70), chart.at(0.62 * out, 0.62), chart.at(0.42 * out, 0.60)
        pen.ink([a, b, c], color, 0.6, head=0.7)
        a, b, c = chart.at(0.86 * out, 0.22), chart.at(0.66 * out, 0.26), chart.at(0.5 * out, 0.24)
        pen.ink([a, b, c], color, 0.55, head=0.7)


@dataclass(frozen=True)
class Skirt:
    """A skirt, coat tail or robe.

    length  how far down the legs it reaches, 0..1
    flare   how far its hem is wider than the hips
    start   the height on the trunk at which it begins
    """

    length: float
    flare: float
    color: Rgb
    start: float


def skirt_path(chart: Chart, skirt: Skirt, air: Air) -> skia.Path:
    """The outline of a skirt, from the waist to its hem."""
    waist, hem = _skirt_lines(chart, skirt, air)
    if skirt.length > 0.45 and chart.joints.posture.crouch > 0.2:  # long cloth is stretched over bent knees
        knees = [limb.points[1] for limb in chart.joints.legs]
        w = LEG[2] * chart.joints.body.limb * 1.15
        over = [(x + dx, y + dy) for x, y in knees for dx, dy in ((-w, 0), (w, 0), (0, -w), (0, w))]
        return curve(hull([*waist, *over, hem[0], hem[4], hem[-1]]), closed=True)
    path = curve([waist[1], waist[0], hem[0]])
    curve(hem, path=path)
    curve([hem[-1], waist[3], waist[2]], path=path)
    path.close()
    return path


def _skirt_lines(chart: Chart, skirt: Skirt, air: Air) -> tuple[list[Point], list[Point]]:
    """The waist and the hem, both from the picture's left to its right."""
    joints, length, flare, start = chart.joints, skirt.length, skirt.flare, skirt.start
    hip = 0.0
    waist = [chart.edge(hip, -1), chart.edge(start, -1), chart.edge(start, 1), chart.edge(hip, 1)]
    ends: list[tuple[Point, Point, Point]] = []
    for limb in joints.legs:
        points = line_through(limb, min(0.98, length))
        a, b = points[3], points[4]
        size = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
        n = (-(b[1] - a[1]) / size, (b[0] - a[0]) / size)
        w = LEG[int(length * 4)] * joints.body.limb * 1.1 + 6
        foreshortened = min(1.0, size / (joints.body.leg * length * 0.2))
        n = (n[0] * foreshortened - (1 - foreshortened), n[1] * foreshortened)
        ends.append((b, (b[0] + n[0] * w, b[1] + n[1] * w), (b[0] - n[0] * w, b[1] - n[1] * w)))
    ends.sort(key=lambda e: e[1][0])
    left, right = ends[0][1], ends[1][2]
    spread = flare * joints.body.leg * length * 0.55
    swing = air.push(60 + 160 * length, 0) * 0.7
    dx, dy = right[0] - left[0], right[1] - left[1]
    wide = hypot(dx, dy) or 1.0
    ux, uy = dx / wide, dy / wide
    left = (left[0] - ux * spread + swing, left[1] - uy * spread)
    right = (right[0] + ux * spread + swing, right[1] + uy * spread)
    sag = 5 + 7 * flare
    count = 8
    hem = []
    for i in range(count + 1):
        f = i / count
        bow = sag * 4 * f * (1 - f)
        hem.append(
            (left[0] + (right[0] - left[0]) * f - uy * bow, left[1] + (right[1] - left[1]) * f + ux * bow)
        )
    return waist, hem


def draw_skirt(pen: Pen, chart: Chart, skirt: Skirt, air: Air, *, pleats: bool) -> None:
    """The skirt with pleats, or a robe with a few long folds."""
    color = skirt.color
    path = skirt_path(chart, skirt, air)
    pen.cel(path, color, shadow=(16, 5), line=0)
    waist, hem = _skirt_lines(chart, skirt, air)
    shares = (1, 2, 3, 4, 5, 6, 7) if pleats else (2, 6)
    with pen.within(path):
        for i in shares:
            f = i / 8
            a, b = waist[1], waist[2]
            root = (a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f)
            tip = hem[i]
            begin = 0.12 if pleats else 0.45
            top = (root[0] + (tip[0] - root[0]) * begin, root[1] + (tip[1] - root[1]) * begin)
            middle = ((top[0] + tip[0]) / 2 - (0.5 - f) * 4, (top[1] + tip[1]) / 2)
            if pleats and pen.detail(5):
                nxt = hem[min(8, i + 1)]
                half = (tip[0] + (nxt[0] - tip[0]) * 0.42, tip[1] + (nxt[1] - tip[1]) * 0.42 + 4)
                pen.fill(curve([top, middle, (tip[0], tip[1] + 4), half, top], closed=True), pen.dark(color))
            pen.ink([top, middle, (tip[0], tip[1] + 2)], color, 0.65, tail=0.8)
    for edge in (
        hem,
        [waist[0], _half(waist[0], hem[0]), hem[0]],
        [waist[3], _half(waist[3], hem[-1]), hem[-1]],
    ):
        pen.ink(edge, color, 0.9, head=0.7, tail=0.7)


def _half(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def draw_neck(pen: Pen, chart: Chart, skin: Rgb) -> None:
    """The neck, with the jaw's shadow on it."""
    joints = chart.joints
    size = joints.body.head / 146
    w = (19 if joints.body.limb < 0.95 else 24) * size
    base, head = joints.neck, joints.head
    low = (base[0], base[1] + 16)
    path = tube([low, ((low[0] + head[0]) / 2, (low[1] + head[1]) / 2), head], [w * 1.18, w, w])
    pen.cel(path, skin, shadow=(6, 0), skin=True, line=0.8, rim=3)
    if chart.back:
        return
    with pen.within(path):
        y = head[1] + joints.body.head * 0.60
        shade = curve(
            [
                (head[0] - 60, y - 90),
                (head[0] + 60, y - 90),
                (head[0] + 40, y - 12),
                (head[0] - pen.side * 8, y + 8),
                (head[0] - 40, y - 12),
            ],
            closed=True,
        )
        pen.fill(shade, pen.dark(skin, skin=True))
