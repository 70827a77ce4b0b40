"""Electronic and imaginary sounds: tones, sweeps and sparks."""

import numpy as np

from models.foley.envelope import curve, decay, edges, lay, swell
from models.foley.filters import bandpass, formants, highpass, lowpass, sweep
from models.foley.modal import tone
from models.foley.noise import drift, jitter, moments, tilted, white
from models.foley.performance import Performance, Recipe, Stereo, clock, count
from models.foley.space import place, room


def beep(p: Performance) -> Stereo:
    """A piezo disc: a sine with a little third harmonic."""
    times = {"once": 1, "twice": 2, "three times": 3}[p.manner]
    samples, hertz = count(0.09 if times > 1 else 0.16), jitter(p.rng, 1900, 0.15)
    one = edges(tone(hertz, samples) + 0.2 * tone(3 * hertz, samples), 0.004, 0.008)
    bed = np.zeros(count(0.16 * times + 0.05))
    for index in range(times):
        lay(bed, one, 0.005 + 0.15 * index)
    return place(bed)


def alarm(p: Performance) -> Stereo:
    """A siren that wails between two pitches, or a clock that beeps four times a second."""
    samples = p.samples
    if p.manner == "of a clock":
        gate = (clock(samples) % 1.0 < 0.55) & (clock(samples) % 0.14 < 0.075)
        smooth = lowpass(gate.astype(np.float64), 250, 1)  # a switch without its click
        square = np.tanh(4 * tone(jitter(p.rng, 2050, 0.05), samples))
        return place(square * smooth)
    wail = 0.5 - 0.5 * np.cos(2 * np.pi * clock(samples) / jitter(p.rng, 1.1, 0.1))
    hertz = jitter(p.rng, 620, 0.1) * 2 ** (0.85 * wail)
    horn = formants(np.tanh(3 * tone(hertz, samples)), ((900, 700, 1.0), (2300, 1200, 0.6)))
    return room(edges(horn, 0.02, 0.05), 0.8, 0.2)[:samples]


def laser(p: Performance) -> Stereo:
    """A falling sweep, as of a struck slinky: high frequencies run ahead of low ones in it."""
    samples = count(jitter(p.rng, 0.42, 0.2))
    hertz = np.geomspace(jitter(p.rng, 4200, 0.2), jitter(p.rng, 190, 0.2), samples)
    beam = tone(hertz + 0.35 * hertz * tone(jitter(p.rng, 85, 0.3), samples), samples)
    return room(edges(np.tanh(1.8 * beam) * decay(samples, 0.7), 0.002, 0.03), 0.5, 0.2)


def magic(p: Performance) -> Stereo:
    """A spell: rising fifths and octaves over soft noise, then a louder chord."""
    seconds = max(1.2, p.seconds - 0.8)
    samples, root = count(seconds), jitter(p.rng, 330, 0.1)
    rise = curve(samples, (0, 0.5), (0.7, 1.0), (1, 1.0))
    bed = np.zeros((samples, 2))
    for index, ratio in enumerate((1, 1.5, 2, 3, 4, 6, 8)):
        tremble = 0.55 + 0.45 * np.sin(2 * np.pi * jitter(p.rng, 6 + index, 0.3) * clock(samples))
        voice = tone(root * ratio * rise * drift(p.rng, samples, 5, 0.995, 1.005), samples)
        bed += place(voice * tremble / (1 + 0.4 * index), (-1) ** index * 0.6)
    breath = sweep(white(p.rng, samples), np.geomspace(800, 7000, 20), 1.0)
    bed += place(0.35 * breath, curve(samples, (0, -0.7), (1, 0.7)))
    return room(edges(bed * swell(samples, 0.7, 1.2)[:, None], 0.02, 0.1), 1.6, 0.4)


def robot(p: Performance) -> Stereo:
    """Servo strokes and chirps: geared motors whine with their speed; then a sequence of tones."""
    bed = np.zeros(p.samples)
    for index, at in enumerate(moments(p.rng, p.seconds - 0.25, 0.36, 0.3)):
        if index % 2:
            samples, steps = count(0.3), int(p.rng.integers(3, 6))
            pitch = np.repeat(p.rng.choice([520, 660, 830, 990, 1240], steps), samples // steps + 1)[:samples]
            lay(bed, edges(np.tanh(1.5 * tone(pitch.astype(np.float64), samples)), 0.005, 0.02), at, 0.5)
        else:
            samples = count(p.rng.uniform(0.2, 0.34))
            speed = jitter(p.rng, 380, 0.2) * curve(samples, (0, 0.4), (0.2, 1), (0.8, 1), (1, 0.3))
            whine = sum(g * tone(k * speed, samples) for k, g in ((1, 0.4), (2, 0.6), (5, 0.3), (9, 0.12)))
            lay(bed, np.asarray(whine) * swell(samples, 0.5, 0.5), at, 0.8)
    return room(bed, 0.3, 0.1)[: p.samples]


def electricity(p: Performance) -> Stereo:
    """Mains hum made harsh, and arcs that strike at twice the mains frequency while they last."""
    samples = p.samples
    hum = np.tanh(4 * tone(100.0, samples)) * 0.12
    arcing = lowpass((drift(p.rng, samples, 7, 0, 1) > 0.55).astype(np.float64), 400, 1)
    strikes = (p.rng.uniform(size=samples) < 700 / 48_000) * p.rng.exponential(1, samples)
    buzz = np.maximum(0, tone(100.0, samples)) ** 4 * highpass(tilted(p.rng, samples, 0), 2500)
    arc = (3 * strikes + 0.5 * buzz) * arcing
    return place(bandpass(hum, 80, 4000) + highpass(arc, 1200), drift(p.rng, samples, 3, -0.4, 0.4))


def silence(p: Performance) -> Stereo:
    """Silence: a cue that asks for no sound."""
    return np.zeros((p.samples, 2))


RECIPES = (
    Recipe("beep", beep, 0.4, -27, "a beep", manners=("once", "twice", "three times")),
    Recipe("alarm", alarm, 3.0, -22, "an alarm", "held", ("wailing", "of a clock")),
    Recipe("laser", laser, 0.8, -22, "a laser shot"),
    Recipe("magic", magic, 3.0, -23, "a magic spell", "held"),
    Recipe("robot", robot, 2.2, -26, "a robot moving", "held"),
    Recipe("electricity", electricity, 2.4, -25, "electricity crackling", "held"),
    Recipe("silence", silence, 1.0, -120, "silence", "held"),
)
