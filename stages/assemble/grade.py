"""Grade a cut: contrast, colour, warmth and vignette for the time of day.

In: a picture in the file's colours, a grade.      Out: a picture.
Knows nothing about what is drawn. Uses lookup tables, so a frame takes a few milliseconds.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assets.media.bt709 import Planes, split
from assets.sheets.look import TimeOfDay


@dataclass(frozen=True)
class Grade:
    """1.0 leaves contrast and saturation unchanged; ``warmth`` -1 blue .. +1 orange; ``vignette`` 0..1."""

    contrast: float = 1.0
    saturation: float = 1.0
    warmth: float = 0.0
    vignette: float = 0.0


GRADES: dict[TimeOfDay, Grade] = {
    "dawn": Grade(contrast=0.98, saturation=0.96, warmth=0.10, vignette=0.10),
    "morning": Grade(contrast=1.03, saturation=1.04, warmth=0.04, vignette=0.05),
    "day": Grade(contrast=1.05, saturation=1.06, warmth=0.0, vignette=0.05),
    "sunset": Grade(contrast=1.05, saturation=1.08, warmth=0.20, vignette=0.16),
    "dusk": Grade(contrast=1.02, saturation=0.96, warmth=-0.08, vignette=0.18),
    "night": Grade(contrast=1.05, saturation=0.92, warmth=-0.15, vignette=0.24),
}


def graded(planes: Planes, grade: Grade, size: tuple[int, int]) -> Planes:
    """Apply ``grade`` to ``planes``. Black stays black, and white stays white without a vignette."""
    import cv2

    made = planes.copy()
    luma, blue, red = split(made, size)
    if grade.warmth:
        small = cv2.resize(luma, (blue.shape[1], blue.shape[0]), interpolation=cv2.INTER_AREA)
        shift = cv2.LUT(small, _warmth(abs(grade.warmth)))
        more, less = (red, blue) if grade.warmth > 0 else (blue, red)
        more[:], less[:] = cv2.add(more, shift), cv2.subtract(less, shift)
    luma[:] = cv2.LUT(luma, _contrast(grade.contrast))
    for chroma in (blue, red):
        chroma[:] = cv2.LUT(chroma, _saturation(grade.saturation))
    if grade.vignette:
        for plane, floor in ((luma, 16), (blue, 128), (red, 128)):
            keep = _falloff(*plane.shape, grade.vignette)
            plane[:] = cv2.blendLinear(plane, np.full_like(plane, floor), keep, 1 - keep)
    return made


@cache
def _contrast(contrast: float) -> NDArray[np.uint8]:
    """An S-curve around middle grey, over the limited range."""
    x = (np.arange(256) - 16) / 219
    inside = np.clip(x, 0, 1)
    bend = x + (contrast - 1) * np.sin(2 * np.pi * (inside - 0.5)) / np.pi
    return np.asarray((bend * 219 + 16).round().clip(0, 255), np.uint8)


@cache
def _saturation(saturation: float) -> NDArray[np.uint8]:
    return np.asarray((128 + (np.arange(256) - 128) * saturation).round().clip(0, 255), np.uint8)


@cache
def _warmth(warmth: float) -> NDArray[np.uint8]:
    """How far red and blue move apart, by luma: most in the middle tones, so that paper stays white."""
    x = np.clip((np.arange(256) - 16) / 219, 0, 1)
    return np.asarray((28 * warmth * np.sin(np.pi * x)).round(), np.uint8)


@cache
def _falloff(height: int, width: int, strength: float) -> NDArray[np.float32]:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return np.asarray(1 - strength * np.clip((x**2 + y**2) / 2 - 0.15, 0, 1) ** 1.5, np.float32)
