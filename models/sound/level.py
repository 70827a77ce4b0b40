"""Measure the loudness of a voice by ITU-R BS.1770, and bring every line to the same loudness.

In: mono samples at 48 kHz.      Out: LUFS, or the samples at a target.
The K weighting is applied in the frequency domain: the two filters of BS.1770-5 as a response give the same energy
as filtering the samples, without a loop. Whole programmes are measured by ffmpeg (assets/media/sound.py); this is
for single lines in memory.
"""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

RATE = 48_000
LINE_LUFS = -23.0  # a centred line then has EBU R128's programme loudness
PEAK = 0.97
BLOCK_SECONDS, STEP_SECONDS = 0.4, 0.1
ABSOLUTE_GATE, RELATIVE_GATE = -70.0, -10.0
SILENT = -120.0

# numerator and denominator of the two stages at 48 kHz, BS.1770-5 tables 1 and 2
SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def loudness(samples: Samples) -> float:
    """Gated loudness in LUFS of one channel; a signal shorter than a block counts as one block."""
    weighted = _weighted(samples)
    block, step = round(BLOCK_SECONDS * RATE), round(STEP_SECONDS * RATE)
    if len(weighted) < block:
        return _lufs(float((weighted**2).mean())) if len(weighted) else SILENT
    views = np.lib.stride_tricks.sliding_window_view(weighted, block)[::step]
    powers = (views**2).mean(axis=1)
    loud = powers[powers > _power(ABSOLUTE_GATE)]
    if not len(loud):
        return SILENT
    gate = _power(_lufs(float(loud.mean())) + RELATIVE_GATE)
    return _lufs(float(loud[loud > gate].mean()))


def level(samples: Samples, *, lufs: float = LINE_LUFS) -> Samples:
    """``samples`` at ``lufs``, or as near as its peak allows."""
    now = loudness(samples)
    peak = float(np.abs(samples).max(initial=0.0))
    if now <= ABSOLUTE_GATE or peak == 0.0:
        return samples
    gain = min(10 ** ((lufs - now) / 20), PEAK / peak)
    levelled: Samples = (samples * np.float32(gain)).astype(np.float32)
    return levelled


def _weighted(samples: Samples) -> NDArray[np.float64]:
    size = 1 << max(1, len(samples) + RATE // 10).bit_length()  # padding for the filters to ring out
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    response = np.ones_like(turn)
    for numerator, denominator in (SHELF, HIGH_PASS):
        response *= np.polyval(numerator[::-1], turn) / np.polyval(denominator[::-1], turn)
    spectrum = np.fft.rfft(samples.astype(np.float64), size) * response
    return np.asarray(np.fft.irfft(spectrum, size)[: len(samples)])


def _lufs(power: float) -> float:
    return -0.691 + 10 * float(np.log10(max(power, 1e-12)))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
