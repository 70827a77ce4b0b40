"""How one cut gives way to the next: dissolve, wipe, fades.

In: two stills and how far the change has come (0..1).      Out: a still.
Knows nothing about when a transition begins.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still

_SOFT = 0.06  # width of a wipe's edge, of the frame; a hard edge flickers on twos
_SLANT = 0.18  # how far a wipe leans, of the frame's height


def eased(part: float) -> float:
    """Slow at both ends (smoothstep)."""
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def mixed(before: Still, now: Still, part: float) -> Still:
    """Dissolve."""
    import cv2

    return np.asarray(cv2.addWeighted(before, 1 - part, now, part, 0), np.uint8)


def darkened(now: Still, part: float) -> Still:
    """Fade: 0 is black, 1 the picture."""
    import cv2

    return np.asarray(cv2.convertScaleAbs(now, alpha=part), np.uint8)


def wiped(before: Still, now: Still, part: float) -> Still:
    """``now`` pushes in from the left behind a leaning, soft edge."""
    import cv2

    reach = eased(part) * (1 + _SOFT)
    cover = np.clip((reach - _ramp(now.shape[0], now.shape[1])) / _SOFT, 0, 1).astype(np.float32)
    return np.asarray(cv2.blendLinear(now, before, cover, 1 - cover), np.uint8)


@cache
def _ramp(height: int, width: int) -> NDArray[np.float32]:
    """0 where a wipe begins, 1 where it ends."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    return np.asarray((x + _SLANT * y) / (1 + _SLANT), np.float32)
