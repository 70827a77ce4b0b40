"""Measure how near sounds are to the procedural ones. Numbers only; the choice is made elsewhere.

In:  pictures (n, BANDS, FRAMES) uint8 of sounds, features from the listener.      Out: distances, shapes.
Knows nothing about how the sounds were made.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.house.foley.mel import FLOOR, HOP, RATE, SAMPLES, picture

Pictures = NDArray[np.uint8]
HOPS_A_SECOND = RATE / HOP
# smaller spreads cannot be resolved by the window's raster
FINEST = {"onsets": 1.0, "length": 0.15, "decay": 0.12, "centre": 2.0}


def seen(sound: NDArray[np.floating], *, ring: bool) -> Pictures:
    """The picture of a stereo sound at 48 kHz: its first 4.096 s, padded with silence."""
    from scipy.signal import resample_poly

    mono = resample_poly(np.asarray(sound, np.float64).mean(axis=1), 1, 3).astype(np.float32)[:SAMPLES]
    whole = len(mono) == SAMPLES
    return picture(np.pad(mono, (0, SAMPLES - len(mono))), ring=ring and whole)


def frechet(some: NDArray[np.floating], others: NDArray[np.floating]) -> float:
    """Frechet distance of two sets of features taken as Gaussians (Heusel and others, 2017)."""
    from scipy.linalg import sqrtm

    offset = some.mean(axis=0) - others.mean(axis=0)
    one, other = np.cov(some, rowvar=False), np.cov(others, rowvar=False)
    both = np.real(sqrtm(one @ other))
    return float(offset @ offset + np.trace(one + other - 2 * both))


def spectrum(pictures: Pictures) -> NDArray[np.float64]:
    """Mean power per band in decibels, the loudest band at 0."""
    power = np.mean(10 ** ((pictures / 255.0 - 1) * FLOOR / 10), axis=(0, 2))
    return np.asarray(10 * np.log10(power / power.max() + 1e-12))


def spectral_distance(some: Pictures, others: Pictures, reach: float = 45.0) -> float:
    """Mean difference in decibels between two mean spectra, over the bands audible in either."""
    one, other = (np.maximum(spectrum(part), -reach) for part in (some, others))
    heard = np.maximum(one, other) > -reach
    return float(np.abs(one - other)[heard].mean())


class Shape(NamedTuple):
    """The most audible properties; seconds, a count, and a band."""

    onsets: float
    length: float
    decay: float
    centre: float


def shape(one: Pictures) -> Shape:
    """Onsets, length, decay and spectral centre of one picture of a sound, (BANDS, frames) of 0..255."""
    level = 10 * np.log10(np.mean(10 ** ((one / 255.0 - 1) * FLOOR / 10), axis=0) + 1e-12)
    level -= level.max()
    heard = np.flatnonzero(level > -40)
    peak = int(level.argmax())
    after = np.flatnonzero(level[peak:] < -20)
    power = np.mean(10 ** ((one / 255.0 - 1) * FLOOR / 10), axis=1)
    return Shape(
        onsets=float(_onsets(level)),
        length=(heard[-1] - heard[0] + 1) / HOPS_A_SECOND,
        decay=(after[0] if len(after) else len(level) - peak) / HOPS_A_SECOND,
        centre=float((power * np.arange(len(power))).sum() / power.sum()),
    )


def shapes_apart(some: Pictures, others: Pictures) -> float:
    """The largest of the four differences of the means, in units of the spreads of ``others``."""
    one, other = (np.array([shape(picture) for picture in part]) for part in (some, others))
    spread = np.maximum(other.std(axis=0), list(FINEST.values()))
    return float(np.max(np.abs(one.mean(axis=0) - other.mean(axis=0)) / spread))


def variety(pictures: Pictures) -> float:
    """Mean difference in decibels over all pairs."""
    wide = pictures.astype(np.float32)
    pairs = [np.abs(wide[a] - wide[b]).mean() for a in range(len(wide)) for b in range(a)]
    return float(np.mean(pairs)) * FLOOR / 255


def treble_share(sound: NDArray[np.floating]) -> float:
    """Share of a 48 kHz sound's weighted power above 8 kHz, which a 16 kHz model cannot make."""
    from models.foley.filters import lowpass
    from models.foley.finish import loudness

    wide = np.asarray(sound, np.float64)
    return float(np.clip(1 - 10 ** ((loudness(lowpass(wide, 8000)) - loudness(wide)) / 10), 0, 1))


def _onsets(level: NDArray[np.floating]) -> int:
    """Rises of 9 dB within 48 ms above the audible threshold, at least 80 ms apart."""
    rise = level[3:] - level[:-3]
    count, last = 0, -99
    for at in np.flatnonzero((rise > 9) & (level[3:] > -35)):
        if at - last > 5:
            count += 1
        last = int(at)
    return count
