"""Insects: a hard part clicks or scrapes, and a narrow resonance turns every click into a tone."""

import numpy as np

from models.foley.envelope import curve, lay
from models.foley.filters import formants
from models.foley.modal import tone
from models.foley.noise import drift, jitter, moments, tilted, white
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, clock, count
from models.foley.space import place


def cicadas(p: Performance) -> Stereo:
    """Several trees of them. Tymbals buckle hundreds of times a second near 4-6 kHz.

    minmin: the pulses swell and sink a few times a second (miin-min-min); droning: they do not.
    """
    bed = np.zeros((p.samples, 2))
    for index in range(4):
        body = jitter(p.rng, 4600 if p.manner == "minmin" else 5600, 0.12)
        tymbal = np.maximum(0, tone(jitter(p.rng, 240, 0.2), p.samples)) ** 2
        voice = formants(white(p.rng, p.samples), ((body, 350, 1.0), (1.5 * body, 700, 0.4))) * (0.3 + tymbal)
        loud = drift(p.rng, p.samples, 0.5, 0.3, 1) / (1 + index)
        if p.manner == "minmin":
            loud = loud * _minmin(p.rng, p.samples)
        bed += place(voice * loud, p.rng.uniform(-0.9, 0.9))
    return bed


def _minmin(rng: Rng, samples: int) -> Mono:
    phase = clock(samples) * jitter(rng, 2.6, 0.15) + rng.uniform()
    return 0.12 + np.maximum(0, np.sin(2 * np.pi * phase)) ** 1.5


def crickets(p: Performance) -> Stereo:
    """Riin riin: a file of teeth on one wing, a nearly pure 4.4 kHz; chirps of three or four strokes."""
    bed = np.zeros((p.samples, 2)) + 0.004 * place(tilted(p.rng, p.samples, -4))
    for index in range(5):
        hertz, strokes = jitter(p.rng, 4400, 0.08), int(p.rng.integers(3, 5))
        chirp = np.zeros(count(0.045 * strokes))
        for stroke in range(strokes):
            samples = count(0.028)
            teeth = tone(hertz * curve(samples, (0, 1.02), (1, 0.98)), samples)
            lay(
                chirp, teeth * np.sin(np.pi * np.linspace(0, 1, samples)), 0.042 * stroke, 0.6 + 0.13 * stroke
            )
        pan, gap = p.rng.uniform(-0.9, 0.9), jitter(p.rng, 0.48, 0.25)
        for at in moments(p.rng, p.seconds, gap, 0.05, p.rng.uniform(0, gap)):
            lay(bed, place(chirp, pan), at, p.rng.uniform(0.7, 1) / (1 + 0.6 * index))
    return bed


RECIPES = (
    Recipe("cicadas", cicadas, 6.0, -27, "cicadas", "loop", ("minmin", "droning")),
    Recipe("crickets", crickets, 6.0, -33, "crickets at night", "loop"),
)
