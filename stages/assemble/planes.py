"""Draw on pictures in the file's own colour format, so that the rest of the picture stays unchanged.

In: flat 4:2:0 pictures as decoded; plates of letters.      Out: their parts; overlays to lay on a take.
A take that goes through RGB and back is converted twice for the sake of one caption: measured on
1280x720 cels, that is half the time of a changed segment.  Knows nothing about cuts.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assets.media.bt709 import BLUE, LUMA, RED, Planes
from assets.media.overlay import Overlay
from assets.timing import Span
from stages.assemble.lettering import Plate


def black(size: tuple[int, int]) -> Planes:
    made = np.full(size[0] * size[1] * 3 // 2, 128, np.uint8)
    made[: size[0] * size[1]] = 16
    return made


def ink(plate: Plate, at: tuple[float, float], seen: Sequence[Span]) -> Overlay:
    """``plate`` with its upper left corner at the even pixel next to ``at``, in the frames ``seen``."""
    even = np.pad(plate, ((0, plate.shape[0] % 2), (0, plate.shape[1] % 2), (0, 0)))
    cover = np.asarray(even[:, :, 3] / 255, np.float32)
    y, blue, red = _converted(even[:, :, :3].astype(np.float32))
    small = _halved(cover)
    planes = [y, _weighed(blue, cover, small), _weighed(red, cover, small), cover * 255]
    return Overlay(
        np.concatenate([np.asarray(plane.round().clip(0, 255), np.uint8).ravel() for plane in planes]),
        size=(even.shape[1], even.shape[0]),
        at=(round(at[0] / 2) * 2, round(at[1] / 2) * 2),
        seen=tuple(seen),
    )


def _converted(rgb: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    weights = ((LUMA, 16), (BLUE, 128), (RED, 128))
    return tuple(np.asarray(rgb @ row.astype(np.float32) + zero, np.float32) for row, zero in weights)


def _weighed(
    tint: NDArray[np.float32], cover: NDArray[np.float32], small: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Chroma at half size, weighted by coverage: transparent pixels must not tint the edge."""
    return np.asarray(_halved(tint * cover) / np.maximum(small, 1e-6), np.float32)


def _halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = plane.shape
    return np.asarray(plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)), np.float32)
