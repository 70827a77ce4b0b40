"""Transitions between cuts: dissolve, wipe, fades.

In: two pictures in the file's colours, and the progress of the transition (0..1).      Out: a picture.
Knows nothing about when a transition begins.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from assets.media.bt709 import Planes, split
from stages.assemble.planes import black

_SOFT = 0.06  # width of a wipe's edge, as a share of the frame; a hard edge flickers on twos
_SLANT = 0.18  # slant of a wipe, as a share of the frame's height


def eased(part: float) -> float:
    """Slow at both ends (smoothstep)."""
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def mixed(before: Planes, now: Planes, part: float) -> Planes:
    """Dissolve."""
    import cv2

    return np.asarray(cv2.addWeighted(before, 1 - part, now, part, 0), np.uint8).reshape(now.shape)


def darkened(now: Planes, part: float, size: tuple[int, int]) -> Planes:
    """Fade: 0 is black, 1 the picture."""
    return mixed(black(size), now, part)


def wiped(before: Planes, now: Planes, part: float, size: tuple[int, int]) -> Planes:
    """``now`` enters from the left behind a slanted, soft edge."""
    import cv2

    reach = eased(part) * (1 + _SOFT)
    made = np.empty_like(now)
    for new, old, out in zip(split(now, size), split(before, size), split(made, size), strict=True):
        cover = np.clip((reach - _ramp(*new.shape)) / _SOFT, 0, 1).astype(np.float32)
        out[:] = cv2.blendLinear(new, old, cover, 1 - cover)
    return made


@cache
def _ramp(height: int, width: int) -> NDArray[np.float32]:
    """0 where a wipe begins, 1 where it ends."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    return np.asarray((x + _SLANT * y) / (1 + _SLANT), np.float32)
