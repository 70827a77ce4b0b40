"""A sheet of sound pictures for inspection: rows of spectrograms, low pitch at the bottom.

In:  rows of (n, bands, frames) in -1..1.      Out: a PNG.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# from dark blue over violet and orange to near white, a common colour map for loudness
STOPS = np.array([[4, 4, 20], [66, 18, 108], [180, 54, 90], [246, 140, 40], [252, 250, 190]], np.float32)


def draw(rows: Sequence[NDArray[np.floating]], path: Path, gap: int = 4) -> None:
    """Draw rows of pictures below each other; all rows have the same number."""
    lines = [np.concatenate([_framed(one, gap) for one in row], axis=1) for row in rows]
    Image.fromarray(np.concatenate(lines)).save(path)


def _framed(picture: NDArray[np.floating], gap: int) -> NDArray[np.uint8]:
    place = (np.clip(picture[::-1], -1, 1) + 1) / 2 * (len(STOPS) - 1)
    below = np.clip(place.astype(int), 0, len(STOPS) - 2)
    share = (place - below)[..., None]
    inked = STOPS[below] * (1 - share) + STOPS[below + 1] * share
    out: NDArray[np.uint8] = np.pad(
        inked.astype(np.uint8), ((gap, gap), (gap, gap), (0, 0)), constant_values=90
    )
    return out
