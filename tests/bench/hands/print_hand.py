"""A hand that the base models do not have: flat ink of a print, teal outlines, four tones, warm paper.

In: a drawing of the cel rig.      Out: the same drawing by another hand.
Line: black ink is taken out, and the borders of the areas are drawn again, thicker and in teal.
Shading: soft light becomes four flat tones. Palette: teal shadows, coral middle tones, cream light; a third of the
colour of each area stays, so that hair and clothes can still be told apart.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from assets.matter import Still

LINE = (16, 66, 78)
TONES = ((20, 56, 74), (58, 118, 122), (234, 128, 96), (248, 204, 140), (255, 244, 216))
AT = (0.0, 0.27, 0.52, 0.75, 1.0)  # lightness of each tone
STEPS = 6  # flat tones between black and white
KEPT = 0.4  # of the area's own colour


def redrawn(picture: Still) -> Still:
    """(h, w, 3) of the same size."""
    flat = _flat(picture)
    toned = _toned(flat)
    lines = _lines(picture, flat)[:, :, None]
    drawn = toned * (1 - lines) + np.array(LINE, np.float32) * lines
    return np.clip(drawn + 0.5, 0, 255).astype(np.uint8)


def _flat(picture: Still) -> Still:
    """The areas without ink and without texture."""
    size = _odd(picture.shape[0] / 110)
    plain = cv2.morphologyEx(
        picture, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    )
    for _ in range(2):
        plain = cv2.bilateralFilter(plain, 9, 26, picture.shape[0] / 90)
    return np.asarray(cv2.medianBlur(plain, 3), np.uint8)


def _toned(flat: Still) -> NDArray[np.float32]:
    light = flat.astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32) / 255
    step = np.round(light * STEPS) / STEPS
    tone = np.stack([np.interp(step, AT, [tone[c] for tone in TONES]) for c in range(3)], 2)
    own = flat.astype(np.float32) - 255 * light[:, :, None]
    return np.asarray(tone + KEPT * own * 1.6, np.float32)


def _lines(picture: Still, flat: Still) -> NDArray[np.float32]:
    """0..1: ink of the rig, and borders of areas."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    size = _odd(picture.shape[0] / 64)
    ink = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((size, size), np.uint8)).astype(np.float32) / 60
    borders = cv2.Canny(cv2.medianBlur(flat, size // 2 * 2 + 1 if size < 9 else 7), 60, 130)
    drawn = np.maximum(np.clip(ink, 0, 1), cv2.dilate(borders, np.ones((2, 2), np.uint8)) / 255)
    return np.asarray(
        np.clip(1.25 * cv2.GaussianBlur(drawn.astype(np.float32), (0, 0), 0.9), 0, 1), np.float32
    )


def _odd(number: float) -> int:
    return max(3, round(number) // 2 * 2 + 1)
