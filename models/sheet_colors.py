"""The colours of an approved character sheet beside those of the rig's drawing of the same person.

In: the approved front view of a person, their look.      Out: per part, how far the sheet's colours are from the rig's.
A judge expects in a take what the rig draws there, moved by this difference: so a take is compared with what was
approved, in the light of its cut. The chin is where the rig's is, as a share of the figure's height.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from assets.media import paper
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Staged
from assets.sheets.look import PAPER
from models.cel.cutout import Cutout
from models.ports import Shot

Part = Literal["head", "body"]
Colors = NDArray[np.float32]
Mask = NDArray[np.bool_]

QUANTILES = (np.arange(64, dtype=np.float32) + 0.5) / 64
HIGH = 360  # lines at which a sheet is read
LEAST = 60  # pixels of a part; fewer are all outline
CHIN = 1.05  # head radii below the head's centre
_PLACE = Place(id="paper", names=("PAPER",), kind="void", variant=PAPER)


def shifts(who: Character, front: Still, directions: Colors, lab: Any) -> Mapping[Part, Colors]:
    """Per part (64, directions): quantiles of the sheet's colours minus the rig's; empty on a painted ground.

    lab  turns (H, W, 3) uint8 into colours, (H, W, 3) float32
    """
    import cv2

    high, wide = front.shape[:2]
    size = max(2, round(wide * HIGH / high / 2) * 2), HIGH
    small = np.asarray(cv2.resize(front, size, interpolation=cv2.INTER_AREA), np.uint8)
    box = paper.figure(small)
    if box is None:
        return {}
    drawn, chin = _rig(who, size)
    own = np.ascontiguousarray(drawn[:, :, :3])
    solid = drawn[:, :, 3] > 250
    rows = np.flatnonzero(solid.any(1))
    share = (chin - rows[0]) / max(1, rows[-1] + 1 - rows[0])
    sheet_chin = box[1] + share * (box[3] - box[1])
    theirs = dict(parts(_inner(paper.drawn_on(small)), sheet_chin))
    ours = dict(parts(_inner(solid), chin))
    return {
        part: _quantiles(lab(small)[theirs[part]], directions) - _quantiles(lab(own)[ours[part]], directions)
        for part in theirs.keys() & ours.keys()
    }


def moved(projected: Colors, shift: Colors) -> Colors:
    """Sorted projections (n, directions), each moved by the shift at its own rank."""
    ranks = (np.arange(len(projected), dtype=np.float32) + 0.5) / len(projected)
    by = [np.interp(ranks, QUANTILES, shift[:, one]) for one in range(shift.shape[1])]
    return projected + np.stack(by, 1).astype(np.float32)


def _rig(who: Character, size: tuple[int, int]) -> tuple[NDArray[np.uint8], float]:
    """The rig's own front view of the same size: RGBA, and the row of the chin."""
    from fractions import Fraction

    staged = Staged(character=who.id, turn=0)
    cut = Cut(number="C001", scene="CAST", place=_PLACE.id, size="full", staged=(staged,), frames=1)
    [found] = Cutout(Shot(cut, (who,), _PLACE, size, Fraction(24)), frames=1, size=size).figures(0)
    return found.pixels, found.at.head[1] + CHIN * found.at.head_radius


def parts(solid: Mask, chin: float) -> Iterator[tuple[Part, Mask]]:
    """Head and body of a figure, each if it is large enough to compare."""
    rows = np.arange(solid.shape[0])[:, None] < chin
    found: tuple[tuple[Part, Mask], ...] = (("head", solid & rows), ("body", solid & ~rows))
    for part, mask in found:
        if mask.sum() >= LEAST:
            yield part, mask


def _inner(solid: Mask) -> Mask:
    """Without the outline."""
    import cv2

    return np.asarray(cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8)), bool)


def _quantiles(colors: Colors, directions: Colors) -> Colors:
    return np.asarray(np.quantile(colors @ directions.T, QUANTILES, axis=0), np.float32)
