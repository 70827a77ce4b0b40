"""Pixels and samples in memory: still pictures, clips and sounds, with their units.

Knows nothing about files or models.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Still = NDArray[np.uint8]
"""(H, W, 3) uint8, sRGB, full range."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; right and bottom are outside."""


@dataclass(frozen=True)
class Clip:
    """Moving pictures, computed on demand, so that memory use stays constant.

    ``draw`` returns a fresh iterator over ``frames`` stills of ``size`` each time.
    ``pick`` is a faster way to the same stills when only some of them, or a part of each, are wanted.
    """

    frames: int
    size: tuple[int, int]  # width, height in pixels
    rate: Fraction
    draw: Callable[[], Iterator[Still]]
    pick: "Callable[[Sequence[int], Box | None], Iterator[Still]] | None" = None

    def __iter__(self) -> Iterator[Still]:
        return self.draw()

    def __len__(self) -> int:
        return self.frames

    def some(self, frames: Sequence[int], box: Box | None = None) -> Iterator[Still]:
        """The stills at ``frames``, an ascending list. With ``box``, only its inside is sure to be drawn."""
        if self.pick is not None:
            yield from self.pick(frames, box)
            return
        wanted = set(frames)
        for frame, still in enumerate(self.draw()):
            if frame in wanted:
                yield still


@dataclass(frozen=True)
class Sound:
    """Samples: (n,) mono or (n, 2) stereo float32 in -1..1, ``rate`` in hertz."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate
