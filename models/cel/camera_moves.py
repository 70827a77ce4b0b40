"""The moves of the camera, as numbers.

In: a Framing, a move, a frame.      Out: the View at that frame, and what each plane shows of it.
Knows nothing about canvases. Units are those of the home picture: 1920 x 1080, y down.
"""

from dataclasses import replace
from fractions import Fraction
from math import exp, pi, sin

from assets.sheets.cutsheet import Camera
from models.cel.camera import HOME_HEIGHT, HOME_WIDTH, Framing, View

_FAR = 0.6  # exponent on the zoom of planes far behind the actors


def travelled(speed: float, frame: int, frames: int, rate: Fraction, reach: float) -> float:
    """Home units from the mark at ``frame``. The walk starts before the mark, however long the cut is.
    A long walk is slowed so that it covers at most ``reach``."""
    seconds = float(frames / rate)
    way, fast = (-1 if speed < 0 else 1), abs(speed)
    start = min(0.9 * fast, 0.45 * reach)
    return way * (min(fast, reach / max(seconds, 0.1)) * float(frame / rate) - start)


def moved(view: View, camera: Camera, *, frame: int, frames: int, rate: Fraction) -> View:
    """``view`` at ``frame``: eased; at frame 0 the start of the move, whatever the length."""
    t = eased(frame / max(1, frames - 1))
    tall, amount = HOME_HEIGHT / view.zoom, camera.amount
    wide = tall * HOME_WIDTH / HOME_HEIGHT
    slide, rise, push = 0.10 * amount * wide, 0.16 * amount * tall, 1 + 0.13 * amount
    match camera.move:
        case "pan_right" | "parallax":
            return replace(view, x=view.x + slide * (t - 0.5) * (1.5 if camera.move == "parallax" else 2))
        case "pan_left":
            return replace(view, x=view.x - slide * (t - 0.5) * 2)
        case "tilt_up":
            return replace(view, y=view.y + rise * (1 - t))
        case "tilt_down":
            return replace(view, y=view.y - rise * (1 - t))
        case "push_in":
            return replace(view, zoom=view.zoom * push**t)
        case "pull_out":
            return replace(view, zoom=view.zoom * push ** (1 - t))
        case "shake":
            return _shaken(view, amount * tall, frame / float(rate))
        case _:
            return view


def _shaken(view: View, reach: float, seconds: float) -> View:
    # Two sines without a common period that fade within a second: the shake of a hit, not of a handheld camera.
    left = 0.022 * reach * exp(-2.6 * seconds)
    return replace(
        view, x=view.x + left * sin(2 * pi * 9.1 * seconds), y=view.y + left * sin(2 * pi * 11.7 * seconds + 0.6),
        zoom=view.zoom * 1.02,
    )  # fmt: skip


def stops(framing: Framing, camera: Camera, rate: Fraction, reach: float) -> list[View]:
    """Every position the camera may take in a cut of any length; the planes must cover all of them.

    It must not depend on the length, or a panel and its take would be rasterised differently.
    """
    frames = 25
    views = [moved(framing.view, camera, frame=n, frames=frames, rate=rate) for n in range(frames)]
    if not framing.track:
        return views
    ends = (-0.5 * reach, 0.6 * reach)
    along = 1 if framing.track > 0 else -1
    return [replace(view, x=view.x + along * end) for view in views for end in ends]


def eased(t: float) -> float:
    """Slow in, slow out (smoothstep)."""
    t = max(0.0, min(1.0, t))
    return t * t * (3 - 2 * t)


def plane_view(base: Framing, view: View, depth: float) -> View:
    """What a plane at ``depth`` shows when the actors' plane shows ``view``.

    Far planes are enlarged less than near ones, around the horizon, so that framing a person does not cut off a
    mountain, and the horizon stays in place.
    """
    start = base.view
    ground = start.zoom**base.flatten
    zoom = ground**_FAR if depth < 0.7 else ground
    level = base.horizon - (base.horizon - start.y) * ground / zoom
    grow = (view.zoom / start.zoom) ** (0.5 + 0.5 * min(1.4, depth))
    x = start.x + (view.x - start.x) * depth
    y = level + (view.y - start.y) * depth + base.lean
    return View(x, y, zoom * grow, view.roll)
