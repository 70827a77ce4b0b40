"""Pictures in the file's own colours: what a take is changed in, so that nothing else is lost.

In: flat 4:2:0 pictures as decoded; plates of letters.      Out: the same pictures, written on.
A take that goes through RGB and back is converted twice for the sake of one caption: measured on
1280x720 cels, that is half the time of a changed segment.  Knows nothing about cuts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.media.video import Planes
from stages.assemble.lettering import Plate

# BT.709, R'G'B' of 0..255 to Y of 16..235 and Cb, Cr of 16..240 (ITU-R BT.709-6, items 3 and 4)
_KR, _KB = 0.2126, 0.0722
_LUMA = np.array([_KR, 1 - _KR - _KB, _KB]) * 219 / 255
_BLUE = np.array([-_KR, _KR + _KB - 1, 1 - _KB]) / (2 * (1 - _KB)) * 224 / 255
_RED = np.array([1 - _KR, _KR + _KB - 1, -_KB]) / (2 * (1 - _KR)) * 224 / 255


@dataclass(frozen=True)
class Ink:
    """A plate ready to be laid on planes: its place, its colours, how far they cover."""

    left: int  # even, so that chroma falls on whole samples
    top: int
    colors: tuple[NDArray[np.uint16], ...]  # Y whole, Cb and Cr at half size
    covers: tuple[NDArray[np.uint16], ...]  # 0..256


def split(planes: Planes, size: tuple[int, int]) -> tuple[NDArray[np.uint8], ...]:
    """Views of Y, Cb and Cr; writing to them writes to ``planes``."""
    width, height = size
    whole, half = width * height, width * height // 4
    small = (height // 2, width // 2)
    return (
        planes[:whole].reshape(height, width),
        planes[whole : whole + half].reshape(small),
        planes[whole + half :].reshape(small),
    )


def black(size: tuple[int, int]) -> Planes:
    made = np.full(size[0] * size[1] * 3 // 2, 128, np.uint8)
    made[: size[0] * size[1]] = 16
    return made


def ink(plate: Plate, at: tuple[float, float]) -> Ink:
    """``plate`` with its upper left corner at the even pixel next to ``at``."""
    even = np.pad(plate, ((0, plate.shape[0] % 2), (0, plate.shape[1] % 2), (0, 0)))
    cover = np.asarray(even[:, :, 3] / 255, np.float32)
    y, blue, red = _converted(even[:, :, :3].astype(np.float32))
    small = _halved(cover)
    colors = [y, _weighed(blue, cover, small), _weighed(red, cover, small)]
    covers = [cover, small, small]
    return Ink(round(at[0] / 2) * 2, round(at[1] / 2) * 2, _whole(colors, 1), _whole(covers, 256))


def lay(planes: Planes, size: tuple[int, int], inks: Ink) -> None:
    """Write ``inks`` onto ``planes``, which it changes; what hangs over the frame is cut off."""
    for step, plane, color, cover in zip(
        (1, 2, 2), split(planes, size), inks.colors, inks.covers, strict=True
    ):
        left, top = inks.left // step, inks.top // step
        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(plane.shape[1], left + color.shape[1]), min(plane.shape[0], top + color.shape[0])
        if x1 <= x0 or y1 <= y0:
            continue
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        under = plane[y0:y1, x0:x1].astype(np.uint16)
        plane[y0:y1, x0:x1] = (under * (256 - cover[part]) + color[part] * cover[part] + 128) >> 8


def _converted(rgb: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    weights = ((_LUMA, 16), (_BLUE, 128), (_RED, 128))
    return tuple(np.asarray(rgb @ row.astype(np.float32) + zero, np.float32) for row, zero in weights)


def _weighed(
    tint: NDArray[np.float32], cover: NDArray[np.float32], small: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Chroma at half size, weighed by its cover: what is not drawn must not tint the rim."""
    return np.asarray(_halved(tint * cover) / np.maximum(small, 1e-6), np.float32)


def _whole(parts: list[NDArray[np.float32]], one: int) -> tuple[NDArray[np.uint16], ...]:
    return tuple(np.asarray((part * one).round().clip(0, 256), np.uint16) for part in parts)


def _halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = plane.shape
    return np.asarray(plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3)), np.float32)
