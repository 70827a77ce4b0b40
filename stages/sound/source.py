"""Read one placed sound from its file block by block, as the mix reaches it.

In: a Placed, the file it refers to.      Out: stereo samples with gain, pan and fades.
Holds one block at a time, so ten minutes of music need no more memory than a short effect.
"""

from contextlib import ExitStack
from fractions import Fraction
from math import cos, pi, sin
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.errors import ModelFailed
from assets.media.sound import next_samples, reading
from assets.sheets.production import Placed

Block = NDArray[np.float32]

LOOP_SECONDS = 0.5  # length of the cross-fade at the seam of a loop
# length of the fade at a start or end inside a waveform, so that it does not click
EDGE_SECONDS = 0.004


class Source:
    """An open sound; close it after the mix has passed its end."""

    def __init__(self, placed: Placed, path: Path, *, rate: Fraction, hertz: int) -> None:
        self.placed = placed
        self.start = round(placed.at * hertz / rate)
        self._held = ExitStack()
        self._file: Any = self._held.enter_context(reading(path))
        if self._file.samplerate != hertz or self._file.channels > 2:
            self.close()
            raise ModelFailed(
                f"{placed.name} came at {self._file.samplerate} Hz with {self._file.channels} channels; "
                f"the mix takes mono or stereo at {hertz} Hz, which every voice, Foley and composer promises."
            )
        wanted = round((placed.at + placed.frames) * hertz / rate) - self.start
        self._loops = placed.loop and 0 < self._file.frames < wanted
        self.length = wanted if self._loops else min(wanted, self._file.frames)
        self.stop = self.start + self.length
        edge = round(EDGE_SECONDS * hertz)
        cut_short = self.length < self._file.frames or self._loops
        self._rise = max(round(placed.fade_in * hertz / rate), edge if placed.fade_in or self._loops else 0)
        self._fall = max(round(placed.fade_out * hertz / rate), edge if cut_short else 0)
        self._turn = min(round(LOOP_SECONDS * hertz), self._file.frames // 3)
        self._gains = _gains(placed, mono=self._file.channels == 1)

    def close(self) -> None:
        self._held.close()

    def read(self, start: int, stop: int) -> Block:
        """Samples ``start`` to ``stop`` of the episode, which must overlap this sound: (n, 2)."""
        first, last = max(start, self.start) - self.start, min(stop, self.stop) - self.start
        block = self._looped(first, last) if self._loops else self._plain(first, last)
        return block * self._gains * self._fades(first, last)

    def _plain(self, first: int, last: int) -> Block:
        return next_samples(self._file, last - first, start=first, always_2d=True)

    def _looped(self, first: int, last: int) -> Block:
        """The sound repeated; each end is cross-faded with the next beginning at equal power."""
        period = self._file.frames - self._turn
        out = np.zeros((last - first, self._file.channels), np.float32)
        for turn in range(max(0, first - self._turn) // period, (last - 1) // period + 1):
            begin = turn * period
            a, b = max(first, begin), min(last, begin + self._file.frames)
            if a < b:
                at = np.arange(a - begin, b - begin)
                out[a - first : b - first] += self._plain(a - begin, b - begin) * self._seam(at, turn)
        return out

    def _seam(self, at: NDArray[np.int64], turn: int) -> Block:
        """Equal-power gains of one repetition of the loop; the first has no fade-in."""
        rise = np.clip(at / self._turn, 0, 1) if turn and self._turn else np.ones(len(at))
        fall = np.clip((self._file.frames - at) / max(1, self._turn), 0, 1)
        sides: Block = np.sin(0.5 * pi * np.minimum(rise, fall)).astype(np.float32)[:, None]
        return sides

    def _fades(self, first: int, last: int) -> Block:
        """Raised-cosine fades at the ends of the sound."""
        at = np.arange(first, last)
        rise = np.clip((at + 1) / self._rise, 0, 1) if self._rise else np.ones(len(at))
        fall = np.clip((self.length - at) / self._fall, 0, 1) if self._fall else np.ones(len(at))
        curve: Block = (0.5 - 0.5 * np.cos(pi * np.minimum(rise, fall))).astype(np.float32)[:, None]
        return curve


def _gains(placed: Placed, *, mono: bool) -> Block:
    """Left and right factors: equal power for mono, a balance for stereo."""
    gain = 10 ** (placed.gain_db / 20)
    angle = (placed.pan + 1) * pi / 4
    left, right = cos(angle), sin(angle)
    if not mono:
        left, right = min(1.0, left * 2**0.5), min(1.0, right * 2**0.5)
    return np.array([[gain * left, gain * right]], np.float32)
