"""Grading: depth and low sun, applied to a finished plane.

In: a canvas in home units with one plane on it, an Hour.      Out: the plane with its light falling off.
Flat paint looks like paper; so the ground gets darker and cooler towards the camera, a room towards its corners.
"""

from typing import Any

import skia

from models.cel.light import Tint
from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP
from models.cel.sets.hours import Hour

_NEAR: dict[str, Tint] = {
    "dawn": (0.76, 0.70, 0.86),
    "morning": (0.88, 0.90, 0.97),
    "day": (0.84, 0.87, 0.97),
    "sunset": (0.58, 0.46, 0.76),
    "dusk": (0.68, 0.68, 0.88),
    "night": (0.64, 0.70, 0.92),
}
_ROOM: Tint = (0.80, 0.77, 0.84)


def grade(canvas: Any, now: Hour, horizon: float, *, indoors: bool) -> None:
    """Multiply the painted pixels, and nothing else, by the hour's fall-off."""
    near = _ROOM if indoors else _NEAR[now.time]
    if not indoors:
        _wash(canvas, ((0.0, horizon), (0.0, 1120.0)), ((1.0, 1.0, 1.0), near))
        if now.sun is not None and now.time in ("sunset", "dawn"):
            _bloom(canvas, now)
        return
    _wash(canvas, ((0.0, 760.0), (0.0, 1180.0)), ((1.0, 1.0, 1.0), near))
    _wash(canvas, ((0.0, 260.0), (0.0, -160.0)), ((1.0, 1.0, 1.0), near))
    away = (1560.0, 2300.0) if now.side < 0 else (360.0, -380.0)
    _wash(canvas, ((away[0], 0.0), (away[1], 0.0)), ((1.0, 1.0, 1.0), near))


def _wash(
    canvas: Any, ends: tuple[tuple[float, float], tuple[float, float]], tints: tuple[Tint, Tint]
) -> None:
    colors = [skia.Color(*(round(255 * channel) for channel in tint)) for tint in tints]
    # Modulate does not change transparent pixels, so windows stay open.
    paint = skia.Paint(
        Shader=skia.GradientShader.MakeLinear(list(ends), colors), BlendMode=skia.BlendMode.kModulate
    )
    canvas.drawRect(skia.Rect.MakeLTRB(LEFT, TOP, RIGHT, BOTTOM), paint)


def _bloom(canvas: Any, now: Hour) -> None:
    """Bloom of a low sun over the things before it."""
    x, y = now.sun or (0.0, 0.0)
    red, green, blue = now.glow
    stops = [skia.Color(red, green - 30, blue - 60, alpha) for alpha in (96, 40, 0)]
    shader = skia.GradientShader.MakeRadial((x, y), 800, stops, [0.0, 0.35, 1.0])
    paint = skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kScreen)
    canvas.drawCircle(x, y, 800, paint)
