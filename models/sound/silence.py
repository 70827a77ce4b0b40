"""Silence around words: trim it, join phrases with it, and make the breath of a wordless line.

In: mono samples.      Out: mono samples.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

STEP_SECONDS = 0.005
# 42 dB below the loudest 5 ms: s and breathy ends are kept, the models' noise floors (-55 dB) are removed
QUIET = 0.008
KEEP_BEFORE, KEEP_AFTER = 0.02, 0.06  # seconds; a voice starts abruptly and ends gradually
FADE_SECONDS = 0.006
BREATH_SECONDS = 0.55
BREATH_PEAK = 0.012  # -38 dBFS: barely audible, and below the gate of the mouth movement


def trim(samples: Samples, rate: int) -> Samples:
    """Remove the silence at both ends except a short rest, and fade so that nothing clicks."""
    step = round(rate * STEP_SECONDS)
    whole = len(samples) // step * step
    if whole == 0:
        return samples
    levels = np.sqrt((samples[:whole].reshape(-1, step) ** 2).mean(axis=1))
    loud = np.flatnonzero(levels > QUIET * levels.max())
    if not len(loud) or levels.max() == 0:
        return samples[:0]
    first = max(0, int(loud[0]) * step - round(KEEP_BEFORE * rate))
    last = min(len(samples), int(loud[-1] + 1) * step + round(KEEP_AFTER * rate))
    return faded(samples[first:last], rate)


def faded(samples: Samples, rate: int) -> Samples:
    """With a raised-cosine fade of a few milliseconds at each end."""
    length = min(round(FADE_SECONDS * rate), len(samples) // 2)
    if length == 0:
        return samples
    rise = (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)).astype(np.float32)
    out = samples.copy()
    out[:length] *= rise
    out[-length:] *= rise[::-1]
    return out


def joined(phrases: Sequence[tuple[Samples, float]], rate: int) -> Samples:
    """Phrases with their pauses (seconds) between them; the last pause is dropped."""
    pieces: list[Samples] = []
    for index, (samples, pause) in enumerate(phrases):
        pieces.append(samples)
        if index < len(phrases) - 1:
            pieces.append(np.zeros(round(pause * rate), np.float32))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def breath(rate: int, *, seed: int) -> Samples:
    """A quiet breath of fixed length, the sound of a line that has only dots and marks."""
    length = round(BREATH_SECONDS * rate)
    noise = np.random.default_rng(seed).standard_normal(length)
    hertz = np.fft.rfftfreq(length, 1 / rate)
    # air through a mouth: a broad peak at about 1.4 kHz
    hump = np.exp(-0.5 * (np.log2(np.maximum(hertz, 1) / 1400) / 1.1) ** 2)
    air = np.fft.irfft(np.fft.rfft(noise) * hump, length)
    air *= np.sin(np.pi * np.arange(length) / length) ** 1.5
    quiet: Samples = (BREATH_PEAK * air / np.abs(air).max()).astype(np.float32)
    return quiet
