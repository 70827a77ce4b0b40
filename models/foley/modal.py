"""Struck objects: a body is a few decaying sines; its material decides which and how long.

Ratios: free bar and bell partials after Fletcher & Rossing, The Physics of Musical Instruments.
"""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from models.foley.performance import RATE, Mono, Rng, clock, count


@dataclass(frozen=True)
class Material:
    """Partials relative to the lowest, its decay time, and how much faster high ones decay."""

    ratios: tuple[float, ...]
    t60: float
    damping: float  # t60 of a partial is t60 * ratio ** -damping
    tilt: float = 0.7  # loudness of a partial is ratio ** -tilt
    loose: float = 0.012  # how far a partial varies from blow to blow; tuned ones do not


WOOD = Material((1, 1.57, 2.14, 2.83, 3.61, 4.42, 5.31), t60=0.16, damping=0.7, tilt=0.9)
PLATE = Material((1, 1.41, 2.09, 2.56, 3.19, 4.03, 4.91, 6.13, 7.52, 9.2), t60=1.1, damping=0.5, tilt=0.3)
BAR = Material((1, 2.756, 5.404, 8.933), t60=2.6, damping=0.9, tilt=1.0, loose=0.001)
GLASS = Material((1, 2.32, 4.25, 6.63, 9.38), t60=0.9, damping=0.6, tilt=0.6)
BELL = Material(
    (0.5, 1, 1.2, 1.5, 2, 2.51, 2.66, 3.01, 4.1, 5.43), t60=4.5, damping=0.8, tilt=0.5, loose=0.001
)
COIN = Material((1, 1.53, 2.41, 3.17), t60=0.5, damping=0.5, tilt=0.2, loose=0.002)
PLASTIC = Material((1, 1.62, 2.37, 3.4), t60=0.035, damping=0.3, tilt=0.4)
SKIN = Material((1, 1.59, 2.14, 2.3, 2.65), t60=0.25, damping=0.9, tilt=1.0)  # a drum head


def hit(
    rng: Rng,
    material: Material,
    hertz: float,
    *,
    contact: float = 0.001,
    ring: float = 1.0,
    seconds: float = 0,
) -> Mono:
    """One blow. ``contact`` seconds of touch: a soft mallet (long) excites no high partials."""
    samples = count(seconds or min(6.0, 1.1 * material.t60 * ring + 0.02))
    push = np.zeros(samples)
    width = max(2, count(contact))
    push[:width] = np.sin(np.pi * np.arange(width) / width) * 2 / width
    out = np.zeros(samples)
    for ratio in material.ratios:
        own = hertz * ratio * (1 + rng.uniform(-material.loose, material.loose))
        if own > 0.42 * RATE:
            continue
        t60 = material.t60 * ring * ratio**-material.damping * rng.uniform(0.85, 1.15)
        loud = ratio**-material.tilt * rng.uniform(0.6, 1.0)
        out += loud * _partial(push, own, t60)
    return out


def _partial(push: Mono, hertz: float, t60: float) -> Mono:
    pole, turn = np.exp(-6.908 / (t60 * RATE)), 2 * np.pi * hertz / RATE
    b, a = [0.0, np.sin(turn)], [1.0, -2 * pole * np.cos(turn), pole**2]
    return np.asarray(signal.lfilter(b, a, push))


def tone(hertz: float | Mono, samples: int, phase: float = 0.0) -> Mono:
    """A sine; ``hertz`` may be a curve of ``samples`` values."""
    if isinstance(hertz, float | int):
        return np.sin(2 * np.pi * hertz * clock(samples) + phase)
    return np.sin(2 * np.pi * np.cumsum(hertz) / RATE + phase)


def pulses(hertz: Mono, sharpness: float = 6.0) -> Mono:
    """One pulse per period of the curve ``hertz``: vocal folds, cylinders, stick and slip."""
    phase = np.cumsum(hertz) / RATE % 1.0
    wave = np.exp(-sharpness * phase) - np.exp(-3 * sharpness * phase)
    return wave - float(np.mean(wave))
