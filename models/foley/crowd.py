"""Crowds: speech without words, and applause."""

import numpy as np

from models.foley.envelope import curve, edges, lay, strike, swell
from models.foley.filters import bandpass, formants, lowpass
from models.foley.modal import pulses
from models.foley.noise import drift, scatter, white, wide
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, count
from models.foley.space import place, room

# First three formants (hertz) of a, e, i, o, u: enough for babble nobody can follow.
VOWELS = ((750, 1250, 2600), (500, 1900, 2550), (300, 2300, 3000), (480, 850, 2500), (330, 1000, 2350))


def _syllable(rng: Rng, pitch: float) -> Mono:
    """A soft consonant and a vowel, a tenth to a quarter of a second."""
    samples = count(rng.uniform(0.1, 0.24))
    hertz = pitch * curve(samples, (0, 1.0), (0.3, rng.uniform(0.95, 1.2)), (1, rng.uniform(0.8, 1.0)))
    voice = pulses(hertz, 5) + 0.03 * white(rng, samples)
    vowel = VOWELS[rng.integers(len(VOWELS))]
    mouth = [(f, w, g) for f, w, g in zip(vowel, (90, 120, 180), (1.0, 0.55, 0.25), strict=True)]
    said = formants(voice, mouth) * swell(samples, 0.3, 0.8)
    lay(said, bandpass(white(rng, count(0.03)), 2500, 7000) * swell(count(0.03)), 0, 0.02)
    return said


def crowd(p: Performance) -> Stereo:
    """Walla: a dozen speakers who talk in phrases and pause, over a background of many more."""
    lively = p.manner == "lively"
    bed = np.zeros((p.samples, 2))
    for _ in range(12 if lively else 8):
        pitch = (
            float(p.rng.choice([115, 140, 200, 235, 270]))
            * p.rng.uniform(0.9, 1.1)
            * (1.15 if lively else 1.0)
        )
        said = [place(_syllable(p.rng, pitch), p.rng.uniform(-0.85, 0.85)) for _ in range(7)]
        at, loud = p.rng.uniform(-1, 0.4), p.rng.uniform(0.4, 1) ** 2
        while at < p.seconds:
            for _ in range(int(p.rng.integers(3, 10))):
                lay(bed, said[p.rng.integers(len(said))], at, loud * p.rng.uniform(0.5, 1))
                at += p.rng.uniform(0.12, 0.22)
            at += p.rng.exponential(0.35 if lively else 0.8)
    far = bandpass(wide(p.rng, p.samples, -3, 0.9), 250, 1800) * drift(p.rng, p.samples, 4, 0.5, 1)[:, None]
    hall = room(lowpass(bed, 3800), 0.9, 0.18)[: p.samples]
    return hall + 0.02 * far


def applause(p: Performance) -> Stereo:
    """Each clap is a burst that the hollow of two palms tunes (600-2500 Hz); hundreds overlap."""
    claps: list[Mono] = []
    for _ in range(14):
        samples, hollow = count(0.03), p.rng.uniform(700, 2400)
        burst = white(p.rng, samples) * strike(samples, 0.0008, p.rng.uniform(0.012, 0.03))
        claps.append(formants(burst, ((hollow, 500, 1.0), (2.3 * hollow, 1500, 0.5))) + 0.1 * burst)
    warm = curve(p.samples, (0, 0.35), (min(0.4, 0.6 / p.seconds), 1), (0.7, 1), (1, 0.25))
    hands = scatter(p.rng, p.samples, claps, 280, warm)
    return edges(room(hands, 1.0, 0.3)[: p.samples], 0.08, min(0.8, p.seconds / 4))


RECIPES = (
    Recipe("crowd", crowd, 6.0, -30, "a crowd", "loop", ("murmuring", "lively")),
    Recipe("applause", applause, 5.0, -24, "applause", "held"),
)
