"""Make a voice higher or lower, and its vocal tract longer or shorter, without changing the duration.

In: mono samples, semitones of pitch and of formants.      Out: as many samples.
Pitch-synchronous overlap-add (TD-PSOLA, Moulines and Charpentier, 1990): grains of two periods, one per glottal
pulse, are placed closer together or further apart. The formants stay unchanged unless they are moved explicitly, by
reading each grain faster or slower. A phase vocoder moves both and smears the pulses, which sounds metallic.
"""

import numpy as np
from numpy.typing import NDArray

from models.sound import melody

Samples = NDArray[np.float32]
Points = NDArray[np.float64]

UNVOICED_PERIOD = 0.005  # seconds between grains in unvoiced parts


def shift(samples: Samples, rate: int, *, semitones: float, formants: float = 0.0) -> Samples:
    """``samples`` with F0 shifted by ``semitones`` and the resonances by ``formants`` semitones."""
    if (semitones == 0 and formants == 0) or len(samples) < rate * 0.03:
        return samples
    marks, periods, voiced = pulses(samples, rate)
    ratio, stretch = 2 ** (semitones / 12), 2 ** (formants / 12)
    places, sources = _schedule(marks, periods, voiced, ratio, len(samples))
    return _overlap(samples, places, marks[sources], periods[sources], stretch)


def pulses(samples: Samples, rate: int) -> tuple[Points, Points, NDArray[np.bool_]]:
    """The position of each glottal pulse, the period there (in samples), and whether it is voiced."""
    curve = melody.track(samples, rate)
    hop = round(rate * melody.HOP_SECONDS)
    guide = _smoothed(samples, rate)
    marks: list[float] = []
    periods: list[float] = []
    voiced: list[bool] = []
    at = 0.0
    while at < len(samples):
        hertz = curve[min(int(at / hop), len(curve) - 1)]
        period = rate / hertz if hertz > 0 else rate * UNVOICED_PERIOD
        if hertz > 0:
            reach = 0.18 if voiced and voiced[-1] else 0.5
            at = max(_peak(guide, at, reach * period), (marks[-1] + 0.5 * period) if marks else 0.0)
        marks.append(at)
        periods.append(period)
        voiced.append(hertz > 0)
        at += period
    return np.array(marks), np.array(periods), np.array(voiced)


def _smoothed(samples: Samples, rate: int) -> Points:
    """Low-passed near 900 Hz, with the polarity in which pulses are most distinct."""
    width = max(3, rate // 1800 * 2 + 1)
    kernel = np.hanning(width + 2)[1:-1]
    low = np.convolve(samples.astype(np.float64), kernel / kernel.sum(), mode="same")
    return low if np.mean(low**3) >= 0 else -low


def _peak(guide: Points, at: float, reach: float) -> float:
    first = max(0, int(at - reach))
    last = min(len(guide), int(at + reach) + 1)
    return float(first + int(guide[first:last].argmax())) if last > first else at


def _schedule(
    marks: Points, periods: Points, voiced: NDArray[np.bool_], ratio: float, length: int
) -> tuple[Points, NDArray[np.int64]]:
    """New pulse positions, and which old pulse is used at each."""
    places: list[float] = []
    sources: list[int] = []
    at = float(marks[0])
    while at < length:
        nearest = int(np.searchsorted(marks, at))
        if nearest == len(marks) or (nearest > 0 and at - marks[nearest - 1] < marks[nearest] - at):
            nearest -= 1
        places.append(at)
        sources.append(nearest)
        at += periods[nearest] / (ratio if voiced[nearest] else 1.0)
    return np.array(places), np.array(sources, np.int64)


def _overlap(samples: Samples, places: Points, centres: Points, periods: Points, stretch: float) -> Samples:
    """Overlap-add the grains; where they overlap more than the old ones, the sum is normalised."""
    out = np.zeros(len(samples))
    weight = np.zeros(len(samples))
    for place, centre, period in zip(places, centres, periods, strict=True):
        half = period / stretch
        first, last = max(0, int(np.ceil(place - half))), min(len(out), int(place + half) + 1)
        offset = np.arange(first, last) - place
        window = 0.5 + 0.5 * np.cos(np.pi * offset / half)
        out[first:last] += window * _between(samples, centre + offset * stretch)
        weight[first:last] += window
    levelled: Samples = (out / np.maximum(weight, 1.0)).astype(np.float32)
    return levelled


def _between(samples: Samples, at: Points) -> Points:
    """Samples interpolated at fractional positions (Catmull-Rom), zero outside."""
    whole = np.floor(at).astype(np.int64)
    part = at - whole
    reach = whole[:, None] + np.arange(-1, 3)[None, :]
    inside = (reach >= 0) & (reach < len(samples))
    a, b, c, d = np.where(inside, samples[np.clip(reach, 0, len(samples) - 1)], 0.0).T
    slope = 0.5 * (c - a)
    curve = a - 2.5 * b + 2 * c - 0.5 * d
    twist = 0.5 * (d - a) + 1.5 * (b - c)
    return np.asarray(((twist * part + curve) * part + slope) * part + b)
