"""How a head's landmarks move as it turns: three drawn views and everything between.

In: a turn and an age.      Out: points in head units (centre 0,0; crown -100; chin about 100).
Knows nothing about hair, expressions or paint. Turns to the left are mirrored by the caller.
"""

from dataclasses import dataclass
from math import cos, radians, sin

from assets.sheets.look import Age, Look
from models.cel.figure.state import Point

SOFT_HAIR = {"bob", "long", "ponytail", "twintails", "braid", "bun", "wavy", "hime"}
FULL_YAW = 72.0  # degrees that the hair and the body turn at |turn| = 1


@dataclass(frozen=True)
class Proportions:
    """What age does to a face."""

    eye: float
    eye_y: float
    jaw: float  # stretches the face below its middle
    nose_y: float
    mouth_y: float
    cheek: float  # widens the lower face


AGES: dict[Age, Proportions] = {
    "child": Proportions(1.16, 31, 0.93, 58, 74, 1.05),
    "teen": Proportions(1.04, 25, 1.0, 57, 77, 1.0),
    "adult": Proportions(0.90, 20, 1.05, 55, 79, 0.97),
    "elder": Proportions(0.76, 20, 1.05, 56, 80, 1.0),
}

# Contours of the skull and face, clockwise from beside the crown; the first half is the far side.
FRONT: tuple[Point, ...] = (
    (0, -100), (46, -84), (74, -38), (75, 0), (74, 24), (71, 43), (64, 59), (53, 74), (35, 89), (9, 101),
    (-9, 101), (-35, 89), (-55, 72), (-69, 48), (-75, 18), (-75, -36), (-46, -84),
)  # fmt: skip
THREE_QUARTER: tuple[Point, ...] = (
    (-3, -101), (46, -85), (69, -42), (65, -4), (60, 20), (62, 38), (58, 56), (51, 74), (41, 90), (28, 103),
    (14, 103), (-14, 91), (-39, 72), (-57, 47), (-73, 14), (-84, -34), (-54, -84),
)  # fmt: skip
PROFILE: tuple[Point, ...] = (
    (-12, -100), (44, -83), (69, -44), (69, -6), (64, 16), (81, 46), (65, 57), (68, 68), (60, 80), (56, 100),
    (38, 104), (6, 90), (-14, 72), (-40, 52), (-84, 26), (-97, -30), (-64, -82),
)  # fmt: skip
BEHIND: tuple[Point, ...] = (
    (0, -100), (46, -84), (74, -38), (75, 0), (72, 24), (66, 44), (56, 58), (40, 68), (22, 73), (6, 74),
    (-6, 74), (-22, 73), (-44, 66), (-62, 50), (-74, 18), (-75, -36), (-46, -84),
)  # fmt: skip
NOSE_TIP = 5  # the only contour point that is a corner in profile


@dataclass(frozen=True)
class HeadView:
    """One head seen from one side; ``t`` is 0 from the front .. 1 from the side."""

    t: float
    flip: bool
    away: bool
    nod: float
    ages: Proportions
    soft: bool

    def keyed(self, front: float, three_quarter: float, side: float) -> float:
        """Interpolate between three values by the turn of the head."""
        if self.t <= 0.5:
            return front + (three_quarter - front) * self.t * 2
        return three_quarter + (side - three_quarter) * (self.t * 2 - 1)

    @property
    def yaw(self) -> float:
        """Signed degrees, for things that sit around the skull; these are drawn unmirrored."""
        turned = -self.t * FULL_YAW if self.flip else self.t * FULL_YAW
        return 180 - turned if self.away else turned

    def signed(self, x: float) -> float:
        """A mirrored-space x as it is in the picture."""
        return -x if self.flip else x

    def drop(self, depth: float = 1.0) -> float:
        """How far a nod lowers things on the front of the face."""
        return self.nod * 17 * depth

    def around(self, azimuth: float, y: float, radius: float = 82.0) -> tuple[float, float, float]:
        """A point around the skull (0 degrees is the face's middle): x, y and nearness -1..1."""
        angle = radians(azimuth + self.yaw)
        depth = cos(angle)
        centre = self.signed(self.keyed(0, -5, -13)) * (0 if self.away else 1)
        return centre + radius * sin(angle), y + self.drop(depth * 0.8), depth

    def contour(self) -> list[Point]:
        """The outline of skull and jaw."""
        if self.away:
            return list(BEHIND)
        drawn: list[Point] = []
        for front, three, side in zip(FRONT, THREE_QUARTER, PROFILE, strict=True):
            x, y = self.keyed(front[0], three[0], side[0]), self.keyed(front[1], three[1], side[1])
            low = max(0.0, min(1.0, y / 60))
            wide = 1 + (self.ages.cheek - 1) * low
            lowered = self.drop(0.35) * low
            drawn.append((x * wide, y * (self.ages.jaw if y > 0 else 1) + lowered))
        return drawn


def head_view(look: Look, turn: float, *, away: bool, nod: float) -> HeadView:
    """The view of a head at ``turn`` (-1..1)."""
    bounded = max(-1.0, min(1.0, turn))
    return HeadView(abs(bounded), bounded < 0, away, nod, AGES[look.age], is_soft(look))


def is_soft(look: Look) -> bool:
    """Whether lashes, shoulders and skirts are drawn softer: decided by hair, dress and beard."""
    if set(look.accessories) & {"beard", "moustache"}:
        return False
    return look.hair in SOFT_HAIR or look.outfit in {"sailor", "dress"} or "ribbon" in look.accessories
