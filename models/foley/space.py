"""The position of a sound: panned, in a room, or passing by."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from models.foley.envelope import decay
from models.foley.filters import bandpass, highpass, lowpass
from models.foley.performance import Mono, Stereo, clock, count

SPEED_OF_SOUND = 343.0


def place(sound: Mono, pan: float | Mono = 0.0) -> Stereo:
    """Constant-power panning, -1 left to +1 right; ``pan`` may be a curve."""
    angle = (np.asarray(pan) + 1) * (np.pi / 4)
    return np.stack([sound * np.cos(angle), sound * np.sin(angle)], axis=1)


@lru_cache(maxsize=32)
def _echo(t60: float, damping: float) -> Stereo:
    """A room's impulse response: exponentially decaying noise, its treble faster, after 8 ms of silence."""
    rng = np.random.default_rng(round(t60 * 1000))
    samples = count(min(t60, 3.0))
    noise = rng.standard_normal((samples, 2))
    low = lowpass(noise, 400) * decay(samples, t60 * 1.1)[:, None]
    middle = bandpass(noise, 400, 3000) * decay(samples, t60)[:, None]
    high = highpass(noise, 3000) * decay(samples, t60 * damping)[:, None]
    tail = np.concatenate([np.zeros((count(0.008), 2)), low + middle + 0.7 * high])
    return np.asarray(tail / np.sqrt(np.sum(tail**2) / 2))


def room(sound: NDArray[np.float64], t60: float, wet: float, damping: float = 0.5) -> Stereo:
    """``sound`` plus its reverberation, ``t60`` seconds longer."""
    dry = place(sound) if sound.ndim == 1 else sound
    echo = _echo(t60, damping)
    dry = np.concatenate([dry, np.zeros((len(echo) - 1, 2))])
    wash = signal.oaconvolve(dry[: len(dry) - len(echo) + 1], echo, axes=0)
    return np.asarray(dry + wet * wash)


def passing(source: Mono, *, speed: float, distance: float, closest: float) -> Stereo:
    """``source`` driving by: Doppler shift, 1/r loudness, treble absorbed by air, from left to right.

    speed     metres a second
    distance  metres at the nearest point
    closest   seconds from the start to the nearest point
    """
    along = speed * (clock(len(source)) - closest)
    metres = np.hypot(along, distance)
    heard = np.interp(clock(len(source)) - metres / SPEED_OF_SOUND + metres[0] / SPEED_OF_SOUND,
                      clock(len(source)), source)  # fmt: skip
    loud = distance / metres
    near = loud**1.5  # air and ground absorb the treble of distant sounds
    toned = near * heard + (1 - near) * lowpass(heard, 900, 1)
    return place(toned * loud, 0.85 * along / metres)
