"""Furniture in perspective: desks, chairs, shelves, tables, windows, curtains.

In: a Brush, a Lens, metres.      Out: paint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from models.cel.sets.brush import Brush, Ink, Point
from models.cel.sets.hours import Hour
from models.cel.sets.lens import Block, Lens, Point3, Span

BOOKS = ("#8c3b3b", "#3b5f8c", "#4d7a52", "#c49a4a", "#6c4f86", "#d9d2c0", "#2f4858", "#b5653a")


@dataclass(frozen=True)
class WindowRow:
    """``count`` windows in a side wall at ``x``, side by side along ``z``, in metres."""

    x: float
    y: Span
    z: Span
    count: int
    frame: Ink = "#f4f2ec"
    curtains: Ink | None = "#f7f3e6"


@dataclass(frozen=True)
class FrontWindow:
    """A window in the wall ahead, ``z`` metres away."""

    z: float
    x: Span
    y: Span
    panes: int = 2
    frame: Ink = "#f4f2ec"
    curtains: Ink | None = None
    cross: bool = True


@dataclass(frozen=True)
class Shelf:
    """A shelf from the floor up: ``rows`` of things, each about ``width`` metres wide."""

    tall: float
    z: Span
    rows: int
    seed: int
    wood: Ink = "#7a5236"
    things: tuple[str, ...] = BOOKS
    width: float = 0.06


def desk(b: Brush, lens: Lens, at: Point, wide: float = 0.65) -> None:
    """A school desk; ``at`` is x and the z of its near edge, in metres."""
    x, z = at
    b.shadow(lens.floor(x - wide * 0.65, x + wide * 0.75, z - 0.05, z + 0.5), 0.22, 5)
    for dx in (-wide / 2 + 0.04, wide / 2 - 0.08):
        for dz in (0.42, 0.02):
            b.poly(lens.face(z + dz, x + dx, x + dx + 0.035, 0, 0.66), "#8b9097")
    lens.box(
        b, Block((x - wide / 2 + 0.05, x + wide / 2 - 0.05), (0.55, 0.66), (z + 0.05, z + 0.4)), "#7c848c"
    )
    lens.box(b, Block((x - wide / 2, x + wide / 2), (0.68, 0.72), (z, z + 0.45)), "#d8a566", top="#ecc487")


def chair(b: Brush, lens: Lens, at: Point, ink: Ink = "#c98f55", metal: Ink = "#8b9097") -> None:
    x, z = at
    for dx in (-0.18, 0.15):
        for dz in (0.34, 0.0):
            b.poly(lens.face(z + dz, x + dx, x + dx + 0.03, 0, 0.42), metal)
    lens.box(b, Block((x - 0.2, x + 0.2), (0.42, 0.45), (z, z + 0.38)), ink)
    for dx in (-0.17, 0.14):
        b.poly(lens.face(z, x + dx, x + dx + 0.03, 0.42, 0.8), metal)
    lens.box(b, Block((x - 0.19, x + 0.19), (0.62, 0.82), (z, z + 0.03)), ink)


def table(b: Brush, lens: Lens, block: Block, ink: Ink, top: Ink) -> None:
    """A table that fills ``block`` from the floor to its top."""
    x, z, tall = block.x, block.z, block.y[1]
    b.shadow(lens.floor(x[0] - 0.1, x[1] + 0.15, z[0] - 0.1, z[1]), 0.25, 7)
    for lx in (x[0] + 0.06, x[1] - 0.12):
        for lz in (z[1] - 0.08, z[0] + 0.04):
            lens.box(b, Block((lx, lx + 0.06), (0, tall - 0.05), (lz, lz + 0.06)), ink)
    lens.box(b, Block(x, (tall - 0.06, tall), z), ink, top=top)


def window_row(b: Brush, lens: Lens, now: Hour, row: WindowRow) -> None:
    """A row of windows in a side wall: holes to the outside, with frames and curtains."""
    x, (y0, y1), (z0, z1), frame = row.x, row.y, row.z, row.frame
    step = (z1 - z0) / row.count
    for n in range(row.count):
        near, far = z0 + n * step + step * 0.10, z0 + (n + 1) * step - step * 0.02
        opening(
            b, now, [lens.at(x, y0, near), lens.at(x, y1, near), lens.at(x, y1, far), lens.at(x, y0, far)]
        )
        middle, bar = (near + far) / 2, step * 0.018
        for z in (near, middle, far):
            b.poly(lens.side(x, y0, y1, z - bar, z + bar), frame)
        rail = y0 + (y1 - y0) * 0.66
        for y in (y0, rail, y1):
            b.poly(lens.side(x, y - 0.03, y + 0.03, near, far), frame)
        if row.curtains is not None:
            _curtain(b, lens, row, (far - step * 0.20, far + step * 0.07), row.curtains)
    inward = 0.12 if x < 0 else -0.12
    b.poly(
        [lens.at(x, y0, z0), lens.at(x + inward, y0, z0), lens.at(x + inward, y0, z1), lens.at(x, y0, z1)],
        frame,
    )


def opening(b: Brush, now: Hour, points: Sequence[Point]) -> None:
    """A pane: open to the plane behind, with a faint reflection of the sky."""
    b.hole(points)
    b.poly(list(points), now.sky[2], now.sky[3], alpha=0.05, fade=0.14)


def _curtain(b: Brush, lens: Lens, row: WindowRow, z: Span, ink: Ink) -> None:
    x, y0, y1, (z0, z1) = row.x, row.y[0] - 0.08, row.y[1] + 0.08, z
    folds = 5
    for n in range(folds):
        a, c = z0 + (z1 - z0) * n / folds, z0 + (z1 - z0) * (n + 1) / folds
        b.poly(lens.side(x + (0.05 if x < 0 else -0.05), y0 + 0.03 * (n % 2), y1, a, c), ink)
        b.poly(lens.side(x + (0.05 if x < 0 else -0.05), y0, y1, a, (a + c) / 2), (90, 84, 120), alpha=0.16)


def front_window(b: Brush, lens: Lens, now: Hour, window: FrontWindow) -> None:
    """A window in the wall ahead."""
    z, (x0, x1), (y0, y1) = window.z, window.x, window.y
    frame, curtains = window.frame, window.curtains
    b.poly(lens.face(z, x0 - 0.09, x1 + 0.09, y0 - 0.09, y1 + 0.09), frame)
    opening(b, now, lens.face(z, x0, x1, y0, y1))
    for n in range(1, window.panes):
        x = x0 + (x1 - x0) * n / window.panes
        b.poly(lens.face(z, x - 0.03, x + 0.03, y0, y1), frame)
    if window.cross:
        y = y0 + (y1 - y0) * 0.62
        b.poly(lens.face(z, x0, x1, y - 0.02, y + 0.02), frame)
    b.poly(lens.face(z - 0.05, x0 - 0.16, x1 + 0.16, y0 - 0.14, y0 - 0.07), frame)
    if curtains is not None:
        wide = (x1 - x0) * 0.20
        for left, right in ((x0 - 0.22, x0 - 0.22 + wide), (x1 + 0.22 - wide, x1 + 0.22)):
            for n in range(6):
                a, c = left + (right - left) * n / 6, left + (right - left) * (n + 1) / 6
                b.poly(lens.face(z - 0.06, a, c, y0 - 0.28 - 0.02 * (n % 2), y1 + 0.16), curtains)
                b.poly(lens.face(z - 0.06, a, (a + c) / 2, y0 - 0.28, y1 + 0.16), (70, 60, 110), alpha=0.13)
        b.line([lens.at(x0 - 0.4, y1 + 0.18, z - 0.06), lens.at(x1 + 0.4, y1 + 0.18, z - 0.06)], "#8a6a4a", 5)


def bookshelf(b: Brush, lens: Lens, x: Span, shelf: Shelf) -> None:
    """A shelf facing us, filled with books of many colours."""
    tall, z, wood = shelf.tall, shelf.z, shelf.wood
    rng = Random(shelf.seed)
    lens.box(b, Block(x, (0, tall), z), wood)
    high = (tall - 0.12) / shelf.rows
    for row in range(shelf.rows):
        y = 0.08 + row * high
        b.poly(lens.face(z[0], x[0] + 0.05, x[1] - 0.05, y, y + high - 0.05), "#3e2a22")
        at = x[0] + 0.07
        while at < x[1] - 0.12:
            wide, up = rng.uniform(0.03, 0.07), high * rng.uniform(0.6, 0.86)
            if rng.random() < 0.06:
                at += rng.uniform(0.06, 0.16)
            ink = rng.choice(shelf.things)
            b.poly(lens.face(z[0], at, min(at + wide, x[1] - 0.06), y, y + up), ink)
            b.poly(lens.face(z[0], at, at + wide * 0.3, y, y + up), "#ffffff", alpha=0.14)
            b.poly(
                lens.face(z[0], at, min(at + wide, x[1] - 0.06), y + up * 0.72, y + up * 0.8),
                "#f0e2b8",
                alpha=0.5,
            )
            at += wide + 0.006
        b.poly(lens.face(z[0], x[0], x[1], y - 0.05, y), wood)


def side_shelf(b: Brush, lens: Lens, x: float, shelf: Shelf) -> None:
    """A shelf along a side wall, running away from us."""
    tall, (z0, z1), wood = shelf.tall, shelf.z, shelf.wood
    rng = Random(shelf.seed)
    b.poly(lens.side(x, 0, tall, z0, z1), wood)
    high = (tall - 0.12) / shelf.rows
    for row in range(shelf.rows):
        y, at = 0.08 + row * high, z0 + 0.04
        b.poly(lens.side(x, y, y + high - 0.05, z0 + 0.03, z1 - 0.03), "#3e2a22")
        while at < z1 - 0.1:
            wide, up = shelf.width * rng.uniform(0.6, 1.5), high * rng.uniform(0.55, 0.88)
            b.poly(lens.side(x, y, y + up, at, at + wide), rng.choice(shelf.things))
            b.poly(lens.side(x, y, y + up, at + wide * 0.7, at + wide), (20, 16, 40), alpha=0.2)
            at += wide * 1.06
        b.poly(lens.side(x, y - 0.05, y, z0, z1), wood)
    step = max(0.9, (z1 - z0) / 6)
    at = z0
    while at <= z1:
        b.poly(lens.side(x, 0, tall, at, at + 0.05), wood)
        at += step


def pot_plant(b: Brush, lens: Lens, at: Point, tall: float, seed: int = 1) -> None:
    x, z = at
    rng = Random(seed)
    lens.box(b, Block((x - 0.14, x + 0.14), (0, 0.28), (z, z + 0.2)), "#c9764a")
    for n in range(16):
        lean = rng.uniform(-0.36, 0.36)
        a, mid, tip = (
            lens.at(x, 0.26, z),
            lens.at(x + lean * 0.4, tall * 0.7, z),
            lens.at(x + lean, tall * rng.uniform(0.6, 1.0), z),
        )
        ink = ("#2f6a48", "#4a8a54", "#7db35c")[n % 3]
        b.curve([a, mid, tip], ink, 7, 1.0)
        b.oval(tip, (13, 9), ink)


def pendant(b: Brush, lens: Lens, now: Hour, hook: Point3, drop: float, shade: Ink = "#c98a4a") -> None:
    """A lamp that hangs ``drop`` metres under its hook, with its pool of light when it burns."""
    x, top, z = hook
    cx, cy = lens.at(x, top - drop, z)
    s = lens.metre * lens.reach / z
    b.line([lens.at(x, top, z), (cx, cy)], "#3a3230", 2.5)
    b.poly(
        [
            (cx - 0.07 * s, cy),
            (cx + 0.07 * s, cy),
            (cx + 0.2 * s, cy + 0.17 * s),
            (cx - 0.2 * s, cy + 0.17 * s),
        ],
        shade,
    )
    b.oval((cx, cy + 0.17 * s), (0.2 * s, 0.035 * s), (255, 240, 200) if now.lamps else "#fff4d8")
    if now.lamps:
        b.glow((cx, cy + 0.2 * s), 1.3 * s, (255, 208, 130), 0.55)
