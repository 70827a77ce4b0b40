"""What is worn on the body besides the outfit: scarf, tie and bag; and a cloak's fall, and pauldrons.

In: a Chart, a Look, Air.      Out: ink in figure units.
Knows nothing about heads or hands.
"""

from assets.sheets.look import Look
from models.cel.figure.ink import Pen, curve, oval, polygon, tube
from models.cel.figure.locks import Air
from models.cel.figure.palette import CLOTH, LEATHER, WHITE, mix
from models.cel.figure.skeleton import Limb
from models.cel.figure.torso import Chart
from models.cel.light import Rgb


def draw_belongings(pen: Pen, chart: Chart, look: Look, air: Air) -> None:
    """Everything worn over the top, before the head is drawn."""
    worn = set(look.accessories)
    if "bag" in worn:
        _bag(pen, chart)
    if "tie" in worn and not chart.back and chart.clothes.cut.tie != "necktie":
        _tie(pen, chart, look)
    if "scarf" in worn:
        _scarf(pen, chart, look, air)


def _tie(pen: Pen, chart: Chart, look: Look) -> None:
    color = CLOTH[look.accent_color]
    knot = [chart.at(u, v) for u, v in ((-0.10, 1.0), (0.10, 1.0), (0.05, 0.90), (-0.05, 0.90))]
    blade = [chart.at(u, v) for u, v in ((-0.05, 0.91), (0.05, 0.91), (0.11, 0.42), (0, 0.33), (-0.11, 0.42))]
    pen.cel(polygon(blade), color, shadow=(5, 1), line=0.8)
    pen.cel(polygon(knot), color, shadow=(3, 2), line=0.8)


def _scarf(pen: Pen, chart: Chart, look: Look, air: Air) -> None:
    color = (
        CLOTH[look.accent_color]
        if look.accent_color != look.outfit_color
        else mix(CLOTH[look.accent_color], WHITE, 0.4)
    )
    (lx, ly), (rx, ry) = chart.edge(1.10, -1), chart.edge(1.10, 1)
    swing = air.push(150, 0)
    x, y = chart.at(2.0 if chart.back else 0.22, 1.0)
    end = (x + swing + 6, y + 128)
    tail = tube([(x, y), ((x + end[0]) / 2 + 4, (y + end[1]) / 2), end], [17, 19, 21])
    pen.cel(tail, color, shadow=(8, 4), line=0.9)
    for i in range(3):
        f = 0.72 + 0.1 * i
        px, py = x + (end[0] - x) * f, y + (end[1] - y) * f
        pen.fill(
            tube([(px - 20, py), (px, py + 2), (px + 20, py)], [2.2] * 3), pen.lit(mix(color, WHITE, 0.6))
        )
    wrap = curve(
        [
            (lx - 18, ly - 10),
            ((lx + rx) / 2, min(ly, ry) - 20),
            (rx + 18, ry - 10),
            (rx + 22, ry + 16),
            ((lx + rx) / 2, max(ly, ry) + 34),
            (lx - 22, ly + 16),
        ],
        closed=True,
    )
    pen.cel(wrap, color, shadow=(10, 8), line=1.0)
    pen.ink([(lx - 10, ly + 6), ((lx + rx) / 2 - 4, ly + 20), (rx + 4, ry + 2)], color, 0.7)


def _bag(pen: Pen, chart: Chart) -> None:
    """A satchel on the figure's left hip, its strap over the right shoulder."""
    strap = [chart.at(u, v) for u, v in ((-0.55, 1.03), (-0.1, 0.72), (0.45, 0.32), (0.86, 0.06))]
    if chart.back:
        strap = [chart.at(u, v) for u, v in ((2.5, 1.03), (2.1, 0.72), (1.55, 0.32), (1.14, 0.06))]
    pen.cel(tube(strap, [5.5] * 4), LEATHER, line=0.8)
    x, y = chart.at(1.0, -0.02)
    body = polygon([(x - 38, y - 12), (x + 40, y - 12), (x + 44, y + 56), (x - 42, y + 56)])
    pen.cel(body, LEATHER, shadow=(9, 8), line=1.0)
    flap = curve(
        [(x - 40, y - 14), (x + 42, y - 14), (x + 44, y + 18), (x + 1, y + 30), (x - 42, y + 18)], closed=True
    )
    pen.cel(flap, mix(LEATHER, WHITE, 0.1), shadow=(6, 4), line=0.8)
    pen.paint(oval(x + 1, y + 24, 5, 5), (238, 196, 84))


def draw_cape(pen: Pen, chart: Chart, air: Air) -> None:
    """The fall of a cloak: behind a figure that faces us, over one that does not."""
    leg = chart.joints.body.leg
    (lx, ly), (rx, ry) = chart.edge(0.97, -1), chart.edge(0.97, 1)
    swing = air.push(330, 0) * 0.9
    low = (ly + ry) / 2 + chart.joints.body.torso + leg * 0.70
    color: Rgb = chart.clothes.main if chart.back else pen.light.shaded(chart.clothes.main)
    hem = [
        (lx - 62 + swing, low - 8),
        (lx - 20 + swing, low + 8),
        ((lx + rx) / 2 + swing, low),
        (rx + 20 + swing, low + 8),
        (rx + 62 + swing, low - 8),
    ]
    path = curve(
        [
            ((lx + rx) / 2, min(ly, ry) - 18),
            (lx - 8, ly),
            (lx - 34, ly + 90),
            *hem,
            (rx + 34, ry + 90),
            (rx + 8, ry),
        ],
        closed=True,
    )
    pen.cel(path, color, shadow=(18, 6))
    for f in (0.25, 0.5, 0.75):
        top, tip = lx + (rx - lx) * f, hem[0][0] + (hem[-1][0] - hem[0][0]) * f
        pen.ink([(top, ly + 150), ((top + tip) / 2, (ly + low) / 2 + 60), (tip, low)], color, 0.7)


def draw_pauldron(pen: Pen, chart: Chart, limb: Limb) -> None:
    """A steel plate over the shoulder of an armour."""
    (x, y), (ex, ey), _ = limb.points
    steel = chart.clothes.tint("steel")
    dx, dy = (ex - x) * 0.35, (ey - y) * 0.35
    r = 29 * chart.joints.body.limb
    path = curve(
        [
            (x - r * 0.7, y - r * 0.3),
            (x, y - r * 0.95),
            (x + r * 0.7, y - r * 0.3),
            (x + dx + r * 0.8, y + dy + r * 0.3),
            (x + dx, y + dy + r * 0.62),
            (x + dx - r * 0.8, y + dy + r * 0.3),
        ],
        closed=True,
    )
    pen.cel(path, steel, shadow=(8, 8), line=0.9, rim=4)
    pen.ink([(x + dx - r * 0.6, y + dy), (x + dx, y + dy + r * 0.24), (x + dx + r * 0.6, y + dy)], steel, 0.7)
    pen.fill(oval(x - pen.side * -r * 0.2, y - r * 0.35, r * 0.2, r * 0.12), WHITE, 0.6)
