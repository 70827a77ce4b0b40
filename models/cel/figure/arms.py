"""Arms, sleeves and hands.

In: Joints, Clothes, a skin.      Out: ink in figure units.
Knows nothing about torsos or heads; the caller decides what lies in front of what.
"""

from collections.abc import Sequence
from math import atan2, degrees, hypot

import skia

from models.cel.figure.ink import Pen, curve, oval, sides, tube
from models.cel.figure.limbs import ARM, between, draw_edges, line_through, widths_of
from models.cel.figure.palette import mix
from models.cel.figure.skeleton import Grip, Joints, Limb
from models.cel.figure.state import Point
from models.cel.figure.wardrobe import Clothes
from models.cel.light import Rgb

HANDS: dict[Grip, tuple[Point, ...]] = {
    "relaxed": ((-6, -12), (14, -17), (36, -15), (58, -8), (66, 0), (60, 7), (40, 11), (14, 14), (-6, 12)),
    "open": ((-6, -12), (16, -18), (30, -17), (30, 16), (14, 15), (-6, 12)),
    "fist": ((-6, -12), (12, -18), (32, -19), (43, -10), (44, 4), (36, 15), (14, 16), (-6, 12)),
    "point": ((-6, -12), (12, -18), (30, -18), (38, -6), (40, 6), (34, 15), (14, 16), (-6, 12)),
    "grip": ((-6, -12), (12, -18), (32, -18), (42, -9), (43, 5), (35, 15), (14, 16), (-6, 12)),
}
FINGERS: tuple[tuple[Point, Point, float], ...] = (
    ((24, -13), (54, -27), 6.0),
    ((28, -5), (66, -10), 6.4),
    ((28, 4), (66, 6), 6.2),
    ((25, 12), (55, 21), 5.6),
)


def arm_paths(joints: Joints, limb: Limb, clothes: Clothes) -> tuple[skia.Path, skia.Path | None]:
    """The bare arm and its sleeve, for silhouettes."""
    factor = joints.body.limb
    bare = tube(line_through(limb), widths_of(ARM, factor), cap=0.35)
    if clothes.cut.sleeve <= 0:
        return bare, None
    return bare, tube(*_sleeve(joints, limb, clothes), cap=0.35)


def _sleeve(joints: Joints, limb: Limb, clothes: Clothes) -> tuple[list[Point], list[float]]:
    cut = clothes.cut
    stop = cut.sleeve * 0.97
    widths = [w * cut.loose * 1.12 + 2 for w in widths_of(ARM, joints.body.limb, stop)]
    if cut.collar == "kimono":
        widths = [w * s for w, s in zip(widths, (1.0, 1.15, 1.5, 2.1, 2.8), strict=True)]
    elif cut.sleeve > 0.9:
        widths[4] *= 1.18
        widths[0] *= 0.86
    elif cut.collar == "round":
        widths = [w * s for w, s in zip(widths, (1.05, 1.3, 1.4, 1.35, 1.1), strict=True)]
    return line_through(limb, stop), widths


def draw_arm(pen: Pen, joints: Joints, limb: Limb, clothes: Clothes, skin: Rgb, grip: Grip) -> None:
    """Hand, bare arm, then the sleeve over them; open at the shoulder so that no line crosses it."""
    factor = joints.body.limb
    points, widths = line_through(limb), widths_of(ARM, factor)
    draw_hand(pen, joints, limb, skin, grip)
    bare = tube(points, widths, cap=0.35)
    pen.paint(bare, skin)
    _form(pen, points, widths, skin, skin=True)
    draw_edges(pen, points, widths, skin, 0.22 if clothes.cut.sleeve < 0.2 else 0.0)
    if clothes.cut.sleeve <= 0:
        return
    color = clothes.tint(clothes.cut.sleeve_tint)
    points, widths = _sleeve(joints, limb, clothes)
    sleeve = tube(points, widths, cap=0.35)
    pen.paint(sleeve, color)
    _form(pen, points, widths, color)
    draw_edges(pen, points, widths, color, 0.24)
    _cuff(pen, points, widths, clothes, color)
    _folds(pen, limb, widths, color)


def _form(pen: Pen, points: list[Point], widths: list[float], color: Rgb, *, skin: bool = False) -> None:
    """The strip of an arm that turns away from the light, and the one that catches the edge light.

    Both begin with no width at the shoulder, so that it stays one shape with the trunk.
    """
    if not pen.detail(widths[2] * 0.3):
        return
    left, right = sides(points, widths)
    away = sum((a[0] - b[0]) * -pen.side + (a[1] - b[1]) * 0.7 for a, b in zip(left, right, strict=True))
    dark_edge, lit_edge = (left, right) if away > 0 else (right, left)
    _strip(pen, points, dark_edge, (0.0, 0.5, 0.7, 0.62, 0.6), pen.dark(color, skin=skin))
    if pen.light.rim:
        _strip(pen, points, lit_edge, (0.0, 0.16, 0.2, 0.2, 0.2), mix(pen.lit(color), pen.light.rim, 0.75))


def _strip(pen: Pen, points: list[Point], edge: list[Point], shares: Sequence[float], color: Rgb) -> None:
    """Paint from ``edge`` towards the middle line by ``shares`` of the half-width."""
    inner = [between(e, p, share) for e, p, share in zip(edge, points, shares, strict=True)]
    path = curve(edge)
    path.lineTo(*inner[-1])
    curve(inner[::-1], path=path)
    path.close()
    pen.fill(path, color)


def _cuff(pen: Pen, points: list[Point], widths: list[float], clothes: Clothes, color: Rgb) -> None:
    """The line of the sleeve's end, and what is sewn on it."""
    left, right = sides(points, widths)
    end = (left[4], right[4])
    dx, dy = points[4][0] - points[3][0], points[4][1] - points[3][1]
    size = hypot(dx, dy) or 1.0
    bulge = (dx / size * widths[4] * 0.35, dy / size * widths[4] * 0.35)
    middle = ((end[0][0] + end[1][0]) / 2 + bulge[0], (end[0][1] + end[1][1]) / 2 + bulge[1])
    pen.ink([end[0], middle, end[1]], color, 0.8, head=0.8, tail=0.8)
    trim = {"sailor": clothes.main, "stand": clothes.accent, "hood": mix(color, (0, 0, 0), 0.12),
            "turtle": mix(color, (0, 0, 0), 0.08), "lapel": None}.get(clothes.cut.collar)  # fmt: skip
    if trim is not None and pen.detail(4):
        back = [between(points[4], points[3], f) for f in (0.0, 0.28)]
        band = tube([back[1], back[0]], [widths[4] * 1.02, widths[4] * 1.04], cap=0.25)
        pen.cel(band, trim, shadow=(5, 2), line=0.6)


def _folds(pen: Pen, limb: Limb, widths: list[float], color: Rgb) -> None:
    """Two creases inside the elbow."""
    if not pen.detail(3.2):
        return
    a, b, c = limb.points
    bend = ((a[0] + c[0]) / 2 - b[0], (a[1] + c[1]) / 2 - b[1])
    size = hypot(*bend)
    if size < 6:
        return
    ux, uy = bend[0] / size, bend[1] / size
    w = widths[2]
    for along in (-0.5, 0.35):
        base = (b[0] + ux * w * 0.9 - uy * w * along, b[1] + uy * w * 0.9 + ux * w * along)
        tip = (b[0] - ux * w * 0.1 - uy * w * along * 1.6, b[1] - uy * w * 0.1 + ux * w * along * 1.6)
        pen.ink([base, between(base, tip, 0.6), tip], color, 0.6, head=0.8)


def draw_hand(pen: Pen, joints: Joints, limb: Limb, skin: Rgb, grip: Grip) -> None:
    """One hand at the end of its arm."""
    _, elbow, wrist = limb.points
    angle = degrees(atan2(wrist[1] - elbow[1], wrist[0] - elbow[0]))
    size = joints.body.total / 1000 * 1.02 * (1.1 if joints.body.total < 800 else 1.0)
    if grip == "relaxed":
        angle += 6 * limb.out
    with pen.space(*wrist, scale=size, turn=angle):
        pen.canvas.scale(1, -limb.out)
        _hand(pen, skin, grip)


def _hand(pen: Pen, skin: Rgb, grip: Grip) -> None:
    """A hand with its wrist at 0,0 pointing along +x, thumb towards -y."""
    if grip == "open":
        for a, b, w in FINGERS:
            pen.cel(tube([a, between(a, b, 0.5), b], [w, w * 1.02, w * 0.7]), skin, line=0.8)
    if grip == "point":
        pen.cel(tube([(26, -10), (48, -11), (68, -10)], [6.8, 6.4, 4.6]), skin, line=0.8)
    palm = curve(HANDS[grip], closed=True)
    pen.cel(palm, skin, shadow=(3, 4), skin=True, line=0.8 if grip != "open" else 0.5)
    if grip == "open":
        pen.paint(curve([(20, -14), (34, -12), (36, 4), (30, 14), (18, 12)], closed=True), skin)
    thumb = {
        "relaxed": [(6, -12), (24, -20), (38, -22)],
        "open": [(4, -10), (18, -26), (30, -38)],
        "fist": [(8, -13), (26, -12), (36, 0)],
        "point": [(8, -12), (24, -4), (36, 2)],
        "grip": [(8, -13), (26, -12), (38, -4)],
    }[grip]
    pen.cel(tube(thumb, [7.5, 7.2, 4.8]), skin, line=0.7)
    pen.paint(oval(6, -6, 8, 8), skin)
    if pen.detail(3):
        _finger_lines(pen, skin, grip)


def _finger_lines(pen: Pen, skin: Rgb, grip: Grip) -> None:
    if grip == "relaxed":
        for y, x in ((-6.0, 36), (0.0, 38), (6.0, 36)):
            pen.ink([(x, y), (x + 12, y * 0.9), (x + 24, y * 0.6)], skin, 0.5)
    elif grip != "open":
        for y in (-4.0, 3.0, 9.5):
            pen.ink([(29, y), (36, y + 0.5), (42, y + 0.5)], skin, 0.5)
