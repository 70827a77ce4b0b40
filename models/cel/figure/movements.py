"""Movements: poses in which the whole body moves or leaves its feet, from walking to lying.

In: the phase of the gesture (g) and of the stride (s), each 0..1 for one period.      Out: Posture.
The table of all poses is in poses.py.
"""

from dataclasses import replace
from math import cos, pi, sin

from models.cel.figure.skeleton import Posture


def jump(g: float, s: float) -> Posture:
    height = 0.30 + 0.06 * sin(2 * pi * g)
    return Posture(
        lift=height, right=(0.52, 0.70, 0.15), left=(0.52, 0.70, 0.15), right_elbow=(1, 0, -0.3),
        left_elbow=(1, 0, -0.3), right_foot=(0.06, 0.30, -0.26), left_foot=(0.06, 0.10, 0.02), toes=(55, 30),
        head=(0, -0.25, 0), grips=("open", "open"),
    )  # fmt: skip


def fall(g: float, s: float) -> Posture:
    flail = 0.08 * sin(2 * pi * g)
    return Posture(
        lift=0.12, spin=-34, pitch=-14, right=(0.55, 0.62 + flail, 0.35), left=(0.55, 0.45 - flail, 0.5),
        right_foot=(0.08, 0.20, 0.45), left_foot=(0.08, 0.06, 0.22), toes=(-30, -20), side_on=0.55,
        right_elbow=(1, 0, 0), left_elbow=(1, 0, 0), head=(0, -0.2, 0), grips=("open", "open"),
    )  # fmt: skip


def lie(g: float, s: float) -> Posture:
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


def kneel(g: float, s: float) -> Posture:
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


def sit(g: float, s: float) -> Posture:
    return Posture(
        crouch=0.46, right_foot=(0.02, 0, 0.46), left_foot=(0.02, 0, 0.48), right=(-0.06, -0.76, 0.44),
        left=(-0.06, -0.76, 0.44), right_elbow=(1, 0, -0.8), left_elbow=(1, 0, -0.8), knees=(0.10, 1, 1),
    )  # fmt: skip


def type(g: float, s: float) -> Posture:
    tap = 0.025 * sin(6 * pi * g)
    return replace(
        sit(g, s), right=(-0.05, -0.55 + max(0, tap), 0.62), left=(-0.05, -0.55 + max(0, -tap), 0.62),
        right_elbow=(1, -1, -0.4), left_elbow=(1, -1, -0.4), pitch=7, head=(0, 0.3, 0),
    )  # fmt: skip


def walk(g: float, s: float) -> Posture:
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


def run(g: float, s: float) -> Posture:
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


def push(g: float, s: float) -> Posture:
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


def pull(g: float, s: float) -> Posture:
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


def fight(g: float, s: float) -> Posture:
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


def dance(g: float, s: float) -> Posture:
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
