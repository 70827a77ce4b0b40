"""Randomness as sound: white and tilted noise, slow drifts, and scattered grains."""

from collections.abc import Sequence

import numpy as np
from scipy import fft

from models.foley.performance import RATE, Mono, Rng, Stereo


def white(rng: Rng, samples: int) -> Mono:
    return rng.standard_normal(samples)


def tilted(rng: Rng, samples: int, slope: float) -> Mono:
    """Noise falling by ``slope`` dB an octave (-3 pink, -6 brown), RMS 1, nothing below 20 Hz."""
    size = fft.next_fast_len(samples, real=True)
    spectrum = fft.rfft(rng.standard_normal(size))
    hertz = np.maximum(fft.rfftfreq(size, 1 / RATE), 1.0)
    gain = (hertz / 1000.0) ** (slope / 6.0206)
    gain[hertz < 20] = 0.0
    shaped = np.asarray(fft.irfft(spectrum * gain, size)[:samples], dtype=np.float64)
    return np.asarray(shaped / (np.sqrt(np.mean(shaped**2)) + 1e-12))


def wide(rng: Rng, samples: int, slope: float, width: float = 0.7) -> Stereo:
    """Stereo tilted noise; ``width`` 0 is mono, 1 two unrelated channels."""
    shared, left, right = (tilted(rng, samples, slope) for _ in range(3))
    near = np.sqrt(1 - width**2)
    return np.stack([near * shared + width * left, near * shared + width * right], axis=1)


def drift(rng: Rng, samples: int, hertz: float, low: float, high: float) -> Mono:
    """A smooth random curve between ``low`` and ``high`` that turns about ``hertz`` times a second."""
    knots = rng.uniform(low, high, int(np.ceil(samples / RATE * hertz)) + 3)
    place = np.arange(samples) * (hertz / RATE) + rng.uniform()
    whole = place.astype(np.int64)
    blend = 0.5 - 0.5 * np.cos(np.pi * (place - whole))
    return np.asarray(knots[whole] * (1 - blend) + knots[whole + 1] * blend)


def jitter(rng: Rng, value: float, share: float) -> float:
    """``value`` varied at random by up to ``share`` of it."""
    return float(value * (1 + rng.uniform(-share, share)))


def scatter(
    rng: Rng, samples: int, grains: Sequence[Mono], per_second: float, when: Mono | None = None
) -> Stereo:
    """Many copies of ``grains`` at random times, loudnesses and pan positions.

    ``when`` (0..1, one value a sample) thins them out over time.
    """
    out = np.zeros((samples, 2))
    many = int(rng.poisson(per_second * samples / RATE))
    at = rng.integers(0, samples, many)
    if when is not None:
        at = at[when[at] > rng.uniform(size=many)]
    gain, angle = rng.exponential(1.0, len(at)), rng.uniform(0.1, np.pi / 2 - 0.1, len(at))
    sides = np.stack([gain * np.cos(angle), gain * np.sin(angle)], axis=1)
    # Grain by grain: 4 us each; convolution of a pulse train took 1 ms per grain and second.
    for start, which, side in zip(at, rng.integers(len(grains), size=len(at)), sides, strict=True):
        grain = grains[which]
        fits = min(len(grain), samples - start)
        out[start : start + fits] += grain[:fits, None] * side
    return out


def moments(rng: Rng, seconds: float, gap: float, spread: float, first: float = 0.05) -> list[float]:
    """Times from ``first`` on, ``gap`` apart give or take a share ``spread``, ending before ``seconds``."""
    times: list[float] = []
    at = first
    while at < seconds:
        times.append(at)
        at += gap * (1 + rng.uniform(-spread, spread))
    return times
