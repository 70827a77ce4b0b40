"""Hats, caps, crowns, headbands and headphones: what sits around the skull.

In: a HeadView, a Look.      Out: ink in head units (unmirrored).
Knows nothing about faces.
"""

from collections.abc import Callable

import skia

from assets.sheets.look import Accessory, Look
from models.cel.figure.headview import HeadView
from models.cel.figure.ink import Pen, curve, oval, polygon, tube
from models.cel.figure.palette import CLOTH, GOLD, mix
from models.cel.figure.state import Point
from models.cel.light import Rgb

Worn = Callable[[Pen, HeadView, Look], None]


def accent_of(look: Look) -> Rgb:
    """The accent colour, or the outfit's when the accent would vanish against hair or air."""
    return CLOTH[look.accent_color if look.accent_color not in ("white", "beige") else look.outfit_color]


def _dome(view: HeadView, low: float, wide: float, high: float) -> skia.Path:
    """A cap over the hair from ``low`` upwards."""
    centre = view.around(0, 0, 0)[0]
    half = wide * view.keyed(1, 1.03, 1.06)
    k = 0.5523
    path = skia.Path()
    path.moveTo(centre - half, low)
    path.cubicTo(centre - half, low - high * k, centre - half * k, low - high, centre, low - high)
    path.cubicTo(centre + half * k, low - high, centre + half, low - high * k, centre + half, low)
    path.quadTo(centre, low + 18, centre - half, low)
    path.close()
    return path


def _headphones(pen: Pen, view: HeadView, look: Look) -> None:
    color = CLOTH[look.accent_color]
    points = [view.around(out * 88, y, r)[:2] for out, y, r in ((-1, 8, 94), (-1, -60, 86), (-1, -106, 44))]
    other = [view.around(88, y, r)[:2] for y, r in ((-106, 44), (-60, 86), (8, 94))]
    centre = view.around(0, 0, 0)[0]
    band = tube([*points, (centre, -122), *other], [4.5, 6, 7, 7.5, 7, 6, 4.5])
    pen.cel(band, color, shadow=(3, 4), line=0.9)
    for out in (-1, 1):
        x, y, depth = view.around(out * 90, 26, 92)
        if depth < -0.3:
            continue
        flat = 13 + 14 * max(0.0, depth)
        pen.cel(oval(x, y, flat, 28), mix(color, (40, 36, 50), 0.35), shadow=(5, 5), line=0.9)
        pen.cel(oval(x + out * 2 * (1 - max(0, depth)), y, flat * 0.66, 19), color, shadow=(4, 4), line=0.7)


def _hat(pen: Pen, view: HeadView, look: Look) -> None:
    color: Rgb = (240, 222, 178)
    centre = view.around(0, 0, 0)[0]
    low = -40 + view.drop(0.3)
    pen.cel(
        curve(
            [
                (centre - 158, low + 14),
                (centre - 90, low - 14),
                (centre + 90, low - 14),
                (centre + 158, low + 14),
                (centre + 80, low + 30),
                (centre - 80, low + 30),
            ],
            closed=True,
        ),
        color,
        shadow=(10, 9),
    )
    pen.cel(_dome(view, low, 84, 92), color, shadow=(12, 6), rim=5)
    with pen.within(_dome(view, low, 84, 92)):
        pen.cel(
            curve(
                [
                    (centre - 100, low - 22),
                    (centre, low - 6),
                    (centre + 100, low - 22),
                    (centre + 100, low + 4),
                    (centre, low + 18),
                    (centre - 100, low + 4),
                ],
                closed=True,
            ),
            accent_of(look),
            shadow=(10, 4),
            line=0.8,
        )


def _cap(pen: Pen, view: HeadView, look: Look) -> None:
    color = accent_of(look)
    low = -34 + view.drop(0.4)
    path = _dome(view, low, 90, 92)
    pen.cel(path, color, shadow=(12, 6), rim=5)
    centre, front = view.around(0, 0, 0)[0], view.around(0, low, 92)
    with pen.within(path):
        pen.ink(
            [(centre, low - 92), (front[0] * 0.6 + centre * 0.4, low - 50), (front[0], low + 10)], color, 0.7
        )
    pen.cel(oval(centre, low - 93, 8, 5), color, line=0.8)
    if front[2] < -0.3:
        return
    fx = front[0]
    wide = 72 * max(0.45, front[2])
    reach = (fx - centre) * 0.75
    brim = curve(
        [
            (fx - wide + reach * 0.1, low + 2),
            (fx + reach, low - 8),
            (fx + wide + reach * 0.2, low + 2),
            (fx + wide * 0.62 + reach, low + 22),
            (fx + reach, low + 27),
            (fx - wide * 0.62 + reach, low + 22),
        ],
        closed=True,
    )
    pen.cel(brim, mix(color, (30, 26, 40), 0.2), shadow=(6, 5))


WITCH_BRIM: tuple[Point, ...] = ((-168, 20), (-84, -16), (84, -16), (168, 20), (84, 30), (-84, 30))
WITCH_CONE: tuple[Point, ...] = (
    (-84, 8), (-62, -60), (-22, -122), (40, -168), (84, -160), (52, -118), (66, -56), (84, 8), (0, 22),
)  # fmt: skip


def _witch_hat(pen: Pen, view: HeadView, look: Look) -> None:
    color: Rgb = (74, 58, 104)
    centre = view.around(0, 0, 0)[0]
    low = -46 + view.drop(0.3)
    brim, cone = (
        curve([(centre + x, low + y) for x, y in shape], closed=True) for shape in (WITCH_BRIM, WITCH_CONE)
    )
    pen.cel(brim, color, shadow=(12, 9))
    pen.cel(cone, color, shadow=(14, 6), rim=5)
    with pen.within(cone):
        pen.cel(
            curve(
                [
                    (centre - 110, low - 22),
                    (centre, low - 6),
                    (centre + 110, low - 22),
                    (centre + 110, low + 8),
                    (centre, low + 24),
                    (centre - 110, low + 8),
                ],
                closed=True,
            ),
            accent_of(look),
            shadow=(10, 4),
            line=0.8,
        )
    pen.ink([(centre + 48, low - 112), (centre + 20, low - 104), (centre - 4, low - 112)], color, 0.8)


def _crown(pen: Pen, view: HeadView, look: Look) -> None:
    centre = view.around(180, 0, 8)[0]
    low = -84 + view.drop(0.3)
    half = 54
    teeth: list[Point] = [(centre - half, low)]
    for i in range(5):
        x = centre - half * 1.12 + half * 2.24 * (i + 0.5) / 5
        teeth.append((x, low - 52 - (10 if i == 2 else 0)))
        if i < 4:
            teeth.append((centre - half + half * 2 * (i + 1) / 5, low - 24))
    teeth += [(centre + half, low), (centre, low + 13)]
    pen.cel(polygon(teeth), GOLD, shadow=(10, 6), rim=4)
    for i, u in enumerate((-0.55, 0.0, 0.55)):
        pen.cel(
            oval(centre + u * half, low - 6 + (4 if i == 1 else 0), 6, 7),
            (214, 66, 82) if i == 1 else (74, 132, 214),
            line=0.7,
        )


def _headband(pen: Pen, view: HeadView, look: Look) -> None:
    color = accent_of(look)
    top, low = [], []
    for i in range(9):
        azimuth = -88 + i * 22 - view.yaw
        x, y, _ = view.around(azimuth, -46, 83)
        dip = 12 * (1 - ((i - 4) / 4) ** 2)
        top.append((x, y + dip))
        low.append((x, y + dip + 19))
    path = curve(top)
    path.lineTo(*low[-1])
    curve(low[::-1], path=path)
    path.close()
    pen.cel(path, color, shadow=(8, 4), line=0.9)


HATS: dict[Accessory, Worn] = {
    "headphones": _headphones, "hat": _hat, "cap": _cap,
    "witch_hat": _witch_hat, "crown": _crown, "headband": _headband,
}  # fmt: skip
