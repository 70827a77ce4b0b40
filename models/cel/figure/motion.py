"""Acting over time: which drawing of a staged character is shown in each frame.

In: a Staged character, its Look, a frame, the loudness of the voice, a seed.      Out: FigureState.
Everything is held on twos: frames 2k and 2k+1 are one drawing. Frame 0 already shows the pose and the expression,
because it is the panel that a director approves.
Knows nothing about pictures.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import cos, exp, pi, sin
from random import Random

from assets.sheets.cutsheet import Staged
from assets.sheets.look import Look, Pose
from models.cel.figure.state import FigureState

TURNS = {"left": -0.55, "front": 0.0, "right": 0.55, "away": 0.18}
LEANINGS = {"far_left": 0.16, "left": 0.14, "center": 0.0, "right": -0.14, "far_right": -0.16}
BEATS: dict[Pose, float] = {  # gestures a second; the others only drift
    "wave": 1.5,
    "cheer": 1.2,
    "dance": 0.75,
    "type": 1.4,
    "drink": 0.22,
    "fight": 0.9,
    "push": 0.7,
    "pull": 0.7,
    "fall": 1.2,
}
STRIDES: dict[Pose, float] = {"walk": 0.95, "run": 1.45}
ENTERED: tuple[Pose, ...] = (
    "wave",
    "point",
    "reach",
    "cheer",
    "think",
    "hands_on_hips",
    "arms_crossed",
    "kneel",
    "hold",
    "look_up",
    "look_down",
)
CLOSING = (0.5, 1.0, 0.95, 0.4)  # a blink, drawing by drawing
LOOKAHEAD_SECONDS = 60.0  # blinks repeat after this long


@dataclass(frozen=True)
class Moment:
    """One frame of a performance.

    mouth  how far the voice opens it, 0 to 1
    """

    frame: int
    frames: int
    rate: Fraction
    mouth: float
    speaking: bool


def state_at(staged: Staged, look: Look, moment: Moment, *, seed: int) -> FigureState:
    """The drawing of ``staged`` that is shown at ``moment``."""
    rate, speaking = moment.rate, moment.speaking
    drawing = moment.frame // 2
    seconds = float(drawing * 2 / rate)
    length = float(moment.frames / rate)
    actor = _actor(staged.character, seed)
    head, nod, tilt = _head(actor, seconds, speaking)
    before = _head(actor, seconds - 0.17, speaking)[0]
    away = staged.facing == "away"
    return FigureState(
        look=look,
        expression=staged.expression,
        pose=staged.pose,
        prop=staged.prop,
        turn=_turn(staged, actor),
        away=away,
        tilt=tilt,
        gaze=_gaze(actor, seconds),
        blink=_blink(actor, drawing, rate),
        mouth=max(0.0, min(1.0, moment.mouth)) if speaking else 0.0,
        talking=speaking,
        breath=(seconds / 3.4 + actor.phase) % 1.0,
        sway=(seconds / 2.6 + actor.phase) % 1.0,
        stride=(seconds * STRIDES.get(staged.pose, 0.0) + actor.phase) % 1.0,
        gesture=(seconds * BEATS.get(staged.pose, 0.25) + 0.1) % 1.0,
        seed=seed,
        head=head,
        nod=nod,
        drag=_drag(staged.pose, seconds, (before - head) * 5.0 if drawing else 0.0),
        pose_in=_entering(staged.pose, seconds, length),
        expression_in=1.0 - 0.45 * exp(-seconds / 0.16),
    )


def _turn(staged: Staged, actor: "_Actor") -> float:
    """-1 looking to the picture's left .. +1 right."""
    if staged.turn is not None:
        return -staged.turn if staged.facing == "left" else staged.turn
    return TURNS[staged.facing] or LEANINGS[staged.position] or actor.lean


class _Actor:
    """What belongs to one actor and to this performance: rhythm, blinks, glances.

    The first drawing does not depend on the seed: every take begins with the same panel.
    """

    def __init__(self, name: str, seed: int) -> None:
        own, chance = Random(name), Random(f"{seed}/{name}")
        self.phase = own.random()
        self.lean = own.choice((-0.12, 0.12))
        self.pace = chance.uniform(0.85, 1.15)
        self.blinks = tuple(_blink_times(chance))
        self.glances = (_glance(own), *(_glance(chance) for _ in range(31)))


def _glance(chance: Random) -> tuple[float, float]:
    return chance.uniform(-0.22, 0.22), chance.uniform(-0.10, 0.12)


@lru_cache(maxsize=256)
def _actor(name: str, seed: int) -> _Actor:
    return _Actor(name, seed)


def _blink_times(chance: Random) -> list[float]:
    """Seconds at which the lids close: every 1.6 to 5 seconds, sometimes twice in a row."""
    at, found = chance.uniform(0.7, 2.6), []
    while at < LOOKAHEAD_SECONDS:
        found.append(at)
        at += 0.42 if chance.random() < 0.16 else chance.uniform(1.6, 5.0)
    return found


def _blink(actor: _Actor, drawing: int, rate: Fraction) -> float:
    per_second = float(rate) / 2
    now = drawing % round(LOOKAHEAD_SECONDS * per_second)
    for start in actor.blinks:
        step = now - round(start * per_second)
        if 0 <= step < len(CLOSING):
            return CLOSING[step]
    return 0.0


def _head(actor: _Actor, seconds: float, speaking: bool) -> tuple[float, float, float]:
    """Turn, nod and tilt of the head: a slow drift, and beats with the words while speaking."""
    drift, beat = 2 * pi * (seconds * 0.11 * actor.pace + actor.phase), 2 * pi * seconds * 0.83 * actor.pace
    turn, nod, tilt = 0.022 * sin(drift), 0.02 * sin(drift * 1.7), 0.03 * sin(drift * 0.8 + 1)
    if speaking:
        swell = 1 - exp(-max(0.0, seconds) / 0.3)
        turn += swell * 0.055 * sin(beat * 0.53 + 0.6)
        nod += swell * (0.09 * sin(beat) + 0.045 * sin(beat * 2.1 + 1.1))
        tilt += swell * 0.10 * sin(beat * 0.37 + 2)
    return turn, nod, tilt


def _gaze(actor: _Actor, seconds: float) -> tuple[float, float]:
    """The eyes rest on one spot and jump to the next within two drawings."""
    every = 2.3 / actor.pace
    index, into = divmod(seconds, every)
    here, there = actor.glances[int(index) % 32], actor.glances[(int(index) + 1) % 32]
    share = max(0.0, min(1.0, (into - every + 0.17) / 0.17))
    return here[0] + (there[0] - here[0]) * share, here[1] + (there[1] - here[1]) * share


def _drag(pose: Pose, seconds: float, lag: float) -> float:
    """Hair and cloth follow a moving head with a lag, and stream in a run."""
    stride = STRIDES.get(pose, 0.0)
    flow = 0.10 * sin(2 * pi * seconds * stride * 2 - 0.9) if stride else 0.0
    if pose == "dance":
        flow = 0.35 * sin(2 * pi * seconds * BEATS["dance"] - 0.8)
    return max(-1.0, min(1.0, lag + flow))


def _entering(pose: Pose, seconds: float, length: float) -> float:
    """The share of the pose: a small wind-up, an overshoot, and rest."""
    if pose == "bow":
        down = _ease(seconds / 0.6)
        up = _ease((seconds - max(1.3, length - 0.9)) / 0.7)
        return 0.45 + 0.55 * down - 0.8 * up
    if pose == "jump":
        return abs(sin(pi * (seconds / 1.35 + 0.38)))
    if pose not in ENTERED:
        return 1.0
    if seconds < 0.25:
        return 0.86 - 0.07 * sin(pi * seconds / 0.25)
    swing = seconds - 0.25
    return 1.0 - 0.14 * exp(-swing / 0.13) * cos(2 * pi * swing / 0.62)


def _ease(share: float) -> float:
    bounded = max(0.0, min(1.0, share))
    return bounded * bounded * (3 - 2 * bounded)
