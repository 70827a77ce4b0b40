"""Bones: a body's measures, a posture, and where every joint lies in the picture.

In: a Look, a Posture, a yaw.      Out: Joints (figure units: a standard adult is 1000 high).
Knows nothing about drawing. Space: x to the picture's right, y up, z towards us; the ground is y = 0.
"""

from dataclasses import dataclass, fields, replace
from math import cos, radians, sin, sqrt
from typing import Literal

from assets.sheets.look import Age, Build, Look
from models.cel.figure.headview import is_soft
from models.cel.figure.state import Point

Vec = tuple[float, float, float]
Grip = Literal["relaxed", "open", "fist", "point", "grip"]
CAMERA_DROP = 0.11  # what is nearer stands a little lower, as seen from eye height


@dataclass(frozen=True)
class Body:
    """Measures in figure units; widths are half-widths."""

    total: float
    head: float
    shoulder_y: float
    hip_y: float
    shoulder: float
    chest: float
    waist: float
    hip: float
    depth: float
    arm: float  # upper and lower arm together
    leg: float
    limb: float  # thickness factor of arms and legs
    stoop: float

    @property
    def torso(self) -> float:
        return self.shoulder_y - self.hip_y


AGES: dict[Age, tuple[float, float, float, float]] = {  # height, head height, shoulder width, stoop
    "child": (690, 138, 0.72, 0),
    "teen": (945, 149, 0.93, 0),
    "adult": (1000, 148, 1.0, 0),
    "elder": (915, 146, 0.93, 12),
}
BUILDS: dict[Build, tuple[float, float]] = {"slim": (0.9, 0.86), "average": (1.0, 1.0), "stocky": (1.2, 1.3)}


def body(look: Look) -> Body:
    """A body's measures from its look."""
    total, head, broad, stoop = AGES[look.age]
    frame, flesh = BUILDS[look.build]
    soft = is_soft(look)
    tall = total * look.height
    head *= look.height**0.4
    shoulder_y = tall - head * (1.30 if look.age != "child" else 1.24)
    hip_y = tall * (0.505 if look.age != "child" else 0.44)
    width = broad * frame * (0.9 if soft else 1.04) * look.height**0.5
    return Body(
        tall, head, shoulder_y, hip_y,
        shoulder=84 * width, chest=80 * width * flesh**0.4,
        waist=(60 if soft else 68) * broad * flesh, hip=(74 if soft else 69) * broad * flesh**0.8,
        depth=52 * broad * flesh, arm=tall * 0.305, leg=hip_y * 0.925,
        limb=broad**0.7 * flesh**0.75 * (0.9 if soft else 1.0), stoop=stoop,
    )  # fmt: skip


@dataclass(frozen=True)
class Posture:
    """How a body is held. Hands are (outward, up, forward) from the shoulder in arm lengths;
    feet likewise from the ground under the hip, in leg lengths; angles are degrees."""

    crouch: float = 0.0  # pelvis lowered, in leg lengths
    lift: float = 0.0  # whole body raised, in leg lengths
    pitch: float = 0.0  # torso leaning forward
    roll: float = 0.0  # torso leaning to the figure's left
    twist: float = 0.0
    spin: float = 0.0  # whole figure turned in the picture about the pelvis, clockwise
    right: Vec = (0.20, -0.955, 0.06)
    left: Vec = (0.20, -0.955, 0.06)
    right_elbow: Vec = (0.7, 0, -1)
    left_elbow: Vec = (0.7, 0, -1)
    right_foot: Vec = (0.02, 0, 0)
    left_foot: Vec = (0.02, 0, 0)
    knees: Vec = (0.12, 0, 1)
    toes: tuple[float, float] = (0, 0)  # pitch of the feet, toes down positive
    head: Vec = (0, 0, 0)  # turn -1..1, nod -1..1, tilt -1..1
    yaw: float = 0.0  # the body turns itself
    side_on: float = 0.0  # smallest |turn| at which the pose is drawn
    grips: tuple[Grip, Grip] = ("relaxed", "relaxed")


def eased(start: Posture, end: Posture, share: float) -> Posture:
    """``share`` of the way from one posture to another; may lie outside 0..1."""
    if share == 1:
        return end
    changes: dict[str, object] = {}
    for field in fields(Posture):
        a, b = getattr(start, field.name), getattr(end, field.name)
        if field.name == "grips":
            changes[field.name] = b if share > 0.5 else a
        elif isinstance(a, tuple):
            changes[field.name] = tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))
        else:
            changes[field.name] = a + (b - a) * share
    return replace(start, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Limb:
    """Three joints in the picture (y down) and how near they are."""

    points: tuple[Point, Point, Point]
    depths: tuple[float, float, float]
    out: int  # -1 the figure's right, +1 its left


@dataclass(frozen=True)
class Joints:
    """A posed body in picture units, feet on (0, 0), y down."""

    body: Body
    posture: Posture
    yaw: float
    pelvis: Vec
    arms: tuple[Limb, Limb]
    legs: tuple[Limb, Limb]
    feet: tuple[tuple[Point, Point], tuple[Point, Point]]  # heel and toe of each
    neck: Point
    head: Point
    lean: float  # degrees that the neck leans in the picture

    def place(self, point: Vec) -> tuple[Point, float]:
        """A point in body space as it lies in the picture, and its nearness."""
        return _project(point, self.yaw, self.posture, self.pelvis)

    def surface(self, azimuth: float, height: float, half: float, depth: float) -> tuple[Point, float]:
        """A point of the torso at ``height`` above the hips and ``azimuth`` degrees around it."""
        a = radians(azimuth)
        return self.place(
            _torso(self.posture, self.body, self.pelvis, (half * sin(a), height, depth * cos(a)))
        )

    def edge(self, height: float, half: float, depth: float, out: float) -> Point:
        """The torso's silhouette at ``height``; ``out`` is -1 for the picture's left, +1 right."""
        yaw = radians(self.yaw + self.posture.twist)
        reach = sqrt((half * cos(yaw)) ** 2 + (depth * sin(yaw)) ** 2)
        (x, y), _ = self.surface(0, height, half, 0)
        lean = radians(self.lean)
        return x + out * reach * cos(lean), y + out * reach * sin(lean)


def pose_body(measures: Body, posture: Posture, yaw: float) -> Joints:
    """Every joint of ``measures`` held in ``posture`` and turned by ``yaw`` degrees."""
    yaw = yaw + posture.yaw
    pelvis: Vec = (0.0, measures.hip_y - posture.crouch * measures.leg + posture.lift * measures.leg, 0.0)
    arms = [_arm(measures, posture, pelvis, yaw, out) for out in (-1, 1)]
    legs = [_leg(measures, posture, pelvis, yaw, out) for out in (-1, 1)]
    neck_at = _torso(posture, measures, pelvis, (0, measures.torso + measures.head * 0.10, 0))
    reach = measures.head * 0.60
    up = radians(posture.pitch * 0.65 + measures.stoop * 1.2)
    tip = radians(posture.roll * 0.6)
    head_at = (
        neck_at[0] + reach * sin(tip),
        neck_at[1] + reach * cos(up) * cos(tip),
        neck_at[2] + reach * sin(up) + 8,
    )
    (nx, ny), _ = _project(neck_at, yaw, posture, pelvis)
    (hx, hy), _ = _project(head_at, yaw, posture, pelvis)
    view = cos(radians(yaw))
    lean = posture.roll * view + (posture.pitch + measures.stoop) * sin(radians(yaw)) + posture.spin
    return Joints(
        measures, posture, yaw, pelvis, (arms[0], arms[1]), (legs[0][0], legs[1][0]), (legs[0][1], legs[1][1]),
        (nx, ny), (hx, hy), lean,
    )  # fmt: skip


def _torso(posture: Posture, measures: Body, pelvis: Vec, local: Vec) -> Vec:
    """A point of the torso, given from the pelvis, bent by pitch, roll and twist."""
    x, y, z = local
    share = min(1.0, max(0.0, y / measures.torso))
    turn = radians(posture.twist * share)
    x, z = x * cos(turn) + z * sin(turn), -x * sin(turn) + z * cos(turn)
    pitch = radians((posture.pitch + measures.stoop) * (0.6 + 0.4 * share))
    y, z = y * cos(pitch) - z * sin(pitch), y * sin(pitch) + z * cos(pitch)
    roll = radians(posture.roll * (0.5 + 0.5 * share))
    x, y = x * cos(roll) + y * sin(roll), -x * sin(roll) + y * cos(roll)
    return pelvis[0] + x, pelvis[1] + y, pelvis[2] + z


def _arm(measures: Body, posture: Posture, pelvis: Vec, yaw: float, out: int) -> Limb:
    hand, elbow = (posture.left, posture.left_elbow) if out > 0 else (posture.right, posture.right_elbow)
    root = _torso(posture, measures, pelvis, (out * (measures.shoulder - 13), measures.torso - 29, 0))
    reach = measures.arm
    target = (root[0] + out * hand[0] * reach, root[1] + hand[1] * reach, root[2] + hand[2] * reach)
    mid, end = _bent(root, target, reach * 0.52, reach * 0.48, (out * elbow[0], elbow[1], elbow[2]))
    return _limb((root, mid, end), yaw, posture, pelvis, out)


def _leg(
    measures: Body, posture: Posture, pelvis: Vec, yaw: float, out: int
) -> tuple[Limb, tuple[Point, Point]]:
    foot = posture.left_foot if out > 0 else posture.right_foot
    pitch = radians(posture.toes[1 if out > 0 else 0])
    long, ankle = measures.leg, measures.hip_y - measures.leg
    root: Vec = (pelvis[0] + out * measures.hip * 0.52, pelvis[1] - 4, pelvis[2])
    ground = posture.lift * long
    target = (root[0] + out * foot[0] * long, ankle + foot[1] * long + ground, foot[2] * long)
    knee, end = _bent(
        root, target, long * 0.51, long * 0.49, (out * posture.knees[0], posture.knees[1], posture.knees[2])
    )
    length = measures.total * (0.106 if measures.total > 800 else 0.125)
    heel = (
        end[0],
        end[1] - ankle * cos(pitch) + length * 0.22 * sin(pitch),
        end[2] - length * 0.25 * cos(pitch),
    )
    toe = (
        end[0] + out * length * 0.16,
        end[1] - ankle * cos(pitch) - length * 0.72 * sin(pitch),
        end[2] + length * 0.72 * cos(pitch),
    )
    limb = _limb((root, knee, end), yaw, posture, pelvis, out)
    return limb, (_project(heel, yaw, posture, pelvis)[0], _project(toe, yaw, posture, pelvis)[0])


def _limb(points: tuple[Vec, Vec, Vec], yaw: float, posture: Posture, pelvis: Vec, out: int) -> Limb:
    (a, da), (b, db), (c, dc) = (_project(p, yaw, posture, pelvis) for p in points)
    return Limb((a, b, c), (da, db, dc), out)


def _bent(root: Vec, target: Vec, first: float, second: float, pole: Vec) -> tuple[Vec, Vec]:
    """Middle and end of a two-bone chain that reaches for ``target`` and bends towards ``pole``."""
    way = [t - r for t, r in zip(target, root, strict=True)]
    far = sqrt(sum(w * w for w in way)) or 1.0
    unit = [w / far for w in way]
    far = max(abs(first - second) + 1, min(first + second - 0.5, far))
    along = (first * first - second * second + far * far) / (2 * far)
    height = sqrt(max(0.0, first * first - along * along))
    dot = sum(p * u for p, u in zip(pole, unit, strict=True))
    across = [p - dot * u for p, u in zip(pole, unit, strict=True)]
    size = sqrt(sum(a * a for a in across)) or 1.0
    mid = tuple(r + u * along + a / size * height for r, u, a in zip(root, unit, across, strict=True))
    end = tuple(r + u * far for r, u in zip(root, unit, strict=True))
    return (mid[0], mid[1], mid[2]), (end[0], end[1], end[2])


def _project(point: Vec, yaw: float, posture: Posture, pelvis: Vec) -> tuple[Point, float]:
    a = radians(yaw)
    x = point[0] * cos(a) + point[2] * sin(a)
    depth = -point[0] * sin(a) + point[2] * cos(a)
    y = -point[1] + depth * CAMERA_DROP
    if posture.spin:
        s = radians(posture.spin)
        dx, dy = x, y + pelvis[1]
        x, y = dx * cos(s) - dy * sin(s), dx * sin(s) + dy * cos(s) - pelvis[1]
    return (x, y), depth
