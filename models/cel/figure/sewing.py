"""Sew on a dressed trunk: patches, seams and buttons, placed on its chart so that they turn with it.

In: a Chart, points on it.      Out: ink in figure units.
"""

from collections.abc import Sequence

from models.cel.figure.ink import Pen, oval, polygon
from models.cel.figure.palette import WHITE
from models.cel.figure.state import Point
from models.cel.figure.torso import Chart
from models.cel.light import Rgb

Uv = tuple[float, float]


def patch(
    pen: Pen,
    chart: Chart,
    points: Sequence[Uv],
    color: Rgb,
    *,
    shadow: Point | None = None,
    line: float = 0.7,
) -> None:
    """A shape with straight edges, cut from cloth, given on the chart."""
    pen.cel(polygon([chart.at(u, v) for u, v in points]), color, shadow=shadow, line=line)


def seam(pen: Pen, chart: Chart, points: Sequence[Uv], color: Rgb, width: float = 0.6) -> None:
    """A line sewn along points of the chart."""
    placed = [chart.at(u, v) for u, v in points]
    if len(placed) == 2:
        placed.insert(1, ((placed[0][0] + placed[1][0]) / 2, (placed[0][1] + placed[1][1]) / 2))
    pen.ink(placed, color, width, head=0.6, tail=0.6)


def buttons(pen: Pen, chart: Chart, color: Rgb, places: Sequence[Uv], size: float) -> None:
    """Round buttons, one at each place on the chart."""
    for u, v in places:
        x, y = chart.at(u, v)
        pen.cel(oval(x, y, size, size), color, line=0.6)
        if pen.detail(2):
            pen.fill(oval(x - 1.4, y - 1.6, size * 0.32, size * 0.32), WHITE, 0.8)
