"""One-point perspective in metres, so that doors, desks and people have consistent sizes.

In: points in a room (x right, y up from the floor, z away, metres).      Out: points in the home picture.
"""

from dataclasses import dataclass

from models.cel.sets.brush import Brush, Ink, Point, Tone

Span = tuple[float, float]
"""From where to where on one axis."""

Point3 = tuple[float, float, float]
"""x to the right, y up, z away, in metres."""


@dataclass(frozen=True)
class Block:
    """An upright block: its span on each axis."""

    x: Span
    y: Span
    z: Span


@dataclass(frozen=True)
class Lens:
    """``metre`` home units are one metre at ``reach`` metres distance, where people stand."""

    metre: float = 260
    reach: float = 5.0
    ground: float = 905
    eye: float = 1.45
    vanish_x: float = 960

    @property
    def horizon(self) -> float:
        return self.ground - self.metre * self.eye

    def at(self, x: float, y: float, z: float) -> Point:
        scale = self.metre * self.reach / max(z, 0.6)
        return self.vanish_x + x * scale, self.horizon + (self.eye - y) * scale

    def floor(self, x0: float, x1: float, z0: float, z1: float, y: float = 0.0) -> list[Point]:
        return [self.at(x0, y, z0), self.at(x1, y, z0), self.at(x1, y, z1), self.at(x0, y, z1)]

    def side(self, x: float, y0: float, y1: float, z0: float, z1: float) -> list[Point]:
        return [self.at(x, y0, z0), self.at(x, y1, z0), self.at(x, y1, z1), self.at(x, y0, z1)]

    def face(self, z: float, x0: float, x1: float, y0: float, y1: float) -> list[Point]:
        return [self.at(x0, y0, z), self.at(x1, y0, z), self.at(x1, y1, z), self.at(x0, y1, z)]

    def box(
        self, b: Brush, block: Block, ink: Ink, *, top: Ink | None = None, flank: Ink | None = None
    ) -> None:
        """Paint a block with its visible faces: a lit top, a shaded side, its front."""
        x, y, z = block.x, block.y, block.z
        dark = Brush(b.canvas, dimmed(b.tone, 0.80), b.rng)
        light = Brush(b.canvas, dimmed(b.tone, 1.12), b.rng)
        if y[1] < self.eye:
            light.poly(self.floor(*x, *z, y=y[1]), top or ink)
        elif y[0] > self.eye:
            dark.poly(self.floor(*x, *z, y=y[0]), ink)
        if x[0] > 0 and self.vanish_x:
            dark.poly(self.side(x[0], *y, *z), flank or ink)
        if x[1] < 0:
            dark.poly(self.side(x[1], *y, *z), flank or ink)
        b.poly(self.face(z[0], *x, *y), ink)


def dimmed(tone: Tone, by: float) -> Tone:
    red, green, blue = tone.tint
    return Tone((red * by, green * by, blue * (by if by > 1 else min(1.0, by + 0.06))), tone.haze, tone.veil)
