"""Loudness over time: decays, swells, breakpoint curves, and adding one sound to another."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.foley.performance import RATE, Mono, clock, count


def decay(samples: int, t60: float) -> Mono:
    """Falls by 60 dB in ``t60`` seconds."""
    return np.asarray(np.exp(-6.908 * clock(samples) / t60))


def strike(samples: int, attack: float, t60: float) -> Mono:
    """A rise of ``attack`` seconds, then a decay."""
    return np.asarray(np.minimum(1.0, clock(samples) / attack) * decay(samples, t60))


def swell(samples: int, peak: float = 0.5, sharpness: float = 2.0) -> Mono:
    """From zero up to 1 at share ``peak`` of the length, and down to zero, without corners."""
    place = np.linspace(0, 1, samples)
    phase = np.where(place < peak, place / peak, 1 + (place - peak) / (1 - peak)) / 2
    return np.asarray(np.sin(np.pi * phase) ** sharpness)


def curve(samples: int, *points: tuple[float, float]) -> Mono:
    """Straight lines through (share of the length, value)."""
    at, value = zip(*points, strict=True)
    return np.asarray(np.interp(np.linspace(0, 1, samples), at, value))


def edges(sound: NDArray[np.float64], rise: float, fall: float) -> NDArray[np.float64]:
    """Raised-cosine ends of ``rise`` and ``fall`` seconds, at most half of the sound each."""
    out = sound.copy()
    for seconds, part in ((rise, slice(None)), (fall, slice(None, None, -1))):
        samples = min(count(seconds), len(out) // 2)
        ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(samples) / max(1, samples))
        view = out[part]
        view[:samples] *= ramp if out.ndim == 1 else ramp[:, None]
    return out


def lay(bed: NDArray[np.float64], sound: NDArray[np.float64], at: float, gain: float = 1.0) -> None:
    """Add ``sound`` to ``bed`` from ``at`` seconds on; the part beyond the end is dropped."""
    start = round(at * RATE)
    room = min(len(sound), len(bed) - start)
    if room > 0 and start >= 0:
        bed[start : start + room] += gain * sound[:room]


def join(parts: Sequence[tuple[float, NDArray[np.float64]]]) -> NDArray[np.float64]:
    """Sounds placed at their times, in an array just long enough for them."""
    ends = [round(at * RATE) + len(sound) for at, sound in parts]
    bed = np.zeros((max(ends), *parts[0][1].shape[1:]))
    for at, sound in parts:
        lay(bed, sound, at)
    return bed
