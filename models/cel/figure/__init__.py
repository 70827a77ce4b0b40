"""Figures: people drawn from a look, an expression and a pose."""

import skia

from models.cel.figure.state import Anchors, FigureState, Point
from models.cel.light import Light

__all__ = ["Anchors", "FigureState", "anchors", "draw"]


def draw(canvas: skia.Canvas, state: FigureState, *, feet: Point, height: float, light: Light) -> Anchors:
    found = anchors(state, feet=feet, height=height)
    paint = skia.Paint(AntiAlias=True, Color=skia.Color(*light.lit((90, 120, 170))))
    (x, y), r = found.head, found.head_radius
    canvas.drawRoundRect(skia.Rect(x - 1.6 * r, y + r, x + 1.6 * r, feet[1]), r, r, paint)
    paint.setColor(skia.Color(*light.lit((250, 220, 200))))
    canvas.drawOval(skia.Rect(x - 0.8 * r, y - r, x + 0.8 * r, y + r), paint)
    return found


def anchors(state: FigureState, *, feet: Point, height: float) -> Anchors:
    x, y = feet
    r = height / 14
    head = (x, y - height + r)
    return Anchors(
        head,
        r,
        (x, head[1] + 0.2 * r),
        ((x - 2 * r, y - 6 * r), (x + 2 * r, y - 6 * r)),
        (x, y - height * 0.72),
        y - height * 1.03,
        (x - 2.5 * r, y - height * 1.03, x + 2.5 * r, y),
    )
