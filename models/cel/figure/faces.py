"""The face of each expression, as numbers that can be interpolated.

In: an expression and its share (0..1).      Out: Face.
Knows nothing about eye shapes, ages or drawing.
"""

from dataclasses import dataclass, fields
from typing import Literal

from assets.sheets.look import Expression

Lips = Literal["line", "open", "round", "wavy", "grit", "smirk"]


@dataclass(frozen=True)
class Face:
    """Amounts from 0 to 1 unless said otherwise; all zero is a calm face."""

    lid: float = 0.0  # upper lid lowered
    arc: float = 0.0  # closed lids bend up (a laughing eye)
    squint: float = 0.0  # lower lid raised
    brow: float = 0.0  # -1 lowered .. 1 raised
    anger: float = 0.0  # inner ends of the brows down; negative: inner ends up
    iris: float = 1.0  # size of iris and pupil
    width: float = 1.0  # of the mouth
    smile: float = 0.15  # -1 corners down .. 1 up
    open: float = 0.0
    blush: float = 0.12
    tears: float = 0.0
    sweat: float = 0.0
    mark: float = 0.0  # anger mark, or the gloom over a frightened face when ``gloom``
    gloom: float = 0.0
    look_x: float = 0.0  # where the eyes go without a gaze
    look_y: float = 0.0
    lean: float = 0.0  # head tilt
    nod: float = 0.0  # head lowered (+) or raised (-)
    lips: Lips = "line"


NEUTRAL = Face()

# fmt: off
FACES: dict[Expression, Face] = {
    "neutral": NEUTRAL,
    "happy": Face(squint=0.18, brow=0.35, anger=-0.1, width=1.15, smile=0.9, open=0.42, blush=0.55, lips="open"),
    "laughing": Face(lid=1, arc=1, brow=0.7, width=1.35, smile=1, open=0.95, blush=0.75, lean=0.15, nod=-0.15,
                     lips="open"),
    "sad": Face(lid=0.24, brow=0.1, anger=-0.85, width=0.8, smile=-0.6, look_y=0.35, nod=0.25),
    "crying": Face(lid=0.42, squint=0.3, brow=0.2, anger=-1, width=1.0, smile=-0.8, open=0.5, blush=0.6, tears=1,
                   lips="wavy"),
    "angry": Face(lid=0.16, squint=0.1, brow=-0.55, anger=1, iris=0.92, width=1.05, smile=-0.7, open=0.35, mark=1,
                  lips="grit"),
    "surprised": Face(lid=-0.22, brow=1, iris=0.78, width=0.62, smile=0, open=0.7, lips="round"),
    "scared": Face(lid=-0.12, brow=0.6, anger=-0.9, iris=0.62, width=1.0, smile=-0.5, open=0.3, blush=0, sweat=1,
                   gloom=1, lips="wavy"),
    "shy": Face(lid=0.22, brow=0.15, anger=-0.55, width=0.6, smile=0.25, blush=1, look_x=0.55, look_y=0.4, nod=0.2,
                lean=0.12, lips="wavy"),
    "determined": Face(lid=0.1, squint=0.12, brow=-0.4, anger=0.7, width=0.9, smile=-0.12, blush=0.05),
    "thoughtful": Face(lid=0.2, brow=0.1, anger=0.12, width=0.6, smile=-0.15, look_x=-0.55, look_y=-0.5, lean=-0.15),
    "smug": Face(lid=0.36, squint=0.22, brow=0.3, anger=0.28, width=1.05, smile=0.75, look_x=0.2, lean=-0.12,
                 blush=0.2, lips="smirk"),
    "sleepy": Face(lid=0.62, brow=0.45, anger=-0.25, width=0.7, smile=-0.05, open=0.12, nod=0.25, lean=0.2,
                   lips="round"),
    "pained": Face(lid=0.86, squint=0.55, brow=-0.45, anger=0.35, width=1.05, smile=-0.6, open=0.4, sweat=1,
                   blush=0.2, lips="grit"),
}
# fmt: on


def face(expression: Expression, share: float) -> Face:
    """The expression, ``share`` of the way from neutral; the shape of the lips changes half-way."""
    full = FACES[expression]
    if share >= 1:
        return full
    numbers = {
        f.name: getattr(NEUTRAL, f.name) + (getattr(full, f.name) - getattr(NEUTRAL, f.name)) * share
        for f in fields(Face)
        if f.name != "lips"
    }
    return Face(lips=full.lips if share > 0.5 else NEUTRAL.lips, **numbers)
