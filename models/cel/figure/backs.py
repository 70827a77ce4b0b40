"""The backs of tops: what is sewn below the collar, and the parts of a collar that hang there.

In: a Chart.      Out: ink in figure units.
Knows nothing about arms or heads. Everything is placed on the chart, so it turns with the trunk.
"""

from collections.abc import Callable

from models.cel.figure.ink import Pen, curve, polygon
from models.cel.figure.palette import WHITE, held_line, mix
from models.cel.figure.sewing import patch, seam
from models.cel.figure.torso import Chart
from models.cel.light import Rgb


def plain_back(pen: Pen, chart: Chart) -> None:
    seam(pen, chart, [(2, 0.9), (2, 0.15)], chart.clothes.top, 0.5)


def _sailor_back(pen: Pen, chart: Chart) -> None:
    cl = chart.clothes
    (lx, ly), (rx, ry) = chart.edge(1.04, -1), chart.edge(1.04, 1)
    a, b = chart.at(1.36, 0.55), chart.at(2.64, 0.55)
    left, right = (a, b) if a[0] < b[0] else (b, a)
    pen.cel(
        polygon([(lx, ly - 6), (rx, ry - 6), (right[0], right[1]), (left[0], left[1])]),
        cl.main,
        shadow=(8, 4),
        line=0.9,
    )
    stripe = [
        (left[0] + 9, ly + 20),
        (left[0] + 9, left[1] - 9),
        (right[0] - 9, right[1] - 9),
        (right[0] - 9, ry + 20),
    ]
    path = polygon(
        [
            *stripe,
            *[
                (x + (3 if i in (0, 1) else -3), y - (0 if i in (0, 3) else 3))
                for i, (x, y) in reversed(list(enumerate(stripe)))
            ],
        ]
    )
    pen.fill(path, pen.lit(WHITE))


def _hood_back(pen: Pen, chart: Chart) -> None:
    (lx, ly), (rx, ry) = chart.edge(1.13, -1), chart.edge(1.13, 1)
    x, y = chart.at(2, 0.72)
    hood = curve(
        [
            (lx - 24, ly - 2),
            (lx, ly - 18),
            (rx, ry - 18),
            (rx + 24, ry - 2),
            (rx + 18, y - 24),
            (x, y),
            (lx - 18, y - 24),
        ],
        closed=True,
    )
    pen.cel(hood, chart.clothes.top, shadow=(10, 8), line=1.0)
    pen.ink([(lx - 6, ly + 4), (x, ly + 22), (rx + 6, ry + 4)], held_line(chart.clothes.top), 0.7)


def _around(pen: Pen, chart: Chart, top: float, low: float, color: Rgb) -> None:
    """A band across the back."""
    band = [(1.0, top), (2.0, top - 0.015), (3.0, top), (3.0, low), (2.0, low - 0.015), (1.0, low)]
    patch(pen, chart, band, color, shadow=(12, 0), line=0.8)


def _sash_back(pen: Pen, chart: Chart) -> None:
    cl = chart.clothes
    if cl.cut.collar != "kimono":
        _around(pen, chart, 0.30, 0.20, cl.accent)
        return
    _around(pen, chart, 0.50, 0.16, cl.accent)
    knot = [(1.62, 0.60), (2.38, 0.60), (2.42, 0.30), (1.58, 0.30)]
    patch(pen, chart, knot, cl.accent, shadow=(10, 6), line=0.9)
    seam(pen, chart, [(1.6, 0.45), (2.0, 0.43), (2.4, 0.45)], cl.accent, 0.7)


def _belt_back(pen: Pen, chart: Chart) -> None:
    cl = chart.clothes
    tone = cl.tint("leather") if cl.cut.front in ("plate", "belt") else mix(cl.top, (40, 30, 40), 0.3)
    _around(pen, chart, 0.30, 0.20, tone)


def _bib_back(pen: Pen, chart: Chart) -> None:
    color = chart.clothes.main
    patch(pen, chart, [(1.45, 1.06), (1.57, 1.06), (2.35, 0.22), (2.2, 0.22)], color, line=0.7)
    patch(pen, chart, [(2.55, 1.06), (2.43, 1.06), (1.65, 0.22), (1.8, 0.22)], color, line=0.7)
    if chart.clothes.cut.collar == "straps":
        _around(pen, chart, 0.24, -0.3, color)
    else:
        _around(pen, chart, 0.26, 0.20, color)


def _emblem_back(pen: Pen, chart: Chart) -> None:
    if chart.clothes.cut.collar == "crew":
        _around(pen, chart, 0.66, 0.54, chart.clothes.accent)


BACKS: dict[str, Callable[[Pen, Chart], None]] = {"sailor": _sailor_back, "hood": _hood_back}

LOWER_BACKS: dict[str, Callable[[Pen, Chart], None]] = {
    "sash": _sash_back, "belt": _belt_back, "plate": _belt_back, "double": _belt_back, "bib": _bib_back,
    "emblem": _emblem_back,
}  # fmt: skip
