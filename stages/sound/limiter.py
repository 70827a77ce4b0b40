"""Keep peaks under a ceiling inaudibly, and change nothing else.

In: blocks of stereo samples, in order.      Out: as many samples, delayed by a few milliseconds.
Looks ahead, so the gain is low before the peak comes. Below the ceiling the samples are unchanged, to the bit.
come out unchanged, to the bit.
"""

import numpy as np
from numpy.typing import NDArray

Block = NDArray[np.float32]

AHEAD_SECONDS = 0.006
# two smoothings of 3 ms each keep the spectrum of the gain under 300 Hz


class Limiter:
    """Feed blocks to ``pass_on``, then take the ``rest``: together as long as the input."""

    def __init__(self, *, ceiling: float, hertz: int) -> None:
        self.acted = False
        self._ceiling = ceiling
        self._half = max(2, round(AHEAD_SECONDS * hertz / 2))
        self._held = np.zeros((0, 2), np.float32)  # samples seen, not yet returned
        self._before = 0  # how many of them were returned already and are kept as context

    def pass_on(self, block: Block) -> Block:
        """Take ``block``; return the samples whose following peaks are known."""
        self._held = np.concatenate([self._held, block])
        return self._give(len(self._held) - 2 * self._half)

    def rest(self) -> Block:
        """The samples that are still held."""
        return self._give(len(self._held))

    def _give(self, stop: int) -> Block:
        start = self._before
        if stop <= start:
            return np.zeros((0, 2), np.float32)
        out = self._held[start:stop]
        if np.abs(self._held).max(initial=0.0) > self._ceiling:
            out = out * self._gain()[start:stop, None]
            self.acted = True
        keep = max(0, stop - 2 * self._half)
        self._held, self._before = self._held[keep:], stop - keep
        return out

    def _gain(self) -> Block:
        """The gain for every held sample: the minimum needed within reach, smoothed."""
        need = np.minimum(1.0, self._ceiling / np.maximum(np.abs(self._held).max(axis=1), 1e-9))
        reach = 2 * self._half + 1
        padded = np.pad(need, self._half, constant_values=1.0)
        least = np.lib.stride_tricks.sliding_window_view(padded, reach).min(axis=1)
        # the mean of minima over the same reach never exceeds the gain needed at its middle
        padded = np.pad(least, self._half, mode="edge")
        total = np.cumsum(np.insert(padded, 0, 0.0), dtype=np.float64)
        gain: Block = ((total[reach:] - total[:-reach]) / reach).astype(np.float32)
        return gain
