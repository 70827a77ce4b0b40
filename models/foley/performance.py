"""The definition of a recipe, and the input of its performance.

Sounds are float64 at 48 kHz while they are made: (n,) mono or (n, 2) stereo. Only the finish
(models/foley/finish.py) turns them into float32 with a level and clean edges.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

RATE = 48_000

Rng = np.random.Generator
Mono = NDArray[np.float64]
"""(n,) samples."""
Stereo = NDArray[np.float64]
"""(n, 2) samples, left and right."""


def count(seconds: float) -> int:
    """Whole samples in ``seconds``, at least one."""
    return max(1, round(seconds * RATE))


def clock(samples: int) -> Mono:
    """Seconds since the start, one value a sample."""
    return np.arange(samples) / RATE


@dataclass(frozen=True)
class Performance:
    """One order to a recipe: its random generator, the length to fill, and the manner ('on gravel')."""

    rng: Rng
    seconds: float
    manner: str

    @property
    def samples(self) -> int:
        return count(self.seconds)


@dataclass(frozen=True)
class Recipe:
    """One named effect.

    level    loudest 400 ms, K-weighted, in LUFS: its level relative to a voice at -23
    extent   once: has its own length, padded with silence
                      held: lasts as long as requested, and ends
                      loop: an ambience; its end continues into its beginning
    """

    name: str
    perform: Callable[[Performance], Stereo]
    seconds: float
    level: float
    caption: str
    extent: Literal["once", "held", "loop"] = "once"
    manners: tuple[str, ...] = ("",)
