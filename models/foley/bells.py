"""Things that ring: chimes, bells, the school's bell, glitter."""

import numpy as np

from models.foley.envelope import edges, join, lay
from models.foley.modal import BAR, BELL, Material, hit
from models.foley.noise import jitter, moments
from models.foley.performance import Performance, Recipe, Rng, Stereo, count
from models.foley.space import place, room

# Westminster quarters (Cambridge, 1793), as Japanese schools play them, in F: A F G C, C G A F...
F, G, A, C = 349.23, 392.0, 440.0, 261.63
WESTMINSTER = ((A, F, G, C), (C, G, A, F), (A, G, F, C), (C, G, A, F))
TEMPLE = Material((1, 1.98, 2.75, 3.9, 5.2, 6.6), t60=6.0, damping=0.9, tilt=0.9, loose=0.001)
CUP = Material((1, 2.4, 4.1, 6.2), t60=0.7, damping=0.3, tilt=0.3, loose=0.002)
# A school's chime rod: octave and twelfth in tune, a sharp edge above, no hum below the note.
ROD = Material((1, 2, 3.0, 4.17, 5.43), t60=2.8, damping=0.7, tilt=0.8, loose=0.001)


def chime(p: Performance) -> Stereo:
    """Pin-pon: a bar a major third above, then the lower one; a felt hammer."""
    high = jitter(p.rng, 660, 0.06)
    pair = [(0.0, high), (0.55, high / 1.25)]
    return room(join([(at, hit(p.rng, BAR, f, contact=0.002, ring=0.7)) for at, f in pair]), 0.7, 0.15)


def bell(p: Performance) -> Stereo:
    """One stroke. Partials come in pairs a hertz apart, which beat, because no bell is exactly round."""
    material, pitch = {
        "of a temple": (TEMPLE, 135.0), "of a church": (BELL, 220.0), "in the hand": (BELL, 1050.0)
    }[p.manner]  # fmt: skip
    pitch, ring = jitter(p.rng, pitch, 0.08), 0.35 if pitch > 500 else 1.0
    contact = 0.004 if p.manner == "of a temple" else 0.0008
    blows = [
        place(hit(p.rng, material, pitch + off, contact=contact, ring=ring), pan)
        for off, pan in ((0, -0.3), (1.3, 0.3))
    ]
    size = min(len(blow) for blow in blows)
    return room(blows[0][:size] + blows[1][:size], 1.5, 0.2)


def school_bell(p: Performance) -> Stereo:
    """Kin-kon-kan-kon over the schoolyard's loudspeaker; half of it unless there is time for all."""
    phrases = WESTMINSTER if p.seconds > 13 else WESTMINSTER[:2]
    beat = jitter(p.rng, 0.72, 0.04)
    bed = np.zeros(max(p.samples, count(beat * 5 * len(phrases) + 1.2)))
    for bar, phrase in enumerate(phrases):
        for index, hertz in enumerate(phrase):
            lay(bed, hit(p.rng, ROD, hertz, contact=0.002), beat * (5 * bar + index) + 0.02)
    return room(bed, 1.6, 0.3)


def wind_chime(p: Performance) -> Stereo:
    """Six tubes; a gust knocks them together in flurries."""
    scale = [jitter(p.rng, 1050, 0.1) * 2 ** (step / 12) for step in (0, 2, 4, 7, 9, 12)]
    bed = np.zeros((p.samples, 2))
    for gust in moments(p.rng, p.seconds, 1.4, 0.4):
        for at in moments(p.rng, 0.9, 0.13, 0.8, 0.0):
            tube = int(p.rng.integers(6))
            blow = hit(p.rng, BAR, scale[tube], contact=0.0006, ring=0.55)
            lay(bed, place(blow, tube / 4 - 0.6), gust + at, p.rng.uniform(0.2, 1))
    return bed


def sparkle(p: Performance) -> Stereo:
    """Kira kira: tiny cups along a falling pentatonic scale, each at its own pan position."""
    return room(_glitter(p.rng, max(0.15, p.seconds - 0.6)), 0.9, 0.3)


def _glitter(rng: Rng, seconds: float) -> Stereo:
    scale = np.array([1, 9 / 8, 5 / 4, 3 / 2, 5 / 3])
    ladder = jitter(rng, 2000, 0.08) * np.concatenate([scale, 2 * scale])
    bed = np.zeros((count(seconds + 0.6), 2))
    for at in moments(rng, seconds, 0.075, 0.25, 0.01):
        share = at / max(seconds, 0.1) % 1
        step = round((1 - share) * 9 + rng.uniform(-2, 2))
        blow = hit(rng, CUP, ladder[int(np.clip(step, 0, 9))], contact=0.0003, ring=0.7)
        lay(bed, place(blow, rng.uniform(-0.8, 0.8)), at, rng.uniform(0.3, 1))
    return edges(bed, 0.0, 0.05)


def bicycle_bell(p: Performance) -> Stereo:
    """Chirin-chirin: the thumb spins two washers past the cup, some ten blows in a row, twice."""
    pitch = jitter(p.rng, 2500, 0.1)
    blows = [
        (pull + at, p.rng.uniform(0.5, 1) * hit(p.rng, CUP, pitch, contact=0.0004, ring=1.6))
        for pull in (0.0, jitter(p.rng, 0.42, 0.1))
        for at in moments(p.rng, 0.26, 0.034, 0.15, 0.0)
    ]
    return room(place(join(blows)), 0.4, 0.1)


RECIPES = (
    Recipe("chime", chime, 2.2, -26, "a two-tone door chime"),
    Recipe(
        "bell", bell, 5.0, -22, "one stroke of a bell", manners=("of a temple", "of a church", "in the hand")
    ),
    Recipe("school_bell", school_bell, 9.0, -24, "a school bell playing the Westminster melody", "held"),
    Recipe("wind_chime", wind_chime, 4.0, -30, "a wind chime", "loop"),
    Recipe("sparkle", sparkle, 1.6, -28, "glittering sparkles", "held"),
    Recipe("bicycle_bell", bicycle_bell, 1.6, -25, "a bicycle bell"),
)
