"""Air and fire: wind, thunder, storms, things that cut through the air."""

import numpy as np

from models.foley.envelope import curve, decay, edges, lay, strike, swell
from models.foley.filters import bandpass, darken, highpass, lowpass, sweep
from models.foley.noise import drift, jitter, moments, scatter, tilted, white, wide
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, count
from models.foley.space import place, room
from models.foley.water import rain


def wind(p: Performance) -> Stereo:
    """Gusts: loudness and pitch follow the wind's speed; edges whistle only in strong wind."""
    hard = 1.5 if p.manner == "howling" else 1.0
    knots = max(4, int(p.seconds * 4))
    gust = drift(p.rng, p.samples, 0.55, 0.25, 1.0)
    centre = 330 * hard * np.interp(np.linspace(0, 1, knots), np.linspace(0, 1, p.samples), gust) + 120
    sides = [sweep(tilted(p.rng, p.samples, -3), centre, 1.6) for _ in range(2)]
    whistle = sweep(white(p.rng, p.samples), centre * 2.3, 0.16) * gust**3
    body = np.stack(sides, axis=1) * (gust**1.5)[:, None]
    return body + (0.7 if hard > 1 else 0.15) * place(whistle, drift(p.rng, p.samples, 0.3, -0.5, 0.5))


def _clap(rng: Rng, seconds: float) -> Mono:
    """Thunder: the bolt is kilometres long, so its nearest part is heard first as a crack, the rest later as a roll."""
    samples = count(seconds)
    roll = np.zeros(samples)
    for at in np.sort(rng.exponential(seconds / 5, 9)):
        burst = count(rng.uniform(0.5, 1.4))
        lay(
            roll,
            tilted(rng, burst, -5) * strike(burst, rng.uniform(0.01, 0.1), burst / 48_000),
            at,
            float(np.exp(-at)),
        )
    return darken(roll, np.geomspace(2600, 90, 24)) * curve(samples, (0, 1), (0.6, 0.6), (1, 0))


def thunder(p: Performance) -> Stereo:
    """A distant roll, or a close one with a sharp crack at its beginning."""
    near = p.manner == "close"
    bed = place(_clap(p.rng, 4.5), drift(p.rng, count(4.5), 0.5, -0.4, 0.4))
    if near:
        crack = (
            highpass(white(p.rng, count(0.5)), 300)
            * decay(count(0.5), 0.4)
            * (0.2 + drift(p.rng, count(0.5), 40, 0, 1))
        )
        lay(bed, place(crack), 0.0, 0.9)
    return room(bed, 2.2, 0.3, 0.3)


def storm(p: Performance) -> Stereo:
    """Heavy rain driven by gusts, with thunder now and then, far and near."""
    sheet = rain(Performance(p.rng, p.seconds, "heavily"))
    gust = drift(p.rng, p.samples, 0.7, 0.3, 1.0)[:, None]
    blow = wind(Performance(p.rng, p.seconds, "howling"))
    bed = 0.6 * sheet * gust + 0.9 * blow
    for at in moments(p.rng, p.seconds - 1, 5.5, 0.3, p.rng.uniform(0.3, 1.0)):
        lay(
            bed,
            place(edges(_clap(p.rng, 4.0), 0.02, 1.0), p.rng.uniform(-0.6, 0.6)),
            at,
            p.rng.uniform(0.9, 1.6),
        )
    return bed


def fire(p: Performance) -> Stereo:
    """Three parts: the low flutter of the flame, the hiss of gas, and cracks of sap in the wood."""
    flutter = lowpass(wide(p.rng, p.samples, -5, 0.5), 160) * drift(p.rng, p.samples, 7, 0.2, 1)[:, None]
    hiss = highpass(wide(p.rng, p.samples, -3, 0.9), 1500) * 0.05
    snaps = [
        bandpass(white(p.rng, count(0.012)), low, 3.5 * low)
        * decay(count(0.012), p.rng.uniform(0.003, 0.012))
        for low in p.rng.uniform(700, 3600, 12)
    ]
    bursts = (drift(p.rng, p.samples, 2.5, 0, 1) ** 2).astype(np.float64)
    return 0.2 * flutter + hiss + 4.0 * scatter(p.rng, p.samples, snaps, 26, 0.15 + 0.85 * bursts)


def whoosh(p: Performance) -> Stereo:
    """A large thing passes: the band rises and falls, wide, from one ear to the other."""
    side = p.rng.choice([-1.0, 1.0])
    samples = p.samples
    peak = jitter(p.rng, 900, 0.25)
    band = peak * np.interp(np.linspace(0, 1, 24), (0, 0.5, 1), (0.25, 1, 0.3))
    air = sweep(tilted(p.rng, samples, -1.5), band, 2.2) * swell(samples, jitter(p.rng, 0.5, 0.15), 2.6)
    return place(air, side * curve(samples, (0, -0.8), (1, 0.8)))


def swish(p: Performance) -> Stereo:
    """A thin edge: higher and shorter, rising to the end (vortices shed at 0.2 v / d)."""
    samples = count(jitter(p.rng, 0.24, 0.2))
    band = jitter(p.rng, 4200, 0.2) * np.interp(np.linspace(0, 1, 12), (0, 0.6, 1), (0.35, 1, 0.8))
    air = sweep(white(p.rng, samples), band, 0.9) * swell(samples, 0.62, 2.2)
    return room(place(air, curve(samples, (0, -0.4), (1, 0.4))), 0.2, 0.06)


RECIPES = (
    Recipe("wind", wind, 8.0, -29, "wind blowing", "loop", ("softly", "howling")),
    Recipe("thunder", thunder, 5.5, -17, "thunder", manners=("far away", "close")),
    Recipe("storm", storm, 10.0, -22, "a storm of rain and wind", "loop"),
    Recipe("fire", fire, 6.0, -30, "a fire crackling", "loop"),
    Recipe("whoosh", whoosh, 0.9, -24, "a whoosh", "held"),
    Recipe("swish", swish, 0.4, -27, "a swish"),
)
