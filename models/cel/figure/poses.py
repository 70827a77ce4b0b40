"""The poses: the posture for each word of the grammar, at each phase of its gesture or stride.

In: a pose word, gesture and stride phases, whether a prop is held.      Out: Posture.
Knows nothing about looks or time; motion.py moves the phases.
"""

from collections.abc import Callable
from dataclasses import replace
from math import hypot, pi, sin

from assets.sheets.look import Pose, Prop
from models.cel.figure import gestures, movements
from models.cel.figure.skeleton import Grip, Posture, Vec, eased
from models.cel.figure.state import FigureState

STAND = Posture(  # at ease: a little weight on one leg
    roll=1.0,
    twist=2.5,
    left=(0.17, -0.95, 0.10),
    right_foot=(0.0, 0, -0.02),
    left_foot=(0.07, 0, 0.05),
    head=(0, 0, -0.06),
)

AIMED: tuple[Pose, ...] = ("point", "reach")
"""Poses in which the hand goes where the figure looks."""

TOOLS: dict[Pose, Prop] = {"read": "book", "type": "laptop", "drink": "cup"}
"""Things that a pose always needs."""


def _stand(g: float, s: float) -> Posture:
    return STAND


POSES: dict[Pose, Callable[[float, float], Posture]] = {
    "stand": _stand,
    "sit": movements.sit,
    "walk": movements.walk,
    "run": movements.run,
    "wave": gestures.wave,
    "point": gestures.point,
    "reach": gestures.reach,
    "hold": gestures.hold,
    "bow": gestures.bow,
    "arms_crossed": gestures.arms_crossed,
    "hands_on_hips": gestures.hands_on_hips,
    "cheer": gestures.cheer,
    "jump": movements.jump,
    "fall": movements.fall,
    "lie": movements.lie,
    "kneel": movements.kneel,
    "read": gestures.read,
    "type": movements.type,
    "drink": gestures.drink,
    "think": gestures.think,
    "look_up": gestures.look_up,
    "look_down": gestures.look_down,
    "look_back": gestures.look_back,
    "turn": gestures.turn,
    "push": movements.push,
    "pull": movements.pull,
    "fight": movements.fight,
    "dance": movements.dance,
}


def posture(state: FigureState) -> Posture:
    """The posture of a figure that looks to the right; ``pose_in`` runs from standing (0) to the full pose (1)."""
    pose, prop, share = state.pose, state.prop, state.pose_in
    full = POSES[pose](state.gesture, state.stride)
    if pose in AIMED:
        x, y, z = full.right
        side = min(1.0, abs(state.turn))
        full = replace(full, right=(x * (1 - side), y, z + (hypot(x, z) - z) * side))
    if prop is not None:
        full = _holding(full, pose, prop)
    now = eased(STAND, full, share) if share != 1 else full
    if pose == "jump":  # knees bend before the leap and at the landing
        give = max(0.0, 1 - abs(share) / 0.5)
        now = replace(now, crouch=now.crouch + 0.08 * give, pitch=now.pitch + 7 * give)
    rise = sin(2 * pi * state.breath)
    return replace(
        now, crouch=now.crouch - 0.0035 * rise, right=_raised(now.right, rise), left=_raised(now.left, rise)
    )


def mirrored(now: Posture) -> Posture:
    """The mirrored posture; figures that look left are mirrored figures that look right."""
    turn, nod, tilt = now.head
    return replace(
        now, right=now.left, left=now.right, right_elbow=now.left_elbow, left_elbow=now.right_elbow,
        right_foot=now.left_foot, left_foot=now.right_foot, toes=now.toes[::-1], grips=now.grips[::-1],
        roll=-now.roll, twist=-now.twist, spin=-now.spin, yaw=-now.yaw, head=(-turn, nod, -tilt),
    )  # fmt: skip


def _raised(hand: Vec, rise: float) -> Vec:
    return hand[0] + 0.004 * rise, hand[1] + 0.003 * rise, hand[2]


def _holding(now: Posture, pose: Pose, prop: Prop) -> Posture:
    """The same pose with a prop in the hand, unless the hands are busy with it already."""
    grips: tuple[Grip, Grip] = ("grip", now.grips[1])
    if pose in ("stand", "look_up", "look_down", "look_back", "turn", "walk", "sit"):
        return replace(now, right=_carry(prop), right_elbow=(0.6, -0.6, -0.8), grips=grips)
    return replace(now, grips=grips)


def _carry(prop: Prop) -> Vec:
    if prop in ("bag", "box", "bicycle", "bottle", "ball", "guitar", "car", "dog"):
        return (0.24, -0.93, 0.12)
    if prop in ("umbrella", "lantern"):
        return (0.12, -0.34, 0.48)
    return (0.02, -0.50, 0.50)
