"""What is sewn on a top: buttons, belts, bibs, plates and patterns. Backs are in backs.py.

In: a Chart, the top's path.      Out: ink in figure units.
Knows nothing about arms or heads. Everything is placed on the chart, so it turns with the trunk.
"""

from collections.abc import Callable

import skia

from models.cel.figure.backs import LOWER_BACKS, plain_back
from models.cel.figure.ink import Pen, polygon, tube
from models.cel.figure.palette import WHITE, mix
from models.cel.figure.sewing import buttons, patch, seam
from models.cel.figure.torso import Chart


def draw_front(pen: Pen, chart: Chart, path: skia.Path) -> None:
    """Everything sewn on the top, drawn inside its outline."""
    with pen.within(path):
        if chart.back:
            plain_back(pen, chart)
            LOWER_BACKS.get(chart.clothes.cut.front, _nothing)(pen, chart)
        else:
            FRONTS.get(chart.clothes.cut.front, _nothing)(pen, chart)


def _nothing(pen: Pen, chart: Chart) -> None:
    return


def _button_front(pen: Pen, chart: Chart) -> None:
    color = chart.clothes.top
    seam(pen, chart, [(0, 0.98), (0, 0.5), (0, -0.2)], color)
    buttons(pen, chart, mix(color, WHITE, 0.6), [(0.05, 0.84), (0.05, 0.64), (0.05, 0.44), (0.05, 0.24)], 3.6)


def _gold_buttons(pen: Pen, chart: Chart) -> None:
    seam(pen, chart, [(0, 1.0), (0, 0.5), (0, -0.3)], chart.clothes.top)
    buttons(
        pen,
        chart,
        chart.clothes.metal,
        [(0.07, 0.86), (0.07, 0.66), (0.07, 0.46), (0.07, 0.26), (0.07, 0.06)],
        6.0,
    )


def _double(pen: Pen, chart: Chart) -> None:
    color = chart.clothes.top
    seam(pen, chart, [(0.22, 0.7), (0.22, 0.3), (0.22, -0.3)], color)
    for u in (-0.2, 0.38):
        buttons(pen, chart, mix(color, (40, 30, 40), 0.5), [(u, 0.48), (u, 0.16)], 5.5)
    patch(pen, chart, [(-1, 0.32), (1, 0.32), (1, 0.24), (-1, 0.24)], mix(color, (40, 30, 40), 0.3))
    patch(pen, chart, [(-0.06, 0.345), (0.14, 0.345), (0.14, 0.215), (-0.06, 0.215)], chart.clothes.metal)


def _zip(pen: Pen, chart: Chart) -> None:
    color = chart.clothes.top
    seam(pen, chart, [(0, 1.06), (0, 0.5), (0, -0.2)], mix(color, WHITE, 0.2), 0.9)
    for out in (-1, 1):
        patch(
            pen,
            chart,
            [(0.62 * out, 1.0), (0.74 * out, 0.98), (0.66 * out, 0.58), (0.54 * out, 0.56)],
            chart.clothes.accent,
            line=0.4,
        )
        seam(pen, chart, [(0.42 * out, 0.26), (0.66 * out, 0.12)], color)
    x, y = chart.at(0, 0.9)
    pen.cel(tube([(x, y), (x, y + 8), (x, y + 15)], [2.4, 2.6, 2.4]), (210, 214, 222), line=0.5)


def _emblem(pen: Pen, chart: Chart) -> None:
    color, accent = chart.clothes.top, chart.clothes.accent
    if chart.clothes.cut.collar == "hood":
        patch(
            pen,
            chart,
            [(-0.42, 0.30), (0.42, 0.30), (0.56, 0.04), (-0.56, 0.04)],
            mix(color, (0, 0, 0), 0.06),
            line=0.7,
        )
        return
    patch(
        pen,
        chart,
        [
            (-1, 0.66),
            (-0.5, 0.645),
            (0, 0.64),
            (0.5, 0.645),
            (1, 0.66),
            (1, 0.54),
            (0.5, 0.525),
            (0, 0.52),
            (-0.5, 0.525),
            (-1, 0.54),
        ],
        accent,
        line=0.4,
    )


def _open(pen: Pen, chart: Chart) -> None:
    """A jacket open over what is worn beneath."""
    cl = chart.clothes
    inner, deep = cl.tint(cl.cut.inner), 0.34 if cl.cut.collar == "lapel" else -0.3
    wide = 0.34
    low = wide * 0.85 if cl.cut.collar == "stand" else 0.0
    deep = -0.3 if low else deep
    patch(pen, chart, [(-wide, 1.1), (wide, 1.1), (low, deep), (-low, deep)], inner, shadow=(10, 0), line=0.8)
    if cl.cut.tie == "necktie":
        _necktie(pen, chart)
    if not low:
        seam(pen, chart, [(0, deep), (0.06, 0.0), (0.1, -0.3)], cl.top, 0.8)
        buttons(pen, chart, mix(cl.top, (30, 26, 40), 0.5), [(0.08, 0.26), (0.08, 0.08)], 5.0)
    for out in (-1, 1):
        seam(pen, chart, [(0.40 * out, 0.16), (0.74 * out, 0.14)], cl.top, 0.7)
    if cl.cut.collar == "lapel" and cl.cut.hem < 0.3:
        seam(pen, chart, [(0.40, 0.64), (0.62, 0.645)], cl.top, 0.7)


def _necktie(pen: Pen, chart: Chart) -> None:
    color = chart.clothes.accent if chart.clothes.cut.inner != "accent" else chart.clothes.main
    patch(
        pen,
        chart,
        [(-0.055, 0.92), (0.055, 0.92), (0.10, 0.42), (0, 0.34), (-0.10, 0.42)],
        color,
        shadow=(4, 1),
        line=0.7,
    )
    patch(pen, chart, [(-0.085, 1.0), (0.085, 1.0), (0.05, 0.90), (-0.05, 0.90)], color, line=0.7)


def _bib(pen: Pen, chart: Chart) -> None:
    """The bib and straps of an apron or of overalls."""
    cl = chart.clothes
    color = cl.main
    for out in (-1, 1):
        patch(
            pen,
            chart,
            [(0.30 * out, 0.66), (0.42 * out, 0.66), (0.52 * out, 1.06), (0.40 * out, 1.06)],
            color,
            line=0.7,
        )
    patch(
        pen,
        chart,
        [
            (-0.44, 0.70),
            (0.44, 0.70),
            (0.56, 0.34),
            (1.05, 0.22),
            (1.05, -0.3),
            (-1.05, -0.3),
            (-1.05, 0.22),
            (-0.56, 0.34),
        ],
        color,
        shadow=(10, 0),
        line=0.8,
    )
    if cl.cut.collar == "straps":
        buttons(pen, chart, cl.metal, [(-0.36, 0.64), (0.36, 0.64)], 6)
    else:
        seam(pen, chart, [(-1, 0.25), (0, 0.21), (1, 0.25)], color, 0.9)
    patch(
        pen,
        chart,
        [(-0.26, 0.54), (0.26, 0.54), (0.24, 0.34), (-0.24, 0.34)],
        mix(color, WHITE, 0.12),
        line=0.6,
    )


def _belt(pen: Pen, chart: Chart) -> None:
    """A tunic's belt and lacing."""
    cl = chart.clothes
    patch(pen, chart, [(-1.1, 0.26), (1.1, 0.26), (1.1, 0.17), (-1.1, 0.17)], cl.tint("leather"), line=0.8)
    patch(pen, chart, [(-0.10, 0.275), (0.10, 0.275), (0.10, 0.155), (-0.10, 0.155)], cl.metal, line=0.7)
    for v in (0.84, 0.76, 0.68):
        seam(pen, chart, [(-0.08, v), (0.08, v - 0.05)], cl.top, 0.7)
        seam(pen, chart, [(0.08, v), (-0.08, v - 0.05)], cl.top, 0.7)


def _sash(pen: Pen, chart: Chart) -> None:
    cl = chart.clothes
    top, low = (0.50, 0.16) if cl.cut.collar == "kimono" else (0.30, 0.20)
    if cl.cut.collar == "kimono":
        seam(pen, chart, [(0.22, top), (0.02, 0.84), (-0.2, 1.06)], cl.top, 0.8)
    patch(
        pen,
        chart,
        [(-1.1, top), (0, top - 0.015), (1.1, top), (1.1, low), (0, low - 0.015), (-1.1, low)],
        cl.accent,
        shadow=(12, 0),
        line=0.8,
    )
    if cl.cut.collar == "kimono":
        patch(
            pen,
            chart,
            [(-1.1, 0.36), (1.1, 0.36), (1.1, 0.31), (-1.1, 0.31)],
            mix(cl.accent, cl.main, 0.6),
            line=0.4,
        )


def _plate(pen: Pen, chart: Chart) -> None:
    cl = chart.clothes
    color = cl.top
    seam(pen, chart, [(0, 1.0), (0.01, 0.7), (0, 0.34)], color, 0.9)
    seam(pen, chart, [(-0.95, 0.58), (-0.5, 0.46), (0, 0.52), (0.5, 0.46), (0.95, 0.58)], color, 1.0)
    patch(pen, chart, [(-1.1, 0.26), (1.1, 0.26), (1.1, 0.14), (-1.1, 0.14)], cl.tint("leather"), line=0.8)
    patch(pen, chart, [(-0.12, 0.28), (0.12, 0.28), (0.12, 0.12), (-0.12, 0.12)], cl.metal, line=0.7)
    patch(
        pen, chart, [(-1.1, 0.14), (1.1, 0.14), (1.1, -0.5), (-1.1, -0.5)], cl.main, shadow=(10, 0), line=0.7
    )
    x, y = chart.at(0, 0.74)
    pen.cel(polygon([(x, y - 14), (x + 10, y), (x, y + 14), (x - 10, y)]), cl.accent, line=0.7)
    for u in (-0.45, 0.38):
        shine = [
            chart.at(u, 0.92),
            chart.at(u + 0.10, 0.90),
            chart.at(u + 0.06, 0.62),
            chart.at(u + 0.01, 0.64),
        ]
        pen.fill(polygon(shine), pen.lit(WHITE), 0.5)


def _knit(pen: Pen, chart: Chart) -> None:
    color, accent = chart.clothes.top, chart.clothes.accent
    for v in (0.70, 0.60):
        points = [chart.at(-1 + i * 0.125, v + (0.022 if i % 2 else -0.022)) for i in range(17)]
        pen.fill(tube(points, [2.6] * 17), pen.lit(accent))
    for i in range(-7, 8):
        seam(pen, chart, [(i / 8, -0.02), (i / 8, -0.2)], color, 0.45)


FRONTS: dict[str, Callable[[Pen, Chart], None]] = {
    "buttons": _button_front, "gold_buttons": _gold_buttons, "zip": _zip, "open": _open, "emblem": _emblem,
    "bib": _bib, "sash": _sash, "plate": _plate, "knit": _knit, "double": _double, "belt": _belt,
}  # fmt: skip
