"""What is worn on head and face: glasses, patches, beards, ribbons and pins; hats are in hats.py.

In: a HeadView, a Look.      Out: ink in head units.
Knows nothing about bodies; scarf, tie and bag are in belongings.py.
"""

from math import cos, pi, sin

import skia

from assets.sheets.look import Accessory, Look
from models.cel.figure import eyes
from models.cel.figure.hats import HATS, Worn, accent_of
from models.cel.figure.headview import HeadView
from models.cel.figure.ink import Pen, curve, oval, polygon, stroke
from models.cel.figure.palette import GOLD, HAIR, WHITE
from models.cel.figure.state import Point
from models.cel.light import Rgb


def draw_on_face(pen: Pen, view: HeadView, look: Look) -> None:
    """Under the fringe: in the face's own, possibly mirrored space."""
    for name in look.accessories:
        if name in ON_FACE and not view.away:
            ON_FACE[name](pen, view, look)


def draw_on_hair(pen: Pen, view: HeadView, look: Look) -> None:
    """Over the hair, unmirrored."""
    for name in look.accessories:
        if name in ON_HAIR:
            ON_HAIR[name](pen, view, look)


def _glasses(pen: Pen, view: HeadView, look: Look) -> None:
    frame: Rgb = (64, 52, 70)
    line = skia.Paint(
        AntiAlias=True,
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=max(3.2, pen.weight(0.9)),
        Color=skia.Color(*pen.lit(frame)),
    )
    inner: list[Point] = []
    for eye in eyes.placed(view):
        rx, ry = 27 * eye.wide * view.ages.eye**0.5, 25 * view.ages.eye**0.6
        lens = skia.Path.RRect(
            skia.RRect.MakeRectXY(
                skia.Rect(eye.x - rx, eye.y - ry + 3, eye.x + rx, eye.y + ry + 3), rx * 0.8, ry * 0.8
            )
        )
        pen.fill(lens, WHITE, 0.14)
        glint = polygon(
            [
                (eye.x - rx * 0.5, eye.y - ry * 0.2),
                (eye.x - rx * 0.1, eye.y - ry * 0.75),
                (eye.x + rx * 0.1, eye.y - ry * 0.7),
                (eye.x - rx * 0.4, eye.y),
            ]
        )
        pen.fill(glint, WHITE, 0.32)
        pen.canvas.drawPath(lens, line)
        inner.append((eye.x - eye.outward * rx, eye.y))
    if len(inner) == 2:
        pen.canvas.drawPath(
            curve([inner[0], ((inner[0][0] + inner[1][0]) / 2, inner[0][1] - 4), inner[1]]), line
        )
    near = eyes.placed(view)[-1]
    temple = [(near.x - 27 * near.wide, near.y - 4), (view.keyed(-76, -60, -16), 18 + view.drop(0.3))]
    pen.canvas.drawPath(curve(temple), line)


def _patched_eye(view: HeadView) -> eyes.Eye | None:
    """The figure's left eye, where it shows."""
    for eye in eyes.placed(view):
        if (eye.outward > 0) != view.flip:
            return eye
    return None


def _eyepatch(pen: Pen, view: HeadView, look: Look) -> None:
    eye = _patched_eye(view)
    if eye is None:
        return
    color: Rgb = (62, 56, 66)
    out = eye.outward
    for end in ((eye.x + out * 60, eye.y - 10), (eye.x - out * 110, eye.y - 72)):
        pen.fill(
            stroke(
                [(eye.x, eye.y - 10), ((eye.x + end[0]) / 2, (eye.y + end[1]) / 2 - 8), end],
                5,
                head=1,
                tail=1,
            ),
            pen.lit(color),
        )
    w = 28 * eye.wide
    patch = curve(
        [
            (eye.x - w, eye.y - 18),
            (eye.x, eye.y - 26),
            (eye.x + w, eye.y - 18),
            (eye.x + w * 0.8, eye.y + 14),
            (eye.x, eye.y + 27),
            (eye.x - w * 0.8, eye.y + 14),
        ],
        closed=True,
    )
    pen.cel(patch, color, shadow=(5, 5), line=0.8)


def _bandage(pen: Pen, view: HeadView, look: Look) -> None:
    x, y = view.keyed(-46, -26, 30), 54 + view.drop()
    with pen.space(x, y, turn=-18):
        strip = skia.Path.RRect(
            skia.RRect.MakeRectXY(
                skia.Rect(-19 * view.keyed(1, 1, 0.7), -7.5, 19 * view.keyed(1, 1, 0.7), 7.5), 7, 7
            )
        )
        pen.cel(strip, (240, 206, 170), shadow=(3, 3), line=0.7)
        pen.paint(skia.Path.Rect(skia.Rect(-7, -6, 7, 6)), (252, 232, 208))
        for dx in (-3, 3):
            pen.fill(oval(dx, 0, 1.2, 1.2), pen.lit((190, 150, 120)))


def _beard(pen: Pen, view: HeadView, look: Look) -> None:
    color = HAIR[look.hair_color]
    points = view.contour()
    mouth_x, mouth_y = view.keyed(0, 27, 56), view.ages.mouth_y + view.drop(0.8)
    far, near = points[6:10], points[10:14]
    low = [(x * 1.03, y + 4 + (8 if abs(i - 3) <= 1 else 0)) for i, (x, y) in enumerate([*far, *near])]
    inner = [
        (mouth_x - 46 * view.keyed(1, 1, 0.9), mouth_y - 4),
        (mouth_x - 24 * view.keyed(1, 0.9, 0.6), mouth_y - 9),
        (mouth_x - 19 * view.keyed(1, 0.9, 0.6), mouth_y + 9),
        (mouth_x, mouth_y + 13),
        (mouth_x + 19 * view.keyed(1, 0.8, 0.3), mouth_y + 9),
        (mouth_x + 24 * view.keyed(1, 0.8, 0.3), mouth_y - 9),
    ]
    path = curve([*low, *inner], closed=True)
    pen.cel(path, color, shadow=(5, 5), line=0.9)
    _moustache(pen, view, look)


def _moustache(pen: Pen, view: HeadView, look: Look) -> None:
    color = HAIR[look.hair_color]
    x, y = view.keyed(0, 29, 62), view.ages.mouth_y - 9 + view.drop(0.9)
    for out in (-1, 1):
        wide = view.keyed(1, 0.72 if out > 0 else 0.98, 0.25 if out > 0 else 0.8)
        path = curve(
            [
                (x, y - 5),
                (x + out * 14 * wide, y - 5),
                (x + out * 30 * wide, y + 8),
                (x + out * 14 * wide, y + 5),
                (x, y + 3),
            ],
            closed=True,
        )
        pen.cel(path, color, shadow=(2, 3), line=0.6)


def _earrings(pen: Pen, view: HeadView, look: Look) -> None:
    for out in (-1, 1):
        x, y, depth = view.around(out * 88, 52, 78)
        if depth < -0.25:
            continue
        pen.cel(oval(x, y + 6, 5.5, 8), GOLD, shadow=(2, 2), line=0.7)
        pen.fill(oval(x - 1.5, y + 3, 1.5, 2), WHITE, 0.9)


def _bow(pen: Pen, x: float, y: float, size: float, color: Rgb) -> None:
    for out in (-1, 1):
        tail = [
            (x, y),
            (x + out * 10 * size, y + 8 * size),
            (x + out * 20 * size, y + 34 * size),
            (x + out * 8 * size, y + 30 * size),
        ]
        pen.cel(polygon(tail), color, shadow=(4, 4), line=0.8)
    for out in (-1, 1):
        loop = [
            (x, y),
            (x + out * 22 * size, y - 20 * size),
            (x + out * 42 * size, y - 16 * size),
            (x + out * 41 * size, y + 12 * size),
            (x + out * 20 * size, y + 12 * size),
        ]
        pen.cel(curve(loop, closed=True), color, shadow=(5, 5), line=0.9)
        pen.ink(
            [
                (x + out * 5 * size, y),
                (x + out * 17 * size, y - 5 * size),
                (x + out * 25 * size, y - 4 * size),
            ],
            color,
            0.6,
        )
    pen.cel(oval(x, y, 9 * size, 10 * size), color, shadow=(3, 3), line=0.9)


def _ribbon(pen: Pen, view: HeadView, look: Look) -> None:
    x, y, _ = view.around(46, -92, 58)
    _bow(pen, x, y, 1.0, accent_of(look))


def _hairpin(pen: Pen, view: HeadView, look: Look) -> None:
    x, y, depth = view.around(-50, -30, 86)
    if depth < 0.1:
        return
    color = accent_of(look)
    with pen.space(x, y, turn=-24):
        pen.canvas.scale(max(0.35, depth) ** 0.5, 1)
        star = []
        for i in range(10):
            r = 14 if i % 2 == 0 else 6.4
            star.append((r * sin(i * pi / 5), -r * cos(i * pi / 5)))
        pen.cel(polygon(star), color, shadow=(3, 3), line=0.8)
        pen.fill(oval(-2.5, -3.5, 2.2, 2.2), WHITE, 0.8)


ON_FACE: dict[Accessory, Worn] = {
    "glasses": _glasses, "eyepatch": _eyepatch, "bandage": _bandage, "beard": _beard, "moustache": _moustache,
}  # fmt: skip


ON_HAIR: dict[Accessory, Worn] = {"earrings": _earrings, "ribbon": _ribbon, "hairpin": _hairpin, **HATS}
