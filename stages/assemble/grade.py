"""Grade a cut: contrast, colour, warmth and vignette by the hour it plays at.

In: a still, a grade.      Out: a still.
Knows nothing about what is drawn. Works by table and matrix, so a frame costs a few milliseconds.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assets.matter import Still
from assets.sheets.look import TimeOfDay


@dataclass(frozen=True)
class Grade:
    """1.0 leaves contrast and saturation alone; ``warmth`` -1 blue .. +1 orange; ``vignette`` 0..1."""

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


def graded(still: Still, grade: Grade) -> Still:
    """``still`` under ``grade``; black stays black and white stays white unless vignetted."""
    import cv2

    made = cv2.transform(cv2.LUT(still, _curves(grade)), _mix(grade.saturation))
    if grade.vignette:
        made = cv2.multiply(made, _falloff(still.shape[0], still.shape[1], grade.vignette), scale=1 / 255)
    return np.ascontiguousarray(made, dtype=np.uint8)


@cache
def _curves(grade: Grade) -> NDArray[np.uint8]:
    """One table per channel: an S-curve around middle grey, and warmth in the middle tones."""
    x = np.linspace(0, 1, 256)
    bend = x + (grade.contrast - 1) * np.sin(2 * np.pi * (x - 0.5)) / np.pi
    tint = 0.12 * grade.warmth * np.sin(np.pi * x)
    table = np.stack([bend + tint, bend + tint * 0.25, bend - tint], axis=-1)
    return (np.clip(table, 0, 1) * 255).round().astype(np.uint8)[None]


@cache
def _mix(saturation: float) -> NDArray[np.float32]:
    grey = np.tile(np.array([0.2126, 0.7152, 0.0722], np.float32), (3, 1))  # BT.709 luma
    return np.asarray(np.eye(3, dtype=np.float32) * saturation + grey * (1 - saturation), np.float32)


@cache
def _falloff(height: int, width: int, strength: float) -> NDArray[np.uint8]:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    dark = 1 - strength * np.clip((x**2 + y**2) / 2 - 0.15, 0, 1) ** 1.5
    return np.repeat((dark * 255).round().astype(np.uint8)[:, :, None], 3, axis=2)
