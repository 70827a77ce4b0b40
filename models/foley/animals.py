"""Animals with a throat: a source of pulses or a whistle, shaped by a beak or a mouth."""

import numpy as np

from models.foley.envelope import curve, edges, lay, strike, swell
from models.foley.filters import formants, moving
from models.foley.modal import pulses, tone
from models.foley.noise import drift, jitter, moments, white
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, count
from models.foley.space import place, room


def birds(p: Performance) -> Stereo:
    """Chun chun: four birds, each with its own phrase of whistled sweeps (2.5-6 kHz, FM)."""
    bed = np.zeros((p.samples, 2))
    for _ in range(4):
        phrase = _song(p.rng)
        pan, gap = p.rng.uniform(-0.8, 0.8), p.rng.uniform(1.3, 2.4)
        for at in moments(p.rng, p.seconds, gap, 0.35, p.rng.uniform(0, gap)):
            lay(bed, place(phrase, pan), at, p.rng.uniform(0.4, 1))
    return room(bed, 0.9, 0.12)[: p.samples]


def _song(rng: Rng) -> Mono:
    notes, centre = int(rng.integers(2, 6)), rng.uniform(2400, 5600)
    shape = rng.uniform(0.75, 1.3, 3)
    bed = np.zeros(count(0.16 * notes + 0.1))
    for index in range(notes):
        samples = count(rng.uniform(0.05, 0.12))
        hertz = centre * np.interp(np.linspace(0, 1, samples), (0, 0.5, 1), shape)
        hertz = hertz * (1 + 0.04 * tone(rng.uniform(25, 60), samples))
        lay(bed, tone(hertz, samples) * swell(samples, 0.4, 1), 0.14 * index)
    return bed


def crow(p: Performance) -> Stereo:
    """Kaa, kaa: a rough syrinx near 500 Hz (it wobbles from pulse to pulse), an open beak."""
    bed = np.zeros(p.samples)
    pitch = jitter(p.rng, 520, 0.12)
    for at in moments(p.rng, p.seconds - 0.35, 0.72, 0.12):
        samples = count(jitter(p.rng, 0.4, 0.15))
        rough = 1 + 0.22 * drift(p.rng, samples, 90, -1, 1)
        hertz = pitch * curve(samples, (0, 0.8), (0.15, 1.05), (1, 0.78)) * rough
        source = pulses(hertz, 9) + 0.12 * white(p.rng, samples)
        caw = formants(source, ((1150, 220, 1.0), (1750, 300, 1.0), (3100, 600, 0.35)))
        lay(bed, caw * curve(samples, (0, 0), (0.08, 1), (0.6, 0.7), (1, 0)), at)
    return room(bed, 1.3, 0.12)[: p.samples]


def _mouth(source: Mono, *vowels: tuple[float, float, float]) -> Mono:
    """Formants that glide from vowel to vowel, evenly over the sound."""
    knots = np.linspace(0, 1, len(vowels))
    tracks = np.array(vowels)

    def gain(place: Mono, hertz: Mono) -> Mono:
        total = np.full((len(place), hertz.shape[1]), 0.01)
        for index, (width, loud) in enumerate(((160, 1.0), (220, 0.6), (350, 0.35))):
            centre = np.interp(place, knots, tracks[:, index])
            total += loud / (1 + ((hertz - centre) / width) ** 2)
        return total

    return moving(source, gain)


def cat(p: Performance) -> Stereo:
    """Mi-a-o: pitch rises and falls while the mouth opens and closes over it."""
    bed = np.zeros(p.samples)
    pitch = jitter(p.rng, 560, 0.15)
    for at in moments(p.rng, max(0.3, p.seconds - 0.7), 1.5, 0.2):
        samples = count(jitter(p.rng, 0.75, 0.2))
        hertz = (
            pitch
            * curve(samples, (0, 0.85), (0.3, 1.25), (0.6, 1.15), (1, 0.75))
            * drift(p.rng, samples, 25, 0.99, 1.01)
        )
        voice = _mouth(
            pulses(hertz, 5) + 0.02 * white(p.rng, samples),
            (450, 2600, 3800),
            (1100, 1900, 3600),
            (500, 1000, 3200),
        )
        lay(bed, voice * curve(samples, (0, 0), (0.12, 0.6), (0.4, 1), (0.8, 0.5), (1, 0)), at)
    return room(bed, 0.4, 0.08)[: p.samples]


def dog(p: Performance) -> Stereo:
    """Wan! A fifth of a second: breath bursts out, the pitch leaps up and drops; the size sets it all."""
    small = p.manner == "small"
    pitch, throat = (480.0, 1.6) if small else (210.0, 1.0)
    pitch = jitter(p.rng, pitch, 0.12)
    bed = np.zeros(p.samples)
    for index, at in enumerate(moments(p.rng, p.seconds - 0.25, 0.62, 0.3)):
        samples = count(0.16 if small else 0.22)
        hertz = (
            pitch
            * curve(samples, (0, 0.8), (0.25, 1.3), (1, 0.7))
            * (1 + 0.1 * drift(p.rng, samples, 70, -1, 1))
        )
        source = pulses(hertz, 6) + 0.3 * white(p.rng, samples)
        bark = formants(
            source, ((620 * throat, 200, 1.0), (1150 * throat, 280, 0.9), (2500 * throat, 600, 0.3))
        )
        lay(
            bed,
            bark * strike(samples, 0.012, 0.3) * curve(samples, (0, 1), (0.7, 0.8), (1, 0)),
            at,
            1 - 0.15 * (index % 2),
        )
    return room(bed, 0.6, 0.12)[: p.samples]


def frog(p: Performance) -> Stereo:
    """Kero kero over a paddy: a vocal sac rings at each of some fifty pulses a second, in chorus."""
    bed = np.zeros((p.samples, 2))
    for loud in (1.0, 0.6, 0.4, 0.3):
        sac, rate = jitter(p.rng, 1150, 0.25), jitter(p.rng, 52, 0.2)
        samples = count(jitter(p.rng, 0.24, 0.2))
        croak = formants(
            pulses(rate * curve(samples, (0, 0.9), (1, 1.15)), 25), ((sac, 130, 1.0), (2.1 * sac, 260, 0.6))
        )
        croak = edges(croak * curve(samples, (0, 0.3), (0.6, 1), (1, 0.5)), 0.01, 0.02)
        pan, gap = p.rng.uniform(-0.7, 0.7), jitter(p.rng, 0.47, 0.15)
        for at in moments(p.rng, p.seconds - 0.2, gap, 0.06, p.rng.uniform(0.02, gap)):
            lay(bed, place(croak, pan), at, loud * p.rng.uniform(0.7, 1))
    return bed


RECIPES = (
    Recipe("birds", birds, 6.0, -31, "birds singing", "loop"),
    Recipe("crow", crow, 2.4, -25, "a crow cawing", "held"),
    Recipe("cat", cat, 1.2, -26, "a cat meowing", "held"),
    Recipe("dog", dog, 1.4, -22, "a dog barking", "held", ("small", "large")),
    Recipe("frog", frog, 5.0, -30, "frogs croaking", "loop"),
)
