"""The shape of a limb: points along its two bones, its widths there, and its two long lines.

In: a Limb.      Out: points and half-widths in figure units; ink.
"""

from collections.abc import Sequence

from models.cel.figure.ink import Pen, sides
from models.cel.figure.skeleton import Limb
from models.cel.figure.state import Point
from models.cel.light import Rgb

ARM = (19.0, 18.5, 15.5, 15.5, 11.0)  # half-widths from the shoulder to the wrist
LEG = (37.0, 35.5, 26.0, 27.0, 15.5)  # from the hip to the ankle


def line_through(limb: Limb, stop: float = 1.0) -> list[Point]:
    """Five points along a limb, ending at ``stop`` of its length; the joint bends softly."""
    a, b, c = limb.points
    return [along(a, b, c, f * stop) for f in (0.0, 0.25, 0.5, 0.75, 1.0)]


def along(a: Point, b: Point, c: Point, f: float) -> Point:
    """A point of the two-bone line; near the joint it rounds the corner."""
    soft = 0.10
    if abs(f - 0.5) < soft:
        t = (f - 0.5 + soft) / (2 * soft)
        start, end = between(a, b, 1 - 2 * soft), between(b, c, 2 * soft)
        return between(between(start, b, t), between(b, end, t), t)
    return between(a, b, f * 2) if f < 0.5 else between(b, c, f * 2 - 1)


def between(a: Point, b: Point, f: float) -> Point:
    """The point at share ``f`` of the way from ``a`` to ``b``."""
    return a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f


def widths_of(table: Sequence[float], factor: float, stop: float = 1.0) -> list[float]:
    """Half-widths at the five points of ``line_through``, ``factor`` times those of the table."""
    found = []
    for f in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = f * stop * 4
        i = min(3, int(at))
        found.append((table[i] + (table[i + 1] - table[i]) * (at - i)) * factor)
    return found


def draw_edges(pen: Pen, points: list[Point], widths: list[float], color: Rgb, start: float) -> None:
    """The two long lines of a limb; the inner one begins below the armpit."""
    left, right = sides(points, widths)
    for edge in (left, right):
        line = edge if start <= 0 else [between(edge[0], edge[1], start * 4), *edge[1:]]
        pen.ink(line, color, 0.95, head=0.2, tail=0.9)
