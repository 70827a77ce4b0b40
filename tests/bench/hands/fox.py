"""Somebody with a trait that the rig's grammar lacks: the ears of a fox.

In: shots of the character, as the rig draws them.      Out: the same drawings with ears.
The rig knows where a head is and how large; ears are drawn over the crown, in the colour of the hair.
"""

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np

from assets.matter import Still
from assets.sheets.bible import Character
from assets.sheets.look import Look
from models.cel.figure.palette import HAIR, held_line
from models.cel.figure.state import Anchors
from models.cel.shooting import Shooting
from models.house import scenes
from models.ports import Shot

KON = Character(
    id="kon",
    names=("KON",),
    look=Look(
        hair="bob", hair_color="orange", eyes="round", eye_color="amber", skin="light", outfit="kimono",
        outfit_color="red", accent_color="white", age="teen", build="slim", accessories=(),
    ),
)  # fmt: skip
INNER = (255, 226, 214)
TAUGHT, UNSEEN = 930_000_000, 940_000_000
NEAR = ("close", "medium_close", "medium", "full")  # shot sizes in which ears can be seen at all


def shots(first: int, count: int, size: tuple[int, int] = scenes.LARGE) -> Iterator[tuple[int, Shot]]:
    """Seeds and shots of Kon alone, near enough to see her head."""
    found, seed = 0, first
    while found < count:
        shot = scenes.shot_of(seed, size)
        if len(shot.cast) == 1 and shot.cut.size in NEAR:
            staged = shot.cut.staged[0].model_copy(update={"character": "kon"})
            kon = replace(shot, cast=(KON,), cut=shot.cut.model_copy(update={"staged": (staged,)}))
            if _crown_is_seen(drawn(kon, seed)[1].get("kon"), size):
                yield seed, kon
                found += 1
        seed += 1


def drawn(shot: Shot, seed: int) -> tuple[Still, dict[str, Anchors]]:
    """The rig's drawing and the landmarks of everybody in it."""
    shooting = Shooting(shot, seed=seed, frames=49)
    return shooting.still(0), shooting.people(0)


def with_ears(picture: Still, anchors: Anchors, look: Look = KON.look) -> Still:
    """(h, w, 3) with two ears over the crown."""
    (x, y), r = anchors.head, anchors.head_radius
    lean = np.arctan2(anchors.eyes[0] - x, 2.4 * r)  # a head that is turned shows its ears to one side
    hair = HAIR[look.hair_color]
    shown = np.array(picture)
    for side in (-1, 1):
        base = x + side * 0.62 * r - 0.3 * r * np.sin(lean)
        foot = np.array([[base - 0.42 * r, y - 0.72 * r], [base + 0.42 * r, y - 0.72 * r]])
        tip = np.array([base + side * 0.28 * r, y - 2.0 * r])
        ear = np.array([foot[0], tip, foot[1]])
        middle = ear.mean(axis=0)
        _filled(shown, ear, hair)
        _filled(shown, middle + (ear - middle) * 0.55, INNER)
        _line(shown, ear, held_line(hair), max(1.0, 0.06 * r))
    return shown


def _crown_is_seen(anchors: Anchors | None, size: tuple[int, int]) -> bool:
    if anchors is None:
        return False
    (x, y), r = anchors.head, anchors.head_radius
    upright = anchors.chest[1] - y > 0.9 * r  # ears of somebody who lies down would be at another place
    return upright and r > 14 and y - 1.7 * r > 0 and r < x < size[0] - r and y < size[1]


def _filled(picture: Still, corners: np.ndarray, color: tuple[int, int, int]) -> None:
    cv2.fillPoly(picture, [np.round(corners * 16).astype(np.int32)], color, cv2.LINE_AA, 4)


def _line(picture: Still, corners: np.ndarray, color: tuple[int, int, int], width: float) -> None:
    points = np.round(corners * 16).astype(np.int32)
    cv2.polylines(picture, [points], False, color, max(1, round(width)), cv2.LINE_AA, 4)
