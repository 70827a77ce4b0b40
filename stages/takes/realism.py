"""Notice a clip that turns from a drawing into a photograph.

In: the frames of one window.      Out: the same frames; a warning when their flat areas have filled with texture.
Video models pull anime towards photographs while a clip goes on (Wan2.1#435): cel paint becomes skin, cloth and grain.
A drawing is mostly areas of one colour; how much of the picture is flat is compared between its start and its end.
Nothing is changed: the remedy is another seed, a style LoRA, or a shorter cut.
"""

import logging
from collections.abc import Iterator

import numpy as np

from assets.matter import Still

LEVELS = 3.0  # of 255 between neighbours, after 2x2 means: VAEs leave about 1 in flat paint, film grain more than 5
DRAWN = 0.25  # of the picture is flat in a drawing; below it the picture was no drawing to begin with
# Measured on four sets of the rig with five camera moves: it stays above 0.93 of the start; grain leaves 0.1
KEPT = 0.6

_log = logging.getLogger(__name__)


def watched(pictures: Iterator[Still], frames: int, *, cut: str) -> Iterator[Still]:
    """``pictures`` as they are; the last quarter of ``frames`` is compared with the first picture."""
    first, late = None, []
    for at, picture in enumerate(pictures):
        if first is None:
            first = flat(picture)
        elif first >= DRAWN and at >= frames - max(1, frames // 4):
            late.append(flat(picture))
        yield picture
    if first and late and np.median(late) < KEPT * first:
        _log.warning(
            "%s: the clip slides from drawing to photograph: %.0f %% of its first picture is flat paint, and %.0f %% "
            "of its last ones. Order a retake, use a LoRA of the show's style, or make the cut shorter.",
            cut, 100 * first, 100 * float(np.median(late)),
        )  # fmt: skip


def flat(picture: Still) -> float:
    """The share of a picture whose neighbours have nearly the same colour."""
    high, wide = (side // 2 * 2 for side in picture.shape[:2])
    small = picture[:high, :wide].astype(np.float32).mean(2).reshape(high // 2, 2, wide // 2, 2).mean((1, 3))
    beside = np.abs(np.diff(small, axis=1))[:-1]
    below = np.abs(np.diff(small, axis=0))[:, :-1]
    return float(((beside <= LEVELS) & (below <= LEVELS)).mean())
