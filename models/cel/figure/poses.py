"""The poses: the posture for each word of the grammar, at each phase of its gesture or stride.

In: a pose word, gesture and stride phases, whether a prop is held.      Out: Posture.
Knows nothing about looks or time; motion.py moves the phases.
"""

from collections.abc import Callable
from dataclasses import replace
from math import cos, hypot, pi, sin

from assets.sheets.look import Pose, Prop
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


AIMED: tuple[Pose, ...] = ("point", "reach")  # the hand goes where the figure looks
TOOLS: dict[Pose, Prop] = {
    "read": "book",
    "type": "laptop",
    "drink": "cup",
}  # things that a pose always needs


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


def _wave(g: float, s: float) -> Posture:
    swing = sin(2 * pi * g)
    return Posture(
        right=(0.40 + 0.13 * swing, 0.62, 0.25), right_elbow=(1, -0.9, 0.1), roll=1.5, head=(0, 0, -0.25),
        grips=("open", "relaxed"),
    )  # fmt: skip


def _point(g: float, s: float) -> Posture:
    push = 0.02 * sin(2 * pi * g)
    return Posture(
        right=(0.72 + push, 0.06, 0.62 + push), right_elbow=(0.2, -1, 0), pitch=4, head=(-0.12, 0, 0),
        left=(0.26, -0.9, 0.0), grips=("point", "relaxed"),
    )  # fmt: skip


def _reach(g: float, s: float) -> Posture:
    return Posture(
        right=(0.50, 0.16 + 0.04 * sin(2 * pi * g), 0.86), right_elbow=(0.6, -1, 0), pitch=12,
        right_foot=(0.03, 0, 0.12), left_foot=(0.03, 0, -0.10), crouch=0.015, head=(0, -0.25, 0),
        grips=("open", "relaxed"),
    )  # fmt: skip


def _hold(g: float, s: float) -> Posture:
    bob = 0.015 * sin(2 * pi * g)
    return Posture(
        right=(-0.12, -0.52 + bob, 0.52), left=(-0.16, -0.56 + bob, 0.50),
        right_elbow=(1, -0.8, -0.5), left_elbow=(1, -0.8, -0.5), grips=("grip", "grip"),
    )  # fmt: skip


def _bow(g: float, s: float) -> Posture:
    return Posture(
        pitch=52, right=(-0.08, -0.82, 0.30), left=(-0.08, -0.82, 0.30), head=(0, 0.85, 0),
        right_elbow=(1, 0, -0.6), left_elbow=(1, 0, -0.6),
    )  # fmt: skip


def _arms_crossed(g: float, s: float) -> Posture:
    return Posture(
        right=(-0.46, -0.50, 0.40), left=(-0.46, -0.46, 0.44), right_elbow=(1, -1.0, 0.3),
        left_elbow=(1, -1.0, 0.3), right_foot=(0.06, 0, 0), left_foot=(0.06, 0, 0), pitch=-2,
        grips=("fist", "fist"),
    )  # fmt: skip


def _hands_on_hips(g: float, s: float) -> Posture:
    return Posture(
        right=(0.02, -0.74, 0.06),
        left=(0.02, -0.74, 0.06),
        right_elbow=(1, 0, -0.25),
        left_elbow=(1, 0, -0.25),
        right_foot=(0.10, 0, 0),
        left_foot=(0.10, 0, 0),
        pitch=-3,
        grips=("fist", "fist"),
    )


def _cheer(g: float, s: float) -> Posture:
    pump = sin(2 * pi * g)
    return Posture(
        right=(0.34, 0.84 + 0.08 * pump, 0.1), left=(0.34, 0.84 - 0.08 * pump, 0.1), right_elbow=(1, 0, -0.2),
        left_elbow=(1, 0, -0.2), right_foot=(0.08, 0, 0), left_foot=(0.08, 0, 0), lift=0.015 * max(0, pump),
        head=(0, -0.3, 0), grips=("fist", "fist"),
    )  # fmt: skip


def _jump(g: float, s: float) -> Posture:
    height = 0.30 + 0.06 * sin(2 * pi * g)
    return Posture(
        lift=height, right=(0.52, 0.70, 0.15), left=(0.52, 0.70, 0.15), right_elbow=(1, 0, -0.3),
        left_elbow=(1, 0, -0.3), right_foot=(0.06, 0.30, -0.26), left_foot=(0.06, 0.10, 0.02), toes=(55, 30),
        head=(0, -0.25, 0), grips=("open", "open"),
    )  # fmt: skip


def _fall(g: float, s: float) -> Posture:
    flail = 0.08 * sin(2 * pi * g)
    return Posture(
        lift=0.12, spin=-34, pitch=-14, right=(0.55, 0.62 + flail, 0.35), left=(0.55, 0.45 - flail, 0.5),
        right_foot=(0.08, 0.20, 0.45), left_foot=(0.08, 0.06, 0.22), toes=(-30, -20), side_on=0.55,
        right_elbow=(1, 0, 0), left_elbow=(1, 0, 0), head=(0, -0.2, 0), grips=("open", "open"),
    )  # fmt: skip


def _lie(g: float, s: float) -> Posture:
    return Posture(
        spin=-90,
        crouch=0.92,
        right=(0.10, -0.90, 0.10),
        left=(0.10, -0.88, 0.10),
        right_foot=(0.03, -0.92, 0.04),
        left_foot=(0.03, -0.92, 0.0),
        toes=(28, 28),
        side_on=0.9,
        head=(0, 0.1, 0),
    )


def _kneel(g: float, s: float) -> Posture:
    return Posture(
        crouch=0.47,
        right_foot=(0.02, 0.02, -0.44),
        left_foot=(0.04, 0, 0.40),
        toes=(62, 0),
        knees=(0.15, 0.2, 1),
        pitch=6,
        right=(0.10, -0.86, 0.22),
        left=(0.0, -0.62, 0.56),
        head=(0, 0.12, 0),
    )


def _sit(g: float, s: float) -> Posture:
    return Posture(
        crouch=0.46, right_foot=(0.02, 0, 0.46), left_foot=(0.02, 0, 0.48), right=(-0.06, -0.76, 0.44),
        left=(-0.06, -0.76, 0.44), right_elbow=(1, 0, -0.8), left_elbow=(1, 0, -0.8), knees=(0.10, 1, 1),
    )  # fmt: skip


def _read(g: float, s: float) -> Posture:
    return Posture(
        right=(-0.10, -0.42, 0.54),
        left=(-0.14, -0.42, 0.54),
        right_elbow=(1, -1, -0.2),
        left_elbow=(1, -1, -0.2),
        head=(0, 0.5, 0),
        pitch=3,
        grips=("grip", "grip"),
    )


def _type(g: float, s: float) -> Posture:
    tap = 0.025 * sin(6 * pi * g)
    return replace(
        _sit(g, s), right=(-0.05, -0.55 + max(0, tap), 0.62), left=(-0.05, -0.55 + max(0, -tap), 0.62),
        right_elbow=(1, -1, -0.4), left_elbow=(1, -1, -0.4), pitch=7, head=(0, 0.3, 0),
    )  # fmt: skip


def _drink(g: float, s: float) -> Posture:
    tip = 0.5 - 0.5 * cos(2 * pi * g)
    return Posture(
        right=(-0.30, -0.02 + 0.06 * tip, 0.42), right_elbow=(1, -1, 0.2), left=(-0.02, -0.5, 0.5),
        left_elbow=(1, -1, -0.3), head=(0, -0.1 - 0.25 * tip, 0), grips=("grip", "relaxed"),
    )  # fmt: skip


def _think(g: float, s: float) -> Posture:
    return Posture(
        right=(-0.30, 0.05 + 0.01 * sin(2 * pi * g), 0.33),
        right_elbow=(0.9, -1, 0.5),
        left=(-0.42, -0.52, 0.40),
        left_elbow=(1, -1, 0.1),
        head=(0.06, 0.1, 0.35),
        grips=("fist", "fist"),
    )


def _walk(g: float, s: float) -> Posture:
    a = 2 * pi * s
    swing, bob = sin(a), 0.5 - 0.5 * cos(2 * a)
    return Posture(
        crouch=0.030 * bob + 0.006,
        pitch=3,
        twist=-5 * swing,
        right_foot=(0.0, 0.10 * max(0.0, cos(a)), 0.30 * swing),
        left_foot=(0.0, 0.10 * max(0.0, -cos(a)), -0.30 * swing),
        toes=(
            24 * max(0.0, cos(a)) * (1 - swing) - 14 * max(0.0, swing),
            24 * max(0.0, -cos(a)) * (1 + swing) - 14 * max(0.0, -swing),
        ),
        right=(0.18, -0.90, -0.36 * swing + 0.08),
        left=(0.18, -0.90, 0.36 * swing + 0.08),
    )


def _run(g: float, s: float) -> Posture:
    a = 2 * pi * s
    swing = sin(a)
    return Posture(
        crouch=0.06, lift=0.05 + 0.04 * cos(2 * a), pitch=18, twist=-9 * swing,
        right_foot=(0.0, 0.05 + 0.34 * max(0.0, cos(a)), 0.50 * swing - 0.06),
        left_foot=(0.0, 0.05 + 0.34 * max(0.0, -cos(a)), -0.50 * swing - 0.06),
        toes=(45 * max(0.0, cos(a)), 45 * max(0.0, -cos(a))),
        right=(0.16, -0.50, -0.52 * swing + 0.14), left=(0.16, -0.50, 0.52 * swing + 0.14),
        right_elbow=(0.5, -0.5, -1), left_elbow=(0.5, -0.5, -1), head=(0, -0.15, 0), grips=("fist", "fist"),
    )  # fmt: skip


def _look_up(g: float, s: float) -> Posture:
    return Posture(pitch=-4, head=(0.05, -0.85, 0.1))


def _look_down(g: float, s: float) -> Posture:
    return Posture(pitch=5, head=(0, 0.85, 0.05))


def _look_back(g: float, s: float) -> Posture:
    return Posture(
        yaw=122, twist=-24, head=(-1.15, 0, 0), right_foot=(0.02, 0, 0.06), left_foot=(0.02, 0, -0.06)
    )


def _turn(g: float, s: float) -> Posture:
    sway = 0.5 - 0.5 * cos(2 * pi * min(1.0, g))
    return Posture(
        yaw=34,
        twist=-20,
        head=(-0.25 - 0.2 * sway, 0, 0.08),
        right_foot=(0.04, 0.02, 0.08),
        left=(0.3, -0.9, 0.1),
        toes=(14, 0),
    )


def _push(g: float, s: float) -> Posture:
    shove = 0.05 * sin(2 * pi * g)
    return Posture(
        pitch=26,
        crouch=0.10,
        right=(0.02, 0.02, 0.86 + shove),
        left=(0.02, 0.02, 0.86 + shove),
        right_foot=(0.04, 0, 0.22),
        left_foot=(0.04, 0, -0.40),
        toes=(0, 26),
        right_elbow=(1, -1, 0),
        left_elbow=(1, -1, 0),
        side_on=0.3,
        grips=("open", "open"),
    )


def _pull(g: float, s: float) -> Posture:
    tug = 0.05 * sin(2 * pi * g)
    return Posture(
        pitch=-18,
        crouch=0.13,
        right=(-0.05, -0.22, 0.84 + tug),
        left=(-0.05, -0.26, 0.78 + tug),
        right_foot=(0.05, 0, 0.34),
        left_foot=(0.05, 0, 0.02),
        right_elbow=(1, -1, 0),
        left_elbow=(1, -1, 0),
        side_on=0.3,
        grips=("fist", "fist"),
    )


def _fight(g: float, s: float) -> Posture:
    jab = max(0.0, sin(2 * pi * g))
    return Posture(
        pitch=8,
        crouch=0.09,
        twist=-14 + 26 * jab,
        right=(-0.08 + 0.12 * jab, -0.16 + 0.14 * jab, 0.46 + 0.42 * jab),
        left=(0.02, -0.12, 0.44),
        right_elbow=(1, -1, -0.2),
        left_elbow=(1, -1, -0.2),
        right_foot=(0.12, 0, -0.18),
        left_foot=(0.14, 0, 0.18),
        head=(0, 0.15, 0),
        grips=("fist", "fist"),
    )


def _dance(g: float, s: float) -> Posture:
    a = 2 * pi * g
    return Posture(
        crouch=0.03 + 0.02 * cos(2 * a),
        roll=7 * sin(a),
        twist=10 * sin(a),
        right=(0.46, 0.50 + 0.25 * sin(a), 0.3),
        left=(0.52, -0.30 - 0.3 * sin(a), 0.36),
        right_elbow=(1, -0.6, 0),
        left_elbow=(1, -0.6, 0),
        right_foot=(0.06, 0.16 * max(0, sin(a)), 0.05),
        left_foot=(0.06, 0.16 * max(0, -sin(a)), 0.05),
        toes=(40 * max(0, sin(a)), 40 * max(0, -sin(a))),
        head=(0, 0, 0.3 * sin(a)),
        grips=("open", "open"),
    )


def _stand(g: float, s: float) -> Posture:
    return STAND


POSES: dict[Pose, Callable[[float, float], Posture]] = {
    "stand": _stand,
    "sit": _sit,
    "walk": _walk,
    "run": _run,
    "wave": _wave,
    "point": _point,
    "reach": _reach,
    "hold": _hold,
    "bow": _bow,
    "arms_crossed": _arms_crossed,
    "hands_on_hips": _hands_on_hips,
    "cheer": _cheer,
    "jump": _jump,
    "fall": _fall,
    "lie": _lie,
    "kneel": _kneel,
    "read": _read,
    "type": _type,
    "drink": _drink,
    "think": _think,
    "look_up": _look_up,
    "look_down": _look_down,
    "look_back": _look_back,
    "turn": _turn,
    "push": _push,
    "pull": _pull,
    "fight": _fight,
    "dance": _dance,
}
