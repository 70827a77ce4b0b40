"""Things that people hold, drawn around the point where a hand holds them.

In: a prop word.      Out: ink in figure units (a standard adult is 1000 high), held at 0,0.
Knows nothing about who holds them or how.
"""

from collections.abc import Callable
from math import cos, pi, sin

import skia

from assets.sheets.look import Prop
from models.cel.figure.ink import Pen, curve, oval, polygon, stroke, tube
from models.cel.figure.palette import GOLD, LEATHER, STEEL, WHITE, mix
from models.cel.light import Rgb

GROUND: tuple[Prop, ...] = ("bicycle", "car", "cat", "dog", "robot")  # stand on the ground beside a figure
RED: Rgb = (216, 74, 70)
BLUE: Rgb = (84, 126, 204)
WOOD: Rgb = (186, 124, 74)
PAPER: Rgb = (250, 248, 240)
DARK: Rgb = (66, 64, 80)


def draw_prop(pen: Pen, prop: Prop) -> None:
    """``prop`` with its grip (or, for things on the ground, its middle at ground level) at 0,0."""
    DRAWN[prop](pen)


def _box_path(x: float, y: float, w: float, h: float, r: float = 3) -> skia.Path:
    return skia.Path.RRect(skia.RRect.MakeRectXY(skia.Rect(x - w / 2, y - h / 2, x + w / 2, y + h / 2), r, r))


def _book(pen: Pen) -> None:
    for out in (-1, 1):
        cover = polygon([(0, -44), (out * 62, -54), (out * 62, 26), (0, 36)])
        pen.cel(cover, RED, shadow=(6, 5))
        page = curve(
            [(0, -40), (out * 30, -54), (out * 57, -49), (out * 57, 22), (out * 30, 18), (0, 31)], closed=True
        )
        pen.cel(page, PAPER, shadow=(8, 0), line=0.6)


def _phone(pen: Pen) -> None:
    pen.cel(_box_path(0, -22, 38, 74, 7), DARK, shadow=(4, 4))
    pen.paint(_box_path(0, -22, 31, 60, 3), (150, 212, 240))


def _cup(pen: Pen) -> None:
    pen.cel(oval(24, -14, 14, 16), PAPER, line=0.9)
    pen.fill(oval(24, -14, 7, 9), pen.dark(PAPER))
    pen.cel(polygon([(-24, -42), (24, -42), (19, 18), (-19, 18)]), PAPER, shadow=(8, 3))
    pen.cel(oval(0, -42, 24, 6), (120, 78, 56), line=0.7)


def _umbrella(pen: Pen) -> None:
    pen.cel(tube([(0, 30), (0, -200), (0, -400)], [3.4] * 3), WOOD, line=0.8)
    path = skia.Path()
    path.moveTo(-250, -340)
    path.cubicTo(-220, -460, -90, -506, 0, -508)
    path.cubicTo(90, -506, 220, -460, 250, -340)
    for i in range(4):
        x = 250 - i * 125
        path.quadTo(x - 62, -368, x - 125, -340)
    path.close()
    pen.cel(path, BLUE, shadow=(26, 6), rim=5)
    for x in (-125, 0, 125):
        pen.ink([(0, -508), (x * 0.74, -440), (x, -346)], BLUE, 0.7)


def _sword(pen: Pen) -> None:
    with pen.space(0, 0, turn=-32):
        pen.cel(
            polygon([(-9, -24), (9, -24), (7, -300), (0, -326), (-7, -300)]),
            (222, 230, 240),
            shadow=(6, 0),
            rim=3,
        )
        pen.ink([(0, -30), (0, -160), (0, -290)], STEEL, 0.6)
        pen.cel(_box_path(0, -22, 62, 12, 5), GOLD, shadow=(4, 3))
        pen.cel(_box_path(0, 8, 13, 52, 4), LEATHER, shadow=(4, 2))
        pen.cel(oval(0, 36, 9, 9), GOLD)


def _bag(pen: Pen) -> None:
    pen.cel(tube([(-26, 40), (-20, 4), (0, -4), (20, 4), (26, 40)], [4] * 5), LEATHER, line=0.9)
    pen.cel(_box_path(0, 84, 128, 96, 12), (150, 104, 72), shadow=(14, 10))
    pen.ink([(-62, 66), (0, 74), (62, 66)], (150, 104, 72), 0.8)
    pen.paint(_box_path(0, 74, 16, 14), GOLD)


def _letter(pen: Pen) -> None:
    pen.cel(_box_path(0, -12, 84, 56, 2), PAPER, shadow=(6, 4))
    pen.ink([(-42, -38), (0, -4), (42, -38)], PAPER, 0.8, head=0.7, tail=0.7)
    pen.cel(oval(0, -6, 8, 8), RED, line=0.7)


def _lantern(pen: Pen) -> None:
    pen.cel(tube([(0, 0), (0, 16), (0, 30)], [2.5] * 3), DARK, line=0.7)
    pen.cel(oval(0, 78, 42, 48), (250, 176, 92), shadow=(10, 8))
    pen.fill(oval(0, 80, 22, 28), (255, 236, 170), 0.85)
    for y in (58, 78, 98):
        pen.ink([(-40, y), (0, y + 6), (40, y)], (250, 176, 92), 0.6)
    for y in (30, 126):
        pen.cel(_box_path(0, y, 40, 11, 3), DARK)


def _flower(pen: Pen) -> None:
    pen.cel(tube([(0, 46), (3, 0), (0, -48)], [3, 3, 2.6]), (96, 160, 90), line=0.7)
    pen.cel(curve([(2, 6), (24, -10), (30, 6), (14, 14)], closed=True), (96, 160, 90), line=0.7)
    for i in range(5):
        a = i * 2 * pi / 5 - pi / 2
        pen.cel(oval(18 * cos(a), -62 + 18 * sin(a), 14, 14), (248, 160, 190), shadow=(3, 3), line=0.8)
    pen.cel(oval(0, -62, 10, 10), GOLD, line=0.7)


def _ball(pen: Pen) -> None:
    pen.cel(oval(0, 30, 52, 52), PAPER, shadow=(12, 10))
    pen.fill(polygon([(0, 10), (17, 24), (10, 44), (-10, 44), (-17, 24)]), pen.lit(DARK))
    for a in (-1.57, -0.3, 0.95, 2.2, 3.45):
        pen.ink(
            [
                (20 * cos(a), 30 + 20 * sin(a)),
                (34 * cos(a), 30 + 34 * sin(a)),
                (50 * cos(a), 30 + 50 * sin(a)),
            ],
            DARK,
            0.7,
            head=0.6,
            tail=0.6,
        )


def _box(pen: Pen) -> None:
    pen.cel(_box_path(0, 6, 170, 124, 3), (208, 166, 116), shadow=(18, 10))
    pen.paint(_box_path(0, 6, 30, 122), (232, 206, 160))
    pen.ink([(-85, -24), (0, -21), (85, -24)], (208, 166, 116), 0.7)


def _guitar(pen: Pen) -> None:
    with pen.space(0, 0, turn=-62):
        pen.cel(_box_path(0, -190, 20, 250, 4), LEATHER, shadow=(5, 2))
        pen.cel(_box_path(0, -330, 34, 54, 7), LEATHER, shadow=(5, 3))
        body = curve(
            [
                (-44, -78),
                (0, -92),
                (44, -78),
                (38, -28),
                (62, 30),
                (42, 88),
                (0, 98),
                (-42, 88),
                (-62, 30),
                (-38, -28),
            ],
            closed=True,
        )
        pen.cel(body, (226, 150, 80), shadow=(14, 10), rim=4)
        pen.cel(oval(0, -10, 22, 22), (80, 50, 40), line=0.8)
        pen.cel(_box_path(0, 50, 52, 10), LEATHER, line=0.7)
        for x in (-5, 0, 5):
            pen.fill(stroke([(x, -330), (x, -100), (x, 50)], pen.weight(0.35), head=1, tail=1), PAPER)


def _paper_plane(pen: Pen) -> None:
    pen.cel(polygon([(-60, 4), (72, -38), (-20, 34)]), mix(PAPER, STEEL, 0.3), line=0.9)
    pen.cel(polygon([(-72, -26), (72, -38), (-34, 10)]), PAPER, shadow=(4, 4), line=0.9)
    pen.cel(polygon([(-34, 10), (72, -38), (-26, 40)]), mix(PAPER, STEEL, 0.45), line=0.7)


def _key(pen: Pen) -> None:
    ring = oval(0, -34, 17, 17)
    pen.cel(ring, GOLD, shadow=(4, 4))
    pen.fill(oval(0, -34, 8, 8), pen.dark(GOLD))
    pen.cel(_box_path(0, 8, 8, 54), GOLD, line=0.8)
    for y in (18, 30):
        pen.cel(_box_path(10, y, 14, 7), GOLD, line=0.7)


def _camera(pen: Pen) -> None:
    pen.cel(_box_path(-18, -44, 34, 16, 3), DARK)
    pen.cel(_box_path(0, -12, 100, 62, 8), DARK, shadow=(8, 6))
    pen.cel(oval(6, -10, 25, 25), (110, 112, 130), line=0.9)
    pen.cel(oval(6, -10, 16, 16), (70, 110, 170), line=0.7)
    pen.fill(oval(0, -16, 5, 5), WHITE, 0.9)


def _bicycle(pen: Pen) -> None:
    for x in (-150, 150):
        for r, paint in ((100, DARK), (90, None)):
            ring = skia.Paint(
                AntiAlias=True,
                Style=skia.Paint.kStroke_Style,
                StrokeWidth=9 if paint else 2,
                Color=skia.Color(*pen.lit(DARK)),
            )
            pen.canvas.drawCircle(x, -102, r, ring)
    frame = [
        [(-150, -102), (-50, -230), (110, -230)],
        [(-50, -230), (-10, -100), (110, -230)],
        [(-150, -102), (-80, -102), (-10, -100)],
        [(110, -230), (130, -160), (150, -102)],
        [(-50, -230), (-56, -250), (-60, -275)],
        [(110, -230), (104, -262), (98, -300)],
    ]
    for points in frame:
        pen.cel(tube(points, [6.5] * 3), RED, line=0.8)
    pen.cel(curve([(-100, -284), (-20, -286), (-40, -268), (-92, -268)], closed=True), DARK)
    pen.cel(tube([(70, -312), (100, -302), (134, -306)], [5] * 3), DARK)


def _car(pen: Pen) -> None:
    body = curve(
        [
            (-430, -90),
            (-400, -210),
            (-260, -230),
            (-170, -350),
            (150, -350),
            (250, -230),
            (400, -200),
            (430, -90),
            (380, -60),
            (-390, -60),
        ],
        closed=True,
    )
    pen.cel(body, RED, shadow=(26, 30), rim=6)
    pen.cel(polygon([(-220, -236), (-150, -328), (-20, -328), (-20, -236)]), (190, 224, 240), shadow=(8, 0))
    pen.cel(polygon([(10, -328), (136, -328), (206, -236), (10, -236)]), (190, 224, 240), shadow=(8, 0))
    for x in (-250, 250):
        pen.cel(oval(x, -72, 78, 78), DARK)
        pen.cel(oval(x, -72, 40, 40), STEEL, shadow=(8, 8))
    pen.cel(oval(404, -158, 18, 22), (255, 240, 190))


def _cat(pen: Pen) -> None:
    fur: Rgb = (240, 174, 96)
    pen.cel(tube([(48, -14), (92, -30), (96, -84)], [10, 10, 7]), fur, line=0.9)
    pen.cel(curve([(-42, 0), (-46, -64), (-8, -104), (44, -66), (58, 0)], closed=True), fur, shadow=(10, 6))
    pen.cel(polygon([(-62, -134), (-60, -186), (-22, -156)]), fur)
    pen.cel(polygon([(46, -134), (46, -186), (8, -156)]), fur)
    pen.cel(oval(-8, -122, 58, 46), fur, shadow=(8, 7))
    for x in (-28, 14):
        pen.fill(oval(x, -124, 7, 11), pen.lit(DARK))
        pen.fill(oval(x - 2, -129, 2.6, 3.4), WHITE)
    pen.cel(polygon([(-12, -108), (-2, -108), (-7, -102)]), (226, 120, 120), line=0.5)
    pen.ink([(-18, -98), (-12, -93), (-7, -100), (-2, -93), (4, -98)], DARK, 0.6)


def _dog(pen: Pen) -> None:
    fur: Rgb = (214, 168, 120)
    pen.cel(tube([(78, -70), (112, -104), (104, -138)], [12, 11, 7]), fur, line=0.9)
    for x in (-54, -28, 46, 70):
        pen.cel(tube([(x, -50), (x, -22), (x, -4)], [13, 11, 12]), fur, line=0.9)
    pen.cel(
        curve([(-70, -60), (-60, -110), (20, -116), (86, -92), (88, -48), (0, -40)], closed=True),
        fur,
        shadow=(10, 8),
    )
    pen.cel(oval(-76, -146, 50, 44), fur, shadow=(8, 6))
    pen.cel(oval(-104, -130, 28, 20), mix(fur, WHITE, 0.5), line=0.7)
    for x in (-116, -40):
        pen.cel(
            curve([(x, -186), (x + 18, -170), (x + 8, -122), (x - 12, -136)], closed=True),
            mix(fur, LEATHER, 0.5),
        )
    pen.fill(oval(-118, -138, 8, 6), pen.lit(DARK))
    for x in (-94, -64):
        pen.fill(oval(x, -154, 5, 7), pen.lit(DARK))
    pen.cel(tube([(-100, -104), (-72, -98), (-48, -108)], [5] * 3), RED, line=0.7)


def _bird(pen: Pen) -> None:
    color: Rgb = (110, 170, 226)
    pen.cel(polygon([(30, -22), (74, -10), (66, -30)]), color)
    pen.cel(
        curve([(-34, -40), (-10, -66), (24, -48), (36, -18), (4, -4), (-24, -12)], closed=True),
        color,
        shadow=(6, 7),
    )
    pen.cel(polygon([(-36, -44), (-56, -38), (-34, -34)]), GOLD, line=0.8)
    pen.cel(curve([(0, -40), (30, -34), (40, -12), (8, -18)], closed=True), mix(color, DARK, 0.25), line=0.8)
    pen.fill(oval(-20, -46, 4, 5), pen.lit(DARK))
    pen.fill(oval(-21.5, -48, 1.6, 1.8), WHITE)


def _food(pen: Pen) -> None:
    rice = curve([(0, -62), (38, 2), (24, 18), (-24, 18), (-38, 2)], closed=True)
    pen.cel(rice, PAPER, shadow=(8, 7))
    pen.cel(_box_path(0, 4, 34, 30, 3), (52, 66, 58), line=0.8)


def _bottle(pen: Pen) -> None:
    pen.cel(
        curve(
            [(-9, -58), (9, -58), (11, -38), (22, -22), (22, 52), (-22, 52), (-22, -22), (-11, -38)],
            closed=True,
        ),
        (120, 200, 190),
        shadow=(7, 4),
    )
    pen.cel(_box_path(0, -62, 24, 14, 3), PAPER)
    pen.paint(_box_path(0, 16, 42, 26), PAPER)


def _star(pen: Pen) -> None:
    points = [
        ((48 if i % 2 == 0 else 21) * sin(i * pi / 5), -40 - (48 if i % 2 == 0 else 21) * cos(i * pi / 5))
        for i in range(10)
    ]
    pen.cel(polygon(points), (255, 222, 96), shadow=(8, 8))
    pen.fill(oval(-10, -54, 6, 8), WHITE, 0.8)


def _robot(pen: Pen) -> None:
    for x in (-34, 34):
        pen.cel(_box_path(x, -16, 30, 34, 6), DARK)
    pen.cel(_box_path(0, -76, 124, 100, 18), (206, 216, 228), shadow=(12, 10))
    pen.cel(_box_path(0, -168, 136, 92, 26), (224, 232, 240), shadow=(12, 9))
    pen.cel(_box_path(0, -166, 104, 56, 18), DARK, line=0.8)
    for x in (-24, 24):
        pen.fill(oval(x, -166, 9, 12), (120, 240, 230))
    pen.cel(tube([(0, -214), (0, -232), (0, -248)], [3] * 3), DARK, line=0.7)
    pen.cel(oval(0, -254, 10, 10), RED)


def _laptop(pen: Pen) -> None:
    pen.cel(polygon([(-90, -104), (90, -104), (96, 4), (-96, 4)]), (198, 206, 218), shadow=(8, 4))
    pen.cel(polygon([(-96, 4), (96, 4), (116, 22), (-116, 22)]), (176, 184, 198), line=0.9)
    pen.cel(oval(0, -50, 12, 12), PAPER, line=0.5)


DRAWN: dict[Prop, Callable[[Pen], None]] = {
    "book": _book, "phone": _phone, "cup": _cup, "umbrella": _umbrella, "sword": _sword, "bag": _bag, "letter": _letter,
    "lantern": _lantern, "flower": _flower, "ball": _ball, "box": _box, "guitar": _guitar, "paper_plane": _paper_plane,
    "key": _key, "camera": _camera, "bicycle": _bicycle, "car": _car, "cat": _cat, "dog": _dog, "bird": _bird,
    "food": _food, "bottle": _bottle, "star": _star, "robot": _robot, "laptop": _laptop,
}  # fmt: skip
