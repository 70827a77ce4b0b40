"""Rooms of learning: library, laboratory, observatory.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from math import cos, pi, sin
from random import Random

from models.cel.sets.brush import BOTTOM, LEFT, Brush
from models.cel.sets.furniture import (
    FrontWindow,
    Shelf,
    bookshelf,
    chair,
    front_window,
    opening,
    side_shelf,
    table,
)
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens, Span
from models.cel.sets.rooms import town_view
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import sky, stars
from models.cel.sets.structures import Room, lamp_glow, room


def library(now: Hour, seed: int) -> Scenery:
    """Walls of books, a tall window, reading tables with green lamps, dust in the light."""
    lens = Lens(metre=250, reach=4.8, ground=930, vanish_x=960)
    deep = 10.0

    def shell(b: Brush) -> None:
        room(b, lens, Room(4.4, 4.2, deep, wall="#d9c7a4", floor="#8a5c3c", ceiling="#c9b48c", planks=0.36))
        _arched(b, lens, now, deep)
        bookshelf(b, lens, (-4.3, -1.75), Shelf(3.3, (deep - 0.5, deep), 8, seed))
        bookshelf(b, lens, (1.75, 4.3), Shelf(3.3, (deep - 0.5, deep), 8, seed + 1))
        side_shelf(b, lens, -4.0, Shelf(3.0, (2.2, 8.9), 7, seed + 2, width=0.08))
        side_shelf(b, lens, 4.0, Shelf(3.0, (2.2, 8.9), 7, seed + 3, width=0.08))
        if now.beam > 0.15:
            tint = now.glow if now.time != "night" else (150, 180, 235)
            b.sheen(
                [lens.at(-1.2, 3.6, deep), lens.at(1.2, 3.6, deep), lens.at(2.4, 0, 5), lens.at(-1.0, 0, 5)],
                tint,
                0.4 * now.beam,
                0.06,
                blur=18,
            )
            b.sheen(lens.floor(-0.9, 1.5, 4.4, 7.2), tint, 0.34 * now.beam, 0.30 * now.beam, blur=5)
        for z in (7.4, 5.6):
            for x in (-2.6, 1.2):
                table(b, lens, Block((x, x + 1.6), (0, 0.74), (z, z + 0.8)), "#5a3826", "#a06c42")
                lx, ly = lens.at(x + 0.8, 1.02, z + 0.4)
                b.line([lens.at(x + 0.8, 0.74, z + 0.4), (lx, ly)], "#c9a04a", 4)
                b.round((lx - 30, ly - 16), (lx + 30, ly + 4), 10, "#2f7a5a")
                b.oval((lx, ly + 4), (28, 4), (255, 240, 190) if now.lamps else "#f0ead0")
                lamp_glow(b, now, (lx, ly + 10), 230)
                b.poly(lens.floor(x + 0.2, x + 0.55, z + 0.2, z + 0.45, y=0.75), "#f8f2e0")
                chair(b, lens, (x + 0.5, z - 0.5), "#7a4e32", "#4a3020")
        rng = Random(seed)
        for _ in range(60):
            b.oval(
                lens.at(rng.uniform(-1.2, 2.2), rng.uniform(0.2, 3), rng.uniform(5, 9)),
                (2, 2),
                (255, 248, 220),
                alpha=0.35 * now.beam,
            )

    def front(b: Brush) -> None:
        side_shelf(b.shaded((0.42, 0.36, 0.40)), lens, -1.95, Shelf(3.4, (0.9, 2.6), 6, seed + 5, width=0.06))

    return Scenery(
        (
            town_view(now, lens, 160),
            Plane("library", 1.0, shell, lamplit=True),
            Plane("shelf", 1.45, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "chair",
        lens.horizon,
    )


def _arched(b: Brush, lens: Lens, now: Hour, deep: float) -> None:
    arc = [(1.25 * cos(pi * n / 12), 2.7 + 1.1 * sin(pi * n / 12)) for n in range(13)]
    frame = [lens.at(x * 1.1, y * 1.02, deep) for x, y in [(1.25, 0.7), *arc, (-1.25, 0.7)]]
    b.poly(frame, "#7a5638")
    opening(b, now, [lens.at(x, y, deep) for x, y in [(1.25, 0.8), *arc, (-1.25, 0.8)]])
    for x in (-0.42, 0.42):
        b.poly(lens.face(deep, x - 0.03, x + 0.03, 0.8, 3.7), "#7a5638")
    for y in (1.4, 2.05, 2.7):
        b.poly(lens.face(deep, -1.25, 1.25, y - 0.025, y + 0.025), "#7a5638")


def laboratory(now: Hour, seed: int) -> Scenery:
    """White benches, glassware with coloured liquids, screens, a humming tank."""
    lens = Lens(metre=255, reach=4.7, ground=930, vanish_x=1000)

    def shell(b: Brush) -> None:
        room(b, lens, Room(4.0, 3.0, 8.4, wall="#dfe8ec", floor="#b9c6cc", ceiling="#eaf0f2", planks=0.8))
        front_window(b, lens, now, FrontWindow(8.4, (-3.2, -0.6), (1.2, 2.4), 3, frame="#c3cfd6"))
        for z in (3.0, 5.0, 7.0):
            b.poly(lens.floor(-1.6, 1.6, z, z + 0.3, y=2.98), (250, 255, 255))
        _tank(b, lens)
        for n in range(3):
            x = -0.3 + n * 0.98
            b.poly(lens.face(8.3, x, x + 0.9, 1.5, 2.2), "#28323e")
            b.poly(lens.face(8.29, x + 0.05, x + 0.85, 1.55, 2.15), (28, 74, 96), (44, 128, 146))
            points = [
                lens.at(x + 0.1 + k * 0.07, 1.8 + 0.18 * sin(k * (1.1 + n) + n), 8.28) for k in range(11)
            ]
            b.line(points, (130, 255, 214), 3)
        for z, x0, x1 in ((6.6, -3.8, -0.9), (4.9, -3.8, -1.9)):
            table(b, lens, Block((x0, x1), (0, 0.9), (z, z + 0.8)), "#9fb0ba", "#f4f8f8")
            _glassware(b, lens, (x0, x1), z, seed)
        side_shelf(
            b,
            lens,
            4.0,
            Shelf(
                2.3,
                (4.4, 8.0),
                5,
                seed,
                "#c3d0d6",
                ("#8fd0c0", "#e8b46a", "#b08ad0", "#f4f8f8", "#6aa8d8"),
                0.12,
            ),
        )

    def front(b: Brush) -> None:
        table(b, lens, Block((-2.6, -1.2), (0, 0.92), (1.9, 2.3)), "#9fb0ba", "#eef4f4")
        _glassware(b, lens, (-2.6, -1.3), 1.9, seed + 3)

    return Scenery(
        (
            town_view(now, lens),
            Plane("lab", 1.0, shell, lamplit=True),
            Plane("front", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "stool",
        lens.horizon,
    )


def _tank(b: Brush, lens: Lens) -> None:
    x0, top = lens.at(2.75, 2.5, 6.4)
    x1, low = lens.at(3.55, 0.3, 6.4)
    b.rect((x0 - 14, low - 6), (x1 + 14, lens.at(0, 0, 6.4)[1]), "#5f6c78")
    b.rect((x0 - 14, top - 30), (x1 + 14, top + 8), "#5f6c78")
    b.glow(((x0 + x1) / 2, (top + low) / 2), 420, (90, 230, 220), 0.45)
    b.rect((x0, top), (x1, low), (120, 236, 226), (48, 150, 176), alpha=0.75)
    rng = Random(1)
    for _ in range(24):
        b.oval(
            (rng.uniform(x0 + 10, x1 - 10), rng.uniform(top + 10, low - 8)),
            (5, 5),
            (236, 255, 252),
            alpha=0.55,
        )
    b.rect((x0 + 12, top + 8), (x0 + 26, low - 8), (255, 255, 255), alpha=0.4)


def _glassware(b: Brush, lens: Lens, x: Span, z: float, seed: int) -> None:
    rng = Random(seed + round(z * 10))
    s = lens.metre * lens.reach / z
    inks = ((110, 220, 200), (250, 180, 90), (190, 130, 230), (120, 180, 250), (244, 120, 140))
    at, end = x[0] + 0.25, x[1] - 0.15
    while at < end:
        left, y = lens.at(at, 0.9, z + 0.3)
        h, w, ink = rng.uniform(0.14, 0.26) * s, rng.uniform(0.05, 0.09) * s, rng.choice(inks)
        b.poly(
            [
                (left - w * 0.3, y - h),
                (left + w * 0.3, y - h),
                (left + w * 0.3, y - h * 0.6),
                (left + w, y),
                (left - w, y),
                (left - w * 0.3, y - h * 0.6),
            ],
            "#f4fcfc",
            alpha=0.7,
        )
        b.poly(
            [(left - w * 0.55, y - h * 0.38), (left + w * 0.55, y - h * 0.38), (left + w, y), (left - w, y)],
            ink,
            alpha=0.9,
        )
        at += rng.uniform(0.24, 0.42)


def observatory(now: Hour, seed: int) -> Scenery:
    """A dome with its slit open to the stars, the great telescope, a desk of charts."""
    lens = Lens(metre=215, reach=5.4, ground=935, vanish_x=960)

    def heaven(b: Brush) -> None:
        sky(b, now, 900, clouds=not now.stars)
        if now.stars:
            stars(b, now, 980)
            stars(b, now, 1100)

    def dome(b: Brush) -> None:
        b.rect((LEFT, -460), (2620, BOTTOM), "#55607c", "#3f4660")
        cx, cy = 960, 700
        for n in range(-7, 8):
            b.curve(
                [(cx + n * 300, cy), (cx + n * 190, cy - 620), (cx + n * 46, cy - 1100)], "#38405c", 7, 0.8
            )
        for k in range(5):
            b.curve(
                [(LEFT, cy - 40 - k * 210), (cx, cy - 190 - k * 230), (2620, cy - 40 - k * 210)],
                "#38405c",
                6,
                0.7,
            )
        b.hole([(1010, 640), (1250, 622), (1230, -460), (960, -460)])
        for x0, y0, x1, y1 in ((1010, 640, 960, -460), (1250, 622, 1230, -460)):
            b.line([(x0, y0), (x1, y1)], "#28304a", 16)
        b.poly([(LEFT, 690), (2620, 690), (2620, 780), (LEFT, 780)], "#7a8094", "#5f667c")
        b.poly([(LEFT, 776), (2620, 776), (2620, BOTTOM), (LEFT, BOTTOM)], "#6a5a58", "#8a7468")
        for n in range(12):
            b.line([(LEFT, 800 + n * n * 5), (2620, 800 + n * n * 5)], "#4a3c44", 2, 0.5)
        if now.beam > 0.1:
            b.sheen(
                [(1000, 200), (1240, 200), (1100, 960), (560, 960)],
                (170, 196, 250) if now.time == "night" else now.glow,
                0.30,
                0.02,
                blur=24,
            )
        _telescope(b)
        for x0 in (-260, 180):
            b.rect((x0, 560), (x0 + 300, 800), "#4a3a44", "#3a2e3a")
            for row in range(3):
                for n in range(9):
                    b.rect(
                        (x0 + 14 + n * 31, 580 + row * 74),
                        (x0 + 38 + n * 31, 634 + row * 74),
                        ("#8c5b4b", "#4b6f8c", "#6d8a62", "#c4aa6a")[(n + row) % 4],
                    )
        b.poly([(220, 800), (660, 800), (700, 836), (180, 836)], "#8a6248", "#6f4c38")
        b.rect((200, 836), (226, 930), "#5a3c2c")
        b.rect((650, 836), (676, 930), "#5a3c2c")
        b.poly([(330, 796), (520, 796), (540, 822), (310, 822)], "#e9e2cc")
        b.curve([(350, 816), (420, 800), (510, 806)], "#5f78a0", 2)
        b.line([(590, 800), (600, 720), (560, 694)], "#c9a04a", 5)
        b.oval((556, 700), (24, 13), "#c9a04a")
        if now.dark:
            b.glow((556, 720), 380, (255, 200, 120), 0.75)
        b.oval((262, 770), (32, 32), "#5f8ab0", "#2f4f7a")
        b.curve([(240, 752), (264, 764), (292, 758)], "#8fc08a", 9)

    def front(b: Brush) -> None:
        b.poly([(1780, 1000), (2620, 960), (2620, BOTTOM), (1780, BOTTOM)], "#2c3048", "#20243a")
        b.line([(1780, 1000), (2620, 956)], "#6a7290", 10)

    return Scenery(
        (
            Plane("sky", 0.25, heaven),
            Plane("dome", 1.0, dome, lamplit=True),
            Plane("rail", 1.4, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "stool",
        640,
    )


def _telescope(b: Brush) -> None:
    b.poly([(1330, 930), (1610, 930), (1550, 700), (1400, 700)], "#5a6278", "#3f4458")
    b.poly([(1400, 720), (1550, 720), (1530, 560), (1420, 560)], "#6f7890", "#525a70")
    b.canvas.save()
    b.canvas.translate(1475, 560)
    b.canvas.rotate(-58)
    b.round((-300, -66), (470, 66), 16, "#e2e6ea", "#8a93a6")
    b.rect((330, -76), (480, 76), "#c3cad2", "#6f7890")
    b.rect((-310, -40), (-250, 40), "#3f4458")
    b.round((-380, -26), (-300, 26), 10, "#2c3044")
    for x in (-160, 60, 250):
        b.rect((x, -70), (x + 18, 70), "#c9a04a", "#8a6a34")
    b.round((-140, -104), (180, -76), 8, "#c3cad2", "#8a93a6")
    b.rect((-290, 24), (460, 58), (20, 24, 60), alpha=0.22)
    b.canvas.restore()
    b.oval((1475, 566), (62, 62), "#525a70", "#3a4054")
    b.oval((1475, 566), (30, 30), "#c9a04a")
