"""Doors, knocks and furniture: wooden boxes that are struck, rubbed and latched."""

import numpy as np

from models.foley.envelope import curve, edges, lay, strike, swell
from models.foley.filters import bandpass, formants, highpass, lowpass
from models.foley.modal import PLASTIC, PLATE, WOOD, hit, pulses
from models.foley.noise import drift, jitter, moments, tilted, white
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, count
from models.foley.space import place, room


def latch(rng: Rng) -> Mono:
    """A spring bolt: two small metal contacts, a thirtieth of a second apart."""
    bed = np.zeros(count(0.16))
    for at, gain in ((0.0, 1.0), (jitter(rng, 0.035, 0.3), 0.7)):
        lay(bed, hit(rng, PLATE, jitter(rng, 1350, 0.15), contact=0.0004, ring=0.06), at, gain)
        lay(bed, hit(rng, WOOD, 420, contact=0.001, ring=0.5), at, gain)
    return bed


def creak(rng: Rng, seconds: float) -> Mono:
    """Stick and slip in a hinge: pulses whose rate wanders, heard through the boards of the door."""
    samples = count(seconds)
    rate = drift(rng, samples, 5, 70, 190) * curve(samples, (0, 0.7), (0.4, 1.4), (1, 0.8))
    slips = pulses(rate, 12) * (0.3 + drift(rng, samples, 9, 0, 1))
    board = ((510, 60, 1.0), (930, 90, 0.9), (1480, 120, 0.7), (2350, 200, 0.5))
    return formants(slips, [(jitter(rng, f, 0.1), w, g) for f, w, g in board]) * swell(samples, 0.4, 1)


def door_open(p: Performance) -> Stereo:
    bed = np.zeros(count(1.5))
    lay(bed, latch(p.rng), 0.02, 1.2)
    if p.manner == "creaking":
        lay(bed, creak(p.rng, 1.05), 0.22, 4.0)
    swing = lowpass(tilted(p.rng, count(1.0), -5), 500) * swell(count(1.0), 0.4)
    lay(bed, swing, 0.2, 0.1)
    return room(bed, 0.4, 0.2)


def door_close(p: Performance) -> Stereo:
    """The leaf meets its frame (the whole panel booms), then the bolt falls in."""
    hard = 2.0 if p.manner == "slammed" else 1.0
    bed = np.zeros(count(0.9))
    swing = lowpass(tilted(p.rng, count(0.3), -4), 600) * swell(count(0.3), 0.85)
    lay(bed, swing, 0, 0.08)
    panel = hit(p.rng, WOOD, jitter(p.rng, 78, 0.12), contact=0.006 / hard, ring=2.2)
    lay(bed, panel, 0.28, 5 * hard)
    lay(
        bed,
        bandpass(white(p.rng, count(0.08)), 200, 2500) * strike(count(0.08), 0.001, 0.06),
        0.28,
        0.4 * hard,
    )
    lay(bed, latch(p.rng), 0.33, 0.8)
    return room(bed, 0.5, 0.25)


def door_slide(p: Performance) -> Stereo:
    """A wooden door rumbles along its rail and knocks; an automatic one hisses with compressed air."""
    if p.manner == "automatic":
        samples = count(0.75)
        air = highpass(tilted(p.rng, samples, -1), 900) * curve(
            samples, (0, 0), (0.05, 1), (0.6, 0.5), (1, 0)
        )
        bed = np.concatenate([air * 0.5, np.zeros(count(0.25))])
        lay(bed, hit(p.rng, PLATE, jitter(p.rng, 240, 0.1), contact=0.002, ring=0.2), 0.72, 1.5)
        return room(bed, 0.4, 0.15)
    samples = count(0.8)
    speed = curve(samples, (0, 0), (0.2, 0.8), (0.75, 1), (1, 0.7))
    bed = np.concatenate([lowpass(tilted(p.rng, samples, -3), 700) * speed * 0.4, np.zeros(count(0.35))])
    for at in moments(p.rng, 0.78, 0.036, 0.3, 0.1):
        lay(bed, hit(p.rng, WOOD, jitter(p.rng, 480, 0.25), ring=0.3), at, p.rng.uniform(0.2, 0.8))
    lay(bed, hit(p.rng, WOOD, jitter(p.rng, 160, 0.1), contact=0.003), 0.79, 2.5)
    return room(place(bed, curve(len(bed), (0, -0.3), (1, 0.3))), 0.35, 0.15)


def knock(p: Performance) -> Stereo:
    soft = p.manner == "softly"
    bed = np.zeros(p.samples)
    pitch = jitter(p.rng, 310, 0.12)
    for index in range(max(3, 3 * int(p.seconds / 1.6))):
        at = 0.03 + index * jitter(p.rng, 0.2, 0.05) + 0.75 * (index // 3)
        blow = hit(p.rng, WOOD, pitch, contact=0.003 if soft else 0.0012, ring=0.75)
        lay(bed, blow, at, p.rng.uniform(0.8, 1))
    return room(bed, 0.35, 0.18)[: p.samples]


def chair(p: Performance) -> Stereo:
    """Legs dragged over a floor: stick and slip near 200 Hz, hollow, then set down."""
    samples = count(jitter(p.rng, 0.55, 0.2))
    slips = pulses(drift(p.rng, samples, 14, 130, 330), 9) + 0.3 * white(p.rng, samples)
    legs = ((240, 60, 1.0), (560, 90, 1.0), (1100, 200, 0.6), (2900, 600, 0.4))
    drag = formants(slips, legs) * (0.2 + drift(p.rng, samples, 22, 0, 1)) * swell(samples, 0.55, 0.8)
    bed = np.zeros(samples + count(0.5))
    lay(bed, drag, 0)
    for _ in range(2):
        lay(
            bed,
            hit(p.rng, WOOD, jitter(p.rng, 210, 0.2), contact=0.002),
            samples / 48_000 + p.rng.uniform(0.02, 0.14),
            0.8,
        )
    return room(bed, 0.4, 0.2)


def click(p: Performance) -> Stereo:
    """A switch: the tongue snaps over (down) and settles."""
    bed = np.zeros(count(0.12))
    lay(bed, hit(p.rng, PLASTIC, jitter(p.rng, 1900, 0.25), contact=0.0003), 0.002)
    lay(bed, hit(p.rng, PLASTIC, jitter(p.rng, 2600, 0.2), contact=0.0003), jitter(p.rng, 0.03, 0.3), 0.5)
    return place(edges(bed, 0, 0.01))


RECIPES = (
    Recipe("door_open", door_open, 1.9, -28, "a door opening", manners=("creaking", "quietly")),
    Recipe("door_close", door_close, 1.4, -22, "a door closing", manners=("gently", "slammed")),
    Recipe("door_slide", door_slide, 1.5, -25, "a sliding door", manners=("of wood", "automatic")),
    Recipe("knock", knock, 1.2, -24, "knocking on a door", "held", ("softly", "firmly")),
    Recipe("chair", chair, 1.4, -27, "a chair dragged over the floor"),
    Recipe("click", click, 0.15, -31, "a click"),
)
