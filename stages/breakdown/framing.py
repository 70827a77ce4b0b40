"""Choose shot size and camera move, by the conventions of anime.

In: what a moment or a line is like.      Out: a Framing.
Knows nothing about who exactly is in the frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assets.sheets.cutsheet import Camera
from assets.sheets.look import CameraAngle, CameraMove, Expression, PlaceKind, Pose, ShotSize
from stages.breakdown.reading import Moment

_STRONG: frozenset[Expression] = frozenset(
    ("crying", "angry", "surprised", "scared", "sad", "laughing", "pained")
)
_MOVING: frozenset[Pose] = frozenset(("run", "walk", "jump", "fight", "dance", "fall", "cheer"))
_UPWARDS: frozenset[PlaceKind] = frozenset(
    ("rooftop", "mountain", "castle", "observatory", "sky", "forest", "shrine", "spaceship")
)
_WIDE: frozenset[PlaceKind] = frozenset(
    ("beach", "mountain", "snowfield", "desert", "sky", "street", "schoolyard", "river", "castle", "rooftop",
     "station", "forest", "shrine", "park", "hills", "sea", "market", "ground")
)  # fmt: skip
# Two cuts of one subject at the same size make a jump cut: the size to take instead.
_INSTEAD: Mapping[ShotSize, ShotSize] = {
    "extreme_long": "long",
    "long": "full",
    "full": "medium",
    "medium": "medium_close",
    "medium_close": "close",
    "close": "medium_close",
    "extreme_close": "close",
    "insert": "insert",
}


@dataclass(frozen=True)
class Framing:
    size: ShotSize
    move: CameraMove = "fix"
    angle: CameraAngle = "eye"
    amount: float = 1.0

    @property
    def camera(self) -> Camera:
        return Camera(move=self.move, angle=self.angle, amount=self.amount)


# A car that drives out of the picture.
DRIVING = Framing("long", "follow")
_ALONE = (
    Framing("medium_close"),
    Framing("medium", "push_in", amount=0.4),
    Framing("close", "push_in", amount=0.5),
)
_IN_TALK = (
    Framing("medium_close"),
    Framing("close", "push_in", amount=0.5),
    Framing("medium_close", "push_in", amount=0.4),
    Framing("close"),
    Framing("medium_close"),
    Framing("medium"),
)


def is_strong(expression: Expression | None) -> bool:
    return expression in _STRONG


def is_moving(pose: Pose | None) -> bool:
    return pose in _MOVING


def instead(size: ShotSize) -> ShotSize:
    return _INSTEAD[size]


def establishing(place: PlaceKind, index: int, *, interior: bool | None, revisited: bool) -> Framing:
    """The framing of a place's first cut: wide outside, a push-in in rooms, a tilt up at high places."""
    wide = place in _WIDE and interior is not True
    size: ShotSize = "extreme_long" if wide and not revisited else "long"
    if place in _UPWARDS and not revisited:
        return Framing(size, "tilt_up" if index % 2 else "tilt_down", amount=0.8)
    if not wide:
        return Framing(size, "push_in", amount=0.6)
    return Framing(size, "pan_left" if index % 2 else "pan_right", amount=0.8)


def of_action(moment: Moment, staged: int, *, index: int, shaken: bool) -> Framing:
    """The framing of an action: full figure for running, a close-up for an expression, an insert for a thing."""
    asked = moment.move
    if staged == 0:
        return _of_things(moment, index, shaken)
    poses = {doing.pose for doing in moment.doing.values()}
    faces = [doing.expression for doing in moment.doing.values() if doing.expression]
    if staged == 1 and not moment.doing and not shaken and not moment.size:
        return Framing("medium_close", "push_in", amount=0.5)  # somebody takes in what has happened
    size = moment.size or _size_of_action(poses, faces, staged)
    if shaken:
        return Framing(size, "shake", "dutch" if staged == 1 else "eye")
    if asked:
        return Framing(size, asked, "low" if asked == "tilt_up" else "eye")
    if "run" in poses:
        return Framing(size, "follow")
    if "look_up" in poses:
        return Framing(size, "tilt_up", "low", 0.7)
    if "walk" in poses:
        return Framing(size, "pan_right" if index % 2 else "pan_left", amount=0.6)
    if faces:
        return Framing(size, "push_in", amount=0.8 if is_strong(faces[0]) else 0.5)
    return Framing(size, "fix", "high" if "look_down" in poses else "eye")


def _size_of_action(poses: set[Pose | None], faces: list[Expression], staged: int) -> ShotSize:
    if staged >= 4:
        return "long"
    if poses & _MOVING or staged == 3:
        return "full"
    if staged == 2:
        return "medium"
    return "medium_close" if faces or poses & {"look_back", "think"} else "medium"


def _of_things(moment: Moment, index: int, shaken: bool) -> Framing:
    if moment.props and moment.size in (None, "insert", "close", "extreme_close"):
        flying = "paper_plane" in moment.props or "bird" in moment.props
        move: CameraMove = moment.move or ("follow" if flying else "push_in")
        return Framing("insert", "shake" if shaken else move, amount=0.7)
    size = moment.size or "long"
    move = "shake" if shaken else moment.move or ("pan_right", "tilt_up", "pan_left")[index % 3]
    return Framing(size, move, amount=0.7)


def of_many(speakers: int) -> Framing:
    """The framing of a line that several people say at once: all of them are in the picture."""
    return Framing("medium" if speakers == 2 else "full")


def of_line(variety: int, expression: Expression, *, alone: bool, loud: bool, opens: bool) -> Framing:
    """The framing of a line: a dialogue opens on both people, then shows one at a time, closer as the feeling grows.

    ``variety`` is a number of the line's own, so that a line put in before it changes nothing here;
    size "medium" asks for a two-shot.
    """
    if loud and expression in ("angry", "scared", "surprised"):
        return Framing("close", "shake" if expression == "angry" else "push_in", amount=0.7)
    if is_strong(expression):
        return Framing("close", "push_in", amount=0.8)
    if alone:
        return _ALONE[variety % len(_ALONE)]
    if opens:
        return Framing("medium")
    return _IN_TALK[variety % len(_IN_TALK)]
