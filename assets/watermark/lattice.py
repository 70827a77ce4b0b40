"""The waves that the watermark consists of, and what each of them carries.

A square tile is a sum of waves that fit into it a whole number of times in both directions. A quarter of them is the
same in every watermark, so that a reader finds tile size and place; the others carry the bits of the id.
"""

import hashlib
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from assets.watermark.payload import CODED

TILES = 4
"""Tiles along the shorter side of the picture: at 1280x720 a tile has 180 pixels."""
FEWEST, MOST = 4, 20
"""Waves per tile, as the length of (u, v): wavelengths of 45 to 9 pixels at 1280x720. Shorter ones do not survive
smaller copies; longer ones are as strong in the drawing itself."""
_SYNC_EVERY = 4


@dataclass(frozen=True)
class Lattice:
    """Waves by index: ``u`` and ``v`` times per tile, their phase, and the coded bit each carries (-1: none)."""

    u: NDArray[np.int64]
    v: NDArray[np.int64]
    phase: NDArray[np.float64]
    bit: NDArray[np.int64]

    @cached_property
    def radius(self) -> NDArray[np.float64]:
        return np.hypot(self.u, self.v)

    @cached_property
    def ring(self) -> NDArray[np.int64]:
        """The length of (u, v), rounded: waves that a codec or a drawing treats alike."""
        return np.rint(self.radius).astype(np.int64)

    @property
    def amplitude(self) -> NDArray[np.float64]:
        """Longer waves are stronger: they survive more, and the eye sees them less."""
        return np.asarray(self.radius**-0.5 / np.sqrt((1 / self.radius).sum() / 2))

    @cached_property
    def sync(self) -> NDArray[np.bool_]:
        return self.bit < 0

    def signs(self, coded: NDArray[np.int8]) -> NDArray[np.float64]:
        """Of each wave in the watermark with these bits."""
        return np.where(self.sync, 1.0, coded[self.bit])


@cache
def lattice() -> Lattice:
    """The waves of version 1. Another phase or order is another version: older marks could not be read any more."""
    side = range(-MOST, MOST + 1)
    # Not along the axes: there are the edges of drawings, and the blocks of codecs.
    waves = [
        (u, v) for v in range(1, MOST + 1) for u in side if u != 0 and FEWEST**2 <= u * u + v * v <= MOST**2
    ]
    waves.sort(key=lambda wave: (wave[0] ** 2 + wave[1] ** 2, wave))
    u, v = np.array(waves).T
    stream = hashlib.shake_256(b"sakuga watermark 1").digest(4 * len(waves))
    drawn = np.frombuffer(stream, "<u4").astype(np.float64) / 2**32
    bit = np.full(len(waves), -1)
    data = np.flatnonzero(np.arange(len(waves)) % _SYNC_EVERY != 0)
    # Each coded bit on waves of several lengths: long ones survive a smaller copy, short ones a flat drawing.
    bit[data] = _scattered(len(data))
    return Lattice(u, v, 2 * np.pi * drawn, bit)


def _scattered(count: int) -> NDArray[np.int64]:
    """Coded bits for ``count`` waves in ascending radius; each turn of all bits is in another order."""
    found: list[int] = []
    turn = 0
    while len(found) < count:
        keys = np.frombuffer(hashlib.shake_256(b"turn %d" % turn).digest(4 * CODED), "<u4")
        found += np.argsort(keys, kind="stable").tolist()
        turn += 1
    return np.array(found[:count], np.int64)
