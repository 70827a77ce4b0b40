"""Pixels and samples in memory: still pictures, clips and sounds, with their units.

Knows nothing about files or models.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Still = NDArray[np.uint8]
"""(H, W, 3) uint8, sRGB, full range."""


@dataclass(frozen=True)
class Clip:
    """Moving pictures, drawn when they are asked for, so that memory stays flat.

    ``draw`` returns a fresh iterator over ``frames`` stills of ``size`` each time.
    """

    frames: int
    size: tuple[int, int]  # width, height in pixels
    rate: Fraction
    draw: Callable[[], Iterator[Still]]

    def __iter__(self) -> Iterator[Still]:
        return self.draw()

    def __len__(self) -> int:
        return self.frames


@dataclass(frozen=True)
class Sound:
    """Samples: (n,) mono or (n, 2) stereo float32 in -1..1, ``rate`` in hertz."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate
