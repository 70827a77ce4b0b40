"""The instruments: each is a function from a pitch to one ringing note, mono at 48 kHz.

All are soft: few partials above 1 kHz, so that consonants of speech stay audible.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import signal

RATE = 48_000
Mono = NDArray[np.float32]
_Wave = NDArray[np.float64]


def hertz(pitch: float) -> float:
    return float(440.0 * 2 ** ((pitch - 69) / 12))


def _clock(seconds: float) -> _Wave:
    return np.arange(round(seconds * RATE)) / RATE


def _attack(t: _Wave, seconds: float) -> _Wave:
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.minimum(1.0, t / seconds)))


def piano(pitch: int) -> _Wave:
    """Felt hammers on strings: stiff, slightly sharp partials, two decay rates, a soft thump of the key."""
    t, low = _clock(4.0), hertz(pitch)
    out = np.zeros_like(t)
    for k in range(1, 9):
        own = k * low * np.sqrt(1 + 0.0004 * k * k)
        if own > 9000:
            break
        t60 = 5.0 * (261 / low) ** 0.4 / (1 + 0.35 * (k - 1))
        body = 0.7 * np.exp(-6.9 * t / (0.45 * t60)) + 0.3 * np.exp(-6.9 * t / (1.6 * t60))
        out += k**-1.7 * body * np.sin(2 * np.pi * own * t)
    thump = np.exp(-t / 0.02) * np.sin(2 * np.pi * 95 * t)
    return _attack(t, 0.006) * (out + 0.06 * thump)


def pluck(pitch: int) -> _Wave:
    """Karplus-Strong: a noise-filled delay line that loses treble in each pass; the short bright start of a koto.

    The line is computed period by period as whole arrays; its pitch, half a sample off by construction, is then
    corrected by resampling.
    """
    low, rng = hertz(pitch), np.random.default_rng(pitch)
    length = max(8, int(RATE / low - 0.5))
    line = signal.sosfilt(
        signal.butter(1, min(0.9, 9 * low / RATE), output="sos"), rng.uniform(-1, 1, length)
    )
    line = line - np.roll(line, length // 7)  # plucked at a seventh: the seventh partial is missing
    line -= line.mean()
    turns = int(2.6 * RATE / length) + 2
    rounds, before, loss = np.empty((turns, length)), 0.0, 0.5 * 0.001 ** (1 / (2.4 * low))
    for turn in range(turns):
        rounds[turn] = line
        shifted = np.concatenate([[before], line[:-1]])
        before = float(line[-1])
        line = loss * (line + shifted)
    wave = rounds.ravel()
    t = _clock(2.5)
    tuned = np.interp(t * low * (length + 0.5), np.arange(len(wave)), wave)
    return np.asarray(_attack(t, 0.002) * tuned / (np.abs(tuned).max() + 1e-9))


def celesta(pitch: int) -> _Wave:
    """A struck plate over a box: frequency modulation at four times the pitch, with a short decay."""
    t, low = _clock(2.6), hertz(pitch)
    index = 0.9 * np.exp(-t / 0.09)
    tone = np.sin(2 * np.pi * low * t + index * np.sin(2 * np.pi * 4 * low * t))
    return np.asarray(_attack(t, 0.003) * tone * np.exp(-6.9 * t / (2.4 * (523 / low) ** 0.3)))


def bass(pitch: int) -> _Wave:
    t, low = _clock(3.0), hertz(pitch)
    out = sum(k**-1.5 * np.sin(2 * np.pi * k * low * t) * np.exp(-t * k / 1.1) for k in (1, 2, 3, 4))
    return np.asarray(_attack(t, 0.008) * out)


def flute(pitch: int) -> _Wave:
    """Blown: few partials, late vibrato, breath noise."""
    t, low, rng = _clock(4.0), hertz(pitch), np.random.default_rng(pitch)
    bend = 0.006 * np.minimum(1, t / 0.5) * np.sin(2 * np.pi * 5.1 * t)
    phase = 2 * np.pi * np.cumsum(low * (1 + bend)) / RATE
    breath = signal.sosfilt(
        signal.butter(1, (0.8 * low, 2.2 * low), "band", fs=RATE, output="sos"), rng.normal(size=len(t))
    )
    tone = np.sin(phase) + 0.22 * np.sin(2 * phase) + 0.1 * np.sin(3 * phase) + 0.05 * breath
    return np.asarray(_attack(t, 0.06) * tone * (1 - 0.12 * np.sin(2 * np.pi * 5.1 * t)))


def horn(pitch: int) -> _Wave:
    """Distant brass: partials open as the note swells."""
    t, low = _clock(4.0), hertz(pitch - 12)
    swell = _attack(t, 0.09) * (0.75 + 0.25 * np.exp(-t / 0.3))
    out = sum(k**-1.1 * swell ** (1 + 0.35 * k) * np.sin(2 * np.pi * k * low * t) for k in range(1, 8))
    return np.asarray(0.7 * out)


def kick(pitch: int) -> _Wave:
    t = _clock(0.4)
    return np.asarray(
        np.sin(2 * np.pi * (52 * t + 3.0 * (1 - np.exp(-t / 0.025)))) * np.exp(-t / 0.09) * _attack(t, 0.002)
    )


def taiko(pitch: int) -> _Wave:
    """A large drum: three membrane modes whose pitch falls, and the slap of the stick."""
    t, rng = _clock(1.6), np.random.default_rng(7)
    sink = 68 * t + 1.2 * (1 - np.exp(-t / 0.05))
    skin = sum(
        g * np.sin(2 * np.pi * k * sink) * np.exp(-t * k / 0.33)
        for k, g in ((1, 1.0), (1.59, 0.5), (2.14, 0.3))
    )
    slap = signal.sosfilt(
        signal.butter(2, (200, 1100), "band", fs=RATE, output="sos"), rng.normal(size=len(t))
    )
    return np.asarray(_attack(t, 0.003) * (skin + 0.25 * slap * np.exp(-t / 0.02)))


def _brush(seconds: float, low: float, seed: int) -> _Wave:
    t, rng = _clock(seconds * 7), np.random.default_rng(seed)
    noise = signal.sosfilt(signal.butter(2, low, "high", fs=RATE, output="sos"), rng.normal(size=len(t)))
    return np.asarray(0.3 * noise * np.exp(-t / seconds) * _attack(t, 0.002))


def shaker(pitch: int) -> _Wave:
    return 0.5 * _brush(0.028, 6500, 1)


def hat(pitch: int) -> _Wave:
    return 0.6 * _brush(0.016, 8000, 2)


def rim(pitch: int) -> _Wave:
    t = _clock(0.15)
    return np.asarray(
        0.5 * (np.sin(2 * np.pi * 430 * t) + 0.5 * np.sin(2 * np.pi * 710 * t)) * np.exp(-t / 0.018)
    )


def tick(pitch: int) -> _Wave:
    t = _clock(0.12)
    return np.asarray(0.35 * np.sin(2 * np.pi * 860 * t) * np.exp(-t / 0.012) * _attack(t, 0.001))


BAND: dict[str, Callable[[int], _Wave]] = {
    "piano": piano, "pluck": pluck, "celesta": celesta, "bass": bass, "flute": flute, "horn": horn,
    "kick": kick, "taiko": taiko, "shaker": shaker, "hat": hat, "rim": rim, "tick": tick,
}  # fmt: skip
GAINS = {"piano": 0.9, "pluck": 0.75, "celesta": 0.55, "bass": 0.5, "flute": 0.34, "horn": 0.3, "kick": 0.55,
         "taiko": 0.6, "pad": 0.3}  # fmt: skip
RELEASES = {"piano": 0.3, "pluck": 0.5, "celesta": 0.9, "bass": 0.12, "flute": 0.15, "horn": 0.15}


@lru_cache(maxsize=96)  # at most 75 MB
def ringing(instrument: str, pitch: int) -> Mono:
    """One undamped note; the player cuts it to length."""
    return (GAINS.get(instrument, 0.6) * BAND[instrument](pitch)).astype(np.float32)


@lru_cache(maxsize=32)
def pad(pitch: int, samples: int) -> Mono:
    """Soft strings: three detuned voices, four soft partials, slow attack and release."""
    t, low = np.arange(samples) / RATE, hertz(pitch)
    rng = np.random.default_rng(pitch)
    out = np.zeros(samples)
    for cents in (-6.0, 0.5, 7.0):
        phase = 2 * np.pi * low * 2 ** (cents / 1200) * t + rng.uniform(0, 6.28)
        out += np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.16 * np.sin(3 * phase) + 0.06 * np.sin(4 * phase)
    rise, fall = _attack(t, min(0.5, samples / RATE / 3)), _attack(t[::-1], min(0.9, samples / RATE / 2))
    return (GAINS["pad"] * 0.4 * out * rise * fall).astype(np.float32)
