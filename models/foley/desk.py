"""Small things on a desk: keys, paper, a pen, a clock, a camera, a telephone."""

import numpy as np

from models.foley.envelope import curve, edges, lay, strike, swell
from models.foley.filters import bandpass, formants, highpass
from models.foley.modal import PLASTIC, PLATE, WOOD, Material, hit, tone
from models.foley.noise import drift, jitter, moments, white
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, clock, count
from models.foley.space import place, room

GONG = Material(
    (1, 2.4, 3.9, 5.6), t60=0.9, damping=0.3, tilt=0.4, loose=0.001
)  # the cups of an old telephone


def _key(rng: Rng, wide_key: bool) -> Mono:
    """Down (cap on plate, the case answers), and up a tenth of a second later."""
    bed = np.zeros(count(0.22))
    body = 230.0 if wide_key else 420.0
    for at, gain in ((0.0, 1.0), (rng.uniform(0.07, 0.12), 0.35)):
        lay(bed, hit(rng, PLASTIC, jitter(rng, 2300, 0.2), contact=0.0005), at, gain)
        lay(bed, hit(rng, WOOD, jitter(rng, body, 0.1), contact=0.0015, ring=0.35), at, 0.8 * gain)
        lay(
            bed,
            bandpass(white(rng, count(0.008)), 2500, 9000) * strike(count(0.008), 0.0003, 0.007),
            at,
            0.08 * gain,
        )
    return bed


def typing(p: Performance) -> Stereo:
    """Bursts of a word's length, eight keys a second, the space bar between them."""
    bed = np.zeros((p.samples, 2))
    at = 0.03
    while at < p.seconds - 0.2:
        for letter in range(int(p.rng.integers(3, 8))):
            lay(bed, place(_key(p.rng, letter == 0), p.rng.uniform(-0.35, 0.35)), at, p.rng.uniform(0.5, 1))
            at += p.rng.uniform(0.07, 0.17)
            if at > p.seconds - 0.2:
                break
        at += p.rng.uniform(0.1, 0.35)
    return bed


def paper(p: Performance) -> Stereo:
    """Crumpling: every fold makes a crack of its own, so the sound is crackle and no hiss."""
    samples = p.samples
    hand = drift(p.rng, samples, 5, 0, 1) ** 1.5
    snaps = (p.rng.uniform(size=samples) < 1500 * hand / 48_000) * p.rng.pareto(2.5, samples).clip(0, 6)
    sheet = formants(snaps, ((2200, 900, 1.0), (4300, 1500, 1.0), (7200, 2500, 0.8)))
    rub = highpass(white(p.rng, samples), 3000) * hand * 0.012
    return place(edges(sheet * 3 + rub, 0.02, 0.06), drift(p.rng, samples, 2, -0.25, 0.25))


def page_turn(p: Performance) -> Stereo:
    """The sheet slides, flutters at 30 Hz while it swings over, and lands flat."""
    samples = count(jitter(p.rng, 0.5, 0.15))
    flutter = 0.5 + 0.5 * np.sin(2 * np.pi * np.cumsum(curve(samples, (0, 18), (1, 38))) / 48_000)
    air = bandpass(white(p.rng, samples), 1100, 7000) * swell(samples, 0.65, 1.6) * flutter
    bed = np.concatenate([air, np.zeros(count(0.25))])
    land = bandpass(white(p.rng, count(0.07)), 350, 3500) * strike(count(0.07), 0.002, 0.06)
    lay(bed, land, samples / 48_000 - 0.03, 1.1)
    return place(bed, curve(len(bed), (0, 0.35), (1, -0.35)))


def pen_write(p: Performance) -> Stereo:
    """Short strokes of a ball on paper, with a low resonance of the desk."""
    bed = np.zeros(p.samples)
    at = 0.04
    while at < p.seconds - 0.15:
        samples = count(p.rng.uniform(0.05, 0.16))
        grit = white(p.rng, samples) * (0.3 + drift(p.rng, samples, 120, 0, 1))
        stroke = formants(
            grit, ((jitter(p.rng, 1150, 0.1), 300, 0.8), (jitter(p.rng, 3600, 0.15), 1100, 1.0))
        )
        lay(bed, stroke * swell(samples, 0.4, 1), at, p.rng.uniform(0.4, 1))
        at += samples / 48_000 + p.rng.choice([0.02, 0.05, 0.16], p=[0.5, 0.3, 0.2])
    return place(bed, 0.1)


def clock_tick(p: Performance) -> Stereo:
    """The two pallets of the escapement differ, so tick and tock differ; the case resonates like a small wooden box."""
    bed = np.zeros(p.samples)
    gap = 0.5 if p.manner == "quickly" else 1.0
    pallets = [jitter(p.rng, 2500, 0.1), jitter(p.rng, 2050, 0.1)]
    for index, at in enumerate(moments(p.rng, p.seconds - 0.05, gap, 0.0, 0.04)):
        lay(bed, hit(p.rng, PLATE, pallets[index % 2], contact=0.0003, ring=0.03), at)
        lay(bed, hit(p.rng, WOOD, 640, contact=0.001, ring=0.4), at, 0.4)
    return room(bed, 0.25, 0.08)[: p.samples]


def camera_shutter(p: Performance) -> Stereo:
    """Mirror up, first curtain, second curtain, mirror down; the motor winds on."""
    bed = np.zeros(count(0.5))
    for at, hertz, gain in ((0.0, 900, 1.0), (0.028, 1700, 0.6), (0.085, 1600, 0.6), (0.11, 700, 0.9)):
        lay(bed, hit(p.rng, PLASTIC, jitter(p.rng, hertz, 0.1), contact=0.0006, ring=1.5), at + 0.005, gain)
        tick = bandpass(white(p.rng, count(0.02)), 1800, 8000) * strike(count(0.02), 0.0005, 0.018)
        lay(bed, tick, at + 0.005, 0.25 * gain)
    winding = count(0.2)
    whirr = formants(white(p.rng, winding), ((820, 60, 1.0), (1640, 90, 0.6), (2460, 120, 0.4))) * swell(
        winding, 0.3, 0.8
    )
    lay(bed, whirr, 0.15, 0.35)
    return room(bed, 0.2, 0.06)


def phone_ring(p: Performance) -> Stereo:
    """An old bell (a clapper between two cups, 22 blows a second) or an electronic trill; ring, pause."""
    bed = np.zeros(p.samples)
    pair = (jitter(p.rng, 1180, 0.08), jitter(p.rng, 1470, 0.06))
    for at in moments(p.rng, p.seconds - 0.3, 3.0, 0.0, 0.02):
        seconds = min(1.0 if p.manner == "electronic" else 1.5, p.seconds - at - 0.1)
        if seconds > 0.05:
            lay(
                bed, _trill(pair, seconds) if p.manner == "electronic" else _clapper(p.rng, pair, seconds), at
            )
    return room(bed, 0.3, 0.1)[: p.samples]


def _clapper(rng: Rng, cups: tuple[float, float], seconds: float) -> Mono:
    bed = np.zeros(count(seconds + 0.9))
    blows = [hit(rng, GONG, hertz, contact=0.0004) for hertz in cups]
    for index, at in enumerate(moments(rng, seconds, 1 / 22, 0.04, 0.0)):
        lay(bed, blows[index % 2], at, rng.uniform(0.8, 1))
    return bed


def _trill(pair: tuple[float, float], seconds: float) -> Mono:
    samples = count(seconds)
    high = np.sin(2 * np.pi * 16 * clock(samples)) > 0
    hertz = np.where(high, pair[1], pair[0]) * 1.2
    return edges(0.6 * tone(hertz, samples) + 0.15 * tone(3 * hertz, samples), 0.01, 0.03)


RECIPES = (
    Recipe("typing", typing, 3.0, -31, "typing on a keyboard", "held"),
    Recipe("paper", paper, 1.4, -31, "paper being crumpled", "held"),
    Recipe("page_turn", page_turn, 0.8, -32, "a page being turned"),
    Recipe("pen_write", pen_write, 2.4, -36, "writing with a pen", "held"),
    Recipe("clock_tick", clock_tick, 4.0, -33, "a clock ticking", "loop", ("slowly", "quickly")),
    Recipe("camera_shutter", camera_shutter, 0.5, -27, "a camera shutter"),
    Recipe("phone_ring", phone_ring, 2.6, -24, "a telephone ringing", "held", ("with a bell", "electronic")),
)
