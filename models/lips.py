"""The measure ``line_sync``: whether a mouth opens when its voice is loud.

In: every frame of a take inside ``box``, the shot, how loud each speaker is.      Out: one number, 0..1.

The mouth is searched where the cel rig, framing the same shot, has it (models/cel/cutout.py). The difference of
that small patch from its look while the voice is silent is correlated, frame by frame, with the loudness
(Pearson), with a lead or lag of up to two frames; a negative value counts as 0. Where the picture is unchanged
since frame 0, nothing has opened: a patch that moves over a still picture must not count.
The result is the mean over the speakers whose mouths are large enough.

A mouth at another place than the rig's is not found. A mouth that moves at random gets about 0.2 by chance.
Compare takes of one cut only.
"""

from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.matter import Box, Still
from models.cel.cutout import Cutout
from models.ports import Mouths, Shot

PATCH = (24, 20)  # size in pixels to which the patch is resampled
LEAST = 10.0  # pixels of head radius in a picture of HIGH lines; smaller mouths are a dot
HIGH = 360
LAG = 2  # frames
BELOW_EYES, HALF_WIDE, HALF_HIGH = 0.60, 0.30, 0.26  # in head radii
VARIES = 0.02  # a loudness that varies less cannot be followed

Loud = NDArray[np.float32]
Patch = tuple[float, float, float, float]
"""Centre, half width and half height in pixels."""


class Lips:
    """Reads the mouths of one take."""

    def __init__(self, shot: Shot, frames: int, mouths: Mouths, cv2: Any) -> None:
        self._cv2, self._frames = cv2, frames
        wide = round(HIGH * shot.size[0] / shot.size[1])
        self._cutout = Cutout(shot, frames=frames, size=(wide, HIGH))
        self._loud = {
            who: np.asarray(loud[:frames]) for who, loud in mouths.items() if self._readable(who, loud)
        }
        self._size = shot.size
        self._places = {who: self._placed(who) for who in self._loud}
        self._seen: dict[str, list[NDArray[np.float32]]] = {who: [] for who in self._loud}
        self._changed: dict[str, list[float]] = {who: [] for who in self._loud}
        self._first: Still | None = None

    @property
    def box(self) -> Box | None:
        """The part of the pictures that is looked at; None: no mouth can be read, so no picture is wanted."""
        places = [place for found in self._places.values() for place in found if place is not None]
        if not places:
            return None
        wide, high = self._size
        # One pixel more: the patch is interpolated.
        return (
            max(0, min(wide - 1, floor(min(x - half for x, _, half, _ in places)) - 1)),
            max(0, min(high - 1, floor(min(y - half for _, y, _, half in places)) - 1)),
            max(1, min(wide, ceil(max(x + half for x, _, half, _ in places)) + 2)),
            max(1, min(high, ceil(max(y + half for _, y, _, half in places)) + 2)),
        )

    def see(self, frame: int, picture: Still) -> None:
        """Add a frame. Call it for every frame, in order."""
        if self._first is None:
            self._first = picture
        for who, places in self._places.items():
            place = places[frame]
            if place is None:  # turned away for a moment: repeat the last values
                self._seen[who].append(self._seen[who][-1])
                self._changed[who].append(self._changed[who][-1])
                continue
            now, then = self._patch(picture, place), self._patch(self._first, place)
            self._seen[who].append(now)
            self._changed[who].append(float(np.abs(now - then).mean()))

    @property
    def line_sync(self) -> float | None:
        """The measure; None if no speaking mouth can be measured."""
        found = [
            _follows(np.stack(self._seen[who]), np.asarray(self._changed[who], np.float32), loud)
            for who, loud in self._loud.items()
        ]
        return float(np.mean(found)) if found else None

    def _readable(self, who: str, loud: Loud) -> bool:
        """Whether the voice varies, and the face is large enough, turned to the camera and inside the picture."""
        at = self._cutout.landmarks(who, 0)
        if at is None or at.head_radius < LEAST or len(loud) < self._frames or float(np.std(loud)) < VARIES:
            return False
        wide, high = self._cutout.size
        mouth = at.below(at.eyes, BELOW_EYES)
        return 0 < mouth[0] < wide and 0 < mouth[1] < high

    def _placed(self, who: str) -> list[Patch | None]:
        """The place of the mouth in every frame; None while the face is turned away."""
        scale = self._size[1] / HIGH
        places: list[Patch | None] = []
        for frame in range(self._frames):
            at = self._cutout.landmarks(who, frame)
            if at is None:
                places.append(None)
                continue
            radius = at.head_radius * scale
            x, y = at.below(at.eyes, BELOW_EYES)
            places.append((x * scale, y * scale, HALF_WIDE * radius, HALF_HIGH * radius))
        return places

    def _patch(self, picture: Still, place: Patch) -> NDArray[np.float32]:
        """The rectangle at ``place``, resized to PATCH; outside the picture, edge pixels are repeated."""
        x, y, *half = place
        wide, high = 2 * half[0] / PATCH[0], 2 * half[1] / PATCH[1]
        onto = np.array([[wide, 0, x - half[0]], [0, high, y - half[1]]], np.float64)
        patch = self._cv2.warpAffine(
            picture, onto, PATCH,
            flags=self._cv2.INTER_LINEAR | self._cv2.WARP_INVERSE_MAP, borderMode=self._cv2.BORDER_REPLICATE,
        )  # fmt: skip
        return np.asarray(patch, np.float32)


def _follows(patches: NDArray[np.float32], changed: NDArray[np.float32], loud: Loud) -> float:
    """The best correlation of opening and loudness within the lag, 0..1."""
    resting = patches[loud <= np.quantile(loud, 0.25)]
    opening = np.minimum(changed, np.abs(patches - np.median(resting, axis=0)).mean(axis=(1, 2, 3)))
    return max(0.0, *(_correlation(opening, loud, lag) for lag in range(-LAG, LAG + 1)))


def _correlation(opening: NDArray[np.float32], loud: Loud, lag: int) -> float:
    one, other = (
        opening[max(0, lag) : len(opening) + min(0, lag)],
        loud[max(0, -lag) : len(loud) - max(0, lag)],
    )
    if len(one) < 4 or np.std(one) < 0.2 or np.std(other) < VARIES:  # 0.2 of 255: an encoder's noise
        return 0.0
    return float(np.clip(np.corrcoef(one, other)[0, 1], -1.0, 1.0))
