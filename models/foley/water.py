"""Water: its sound is almost only air bubbles. A bubble of radius r rings at 3.26 / r hertz
(Minnaert 1933) and rises in pitch as it nears the surface.
"""

import numpy as np

from models.foley.envelope import curve, edges, lay, strike, swell
from models.foley.filters import bandpass, darken, formants, highpass, lowpass, resonance
from models.foley.modal import tone
from models.foley.noise import drift, jitter, moments, scatter, tilted, white, wide
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, clock, count
from models.foley.space import place, room


def bubble(rng: Rng, hertz: float, rise: float = 0.4) -> Mono:
    """One bubble; small ones die sooner (t60 about 35 periods)."""
    t60 = 35 / hertz + 0.006
    samples = count(t60)
    return tone(hertz * (1 + rise * clock(samples) / t60), samples) * strike(samples, 0.0007, t60)


def bubbles(rng: Rng, many: int, low: float, high: float) -> list[Mono]:
    return [
        bubble(rng, float(np.exp(rng.uniform(np.log(low), np.log(high)))), rng.uniform(0, 0.6))
        for _ in range(many)
    ]


def _drops(rng: Rng, many: int) -> list[Mono]:
    """A raindrop on a hard wet floor: a tick, and for some a bubble."""
    grains: list[Mono] = []
    for index in range(many):
        samples = count(rng.uniform(0.003, 0.009))
        grain = np.zeros(count(0.03))
        lay(
            grain,
            highpass(white(rng, samples), rng.uniform(1200, 4000))
            * strike(samples, 0.0003, samples / 48_000),
            0,
        )
        if index % 3 == 0:
            lay(grain, bubble(rng, rng.uniform(1500, 5000)), 0.002, 0.8)
        grains.append(grain)
    return grains


def rain(p: Performance) -> Stereo:
    """Near drops one by one; thousands of distant ones together are a hiss."""
    density, bed = {"lightly": (90, 0.10), "steadily": (420, 0.35), "heavily": (900, 0.9)}[p.manner]
    drops = scatter(p.rng, p.samples, _drops(p.rng, 48), density)
    hiss = highpass(wide(p.rng, p.samples, -3.5, 0.9), 500)
    return 0.35 * drops + bed * 0.3 * hiss * drift(p.rng, p.samples, 0.4, 0.8, 1.1)[:, None]


def stream(p: Performance) -> Stereo:
    many = scatter(p.rng, p.samples, bubbles(p.rng, 90, 300, 3200), 190)
    bed = bandpass(wide(p.rng, p.samples, -4, 0.8), 250, 3500)
    return many + 0.25 * bed * drift(p.rng, p.samples, 3, 0.6, 1.2)[:, None]


def waves(p: Performance) -> Stereo:
    """Each wave grows, breaks (bright), and runs back over the sand (a thin hiss)."""
    bed = 0.06 * lowpass(wide(p.rng, p.samples, -5, 0.9), 500)
    for at in moments(p.rng, p.seconds, 5.2, 0.15, -3.0 + p.rng.uniform(0, 1.5)):
        seconds = p.rng.uniform(5.5, 7.0)
        samples = count(seconds)
        loud = curve(samples, (0, 0), (0.25, 0.25), (0.42, 1), (0.55, 0.55), (0.8, 0.15), (1, 0)) ** 1.3
        cutoff = np.interp(np.linspace(0, 1, 40), (0, 0.3, 0.42, 0.7, 1), (300, 700, 5500, 3000, 5000))
        sides = [darken(tilted(p.rng, samples, -2.5), cutoff) * loud for _ in range(2)]
        lay_from(bed, np.stack(sides, axis=1), at)
    return bed


def lay_from(bed: Stereo, sound: Stereo, at: float) -> None:
    """Add a sound that may have begun before the array does."""
    lay(bed, sound[max(0, -round(at * 48_000)) :], max(0.0, at))


def drip(p: Performance) -> Stereo:
    """A drop into a basin: the tick of the surface, then the bubble that it encloses, in an empty room."""
    bed = np.zeros(p.samples)
    for at in moments(p.rng, p.seconds - 0.3, 1.1, 0.25):
        lay(bed, highpass(white(p.rng, count(0.004)), 2500) * swell(count(0.004), 0.2), at, 0.1)
        lay(bed, bubble(p.rng, jitter(p.rng, 1050, 0.2), 0.9), at + 0.018, 1.0)
    return room(bed, 1.2, 0.25)[: p.samples]


def splash(p: Performance) -> Stereo:
    """The slap of the surface, a crown of spray, and bubbles coming up for a second."""
    samples = count(1.5)
    spray = darken(white(p.rng, samples) * strike(samples, 0.006, 0.9), np.geomspace(7000, 1200, 20))
    bed = place(spray * 0.5)
    slap = lowpass(tilted(p.rng, count(0.25), -3), 600) * strike(count(0.25), 0.004, 0.2)
    lay(bed, place(slap), 0, 0.8)
    bed += 0.5 * scatter(
        p.rng, samples, bubbles(p.rng, 60, 300, 2400), 160, curve(samples, (0, 0.2), (0.15, 1), (1, 0))
    )
    return room(bed, 0.5, 0.12)


def pour(p: Performance) -> Stereo:
    """As a cup fills, its air column shortens: the gurgle's resonance climbs an octave."""
    samples = p.samples
    gush = scatter(p.rng, samples, bubbles(p.rng, 60, 400, 4200), 320).sum(axis=1)
    source = gush + 0.5 * white(p.rng, samples)
    filling = np.geomspace(jitter(p.rng, 480, 0.15), jitter(p.rng, 1250, 0.1), 16)
    column = _resonating(source, filling)
    return place(edges(0.22 * bandpass(source, 500, 6000) + 2.5 * column, 0.06, 0.12))


def _resonating(source: Mono, centres: Mono) -> Mono:
    """Narrow resonators side by side, cross-faded in turn."""
    share = np.linspace(0, len(centres) - 1, len(source))
    out = np.zeros_like(source)
    for index, hertz in enumerate(centres):
        near = np.maximum(0, 1 - np.abs(share - index))
        out += near * resonance(source, hertz, hertz * 0.09)
    return out


def sip(p: Performance) -> Stereo:
    """Air drawn in over a liquid edge, fluttering at 30 Hz; then a gulp in the throat."""
    samples = count(jitter(p.rng, 0.6, 0.2))
    flutter = (0.25 + drift(p.rng, samples, 60, 0, 1)) * swell(samples, 0.6, 1.2)
    draw = formants(white(p.rng, samples), ((1500, 350, 1.0), (2800, 700, 0.7), (4600, 900, 0.3))) * flutter
    bed = np.concatenate([draw, np.zeros(count(0.55))])
    for at, hertz in ((0.16, 260.0), (0.24, 190.0)):
        lay(bed, bubble(p.rng, jitter(p.rng, hertz, 0.1), 1.1), samples / 48_000 + at, 0.9)
    return place(bed)


RECIPES = (
    Recipe("rain", rain, 6.0, -29, "rain falling", "loop", ("lightly", "steadily", "heavily")),
    Recipe("stream", stream, 6.0, -30, "a small stream", "loop"),
    Recipe("waves", waves, 10.0, -27, "waves on a beach", "loop"),
    Recipe("drip", drip, 3.4, -30, "water dripping", "held"),
    Recipe("splash", splash, 1.9, -21, "a splash"),
    Recipe("pour", pour, 2.6, -30, "water poured into a cup", "held"),
    Recipe("sip", sip, 1.2, -35, "a sip of tea"),
)
