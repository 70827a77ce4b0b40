"""What VACE is shown: a video whose black mask is kept and whose white mask is made, and reference pictures.

In: the frames that are known.      Out: the arguments of the pipeline.
The sense of the mask is white for what is made (Wan2.1#479: with the other sense the model draws what was to be kept,
and keeps the grey).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from assets.matter import Still
from models.ports import Shot

GREY, KEPT, MADE = 128, 0, 255


def between(shot: Shot, first: Still, last: Still | None, frames: int) -> dict[str, Any]:
    """The first frame is kept, and the last one if there is one; the others are made."""
    known = {0: first} if last is None else {0: first, frames - 1: last}
    return {**_shown([known.get(frame) for frame in range(frames)], shot), **_references(shot)}


def masked(shot: Shot, old: Sequence[Still], again: Sequence[bool]) -> dict[str, Any]:
    """Every frame of ``old`` is kept, except those that are made again."""
    return {
        **_shown([None if made else still for still, made in zip(old, again, strict=True)], shot),
        **_references(shot),
    }


def _shown(frames: Sequence[Still | None], shot: Shot) -> dict[str, Any]:
    wide, high = shot.size
    grey = np.full((high, wide, 3), GREY, np.uint8)
    sheets = {kept: np.full((high, wide, 3), KEPT if kept else MADE, np.uint8) for kept in (True, False)}
    return {
        "video": [pil(grey if still is None else still) for still in frames],
        "mask": [pil(sheets[still is not None]) for still in frames],
    }


def _references(shot: Shot) -> dict[str, Any]:
    return {"reference_images": [pil(one.picture) for one in shot.references]} if shot.references else {}


def pil(picture: Still) -> Any:
    """(H, W, 3) uint8 as a Pillow image."""
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(picture))
