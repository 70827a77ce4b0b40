"""Put the watermark into pictures.

In: brightness of a picture (Y of BT.709, limited range), an id.      Out: the same picture with the pattern added.
The pattern is strong where the drawing is busy, weak on flat colour, and absent in black.
"""

import numpy as np
from numpy.typing import NDArray

from assets.errors import ShapeRefused
from assets.watermark.lattice import MOST, TILES, lattice
from assets.watermark.payload import coded

Luma = NDArray[np.uint8]
"""(height, width), Y of BT.709 in limited range."""
FLAT, BUSY = 0.5, 1.6
"""Steps of brightness (of 219) that the pattern deviates by: on flat colour, and beside lines. At 1.0 on
flat colour grey walls look mottled."""
SMALLEST = 144
"""Pixels of the shorter side, as in profiles: below, the pattern's waves would be shorter than two pixels."""
_BUSY_FROM, _BUSY_TO = 2.0, 12.0  # deviation of brightness around a pixel
_BLACK, _DARK = 18.0, 72.0  # below the first no pattern, from the second on all of it
_AROUND = 5  # pixels of half size on which a place is called busy


class Marker:
    """The pattern of one id for pictures of one size (width, height)."""

    def __init__(self, id: str, size: tuple[int, int]) -> None:
        if min(size) < SMALLEST:
            raise ShapeRefused(
                f"A picture of {size[0]}x{size[1]} is too small for a watermark; its shorter side has at least "
                f"{SMALLEST} pixels."
            )
        self._pattern = pattern(id, size)

    def mark(self, luma: Luma) -> Luma:
        """``luma`` with the watermark."""
        import cv2

        added = cv2.multiply(_strength(luma), self._pattern)
        return np.asarray(cv2.add(luma, added, dtype=cv2.CV_8U), np.uint8)  # rounds and saturates


def pattern(id: str, size: tuple[int, int]) -> NDArray[np.float32]:
    """The pattern for pictures of ``size``, with a deviation of 1."""
    width, height = size
    waves, tile = lattice(), min(size) / TILES
    grid = np.zeros((MOST + 1, 2 * MOST + 1), np.complex64)
    grid[waves.v, waves.u + MOST] = waves.amplitude * waves.signs(coded(id)) * np.exp(1j * waves.phase)
    across = turning(np.arange(-MOST, MOST + 1), width, tile)
    down = turning(np.arange(MOST + 1), height, tile)
    return np.asarray((down.T @ (grid @ across)).real, np.float32)


def turning(times: NDArray[np.integer | np.floating], pixels: int, tile: float) -> NDArray[np.complex64]:
    """Waves that turn ``times`` per tile, over a row of ``pixels``."""
    angle = np.asarray(2 * np.pi / tile * times[:, None] * np.arange(pixels)[None], np.float32)
    made = np.empty(angle.shape, np.complex64)
    made.real, made.imag = np.cos(angle), np.sin(angle)  # a third of the time of a complex exp
    return made


def _strength(luma: Luma) -> NDArray[np.float32]:
    """How strong the pattern is at every pixel; found at half size, where it takes a quarter of the time."""
    import cv2

    height, width = luma.shape
    exact = cv2.resize(luma, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA).astype(
        np.float32
    )
    mean = cv2.blur(exact, (_AROUND, _AROUND))
    varies = np.sqrt(np.maximum(cv2.blur(exact * exact, (_AROUND, _AROUND)) - mean * mean, 0))
    busy = ((varies - _BUSY_FROM) / (_BUSY_TO - _BUSY_FROM)).clip(0, 1)
    dark = ((exact - _BLACK) / (_DARK - _BLACK)).clip(0, 1)
    strength = (FLAT + (BUSY - FLAT) * busy) * dark
    return np.asarray(cv2.resize(strength, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
