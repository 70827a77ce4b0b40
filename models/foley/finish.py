"""The final processing of every effect: length, level, edges.

In:  the result of a recipe.      Out: float32 stereo, no DC, peak <= 0.9, at its level.
Knows nothing about how the sound was made.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from models.foley.envelope import edges
from models.foley.filters import highpass
from models.foley.performance import RATE, Recipe, Stereo, count

PEAK = 0.9
WRAP = 0.5  # seconds an ambience is continued, to be faded into its own beginning
EDGE = 0.002  # below the 2-3 ms gap that is audible in noise: no click alone, no hole in a loop

# BS.1770 K-weighting at 48 kHz: the high shelf, then the low cut.
_K = np.array([
    [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
    [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
])  # fmt: skip


def loudness(sound: NDArray[np.floating]) -> float:
    """LUFS of the loudest 400 ms (BS.1770 momentary maximum); a shorter sound is padded."""
    power = np.sum(np.asarray(signal.sosfilt(_K, sound, axis=0)) ** 2, axis=1)
    window, step = count(0.4), count(0.1)
    total = np.concatenate([[0.0], np.cumsum(np.pad(power, (0, max(0, window - len(power)))))])
    loudest = np.max((total[window:] - total[:-window])[::step]) / window
    return float(-0.691 + 10 * np.log10(loudest + 1e-12))


def finish(performed: Stereo, recipe: Recipe, seconds: float) -> NDArray[np.float32]:
    """``seconds`` 0: the sound's own length."""
    steady = highpass(performed, 22)
    if recipe.extent == "loop":
        return edges(_level(_wrap(steady), recipe.level), EDGE, EDGE).astype(np.float32)
    cut = _fit(steady, count(seconds)) if seconds else _trim(steady)
    # Fade in half a millisecond, so that a blow keeps its attack; the end may fade longer.
    return edges(_level(cut, recipe.level), 0.0005, min(0.03, len(cut) / RATE / 10)).astype(np.float32)


def _wrap(sound: Stereo) -> Stereo:
    """Fade the last WRAP seconds into the first ones, so that the end continues into the beginning."""
    body, tail = sound[: len(sound) - count(WRAP)].copy(), sound[len(sound) - count(WRAP) :]
    size = min(len(body), len(tail))
    rise = np.sin(np.linspace(0, np.pi / 2, size))[:, None]
    body[:size] = body[:size] * rise + tail[:size] * rise[::-1]
    return body


def _trim(sound: Stereo) -> Stereo:
    """Cut the end that is 60 dB below the loudest sample."""
    loud = np.max(np.abs(sound), axis=1)
    heard = np.flatnonzero(loud > 0.001 * loud.max()) if loud.any() else np.array([len(sound) - 1])
    return sound[: min(len(sound), int(heard[-1]) + count(0.03))]


def _fit(sound: Stereo, samples: int) -> Stereo:
    if len(sound) >= samples:
        return edges(sound[:samples], 0.0, 0.05)
    return np.pad(sound, ((0, samples - len(sound)), (0, 0)))


def _level(sound: Stereo, level: float) -> Stereo:
    """Scale to its level; peaks are compressed above two thirds of the limit; the peak wins over the level."""
    peak = float(np.max(np.abs(sound)))
    if peak < 1e-9:
        return sound
    gain = min(10 ** ((level - loudness(sound)) / 20), 2 * PEAK / peak)
    knee = PEAK * 2 / 3
    over = np.abs(sound * gain) - knee
    bent = knee + (PEAK - knee) * np.tanh(np.maximum(over, 0) / (PEAK - knee))
    return np.where(over > 0, np.sign(sound) * bent, sound * gain)
