"""What is sewn on a top: necklines, collars, ties, buttons, bibs, plates and hoods.

In: a Chart, the top's path.      Out: ink in figure units.
Knows nothing about arms or heads. Everything is placed on the chart, so it turns with the trunk.
"""

from collections.abc import Callable, Sequence

import skia

from models.cel.figure.ink import Pen, curve, oval, polygon, tube
from models.cel.figure.palette import WHITE, held_line, mix
from models.cel.figure.state import Point
from models.cel.figure.torso import Chart
from models.cel.light import Rgb

Uv = tuple[float, float]


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


def draw_front(pen: Pen, chart: Chart, path: skia.Path) -> None:
    """Everything sewn on the top, drawn inside its outline."""
    with pen.within(path):
        if chart.back:
            BACKS.get(chart.clothes.cut.collar, _plain_back)(pen, chart)
        else:
            FRONTS.get(chart.clothes.cut.front, _nothing)(pen, chart)


def draw_collar(pen: Pen, chart: Chart, skin: Rgb) -> None:
    """Neckline and collar, which may lie over the shoulders."""
    if not chart.back:
        COLLARS[chart.clothes.cut.collar](pen, chart, skin)
    elif chart.clothes.cut.collar in ("hood", "sailor"):
        BACKS[chart.clothes.cut.collar](pen, chart)


def patch(
    pen: Pen,
    chart: Chart,
    points: Sequence[Uv],
    color: Rgb,
    *,
    shadow: Point | None = None,
    line: float = 0.7,
    smooth: bool = False,
) -> skia.Path:
    """A shape cut from cloth, given on the chart."""
    placed = [chart.at(u, v) for u, v in points]
    path = curve(placed, closed=True) if smooth else polygon(placed)
    pen.cel(path, color, shadow=shadow, line=line)
    return path


def seam(pen: Pen, chart: Chart, points: Sequence[Uv], color: Rgb, width: float = 0.6) -> None:
    placed = [chart.at(u, v) for u, v in points]
    if len(placed) == 2:
        placed.insert(1, ((placed[0][0] + placed[1][0]) / 2, (placed[0][1] + placed[1][1]) / 2))
    pen.ink(placed, color, width, head=0.6, tail=0.6)


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


def _nothing(pen: Pen, chart: Chart) -> None:
    return


def _plain_back(pen: Pen, chart: Chart) -> None:
    seam(pen, chart, [(2, 0.9), (2, 0.15)], chart.clothes.top, 0.5)


def _buttons(
    pen: Pen, chart: Chart, color: Rgb, heights: Sequence[float], u: float = 0.0, size: float = 5.0
) -> None:
    for v in heights:
        x, y = chart.at(u, v)
        pen.cel(oval(x, y, size, size), color, line=0.6)
        if pen.detail(2):
            pen.fill(oval(x - 1.4, y - 1.6, size * 0.32, size * 0.32), WHITE, 0.8)


def _button_front(pen: Pen, chart: Chart) -> None:
    color = chart.clothes.top
    seam(pen, chart, [(0, 0.98), (0, 0.5), (0, -0.2)], color)
    _buttons(pen, chart, mix(color, WHITE, 0.6), (0.84, 0.64, 0.44, 0.24), 0.05, 3.6)


def _gold_buttons(pen: Pen, chart: Chart) -> None:
    seam(pen, chart, [(0, 1.0), (0, 0.5), (0, -0.3)], chart.clothes.top)
    _buttons(pen, chart, chart.clothes.metal, (0.86, 0.66, 0.46, 0.26, 0.06), 0.07, 6.0)


def _double(pen: Pen, chart: Chart) -> None:
    color = chart.clothes.top
    seam(pen, chart, [(0.22, 0.7), (0.22, 0.3), (0.22, -0.3)], color)
    for u in (-0.2, 0.38):
        _buttons(pen, chart, mix(color, (40, 30, 40), 0.5), (0.48, 0.16), u, 5.5)
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
        _buttons(pen, chart, mix(cl.top, (30, 26, 40), 0.5), (0.26, 0.08), 0.08, 5.0)
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
        _buttons(pen, chart, cl.metal, (0.64,), -0.36, 6)
        _buttons(pen, chart, cl.metal, (0.64,), 0.36, 6)
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
            chart.at(0.26 * out, 0.86),
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
    (lx, ly), (rx, ry) = chart.edge(1.13, -1), chart.edge(1.13, 1)
    x, y = chart.at(0, 0.99)
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
        patch(pen, chart, flap, accent, shadow=(4, 3), line=0.8, smooth=True)
    _buttons(pen, chart, mix(chart.clothes.main, WHITE, 0.5), (0.72, 0.56), 0.0, 4)


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


BACKS: dict[str, Callable[[Pen, Chart], None]] = {"sailor": _sailor_back, "hood": _hood_back}
FRONTS: dict[str, Callable[[Pen, Chart], None]] = {
    "buttons": _button_front, "gold_buttons": _gold_buttons, "zip": _zip, "open": _open, "emblem": _emblem,
    "bib": _bib, "sash": _sash, "plate": _plate, "knit": _knit, "double": _double, "belt": _belt,
}  # fmt: skip
COLLARS: dict[str, Callable[[Pen, Chart, Rgb], None]] = {
    "crew": _crew, "shirt": _shirt, "sailor": _sailor, "stand": _stand, "hood": _hood, "lapel": _lapel,
    "kimono": _kimono, "turtle": _turtle, "round": _round, "straps": _straps, "mantle": _mantle, "gorget": _gorget,
}  # fmt: skip
