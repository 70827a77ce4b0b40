"""Eyes: white, two-tone iris, pupil, catchlights, lashes, crease and brow.

In: a HeadView, a Look, a Face, gaze and blink.      Out: ink in head units.
Knows nothing about hair, except that brows show through it.
"""

from dataclasses import dataclass

import skia

from assets.sheets.look import EyeShape, Look
from models.cel.figure.faces import Face
from models.cel.figure.headview import HeadView
from models.cel.figure.ink import Pen, curve, oval, stroke
from models.cel.figure.palette import EYES, HAIR, INK, SKIN, WHITE, held_line, luminance, mix
from models.cel.figure.state import Point


@dataclass(frozen=True)
class Cutout:
    """The shape of an open eye, in head units from its middle; outward is +x."""

    half: float
    top: float
    bottom: float
    slant: float  # height of the outer corner; negative is higher
    iris_x: float
    iris_y: float
    lash: float


SHAPES: dict[EyeShape, Cutout] = {
    "round": Cutout(21, 22, 18.5, 0, 15.5, 21.0, 6.6),
    "wide": Cutout(22, 26, 20.5, 0, 15.5, 20.5, 6.0),
    "sharp": Cutout(22, 17, 13.5, -7, 13.5, 17.5, 6.4),
    "narrow": Cutout(21, 12, 10, -3, 11.5, 14.0, 5.6),
    "droopy": Cutout(21, 19, 17, 6, 14.5, 19.0, 6.0),
}


@dataclass(frozen=True)
class Eye:
    """One eye placed on the face; x grows outward within it."""

    x: float
    y: float
    wide: float  # foreshortening
    size: float
    outward: float  # +1 when outward is the picture's right


def placed(view: HeadView) -> list[Eye]:
    """The visible eyes, far one first."""
    if view.away:
        return []
    y, size = view.ages.eye_y + view.drop(), view.ages.eye
    eyes = []
    if view.t < 0.8:
        eyes.append(Eye(view.keyed(36, 43, 56), y, view.keyed(1, 0.76, 0.3), size, 1))
    eyes.append(Eye(view.keyed(-36, -11, 42), y, view.keyed(1, 0.98, 0.66), size, -1))
    return eyes


@dataclass(frozen=True)
class Lids:
    """Where the lids stand: control heights of the two curves between the corners."""

    inner: Point
    outer: Point
    upper: float
    lower: float
    closed: float  # 0 open .. 1 shut


def lids(cut: Cutout, face: Face, blink: float) -> Lids:
    """Where the lids stand, from the expression and a blink."""
    shut = max(-0.3, min(1.0, face.lid + (1 - face.lid) * blink))
    squint = face.squint * (1 - face.arc)
    line = cut.bottom * 0.85 + (-cut.top * 1.05 - cut.bottom * 0.85) * face.arc  # where both lids meet
    upper, lower = -cut.top * 1.36, cut.bottom * (1.36 - 0.9 * squint)
    low = max(0.0, shut)
    corner = 5 + 6 * face.arc
    slant = cut.slant + (corner - cut.slant) * low * 0.6 - face.anger * 1.5
    meet = min(line, lower) if face.arc < 0.5 else line
    return Lids(
        (-cut.half * 0.9, 7 + 2 * face.arc + 3 * low),
        (cut.half, slant + 3),
        upper + (meet - upper) * shut,
        lower + (meet - lower) * low,
        max(0.0, shut),
    )


def draw_eyes(pen: Pen, view: HeadView, look: Look, face: Face, *, gaze: Point, blink: float) -> None:
    """Every visible eye, without brows."""
    for eye in placed(view):
        flip = eye.outward < 0
        with pen.space(eye.x, eye.y, scale=eye.size, flip=flip):
            pen.canvas.scale(eye.wide, 1)
            aim = (gaze[0] * eye.outward, gaze[1])
            _eye(pen, view, look, face, lids(SHAPES[look.eyes], face, blink), aim)


def draw_brows(pen: Pen, view: HeadView, look: Look, face: Face, *, alpha: float = 1.0) -> None:
    """Brows; called again after the hair with a low ``alpha``, so that they show through it."""
    hair = HAIR[look.hair_color]
    tone = mix(held_line(hair), hair, 0.45 if luminance(hair) > 0.6 else 0.12)
    thick = 3.6 if view.soft else 5.6
    thick *= 1.25 if look.age == "elder" else 1.0
    for eye in placed(view):
        top = SHAPES[look.eyes].top
        with pen.space(eye.x, eye.y - (top + 15) * eye.size, scale=eye.size**0.5, flip=eye.outward < 0):
            pen.canvas.scale(eye.wide, 1)
            raise_ = -9 * face.brow
            inner = raise_ + 9.5 * face.anger
            points = [
                (-21 - 1.5 * max(0, face.anger), -0.5 + inner),
                (-9, -3.5 + raise_ + 4.5 * face.anger),
                (5, -5 + raise_ - 0.5 * face.anger),
                (23, 2.5 + raise_ - 3 * face.anger),
            ]
            pen.fill(stroke(points, max(thick, pen.weight(0.5)), head=0.75, tail=0.1), pen.lit(tone), alpha)


def _eye(pen: Pen, view: HeadView, look: Look, face: Face, lid: Lids, gaze: Point) -> None:
    cut = SHAPES[look.eyes]
    if lid.closed < 0.93:
        opening = _opening(cut, lid)
        pen.fill(opening, pen.lit((252, 252, 255)))
        with pen.within(opening):
            _iris(pen, look, face, cut, gaze)
            _lid_shadow(pen, cut, lid)
            _catchlights(pen, face, cut, gaze)
    _lashes(pen, view, look, cut, lid)


def _opening(cut: Cutout, lid: Lids) -> skia.Path:
    path = skia.Path()
    path.moveTo(*lid.inner)
    path.cubicTo(-cut.half * 0.78, lid.upper, cut.half * 0.80, lid.upper, *lid.outer)
    path.cubicTo(cut.half * 0.72, lid.lower, -cut.half * 0.5, lid.lower, *lid.inner)
    path.close()
    return path


def _iris_place(cut: Cutout, gaze: Point) -> Point:
    return gaze[0] * cut.half * 0.3 - 0.5, gaze[1] * 5 - 0.5


def _iris(pen: Pen, look: Look, face: Face, cut: Cutout, gaze: Point) -> None:
    color = EYES[look.eye_color]
    x, y = _iris_place(cut, gaze)
    rx, ry = cut.iris_x * face.iris, cut.iris_y * face.iris
    deep, glow = mix(color, INK, 0.62), mix(color, WHITE, 0.42)
    tones = [skia.Color(*pen.lit(tone)) for tone in (mix(deep, INK, 0.2), color, glow)]
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(x, y - ry), skia.Point(x, y + ry)], tones, [0.12, 0.58, 1.0]
    )
    iris = oval(x, y, rx, ry)
    pen.canvas.drawPath(iris, skia.Paint(AntiAlias=True, Shader=shader))
    if pen.detail(rx * 0.12):  # the second tone: a lit bowl in the lower half
        bowl = oval(x, y + ry * 0.62, rx * 0.66, ry * 0.42)
        pen.fill(bowl, pen.lit(mix(glow, WHITE, 0.3)), 0.55)
    pen.fill(oval(x, y - ry * 0.05, rx * 0.42, ry * 0.46), pen.lit(mix(deep, INK, 0.72)))
    ring = skia.Paint(
        AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=max(1.7, pen.weight(0.4)),
        Color=skia.Color(*pen.lit(mix(deep, INK, 0.45))),
    )  # fmt: skip
    pen.canvas.drawPath(iris, ring)


def _lid_shadow(pen: Pen, cut: Cutout, lid: Lids) -> None:
    """The lash's shadow over white and iris."""
    depth = 5.5
    path = skia.Path()
    path.moveTo(lid.inner[0], lid.inner[1] - 3)
    path.cubicTo(
        -cut.half * 0.72, lid.upper - 3, cut.half * 0.80, lid.upper - 3, lid.outer[0], lid.outer[1] - 3
    )
    path.lineTo(lid.outer[0], lid.outer[1] + depth)
    path.cubicTo(
        cut.half * 0.75, lid.upper + depth * 1.5, -cut.half * 0.72, lid.upper + depth * 1.5,
        lid.inner[0], lid.inner[1] + depth * 0.5,
    )  # fmt: skip
    path.close()
    pen.fill(path, pen.lit((70, 60, 110)), 0.34)


def _catchlights(pen: Pen, face: Face, cut: Cutout, gaze: Point) -> None:
    x, y = _iris_place(cut, gaze)
    rx, ry = cut.iris_x * face.iris, cut.iris_y * face.iris
    toward = 1.0 if pen.side > 0 else -1.0
    pen.fill(oval(x + toward * rx * 0.40, y - ry * 0.42, rx * 0.34, ry * 0.27), WHITE)
    if pen.detail(rx * 0.18):
        pen.fill(oval(x - toward * rx * 0.42, y + ry * 0.46, rx * 0.19, ry * 0.14), WHITE, 0.92)


def _lashes(pen: Pen, view: HeadView, look: Look, cut: Cutout, lid: Lids) -> None:
    tone = pen.lit(mix(INK, held_line(HAIR[look.hair_color]), 0.35))
    weight = max(cut.lash * (1.0 if view.soft else 0.78), pen.weight(0.8))
    _upper_lash(pen, view, cut, lid, weight, tone)
    if lid.closed > 0.85:
        return
    near = pen.detail(2)
    low = 0.75 * lid.lower
    pen.fill(
        stroke(
            [(cut.half * 0.9, lid.outer[1] + 4), (cut.half * 0.62, low * 0.86), (0, low + 0.6)],
            max(1.9, pen.weight(0.45)),
            head=0.4,
        ),
        tone,
    )
    if near:  # the crease of the lid
        y = 0.75 * lid.upper - 10
        fold = held_line(SKIN[look.skin])
        points = [
            (-cut.half * 0.62, y + 5.5),
            (-cut.half * 0.1, y - 0.5),
            (cut.half * 0.55, y + 3),
            (cut.half * 0.9, y + 9),
        ]
        pen.fill(stroke(points, pen.weight(0.5)), pen.lit(fold), 0.8)


def _upper_lash(
    pen: Pen, view: HeadView, cut: Cutout, lid: Lids, weight: float, tone: tuple[int, int, int]
) -> None:
    half, (ox, oy) = cut.half, lid.outer
    shut = lid.closed > 0.85
    thick = weight * (0.62 if shut else 1.0)
    flick = (6.5 if view.soft else 3.0, -1.5 if not shut else (2.5 if lid.upper > 0 else 4))
    path = skia.Path()
    path.moveTo(lid.inner[0] - 1.5, lid.inner[1] + 0.8)
    path.cubicTo(-half * 0.78, lid.upper, half * 0.80, lid.upper, ox, oy)
    path.lineTo(ox + flick[0], oy + flick[1])
    path.quadTo(ox + 2.6, oy - thick * 0.9, ox + 1.2, oy - thick * 1.5)
    path.cubicTo(
        half * 0.86,
        lid.upper - thick * 1.5,
        -half * 0.74,
        lid.upper - thick * 1.0,
        lid.inner[0] - 1.5,
        lid.inner[1] + 0.8,
    )
    path.close()
    pen.fill(path, tone)
    if view.soft and pen.detail(1.5):
        for share, reach in ((0.86, 5.5), (0.66, 4.0)):
            y = oy + (0.75 * lid.upper - oy) * (1 - share) * 1.9
            base = (half * share, y - thick * 0.7)
            pen.fill(
                curve(
                    [
                        base,
                        (base[0] + reach * 0.7, base[1] - 1.5),
                        (base[0] + reach, base[1] - reach),
                        (base[0] - 3, base[1] - 0.5),
                    ],
                    closed=True,
                ),
                tone,
            )
