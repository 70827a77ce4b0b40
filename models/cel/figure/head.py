"""The head without its hair: skull, jaw, ears, nose, blush, wrinkles, tears and marks.

In: a HeadView, a Look, a Face.      Out: ink in head units.
Knows nothing about hair styles or bodies.
"""

from math import cos, sin

import skia

from assets.sheets.look import Look
from models.cel.figure.faces import Face
from models.cel.figure.headview import NOSE_TIP, HeadView
from models.cel.figure.ink import Pen, curve, oval, stroke
from models.cel.figure.palette import SKIN, WHITE, held_line, mix
from models.cel.light import Rgb

BLUSH: Rgb = (240, 110, 110)


def face_path(view: HeadView) -> skia.Path:
    """The outline of skull and face as a path; the nose is a corner in profile."""
    points = view.contour()
    if view.away or view.t < 0.72:
        return curve(points, closed=True)
    tip = points[NOSE_TIP]
    return curve(
        [*points[:NOSE_TIP], (tip[0] - 1.5, tip[1] - 2.5), (tip[0] - 2, tip[1] + 2), *points[NOSE_TIP + 1 :]],
        closed=True,
    )


def draw_skull(pen: Pen, view: HeadView, look: Look, path: skia.Path, *, ears: bool) -> None:
    """Skin, ears and the shade along the jaw."""
    skin = SKIN[look.skin]
    if ears and (view.t < 0.42 or view.away):
        _ear(pen, view.keyed(76, 64, 40), view, skin, far=True)
    if ears and (view.t < 0.3 or view.away):
        _ear(pen, view.keyed(-76, -64, -20), view, skin, far=False)
    pen.cel(path, skin, shadow=(7, 3), skin=True, rim=5)
    if ears and view.t >= 0.3 and not view.away:
        _ear(pen, view.keyed(-76, -62, -20), view, skin, far=False)


def draw_features(pen: Pen, view: HeadView, look: Look, face: Face) -> None:
    """What lies on the skin under eyes and mouth."""
    skin = SKIN[look.skin]
    _blush(pen, view, look, face)
    if face.gloom:
        _gloom(pen, view, face)
    _nose(pen, view, skin)
    if look.age == "elder":
        _wrinkles(pen, view, skin)


def _ear(pen: Pen, x: float, view: HeadView, skin: Rgb, *, far: bool) -> None:
    out = 1.0 if far else -1.0
    y = 28 + view.drop(-0.25)
    wide = view.keyed(10, 12, 15)
    points = [
        (x - out * 3, y - 20), (x + out * wide * 0.6, y - 23), (x + out * wide, y - 10),
        (x + out * wide * 0.66, y + 8), (x + out * 1, y + 20), (x - out * 6, y + 12),
    ]  # fmt: skip
    pen.cel(curve(points, closed=True), skin, shadow=(3, 2), skin=True)
    if pen.detail(2):
        fold = [
            (x + out * wide * 0.1, y - 14),
            (x + out * wide * 0.66, y - 12),
            (x + out * wide * 0.3, y),
            (x, y + 8),
        ]
        pen.ink(fold, skin, 0.4)


def _nose(pen: Pen, view: HeadView, skin: Rgb) -> None:
    if view.t > 0.86:
        return
    x, y = view.keyed(0, 35, 72), view.ages.nose_y + view.drop(1.15)
    tone = pen.lit(mix(held_line(skin), skin, 0.25))
    if view.t < 0.22:
        out = -pen.side
        shade = curve(
            [(x + out * 0.5, y - 5), (x + out * 4.2, y + 2.2), (x - out * 1.5, y + 2.8)], closed=True
        )
        pen.fill(shade, pen.dark(skin, skin=True))
        pen.fill(
            stroke(
                [(x - 2.2, y + 3), (x + out * 0.6, y + 4.0), (x + 3.0, y + 3)],
                max(1.8, pen.weight(0.4)),
                head=0.3,
            ),
            tone,
        )
        return
    points = [(x - 1.5, y - 13), (x + 3.5, y - 3), (x + 5, y + 1.5), (x - 2.5, y + 4.5)]
    pen.fill(stroke(points, max(2.0, pen.weight(0.5)), head=0.05), tone)


def _blush(pen: Pen, view: HeadView, look: Look, face: Face) -> None:
    if face.blush <= 0.02:
        return
    y = view.ages.eye_y + 27 * view.ages.eye + view.drop(1.05)
    color = pen.lit(mix(BLUSH, SKIN[look.skin], 0.1))
    spots = [(view.keyed(-47, -24, 34), view.keyed(18, 17, 13))]
    if view.t < 0.75:
        spots.append((view.keyed(47, 51, 58), view.keyed(18, 12, 5)))
    for x, wide in spots:
        with pen.space(x, y):
            pen.canvas.scale(1, 0.52)
            tones = [skia.Color(*color, round(150 * min(1, face.blush + 0.1))), skia.Color(*color, 0)]
            glow = skia.GradientShader.MakeRadial(skia.Point(0, 0), wide, tones, [0.25, 1.0])
            pen.canvas.drawCircle(0, 0, wide, skia.Paint(AntiAlias=True, Shader=glow))
        if face.blush > 0.45 and pen.detail(1.6):
            for i in (-1, 0, 1):
                points = [(x + i * wide * 0.42 + 2.4, y - 4.5), (x + i * wide * 0.42 - 2.4, y + 4.5)]
                pen.fill(
                    stroke([points[0], (x + i * wide * 0.42, y), points[1]], max(1.5, pen.weight(0.4))),
                    color,
                    0.8,
                )


def _gloom(pen: Pen, view: HeadView, face: Face) -> None:
    """The blue cast and falling lines over a frightened brow."""
    with pen.within(face_path(view)):
        x = view.keyed(0, 18, 36)
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(0, -60), skia.Point(0, 34)],
            [skia.Color(92, 104, 170, round(170 * face.gloom)), skia.Color(92, 104, 170, 0)],
        )
        pen.canvas.drawRect(skia.Rect(-110, -100, 110, 40), skia.Paint(Shader=shader))
        for i in range(6):
            at = x + (i - 2.5) * 14
            long = 12 + 7 * (i % 3)
            pen.fill(
                stroke([(at, -50), (at, -34), (at, long - 22)], pen.weight(0.5), head=1.0),
                (80, 84, 140),
                0.6 * face.gloom,
            )


def _wrinkles(pen: Pen, view: HeadView, skin: Rgb) -> None:
    y = view.ages.mouth_y + view.drop()
    centre = view.keyed(0, 27, 54)
    tone = pen.dark(mix(skin, held_line(skin), 0.4), skin=True)
    w = max(1.8, pen.weight(0.5))
    for out, shown in ((-1.0, True), (1.0, view.t < 0.7)):
        if not shown:
            continue
        wide = view.keyed(1, 0.8 if out > 0 else 1, 0.6)
        x = centre + out * 17 * wide
        pen.fill(stroke([(x - out * 4, y - 22), (x + out * 3, y - 12), (x + out * 5, y - 1)], w), tone)
        under = view.ages.eye_y + 22 + view.drop()
        ex = view.keyed(out * 38, 45 if out > 0 else -11, 43)
        pen.fill(
            stroke([(ex - 12 * wide, under - 3), (ex, under + 1.5), (ex + 12 * wide, under - 3)], w * 0.9),
            tone,
        )
    top = view.ages.eye_y - 56 + view.drop()
    for i, half in enumerate((16, 20)):
        pen.fill(
            stroke(
                [(centre - half, top - i * 9), (centre, top - 3 - i * 9), (centre + half, top - i * 9)],
                w * 0.9,
            ),
            tone,
        )


def draw_tears(pen: Pen, view: HeadView, face: Face, phase: float) -> None:
    """Tears, a drop of sweat and the anger mark: drawn last, over everything on the head."""
    if face.tears > 0.05:
        _tears(pen, view, face, phase)
    if face.sweat > 0.3:
        _drop(pen, view.keyed(-66, -50, 0), -14 + view.drop() + 6 * (phase % 1), 1.0)
    if face.mark > 0.3:
        _anger_mark(pen, view.keyed(-58, -40, 0), -62)


def _tears(pen: Pen, view: HeadView, face: Face, phase: float) -> None:
    water: Rgb = (190, 226, 255)
    top = view.ages.eye_y + 14 * view.ages.eye + view.drop()
    xs = [view.keyed(-42, -16, 40)] + ([view.keyed(42, 47, 58)] if view.t < 0.7 else [])
    for x in xs:
        sway = 1.2 * sin(phase * 6.283)
        long = (92 - top) * face.tears
        points = [(x, top), (x - 2 + sway, top + long * 0.45), (x + 1, top + long)]
        left = [(px - w, py) for (px, py), w in zip(points, (7, 4.4, 5), strict=True)]
        right = [(px + w, py) for (px, py), w in zip(points, (7, 4.4, 5), strict=True)]
        path = curve([*left, (points[-1][0], points[-1][1] + 5), *reversed(right)], closed=True)
        pen.fill(path, pen.lit(water), 0.82)
        pen.fill(
            stroke([(x - 2.5, top + 3), (x - 3 + sway, top + long * 0.45), (x - 1, top + long)], 2.6),
            WHITE,
            0.9,
        )


def _drop(pen: Pen, x: float, y: float, size: float) -> None:
    path = skia.Path()
    path.moveTo(x, y - 15 * size)
    path.cubicTo(x + 4 * size, y - 6 * size, x + 8 * size, y, x + 7 * size, y + 5 * size)
    path.cubicTo(x + 5 * size, y + 12 * size, x - 5 * size, y + 12 * size, x - 7 * size, y + 5 * size)
    path.cubicTo(x - 8 * size, y, x - 4 * size, y - 6 * size, x, y - 15 * size)
    path.close()
    pen.contour(path, (120, 170, 220), 0.5)
    pen.paint(path, (200, 232, 255))
    pen.fill(oval(x - 2.5 * size, y + 3 * size, 1.8 * size, 3 * size), WHITE)


def _anger_mark(pen: Pen, x: float, y: float) -> None:
    red: Rgb = (222, 62, 62)
    for i in range(4):
        a = 0.785 + i * 1.5708
        c, s = cos(a), sin(a)
        points = [
            (x + 15 * c - 9 * s, y + 15 * s + 9 * c),
            (x + 5 * c, y + 5 * s),
            (x + 15 * c + 9 * s, y + 15 * s - 9 * c),
        ]
        pen.fill(stroke(points, max(4.0, pen.weight(0.7)), head=0.5, tail=0.5), pen.lit(red))
