"""Other places: spaceship, open sky, and an empty void of colour.

In: an Hour, a seed for details.      Out: a Scenery.
"""

from math import cos, pi, sin
from random import Random

import skia

from assets.sheets.look import PAPER
from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Lens
from models.cel.sets.scenery import Plane, Scenery
from models.cel.sets.skies import Cumulus, cloud, gradient, stars
from models.cel.sets.skies import sky as whole_sky


def spaceship(now: Hour, seed: int) -> Scenery:
    """A bridge: a wide window on stars and a planet, consoles in arcs, lines of light."""
    lens = Lens(metre=225, reach=5.2, ground=930, vanish_x=960)

    def space(b: Brush) -> None:
        colors = [skia.Color(6, 8, 26), skia.Color(20, 20, 60), skia.Color(52, 34, 92)]
        shader = skia.GradientShader.MakeLinear([(300, -200), (1700, 900)], colors)
        b.canvas.drawRect(
            skia.Rect.MakeLTRB(LEFT, TOP, RIGHT, BOTTOM), skia.Paint(Shader=shader, Dither=True)
        )
        rng = Random(seed)
        for _ in range(34):
            b.glow(
                (rng.uniform(LEFT, RIGHT), rng.uniform(-100, 700)),
                rng.uniform(120, 340),
                rng.choice(((120, 70, 200), (60, 120, 220), (210, 90, 160))),
                0.10,
            )
        for _ in range(520):
            size = rng.choice((0.9, 1.1, 1.6, 2.4))
            x, y = rng.uniform(LEFT, RIGHT), rng.uniform(TOP, 1100)
            b.oval((x, y), (size, size), (236, 240, 255), alpha=rng.uniform(0.4, 1))
            if size > 2:
                b.glow((x, y), 16, (200, 220, 255), 0.5)
        _planet(b, 1360, 520, 330)

    def bridge(b: Brush) -> None:
        b.rect((LEFT, TOP), (RIGHT, BOTTOM), "#3a4460", "#2a3048")
        b.hole([(230, 640), (90, 90), (1830, 90), (1690, 640)])
        b.line([(230, 640), (90, 90), (1830, 90), (1690, 640), (230, 640)], "#6f7ea4", 22)
        b.line([(230, 640), (90, 90), (1830, 90), (1690, 640), (230, 640)], "#a9b8d8", 6)
        for x0, x1 in ((660, 620), (1260, 1300)):
            b.line([(x0, 640), (x1, 90)], "#56638a", 20)
            b.line([(x0 - 5, 640), (x1 - 5, 90)], "#a9b8d8", 4)
        b.poly([(LEFT, 700), (LEFT, TOP), (90, 90), (230, 640)], "#46527a", "#343c5c")
        b.poly([(RIGHT, 700), (RIGHT, TOP), (1830, 90), (1690, 640)], "#46527a", "#343c5c")
        b.poly([(LEFT, TOP), (RIGHT, TOP), (1830, 90), (90, 90)], "#2c3450", "#3a4468")
        b.poly(
            [(LEFT, 700), (230, 640), (1690, 640), (RIGHT, 700), (RIGHT, BOTTOM), (LEFT, BOTTOM)],
            "#3c4664",
            "#5a6688",
        )
        for n in range(-9, 10):
            b.line([(960 + n * 86, 642), (960 + n * 330, BOTTOM)], "#2c3450", 3, 0.7)
        for n in range(8):
            y = 700 + n * n * 9
            b.line([(LEFT, y), (RIGHT, y)], "#2c3450", 3, 0.7)
        for side in (-1, 1):
            b.line([(960 + side * 250, 642), (960 + side * 900, BOTTOM)], (96, 214, 255), 6)
            b.line([(960 + side * 250, 642), (960 + side * 900, BOTTOM)], (96, 214, 255), 24, 0.22, 8)
            for k in range(5):
                y = 180 + k * 96
                x = 960 + side * (1000 - k * 26)
                b.round((x - 70, y), (x + 70, y + 56), 8, (36, 90, 130), (22, 50, 84))
                b.line(
                    [(x - 54, y + 36), (x - 20, y + 14 + 8 * (k % 3)), (x + 16, y + 38), (x + 54, y + 18)],
                    (130, 240, 255),
                    3,
                )
        b.sheen([(230, 640), (1690, 640), (1900, 1000), (20, 1000)], (120, 150, 240), 0.30, 0.0, blur=12)
        for x0, x1 in ((250, 690), (1230, 1670)):
            _console(b, x0, x1, 720)
        b.poly([(880, 760), (1040, 760), (1070, 860), (850, 860)], "#2f3854")
        b.round((870, 600), (1050, 780), 30, "#566490", "#3c466a")
        b.round((890, 620), (1030, 770), 22, "#b4485a", "#8a3448")

    def front(b: Brush) -> None:
        b.poly([(LEFT, 1180), (-60, 950), (420, 1010), (520, BOTTOM), (LEFT, BOTTOM)], "#252c44", "#181d30")
        b.line([(-60, 950), (420, 1010)], (96, 214, 255), 6)
        for n in range(7):
            b.round(
                (-20 + n * 58, 976 + n * 7),
                (18 + n * 58, 996 + n * 7),
                4,
                ((255, 150, 90), (96, 230, 200), (250, 220, 110))[n % 3],
            )

    return Scenery(
        (
            Plane("space", 0.12, space),
            Plane("bridge", 1.0, bridge, lamplit=True),
            Plane("console", 1.45, front, lamplit=True),
        ),
        lens.metre,
        lens.ground,
        "none",
        lens.horizon,
    )


def _planet(b: Brush, x: float, y: float, r: float) -> None:
    b.glow((x, y), r * 1.5, (100, 170, 255), 0.6)
    b.oval((x, y), (r, r), (86, 160, 226), (30, 70, 150))
    b.canvas.save()
    b.canvas.clipPath(skia.Path.Circle(x, y, r), True)
    rng = Random(5)
    for _ in range(22):
        b.oval(
            (x + rng.uniform(-r, r), y + rng.uniform(-r, r)),
            (rng.uniform(40, 150), rng.uniform(6, 22)),
            (240, 248, 255),
            alpha=0.55,
            blur=6,
        )
    for dx, dy, rx, ry in ((-120, -60, 110, 60), (70, 80, 130, 70), (150, -150, 80, 44)):
        b.oval((x + dx, y + dy), (rx, ry), (92, 176, 128), alpha=0.8, blur=10)
    b.oval((x + r * 0.55, y + r * 0.42), (r * 1.12, r * 1.12), (6, 8, 36), alpha=0.62, blur=60)
    b.canvas.restore()


def _console(b: Brush, x0: float, x1: float, y: float) -> None:
    b.poly([(x0, y), (x1, y), (x1 + 30, y + 60), (x0 - 30, y + 60)], "#6a7aa4", "#4a5680")
    b.poly(
        [(x0 - 30, y + 60), (x1 + 30, y + 60), (x1 + 10, y + 170), (x0 - 10, y + 170)], "#343e5e", "#262e48"
    )
    n = round((x1 - x0) / 74)
    for k in range(n):
        left = x0 + 12 + k * 74
        b.round((left, y + 10), (left + 56, y + 42), 5, (42, 120, 160), (24, 66, 104))
        b.line([(left + 8, y + 30), (left + 24, y + 20), (left + 46, y + 26)], (140, 244, 255), 3)
        b.oval((left + 28, y + 90), (7, 7), ((255, 150, 90), (96, 230, 200), (250, 220, 110))[k % 3])
    b.glow(((x0 + x1) / 2, y), (x1 - x0) * 0.55, (90, 200, 255), 0.35, squash=0.4)


def sky(now: Hour, seed: int) -> Scenery:
    """Among the clouds: a floor of cumulus below, towers at both sides, the sun or the stars."""

    def heaven(b: Brush) -> None:
        gradient(b, now, 900)
        if now.stars:
            stars(b, now, 900)
        whole_sky(b, now, 820)

    def towers(b: Brush) -> None:
        rng = Random(seed)
        for x, base, wide in (
            (240, 840, 620),
            (1700, 880, 700),
            (960, 900, 420),
            (-300, 880, 600),
            (2250, 860, 600),
        ):
            cloud(b, now, rng, Cumulus(x, base, wide, 0.62))

    def floor(b: Brush) -> None:
        rng = Random(seed + 1)
        for row in range(3):
            for n in range(8):
                x = LEFT + n * 420 + (row % 2) * 200 + rng.uniform(-60, 60)
                cloud(b, now, rng, Cumulus(x, 1010 + row * 150, rng.uniform(520, 700), 0.20))

    def front(b: Brush) -> None:
        rng = Random(seed + 2)
        for x in (-260, 2160):
            cloud(b, now, rng, Cumulus(x, 1250, 800, 0.34))

    return Scenery(
        (
            Plane("sky", 0.05, heaven),
            Plane("towers", 0.4, towers, 0.1),
            Plane("clouds", 1.0, floor),
            Plane("near", 1.6, front),
        ),
        120,
        905,
        "none",
        820,
        firm=False,
        drift=True,
    )


_PAPER = (244, 243, 240)


def void(now: Hour, seed: int) -> Scenery:
    """An empty place: a graded colour with drifting lights, and a pool of light under the people."""
    if seed == PAPER:
        return _paper()
    rng = Random(seed)
    tints = (
        ((38, 42, 86), (116, 108, 176), (226, 190, 214)),
        ((26, 58, 86), (84, 150, 176), (214, 234, 226)),
        ((72, 40, 78), (186, 102, 122), (250, 208, 172)),
        ((32, 36, 60), (92, 100, 136), (196, 202, 220)),
    )
    top, middle, low = tints[seed % len(tints)]
    dim = 0.45 if now.time == "night" else 0.75 if now.dark else 1.0

    def ground(b: Brush) -> None:
        seen = [
            [min(255, round(c * k)) for c, k in zip(tint, now.key, strict=True)]
            for tint in (top, middle, low)
        ]
        colors = [skia.Color(*tint) for tint in seen]
        shader = skia.GradientShader.MakeLinear([(0, -100), (0, 1080)], colors)
        b.canvas.drawRect(
            skia.Rect.MakeLTRB(LEFT, TOP, RIGHT, BOTTOM), skia.Paint(Shader=shader, Dither=True)
        )
        for _ in range(34):
            x, y, r = rng.uniform(LEFT, RIGHT), rng.uniform(-100, 900), rng.uniform(20, 110)
            b.oval((x, y), (r, r), (255, 255, 255), alpha=rng.uniform(0.03, 0.10))
        for n in range(7):
            turn = pi * (0.25 + 0.5 * n / 6)
            far = (960 + 2600 * cos(turn + 0.03), -300 + 2600 * sin(turn + 0.03))
            b.sheen(
                [(960, -300), (960 + 2600 * cos(turn), -300 + 2600 * sin(turn)), far],
                (255, 255, 255),
                0.10,
                0.0,
            )

    def pool(b: Brush) -> None:
        b.glow((960, 930), 900, (255, 250, 236), 0.55 * dim, squash=0.16)

    return Scenery((Plane("ground", 0.3, ground), Plane("pool", 1.0, pool)), 200, 925, "none", 620)


def _paper() -> Scenery:
    """One even colour, and no shadow under the people."""

    def ground(b: Brush) -> None:
        b.canvas.drawRect(skia.Rect.MakeLTRB(LEFT, TOP, RIGHT, BOTTOM), skia.Paint(Color=skia.Color(*_PAPER)))

    return Scenery((Plane("paper", 0.3, ground),), 200, 925, "none", 620, firm=False)
