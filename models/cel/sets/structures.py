"""Built things in perspective: rooms, fences, light through windows, poles and wires.

In: a Brush, a Lens, an Hour.      Out: paint.
"""

from dataclasses import dataclass

from models.cel.sets.brush import BOTTOM, LEFT, RIGHT, TOP, Brush, Ink, Point
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Lens, Span, dimmed


@dataclass(frozen=True)
class Room:
    """A room: half its width, its height and its depth in metres; ``planks`` is the width of a floor board."""

    half: float
    tall: float
    deep: float
    wall: Ink
    floor: Ink
    ceiling: Ink
    planks: float = 0.6


def room(b: Brush, lens: Lens, room: Room) -> None:
    """Paint a room seen from inside; its faces extend beyond the frame."""
    half, tall, deep, wall = room.half, room.tall, room.deep, room.wall
    near = 0.62
    dark, darker = Brush(b.canvas, dimmed(b.tone, 0.93), b.rng), Brush(b.canvas, dimmed(b.tone, 0.86), b.rng)
    b.rect((LEFT, TOP), (RIGHT, BOTTOM), wall)
    darker.poly(lens.floor(-half, half, near, deep, y=tall), room.ceiling)
    dark.poly(
        [
            lens.at(-half, 0, deep),
            lens.at(-half, tall, deep),
            lens.at(-half, tall, near),
            lens.at(-half, 0, near),
        ],
        wall,
    )
    darker.poly(
        [
            lens.at(half, 0, deep),
            lens.at(half, tall, deep),
            lens.at(half, tall, near),
            lens.at(half, 0, near),
        ],
        wall,
    )
    b.poly(lens.face(deep, -half, half, 0, tall), wall)
    b.poly(lens.floor(-half, half, near, deep), room.floor)
    lit = Brush(b.canvas, dimmed(b.tone, 1.10), b.rng)
    lit.poly(lens.floor(-half, half, near, deep), room.floor, alpha=0.0, fade=0.8)
    if room.planks:
        _boards(b, lens, room, near)
    _corners(b, lens, room, near)


def _boards(b: Brush, lens: Lens, room: Room, near: float) -> None:
    half, deep, planks = room.half, room.deep, room.planks
    n = round(2 * half / planks)
    for i in range(1, n):
        x = -half + i * planks
        b.line([lens.at(x, 0, deep), lens.at(x, 0, near)], "#5a3a2a", 1.6, 0.34)
        for k in range(5):
            z = near + 0.6 + (k * 2.3 + (i % 3) * 0.8) * deep / 12
            if z < deep:
                b.line([lens.at(x, 0, z), lens.at(x - planks, 0, z)], "#5a3a2a", 1.4, 0.30)


def _corners(b: Brush, lens: Lens, room: Room, near: float) -> None:
    """Soft dark corners and a skirting board: rooms look flat without them."""
    half, tall, deep = room.half, room.tall, room.deep
    for x in (-half, half):
        b.line([lens.at(x, 0, deep), lens.at(x, tall, deep)], (40, 34, 60), 9, 0.16, 6)
        b.line([lens.at(x, 0.05, deep), lens.at(x, 0.05, near)], "#8a7560", 5, 0.7)
        b.line([lens.at(x, tall, deep), lens.at(x, tall, near)], (40, 34, 60), 12, 0.18, 8)
        b.line([lens.at(x, 0, deep), lens.at(x, 0, near)], (40, 34, 60), 22, 0.20, 12)
    b.poly(lens.face(deep, -half, half, 0, 0.1), "#8a7560")
    b.line([lens.at(-half, tall, deep), lens.at(half, tall, deep)], (40, 34, 60), 9, 0.18, 6)
    b.line([lens.at(-half, 0, deep), lens.at(half, 0, deep)], (40, 34, 60), 12, 0.22, 8)


def sunbeams(b: Brush, lens: Lens, now: Hour, x: float, z: Span, count: int) -> None:
    """Patches of sun on the floor below a row of side windows at ``x``, and shafts in the air."""
    if now.beam < 0.1 or (now.dark and now.time != "night"):
        return
    (z0, z1), into = z, 1 if x < 0 else -1
    strength = now.beam * (0.55 if now.time == "night" else 1.0)
    ink = (150, 180, 235) if now.time == "night" else now.glow
    reach = 2.3 if now.time in ("sunset", "dawn") else 1.5
    step = (z1 - z0) / count
    for n in range(count):
        near, far = z0 + n * step + step * 0.16, z0 + (n + 1) * step - step * 0.08
        a, c = x + into * 0.45, x + into * (0.45 + reach)
        skew = 0.5
        patch = [
            lens.at(a, 0, near),
            lens.at(c, 0, near - skew),
            lens.at(c, 0, far - skew),
            lens.at(a, 0, far),
        ]
        b.sheen(patch, ink, 0.42 * strength, 0.42 * strength, blur=2.5)
        shaft = [lens.at(x, 2.5, near), lens.at(x, 2.5, far), lens.at(c, 0, far - skew), lens.at(a, 0, near)]
        b.sheen(shaft, ink, 0.17 * strength, 0.02, blur=9)


def chain_fence(b: Brush, lens: Lens, z: float, x: Span, y: Span) -> None:
    (x0, x1), (y0, y1), ink = x, y, "#5f7a72"
    step = 0.42
    n = round((x1 - x0) / step)
    tall = y1 - y0
    for i in range(n):
        at = x0 + i * step
        b.line([lens.at(at, y0, z), lens.at(at + tall * 0.8, y1, z)], ink, 1.0, 0.5)
        b.line([lens.at(at, y0, z), lens.at(at - tall * 0.8, y1, z)], ink, 1.0, 0.5)
    for i in range(round((x1 - x0) / 2.6) + 1):
        at = x0 + i * 2.6
        b.line([lens.at(at, y0 - 0.1, z), lens.at(at, y1 + 0.06, z)], ink, 5.5)
        b.line([lens.at(at - 0.015, y0, z), lens.at(at - 0.015, y1, z)], "#b9ccc4", 1.4, 0.8)
    for high in (y1, y0 + tall * 0.5, y0 + 0.05):
        b.line([lens.at(x0, high, z), lens.at(x1, high, z)], ink, 4)


def pole(b: Brush, at: Point, tall: float, wide: float) -> None:
    """A concrete power pole with cross arms, a transformer and insulators."""
    (x, foot), ink = at, "#77757c"
    b.poly(
        [
            (x - wide * 0.6, foot),
            (x + wide * 0.6, foot),
            (x + wide * 0.4, foot - tall),
            (x - wide * 0.4, foot - tall),
        ],
        ink,
    )
    b.poly(
        [(x, foot), (x + wide * 0.6, foot), (x + wide * 0.4, foot - tall), (x + wide * 0.05, foot - tall)],
        "#3f3f4c",
        alpha=0.4,
    )
    for n, level in enumerate((0.95, 0.88, 0.80)):
        y, half = foot - tall * level, wide * (4.2 - 0.6 * n)
        b.rect((x - half, y), (x + half, y + wide * 0.35), "#5b5a62")
        for side in (-0.92, -0.55, 0.55, 0.92):
            b.rect(
                (x + half * side - wide * 0.16, y - wide * 0.5), (x + half * side + wide * 0.16, y), "#d9d4c8"
            )
    y = foot - tall * 0.72
    b.round((x + wide * 0.5, y), (x + wide * 2.3, y + wide * 2.6), wide * 0.4, "#8d9096", "#696b74")
    b.rect((x - wide * 0.55, foot - tall * 0.22), (x + wide * 0.55, foot - tall * 0.10), "#e8c24a", "#c99a32")


def wire(b: Brush, start: Point, end: Point, sag: float, width: float = 2.2) -> None:
    (x0, y0), (x1, y1) = start, end
    points = [
        (x0 + (x1 - x0) * t, y0 + (y1 - y0) * t + sag * 4 * t * (1 - t)) for t in (n / 14 for n in range(15))
    ]
    b.line(points, "#2e2f3a", width, 0.85)


def lamp_glow(b: Brush, now: Hour, at: Point, r: float, ink: tuple[int, int, int] = (255, 214, 140)) -> None:
    """A lamp: only a bulb by day, a pool of light after dark."""
    if now.lamps:
        b.glow(at, r, ink, 0.75)
        b.oval(at, (r * 0.06, r * 0.06), (255, 248, 220))
