"""Gestures: poses of a figure that stays on its feet, from waving to thinking.

In: the phase of the gesture (g) and of the stride (s), each 0..1 for one period.      Out: Posture.
The table of all poses is in poses.py.
"""

from math import cos, pi, sin

from models.cel.figure.skeleton import Posture


def wave(g: float, s: float) -> Posture:
    swing = sin(2 * pi * g)
    return Posture(
        right=(0.40 + 0.13 * swing, 0.62, 0.25), right_elbow=(1, -0.9, 0.1), roll=1.5, head=(0, 0, -0.25),
        grips=("open", "relaxed"),
    )  # fmt: skip


def point(g: float, s: float) -> Posture:
    push = 0.02 * sin(2 * pi * g)
    return Posture(
        right=(0.72 + push, 0.06, 0.62 + push), right_elbow=(0.2, -1, 0), pitch=4, head=(-0.12, 0, 0),
        left=(0.26, -0.9, 0.0), grips=("point", "relaxed"),
    )  # fmt: skip


def reach(g: float, s: float) -> Posture:
    return Posture(
        right=(0.50, 0.16 + 0.04 * sin(2 * pi * g), 0.86), right_elbow=(0.6, -1, 0), pitch=12,
        right_foot=(0.03, 0, 0.12), left_foot=(0.03, 0, -0.10), crouch=0.015, head=(0, -0.25, 0),
        grips=("open", "relaxed"),
    )  # fmt: skip


def hold(g: float, s: float) -> Posture:
    bob = 0.015 * sin(2 * pi * g)
    return Posture(
        right=(-0.12, -0.52 + bob, 0.52), left=(-0.16, -0.56 + bob, 0.50),
        right_elbow=(1, -0.8, -0.5), left_elbow=(1, -0.8, -0.5), grips=("grip", "grip"),
    )  # fmt: skip


def bow(g: float, s: float) -> Posture:
    return Posture(
        pitch=52, right=(-0.08, -0.82, 0.30), left=(-0.08, -0.82, 0.30), head=(0, 0.85, 0),
        right_elbow=(1, 0, -0.6), left_elbow=(1, 0, -0.6),
    )  # fmt: skip


def arms_crossed(g: float, s: float) -> Posture:
    return Posture(
        right=(-0.46, -0.50, 0.40), left=(-0.46, -0.46, 0.44), right_elbow=(1, -1.0, 0.3),
        left_elbow=(1, -1.0, 0.3), right_foot=(0.06, 0, 0), left_foot=(0.06, 0, 0), pitch=-2,
        grips=("fist", "fist"),
    )  # fmt: skip


def hands_on_hips(g: float, s: float) -> Posture:
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


def cheer(g: float, s: float) -> Posture:
    pump = sin(2 * pi * g)
    return Posture(
        right=(0.34, 0.84 + 0.08 * pump, 0.1), left=(0.34, 0.84 - 0.08 * pump, 0.1), right_elbow=(1, 0, -0.2),
        left_elbow=(1, 0, -0.2), right_foot=(0.08, 0, 0), left_foot=(0.08, 0, 0), lift=0.015 * max(0, pump),
        head=(0, -0.3, 0), grips=("fist", "fist"),
    )  # fmt: skip


def read(g: float, s: float) -> Posture:
    return Posture(
        right=(-0.10, -0.42, 0.54),
        left=(-0.14, -0.42, 0.54),
        right_elbow=(1, -1, -0.2),
        left_elbow=(1, -1, -0.2),
        head=(0, 0.5, 0),
        pitch=3,
        grips=("grip", "grip"),
    )


def drink(g: float, s: float) -> Posture:
    tip = 0.5 - 0.5 * cos(2 * pi * g)
    return Posture(
        right=(-0.30, -0.02 + 0.06 * tip, 0.42), right_elbow=(1, -1, 0.2), left=(-0.02, -0.5, 0.5),
        left_elbow=(1, -1, -0.3), head=(0, -0.1 - 0.25 * tip, 0), grips=("grip", "relaxed"),
    )  # fmt: skip


def think(g: float, s: float) -> Posture:
    return Posture(
        right=(-0.30, 0.05 + 0.01 * sin(2 * pi * g), 0.33),
        right_elbow=(0.9, -1, 0.5),
        left=(-0.42, -0.52, 0.40),
        left_elbow=(1, -1, 0.1),
        head=(0.06, 0.1, 0.35),
        grips=("fist", "fist"),
    )


def look_up(g: float, s: float) -> Posture:
    return Posture(pitch=-4, head=(0.05, -0.85, 0.1))


def look_down(g: float, s: float) -> Posture:
    return Posture(pitch=5, head=(0, 0.85, 0.05))


def look_back(g: float, s: float) -> Posture:
    return Posture(
        yaw=122, twist=-24, head=(-1.15, 0, 0), right_foot=(0.02, 0, 0.06), left_foot=(0.02, 0, -0.06)
    )


def turn(g: float, s: float) -> Posture:
    sway = 0.5 - 0.5 * cos(2 * pi * min(1.0, g))
    return Posture(
        yaw=34,
        twist=-20,
        head=(-0.25 - 0.2 * sway, 0, 0.08),
        right_foot=(0.04, 0.02, 0.08),
        left=(0.3, -0.9, 0.1),
        toes=(14, 0),
    )
