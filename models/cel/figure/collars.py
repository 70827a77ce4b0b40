"""Necklines and collars, from a crew neck to a cloak's yoke.

In: a Chart, a skin.      Out: ink in figure units.
Knows nothing about what lies below the collar; see tailoring.py.
"""

from collections.abc import Callable

from models.cel.figure.backs import BACKS
from models.cel.figure.ink import Pen, curve, oval, polygon, tube
from models.cel.figure.palette import WHITE, mix
from models.cel.figure.sewing import buttons, patch
from models.cel.figure.torso import Chart
from models.cel.light import Rgb


def draw_behind_neck(pen: Pen, chart: Chart) -> None:
    """Hoods, and the far side of high collars, before the neck is drawn."""
    color, collar = chart.clothes.top, chart.clothes.cut.collar
    if collar == "hood" and not chart.back:
        points = [chart.at(-0.62, 1.02), chart.edge(1.13, -1), chart.edge(1.13, 1), chart.at(0.62, 1.02)]
        (lx, ly), (rx, ry) = points[1], points[2]
        hood = curve(
            [
                points[0],
                (lx - 26, ly - 12),
                (lx - 8, ly - 30),
                (rx + 8, ry - 30),
                (rx + 26, ry - 12),
                points[3],
            ],
            closed=True,
        )
        pen.cel(hood, pen.light.shaded(color), line=1.0)
    elif collar in ("stand", "lapel", "shirt", "turtle", "gorget"):
        (lx, ly), (rx, ry) = chart.edge(1.07, -1), chart.edge(1.07, 1)
        tone = color if collar != "lapel" else chart.clothes.tint(chart.clothes.cut.inner)
        band = polygon([(lx + 1, ly + 8), (lx, ly - 7), (rx, ry - 7), (rx - 1, ry + 8)])
        pen.fill(band, pen.dark(pen.light.shaded(tone)))


def draw_collar(pen: Pen, chart: Chart, skin: Rgb) -> None:
    """Neckline and collar, which may lie over the shoulders."""
    if not chart.back:
        COLLARS[chart.clothes.cut.collar](pen, chart, skin)
    elif chart.clothes.cut.collar in ("hood", "sailor"):
        BACKS[chart.clothes.cut.collar](pen, chart)


def _neckline(pen: Pen, chart: Chart, skin: Rgb, depth: float, wide: float = 0.36) -> None:
    """Bare skin where the top is cut out."""
    rim = [chart.at(-wide, 1.0), chart.at(-wide * 0.55, (1.0 + depth * 1.6) / 2.6), chart.at(0, depth)]
    other = [chart.at(wide * 0.55, (1.0 + depth * 1.6) / 2.6), chart.at(wide, 1.0)]
    path = curve([chart.edge(1.05, -1), *rim, *other, chart.edge(1.05, 1)])
    path.lineTo(*chart.edge(1.16, 1))
    path.lineTo(*chart.edge(1.16, -1))
    path.close()
    pen.fill(path, pen.lit(skin))
    with pen.within(path):
        x, y = chart.joints.head
        low = y + chart.joints.body.head * 0.62
        shade = curve(
            [(x - 70, y), (x + 70, y), (x + 44, low - 10), (x - pen.side * 10, low + 10), (x - 44, low - 10)],
            closed=True,
        )
        pen.fill(shade, pen.dark(skin, skin=True))


def _crew(pen: Pen, chart: Chart, skin: Rgb) -> None:
    _neckline(pen, chart, skin, 0.95)
    points = [
        chart.edge(1.06, -1),
        chart.at(-0.36, 0.995),
        chart.at(-0.2, 0.962),
        chart.at(0, 0.948),
        chart.at(0.2, 0.962),
        chart.at(0.36, 0.995),
        chart.edge(1.06, 1),
    ]
    pen.cel(tube(points, [3.6] * 7), mix(chart.clothes.top, (0, 0, 0), 0.10), line=0.7)


def _shirt(pen: Pen, chart: Chart, skin: Rgb) -> None:
    color = chart.clothes.top
    _neckline(pen, chart, skin, 0.90, 0.3)
    _points_of_collar(pen, chart, color)


def _points_of_collar(pen: Pen, chart: Chart, color: Rgb) -> None:
    for out in (-1, 1):
        placed = [
            chart.edge(1.11, out),
            chart.at(0.05 * out, 0.955),
            chart.at(0.23 * out, 0.89),
            chart.at(0.40 * out, 1.03),
        ]
        pen.cel(polygon(placed), color, shadow=(4, 3), line=0.8)


def _sailor(pen: Pen, chart: Chart, skin: Rgb) -> None:
    cl = chart.clothes
    _neckline(pen, chart, skin, 0.84, 0.36)
    for out in (-1, 1):
        flap = [
            (0.36 * out, 1.13),
            (0.62 * out, 1.04),
            (0.80 * out, 0.965),
            (0.74 * out, 0.82),
            (0.40 * out, 0.70),
            (0.02 * out, 0.60),
            (0.10 * out, 0.80),
        ]
        placed = [chart.edge(1.06, out), chart.edge(1.0, out), *[chart.at(u, v) for u, v in flap[2:]]]
        pen.cel(polygon(placed), cl.main, shadow=(5, 3), line=0.9)
        if pen.detail(5):
            stripe = [
                chart.at(u * out, v) for u, v in ((0.71, 0.97), (0.66, 0.845), (0.40, 0.745), (0.08, 0.655))
            ]
            pen.fill(tube(stripe, [1.8] * 4), pen.lit(WHITE))
    _bow(pen, chart, cl.accent, 0.60)


def _bow(pen: Pen, chart: Chart, color: Rgb, v: float) -> None:
    """A scarf or ribbon tied on the chest."""
    x, y = chart.at(0, v)
    near = abs(chart.at(0.3, v)[0] - chart.at(-0.3, v)[0]) / 50
    for out in (-1, 1):
        tail = [
            (x, y),
            (x + out * 7 * near, y + 6),
            (x + out * 21 * near, y + 50),
            (x + out * 8 * near, y + 56),
            (x + out * 1, y + 10),
        ]
        pen.cel(polygon(tail), color, shadow=(4, 3), line=0.8)
    for out in (-1, 1):
        loop = [
            (x, y),
            (x + out * 16 * near, y - 13),
            (x + out * 31 * near, y - 10),
            (x + out * 30 * near, y + 10),
            (x + out * 14 * near, y + 10),
        ]
        pen.cel(curve(loop, closed=True), color, shadow=(4, 4), line=0.8)
    pen.cel(oval(x, y, 7, 8), color, shadow=(2, 2), line=0.8)


def _stand(pen: Pen, chart: Chart, skin: Rgb) -> None:
    color = chart.clothes.top
    opening = 0.12 if chart.clothes.cut.front == "zip" else 0.03
    if chart.clothes.cut.front == "open":
        _crew(pen, chart, skin)
        opening = 0.30
    for out in (-1, 1):
        (ex, ey), low = chart.edge(1.13, out), chart.at(opening * out, 0.96)
        top = chart.at(opening * out * 1.2, 1.10)
        placed = [(ex + out * 6, ey - 9), top, low, (ex + out * 15, ey + 10)]
        pen.cel(polygon(placed), color, shadow=(4, 3), line=0.9)


def _hood(pen: Pen, chart: Chart, skin: Rgb) -> None:
    cl = chart.clothes
    _neckline(pen, chart, skin, 0.9, 0.34)
    for out in (-1, 1):
        ex, ey = chart.edge(1.13, out)
        placed = [
            (ex - out * 2, ey - 20),
            (ex + out * 22, ey - 12),
            chart.at(0.62 * out, 1.0),
            chart.at(0.34 * out, 0.88),
            chart.at(0.0, 0.86),
            chart.at(0.10 * out, 0.94),
            chart.at(0.26 * out, 1.04),
        ]
        pen.cel(curve(placed, closed=True), cl.top, shadow=(6, 4), line=0.9)
        a, b = chart.at(0.13 * out, 0.88), chart.at(0.15 * out, 0.62)
        pen.cel(
            tube([a, ((a[0] + b[0]) / 2 + out, (a[1] + b[1]) / 2), b], [2.4, 2.2, 3.0]), cl.accent, line=0.5
        )


def _lapel(pen: Pen, chart: Chart, skin: Rgb) -> None:
    cl = chart.clothes
    inner = cl.tint(cl.cut.inner)
    if cl.cut.front == "double":
        patch(pen, chart, [(-0.34, 1.1), (0.34, 1.1), (0.2, 0.62)], inner, line=0.7)
        _neckline(pen, chart, skin, 0.9, 0.3)
    else:
        _neckline(pen, chart, skin, 0.92, 0.3)
        _points_of_collar(pen, chart, inner)
        if cl.cut.tie == "necktie":
            patch(
                pen,
                chart,
                [(-0.085, 0.99), (0.085, 0.99), (0.05, 0.90), (-0.05, 0.90)],
                cl.accent if cl.cut.inner != "accent" else cl.main,
                line=0.7,
            )
    deep = 0.34 if cl.cut.front == "open" else 0.50
    end = 0.0 if deep < 0.4 else 0.26
    for out in (-1, 1):
        ex, ey = chart.edge(1.07, out)
        foot = chart.at(end * out if cl.cut.front == "open" else 0.2, deep)
        placed = [
            (ex + out * 2, ey - 6),
            chart.at(0.56 * out, 1.02),
            chart.at(0.60 * out, 0.84),
            chart.at(0.46 * out, 0.83),
            chart.at(0.54 * out, 0.75),
            foot,
            chart.at(0.26 * out, 0.88),
        ]
        pen.cel(polygon(placed), cl.top, shadow=(5, 3), line=0.85)


def _kimono(pen: Pen, chart: Chart, skin: Rgb) -> None:
    cl = chart.clothes
    _neckline(pen, chart, skin, 0.82, 0.3)
    for out, foot in ((1, -0.22), (-1, 0.26)):
        ex, ey = chart.edge(1.06, out)
        for width, color in ((0.16, WHITE), (0.10, cl.accent)):
            line = [
                (ex - out * 3, ey),
                chart.at(0.24 * out, 0.99),
                chart.at(0.04 * out, 0.80),
                chart.at(foot, 0.49),
            ]
            size = 13.0 if width > 0.12 else 8.5
            pen.cel(tube(line, [size * 0.8, size, size, size], cap=0.1), color, shadow=(4, 2), line=0.7)


def _turtle(pen: Pen, chart: Chart, skin: Rgb) -> None:
    color = mix(chart.clothes.top, (0, 0, 0), 0.05)
    (lx, ly), (rx, ry) = chart.edge(1.08, -1), chart.edge(1.08, 1)
    x, y = chart.at(0, 1.0)
    band = curve(
        [
            (lx - 5, ly - 14),
            ((lx + rx) / 2, y - 26),
            (rx + 5, ry - 14),
            (rx + 9, ry + 8),
            (x, y + 8),
            (lx - 9, ly + 8),
        ],
        closed=True,
    )
    pen.cel(band, color, shadow=(5, 3), line=0.9)


def _round(pen: Pen, chart: Chart, skin: Rgb) -> None:
    accent = chart.clothes.accent
    _neckline(pen, chart, skin, 0.95, 0.36)
    for out in (-1, 1):
        flap = [
            (0.62 * out, 0.985),
            (0.60 * out, 0.90),
            (0.40 * out, 0.835),
            (0.14 * out, 0.85),
            (0.02 * out, 0.935),
            (0.20 * out, 0.965),
            (0.40 * out, 1.0),
        ]
        placed = [chart.at(u, v) for u, v in flap]
        pen.cel(curve(placed, closed=True), accent, shadow=(4, 3), line=0.8)
    buttons(pen, chart, mix(chart.clothes.main, WHITE, 0.5), [(0.0, 0.72), (0.0, 0.56)], 4)


def _straps(pen: Pen, chart: Chart, skin: Rgb) -> None:
    _crew(pen, chart, skin)


def _mantle(pen: Pen, chart: Chart, skin: Rgb) -> None:
    """A cloak's yoke over both shoulders, closed by a clasp."""
    cl = chart.clothes
    _crew(pen, chart, skin)
    b = chart.joints.body
    for out in (-1, 1):
        ex, ey = chart.edge(1.15, out)
        sx, sy = chart.edge(0.93, out)
        wide = b.limb * 26
        placed = [
            (ex - out * 3, ey - 10),
            (ex + out * 18, ey - 4),
            (sx + out * wide, sy + 14),
            (sx + out * (wide + 8), sy + 74),
            chart.at(0.5 * out, 0.60),
            chart.at(0.16 * out, 0.80),
            chart.at(0.03 * out, 0.95),
        ]
        pen.cel(curve(placed, closed=True), cl.main, shadow=(9, 8), line=1.0)
    x, y = chart.at(0, 0.93)
    pen.cel(oval(x, y, 11, 11), cl.metal, shadow=(3, 3), line=0.8)
    pen.paint(oval(x, y, 5, 5), cl.accent)


def _gorget(pen: Pen, chart: Chart, skin: Rgb) -> None:
    _turtle(pen, chart, skin)


COLLARS: dict[str, Callable[[Pen, Chart, Rgb], None]] = {
    "crew": _crew, "shirt": _shirt, "sailor": _sailor, "stand": _stand, "hood": _hood, "lapel": _lapel,
    "kimono": _kimono, "turtle": _turtle, "round": _round, "straps": _straps, "mantle": _mantle, "gorget": _gorget,
}  # fmt: skip
