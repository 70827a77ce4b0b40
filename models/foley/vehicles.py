"""Engines and wheels: periodic explosions heard through a pipe, tyres, rails, horns and brakes."""

import numpy as np

from models.foley.envelope import curve, edges, lay, strike
from models.foley.filters import bandpass, formants, highpass, lowpass
from models.foley.modal import PLATE, hit, pulses, tone
from models.foley.noise import drift, jitter, moments, tilted, white, wide
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, count
from models.foley.space import passing, place, room


def motor(rng: Rng, samples: int, firing: float) -> Mono:
    """Four cylinders fire in turn, each a little differently; the exhaust resonates at its own frequencies."""
    rate = firing * drift(rng, samples, 3, 0.97, 1.03)
    phase = np.cumsum(rate) / 48_000
    uneven = rng.uniform(0.6, 1.0, 4)[phase.astype(np.int64) % 4]
    bangs = pulses(rate, 7) * uneven + 0.05 * white(rng, samples)
    pipe = ((85, 40, 1.3), (170, 60, 1.0), (390, 120, 0.6), (850, 300, 0.35), (2100, 900, 0.15))
    return formants(bangs, [(jitter(rng, f, 0.1), w, g) for f, w, g in pipe])


def engine(p: Performance) -> Stereo:
    firing = jitter(p.rng, 62 if p.manner == "revving" else 27, 0.12)
    hum = motor(p.rng, p.samples, firing)
    fan = bandpass(wide(p.rng, p.samples, -3, 0.8), 300, 4000) * 0.012
    return place(hum) + fan


def car_pass(p: Performance) -> Stereo:
    """Tyres on asphalt are most of it (a broad hump near 1 kHz); the engine sits below."""
    closest = p.seconds * 0.48
    tyres = bandpass(tilted(p.rng, p.samples, -2), 350, 2600) + 0.5 * lowpass(
        tilted(p.rng, p.samples, -4), 250
    )
    source = tyres * 0.5 + 0.6 * motor(p.rng, p.samples, jitter(p.rng, 75, 0.2))
    drive = passing(source, speed=jitter(p.rng, 17, 0.2), distance=6, closest=closest)
    return edges(drive, 0.25 * p.seconds, 0.3 * p.seconds)


def _joints(rng: Rng, seconds: float, gap: float, low: float, high: float) -> Mono:
    """Ta-tan: the two axles of a bogie cross each rail joint."""
    bed = np.zeros(count(seconds))
    for at in moments(rng, seconds, gap, 0.02, rng.uniform(0, gap)):
        for axle, gain in ((0.0, 1.0), (0.16, 0.85)):
            knock = bandpass(white(rng, count(0.12)), low, high) * strike(count(0.12), 0.002, 0.1)
            lay(bed, knock, at + axle, gain * rng.uniform(0.8, 1))
            lay(bed, hit(rng, PLATE, jitter(rng, 310, 0.05), contact=0.002, ring=0.12), at + axle, 0.8 * gain)
    return bed


def train_pass(p: Performance) -> Stereo:
    """Several cars: each bogie strikes as it goes by; the roar stays while the train does."""
    inside = curve(p.samples, (0, 0.0), (0.18, 0.25), (0.3, 1), (0.72, 1), (0.85, 0.25), (1, 0.0)) ** 1.5
    roar = bandpass(wide(p.rng, p.samples, -3, 0.8), 90, 3800) + 0.3 * highpass(
        wide(p.rng, p.samples, -2, 0.9), 2500
    )
    shake = 0.75 + 0.25 * np.sin(2 * np.pi * 1.9 * np.arange(p.samples) / 48_000)
    pan = curve(p.samples, (0, -0.6), (0.3, -0.2), (0.7, 0.2), (1, 0.7))
    wheels = place(_joints(p.rng, p.seconds, jitter(p.rng, 0.52, 0.08), 80, 1800), pan)
    squeal = (
        tone(2650 * drift(p.rng, p.samples, 4, 0.99, 1.01), p.samples) * drift(p.rng, p.samples, 6, 0, 1) ** 3
    )
    return (0.4 * roar * shake[:, None] + 3.2 * wheels + 0.06 * place(squeal, pan)) * inside[:, None]


def train_interior(p: Performance) -> Stereo:
    """Walls absorb the treble: rumble, rail joints (ta-tan... ta-tan), and the hum of the motor under the floor."""
    rumble = lowpass(wide(p.rng, p.samples, -5, 0.6), 320)
    air = bandpass(wide(p.rng, p.samples, -4, 0.9), 300, 2500) * 0.12
    hum = sum(
        g * tone(jitter(p.rng, f, 0.01), p.samples) for f, g in ((118.0, 0.05), (236.0, 0.03), (590.0, 0.012))
    )
    joints = lowpass(_joints(p.rng, p.seconds, jitter(p.rng, 1.25, 0.06), 60, 500), 700)
    return 0.3 * rumble + air + place(np.asarray(hum)) + 5.0 * place(joints)


def horn(p: Performance) -> Stereo:
    """Two reeds a major third apart, or a train's five; rich saws through a flare at 1-3 kHz."""
    notes = (311.0, 370.0, 415.0, 494.0, 622.0) if p.manner == "of a train" else (400.0, 500.0)
    base = jitter(p.rng, 1.0, 0.06)
    reeds = sum(
        (pulses(np.full(p.samples, f * base * jitter(p.rng, 1, 0.004)), 10) for f in notes),
        np.zeros(p.samples),
    )
    flare = formants(reeds, ((500, 300, 0.8), (1250, 700, 1.0), (2600, 1200, 0.7)))
    return room(edges(flare, 0.02, 0.06), 0.9, 0.2)[: p.samples + count(0.6)]


def brakes(p: Performance) -> Stereo:
    """Rubber at the limit of grip squeals: a wandering tone with harmonics, over skidding noise."""
    samples = p.samples
    pitch = (
        jitter(p.rng, 980, 0.15)
        * curve(samples, (0, 1.0), (0.3, 1.08), (1, 0.78))
        * drift(p.rng, samples, 14, 0.97, 1.03)
    )
    sing = sum(g * tone(k * pitch, samples) for k, g in ((1, 1.0), (2, 0.5), (3, 0.3), (4, 0.12)))
    skid = bandpass(white(p.rng, samples), 700, 5000)
    loud = curve(samples, (0, 0), (0.06, 1), (0.75, 0.9), (1, 0)) * (0.55 + drift(p.rng, samples, 28, 0, 0.6))
    return room(place((0.6 * np.asarray(sing) + 0.35 * skid) * loud), 0.5, 0.12)


RECIPES = (
    Recipe("engine", engine, 5.0, -27, "an engine running", "loop", ("idling", "revving")),
    Recipe("car_pass", car_pass, 4.5, -24, "a car passing by", "held"),
    Recipe("train_pass", train_pass, 7.0, -20, "a train passing by", "held"),
    Recipe("train_interior", train_interior, 8.0, -29, "inside a moving train", "loop"),
    Recipe("horn", horn, 0.8, -21, "the horn", "held", ("of a car", "of a train")),
    Recipe("brakes", brakes, 1.8, -21, "screeching brakes", "held"),
)
