"""Compute how far music and ambience are lowered for speech, before anything is mixed.

In: the lines placed on the timeline.      Out: a gain curve for any stretch.
All lines are known in advance, so the curve moves before the word, not after it, and does not pump in the
pauses between lines.
"""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from assets.sheets.base import Part
from assets.sheets.production import Placed

Curve = NDArray[np.float32]

STEPS = 100  # curve points per second; interpolated linearly


class DuckOptions(Part):
    """How music and ambience are lowered under a line."""

    music_db: float = Field(default=-8.0, ge=-40, le=0)
    ambience_db: float = Field(default=-5.0, ge=-40, le=0)
    attack: float = Field(default=0.30, ge=0.02, le=3, description="Seconds down, ending as the line begins")
    release: float = Field(default=0.70, ge=0.02, le=5, description="Seconds up, after the line")
    bridge: float = Field(default=1.2, ge=0, le=10, description="Pauses up to this many seconds stay lowered")


class Ducking:
    """0 where nobody speaks, 1 under a line, smooth in between."""

    def __init__(self, depth: Curve, rate: int) -> None:
        self._depth, self._rate = depth, rate

    def gain(self, start: int, stop: int, depth_db: float) -> Curve:
        """The factor for samples ``start`` to ``stop``: (stop - start, 1)."""
        at = np.arange(start, stop) * (STEPS / self._rate)
        whole = np.minimum(at.astype(np.int64), len(self._depth) - 2)
        part = (at - whole).astype(np.float32)
        depth = self._depth[whole] * (1 - part) + self._depth[whole + 1] * part
        curve: Curve = (10 ** (depth * np.float32(depth_db / 20)))[:, None]
        return curve


def under(
    lines: Iterable[Placed], *, frames: int, rate: Fraction, hertz: int, options: DuckOptions
) -> Ducking:
    """The curve for an episode of ``frames`` under the voices among ``lines``."""
    depth = np.zeros(int(frames / rate * STEPS) + 3, np.float32)
    for start, stop in _spoken(lines, rate, options.bridge):
        _press(depth, start, stop, options)
    return Ducking(depth, hertz)


def _spoken(lines: Iterable[Placed], rate: Fraction, bridge: float) -> list[tuple[float, float]]:
    """Seconds in which somebody speaks; pauses shorter than ``bridge`` count as speech."""
    spans = sorted((float(line.at / rate), float((line.at + line.frames) / rate)) for line in lines)
    merged: list[tuple[float, float]] = []
    for start, stop in spans:
        if merged and start - merged[-1][1] <= bridge:
            merged[-1] = (merged[-1][0], max(merged[-1][1], stop))
        else:
            merged.append((start, stop))
    return merged


def _press(depth: Curve, start: float, stop: float, options: DuckOptions) -> None:
    """Raise ``depth`` over one stretch of speech, with raised-cosine sides."""
    first = max(0, int((start - options.attack) * STEPS))
    last = min(len(depth), int((stop + options.release) * STEPS) + 2)
    seconds = np.arange(first, last) / STEPS
    down = np.clip((seconds - (start - options.attack)) / options.attack, 0, 1)
    up = np.clip((stop + options.release - seconds) / options.release, 0, 1)
    side = 0.5 - 0.5 * np.cos(np.pi * np.minimum(down, up))
    depth[first:last] = np.maximum(depth[first:last], side)
