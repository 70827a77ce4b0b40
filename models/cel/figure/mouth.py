"""Mouths: the shape of the expression, opened by the voice.

In: a HeadView, a Face, loudness.      Out: ink in head units.
Knows nothing about words, only their loudness.
"""

from dataclasses import dataclass

import skia

from models.cel.figure.faces import Face
from models.cel.figure.headview import HeadView
from models.cel.figure.ink import Pen, curve, oval, polygon, stroke
from models.cel.figure.palette import MOUTH, TONGUE, held_line, mix
from models.cel.light import Rgb


@dataclass(frozen=True)
class Opening:
    """An open mouth in head units: half its width, how far it opens downwards, and the height of the upper lip."""

    half: float
    depth: float
    roof: float


def draw_mouth(pen: Pen, view: HeadView, face: Face, skin: Rgb, *, loud: float, talking: bool) -> None:
    """The mouth at its place on the face."""
    opening = max(loud, face.open * (0.25 if talking else 1.0))
    x = view.keyed(0, 27, 56)
    y = view.ages.mouth_y * (1 + (view.ages.jaw - 1) * 0.5) + view.drop(0.8)
    with pen.space(x, y):
        pen.canvas.scale(view.keyed(1, 0.84, 0.5), 1)
        _mouth(pen, face, skin, opening)


def _mouth(pen: Pen, face: Face, skin: Rgb, opening: float) -> None:
    if opening < 0.07:
        _closed(pen, face, skin)
    elif face.lips == "grit" and opening < 0.62:
        _gritted(pen, face, skin, opening)
    else:
        _open(pen, face, skin, opening)


def _closed(pen: Pen, face: Face, skin: Rgb) -> None:
    half, bend = 15 * face.width, 5.5 * face.smile
    if face.lips == "wavy":
        points = [(-half, 1.5), (-half * 0.5, -2), (0, 1.6), (half * 0.5, -2), (half, 1.5)]
    elif face.lips == "smirk":
        points = [(-half * 0.8, 1.5), (0, 3.5), (half * 0.75, 0), (half * 1.15, -5.5)]
    else:
        points = [(-half, -bend), (-half * 0.4, bend * 0.75), (half * 0.4, bend * 0.75), (half, -bend)]
    pen.fill(stroke(points, max(2.4, pen.weight(0.6)), head=0.3, tail=0.3), pen.lit(_line(skin)))
    if pen.detail(2.0):
        pen.fill(stroke([(-5, 10), (0, 11), (5, 10)], max(1.6, pen.weight(0.4))), pen.dark(skin, skin=True))


def _open(pen: Pen, face: Face, skin: Rgb, opening: float) -> None:
    narrow = 1 - 0.28 * opening if face.lips in ("line", "round") else 1.0
    half = 15.5 * face.width * narrow
    depth = 4.5 + 19 * opening
    roof = 2.2 * max(0.0, face.smile) - 3.5 * max(0.0, -face.smile) - (3.5 if face.lips == "round" else 0)
    opened = Opening(half, depth, roof)
    _inside(pen, _lips(face, opened), opened, skin, teeth=face.lips != "round" and opening > 0.25)


def _lips(face: Face, opened: Opening) -> skia.Path:
    """The outline of an open mouth."""
    half, depth, roof = opened.half, opened.depth, opened.roof
    corner = -5.0 * face.smile
    if face.lips == "round":
        return curve(
            [
                (-half, depth * 0.35),
                (0, roof),
                (half, depth * 0.35),
                (half * 0.6, depth * 0.88),
                (0, depth),
                (-half * 0.6, depth * 0.88),
            ],
            closed=True,
        )
    if face.lips == "wavy":
        return curve(
            [
                (-half, 3),
                (-half * 0.5, -1),
                (0, 1.8),
                (half * 0.5, -1),
                (half, 3),
                (half * 0.7, depth * 0.72),
                (half * 0.2, depth * 0.62),
                (-half * 0.3, depth * 0.72),
                (-half * 0.75, depth * 0.66),
            ],
            closed=True,
        )
    path = skia.Path()
    path.moveTo(-half, corner)
    path.cubicTo(-half * 0.4, roof, half * 0.4, roof, half, corner)
    sag = depth * 1.3
    path.cubicTo(half * 0.86, sag, -half * 0.86, sag, -half, corner)
    path.close()
    return path


def _inside(pen: Pen, path: skia.Path, opened: Opening, skin: Rgb, *, teeth: bool) -> None:
    pen.contour(path, mix(skin, MOUTH, 0.4), 0.5)
    pen.paint(path, MOUTH)
    with pen.within(path):
        pen.paint(oval(0, opened.depth * 1.02, opened.half * 0.78, opened.depth * 0.42), TONGUE)
        if teeth:
            pen.paint(oval(0, opened.roof - 3, opened.half * 0.95, 7.5), (255, 253, 250))


def _gritted(pen: Pen, face: Face, skin: Rgb, opening: float) -> None:
    half, depth = 17 * face.width, 5 + 16 * opening
    bend = -3.2 * face.smile
    path = curve(
        [
            (-half, bend + 1),
            (-half * 0.5, -1.5),
            (half * 0.5, -1.5),
            (half, bend + 1),
            (half * 0.8, bend + depth),
            (0, depth * 0.82),
            (-half * 0.8, bend + depth),
        ],
        closed=True,
    )
    pen.contour(path, mix(skin, MOUTH, 0.4), 0.55)
    pen.paint(path, (252, 250, 248))
    with pen.within(path):
        tone, w = pen.lit(_line(skin)), pen.weight(0.35)
        pen.fill(
            polygon(
                [
                    (-half, depth * 0.45),
                    (half, depth * 0.45),
                    (half, depth * 0.45 + w),
                    (-half, depth * 0.45 + w),
                ]
            ),
            tone,
        )
        for x in (-half * 0.5, 0.0, half * 0.5):
            pen.fill(polygon([(x, -4), (x + w, -4), (x + w, depth * 1.3), (x, depth * 1.3)]), tone, 0.6)


def _line(skin: Rgb) -> Rgb:
    return mix(held_line(skin), MOUTH, 0.3)
