"""Filters: bands, resonances, formants, and a time-varying filter."""

from collections.abc import Callable, Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from models.foley.performance import RATE, Mono

Sound = NDArray[np.float64]
FRAME, HOP = 1024, 256  # 21 ms: short enough for a chirp, long enough to shape 100 Hz


@lru_cache(maxsize=512)
def _butter(kind: str, order: int, *hertz: float) -> Sound:
    edge = hertz[0] if len(hertz) == 1 else hertz
    return np.asarray(signal.butter(order, edge, kind, fs=RATE, output="sos"), dtype=np.float64)


def lowpass(sound: Sound, hertz: float, order: int = 2) -> Sound:
    """``sound`` without what is above ``hertz``: Butterworth, 6 dB an octave for each ``order``."""
    return np.asarray(signal.sosfilt(_butter("lowpass", order, hertz), sound, axis=0))


def highpass(sound: Sound, hertz: float, order: int = 2) -> Sound:
    """``sound`` without what is below ``hertz``: Butterworth, 6 dB an octave for each ``order``."""
    return np.asarray(signal.sosfilt(_butter("highpass", order, hertz), sound, axis=0))


def bandpass(sound: Sound, low: float, high: float, order: int = 2) -> Sound:
    """``sound`` between ``low`` and ``high`` hertz: Butterworth, 6 dB an octave a side for each ``order``."""
    return np.asarray(signal.sosfilt(_butter("bandpass", order, low, high), sound, axis=0))


def resonance(sound: Sound, hertz: float, width: float) -> Sound:
    """One resonator, ``width`` hertz wide at -3 dB, gain 1 at its centre."""
    b, a = signal.iirpeak(hertz, hertz / width, fs=RATE)
    return np.asarray(signal.lfilter(b, a, sound, axis=0))


def formants(sound: Sound, peaks: Iterable[tuple[float, float, float]]) -> Sound:
    """Resonators side by side, each (hertz, width, gain): a throat, a box, an exhaust pipe."""
    return sum((gain * resonance(sound, hertz, width) for hertz, width, gain in peaks), np.zeros_like(sound))


def moving(sound: Mono, gain: Callable[[Mono, Mono], Sound]) -> Mono:
    """A filter that changes with time.

    ``gain(place, hertz)`` gets the share of the length as a column and hertz as a row, and
    returns their gains; the sound is filtered frame by frame and overlap-added.
    """
    window = np.sqrt(signal.get_window("hann", FRAME))
    padded = np.pad(sound, (FRAME, 2 * FRAME))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP]
    place = np.clip((np.arange(len(frames)) * HOP - FRAME / 2) / max(1, len(sound)), 0, 1)[:, None]
    hertz = np.asarray(np.fft.rfftfreq(FRAME, 1 / RATE), dtype=np.float64)[None, :]
    shaped = np.fft.irfft(np.fft.rfft(frames * window) * gain(place, hertz), FRAME) * window
    out = np.zeros((len(frames) + FRAME // HOP) * HOP)
    for lane in range(FRAME // HOP):  # frames one whole frame apart do not overlap
        rows = shaped[lane :: FRAME // HOP].ravel()
        out[lane * HOP : lane * HOP + len(rows)] += rows
    return out[FRAME : FRAME + len(sound)] * (2 * HOP / FRAME)


def sweep(sound: Mono, centre: Mono, octaves: float) -> Mono:
    """A band, ``octaves`` wide, that follows ``centre`` (hertz, any number of points)."""

    def gain(place: Mono, hertz: Mono) -> Sound:
        middle = np.interp(place, np.linspace(0, 1, len(centre)), centre)
        return np.exp(-0.5 * (np.log2(np.maximum(hertz, 20) / middle) / (octaves / 2)) ** 2)

    return moving(sound, gain)


def darken(sound: Mono, cutoff: Mono) -> Mono:
    """A gentle low-pass (12 dB an octave) whose corner follows ``cutoff`` in hertz."""

    def gain(place: Mono, hertz: Mono) -> Sound:
        corner = np.interp(place, np.linspace(0, 1, len(cutoff)), cutoff)
        return 1 / (1 + (hertz / corner) ** 2)

    return moving(sound, gain)
