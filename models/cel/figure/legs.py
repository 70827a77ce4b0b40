"""Legs, trousers, socks and shoes.

In: Joints, Clothes, a skin.      Out: ink in figure units.
Knows nothing about torsos or heads; the caller decides what lies in front of what.
"""

from collections.abc import Sequence

import skia

from models.cel.figure.ink import Pen, curve, hull, sides, tube
from models.cel.figure.limbs import LEG, along, between, draw_edges, line_through, widths_of
from models.cel.figure.skeleton import Joints, Limb
from models.cel.figure.state import Point
from models.cel.figure.wardrobe import Clothes
from models.cel.light import Rgb


def leg_path(joints: Joints, limb: Limb, clothes: Clothes) -> skia.Path:
    """The silhouette of one leg with what it wears."""
    return tube(line_through(limb), _leg_widths(joints, clothes), cap=0.35)


def _leg_widths(joints: Joints, clothes: Clothes) -> list[float]:
    factor = joints.body.limb * (joints.body.total / 1000) ** 0.3
    if clothes.skirted or clothes.cut.bottom == "shorts":
        return widths_of(LEG, factor)
    wide = widths_of(LEG, factor * 1.05)
    return [wide[0], wide[1] * 1.02, wide[2] * 1.16, wide[3] * 1.08, wide[4] * 1.62]


def draw_leg(pen: Pen, joints: Joints, limb: Limb, clothes: Clothes, skin: Rgb) -> None:
    """One leg with shoe, sock and trousers."""
    cut = clothes.cut
    side = 0 if limb.out < 0 else 1
    points, widths = line_through(limb), _leg_widths(joints, clothes)
    if clothes.skirted:
        pen.cel(tube(points, widths), skin, shadow=(9, 2), skin=True, line=0, rim=4)
        draw_edges(pen, points, widths, skin, 0.0)
        if cut.socks:
            _sock(pen, joints, limb, clothes)
        _shoe(pen, joints, limb, side, clothes)
        return
    _shoe(pen, joints, limb, side, clothes)
    pen.cel(tube(points, widths, cap=0.35), clothes.bottom, shadow=(10, 2), line=0, rim=4)
    draw_edges(pen, points, widths, clothes.bottom, 0.14)
    _trouser_details(pen, points, widths, clothes)
    if cut.shoes in ("boots", "greaves"):
        _boot(pen, joints, limb, clothes)


def _sock(pen: Pen, joints: Joints, limb: Limb, clothes: Clothes) -> None:
    start = 1 - clothes.cut.socks
    a, b, c = limb.points
    points = [along(a, b, c, start + (1 - start) * f) for f in (0.0, 0.33, 0.66, 1.0)]
    factor = joints.body.limb * (joints.body.total / 1000) ** 0.3 * 1.06
    widths = [_width_at(LEG, start + (1 - start) * f) * factor for f in (0.0, 0.33, 0.66, 1.0)]
    color = clothes.tint(clothes.cut.sock_tint)
    pen.cel(tube(points, widths, cap=0.15), color, shadow=(8, 2), line=0.7)


def _width_at(table: Sequence[float], f: float) -> float:
    i = min(3, int(f * 4))
    return table[i] + (table[i + 1] - table[i]) * (f * 4 - i)


def _boot(pen: Pen, joints: Joints, limb: Limb, clothes: Clothes) -> None:
    a, b, c = limb.points
    start = 0.66
    points = [along(a, b, c, start + (1 - start) * f) for f in (0.0, 0.5, 1.0)]
    w = 30 * joints.body.limb
    pen.cel(
        tube(points, [w, w * 0.92, w * 0.74], cap=0.2),
        clothes.tint(clothes.cut.shoe_tint),
        shadow=(8, 3),
        line=0.9,
    )


def _trouser_details(pen: Pen, points: list[Point], widths: list[float], clothes: Clothes) -> None:
    left, right = sides(points, widths)
    pen.ink(
        [left[4], ((left[4][0] + right[4][0]) / 2, (left[4][1] + right[4][1]) / 2 + 5), right[4]],
        clothes.bottom,
        0.8,
    )
    if clothes.cut.front == "zip":
        stripe = [
            between(p, q, 0.14) for p, q in zip(left if points[0][0] > 0 else right, points, strict=True)
        ]
        pen.fill(tube(stripe, [3.4] * 5), pen.lit(clothes.accent))
    if pen.detail(4):
        knee = points[2]
        w = widths[2]
        pen.ink(
            [
                (knee[0] - w * 0.8, knee[1] - 6),
                (knee[0] - w * 0.1, knee[1] + 2),
                (knee[0] + w * 0.3, knee[1]),
            ],
            clothes.bottom,
            0.55,
        )
        pen.ink(
            [(knee[0] + w * 0.8, knee[1] + 10), (knee[0], knee[1] + 15), (knee[0] - w * 0.3, knee[1] + 11)],
            clothes.bottom,
            0.55,
        )


def shoe_path(joints: Joints, limb: Limb, side: int) -> skia.Path:
    """A shoe around ankle, heel and toe, whichever way it points."""
    heel, toe = joints.feet[side]
    ankle = limb.points[2]
    w = 18 * joints.body.limb**0.5 * (joints.body.total / 1000) ** 0.7
    around = [(ankle[0] - w * 0.9, ankle[1]), (ankle[0] + w * 0.9, ankle[1])]
    for (x, y), size in ((heel, 0.62), (toe, 0.78)):
        r = w * size
        around += [
            (x - r, y - r * 0.8),
            (x - r * 0.8, y),
            (x + r * 0.8, y),
            (x + r, y - r * 0.8),
            (x, y - r * 1.35),
        ]
    return curve(hull(around), closed=True)


def _shoe(pen: Pen, joints: Joints, limb: Limb, side: int, clothes: Clothes) -> None:
    color = clothes.tint(clothes.cut.shoe_tint)
    path = shoe_path(joints, limb, side)
    pen.cel(path, color, shadow=(4, 5), line=1.0)
