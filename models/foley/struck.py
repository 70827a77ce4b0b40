"""Collisions: impact, thud, crash, glass, coins, and the air that carries an explosion."""

import numpy as np

from models.foley.envelope import curve, decay, join, lay, strike, swell
from models.foley.filters import bandpass, darken, highpass, lowpass
from models.foley.modal import COIN, GLASS, PLATE, SKIN, WOOD, hit, tone
from models.foley.noise import jitter, scatter, tilted, white
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, count
from models.foley.space import place, room


def boom(rng: Rng, hertz: float, t60: float) -> Mono:
    """A low sine whose pitch falls as the struck body is deformed."""
    samples = count(t60 * 1.1)
    return tone(hertz * curve(samples, (0, 1.8), (0.12, 1), (1, 0.6)), samples) * strike(samples, 0.004, t60)


def impact(p: Performance) -> Stereo:
    """The trailer hit: sub-bass, a metallic body and a crack, in a large room."""
    crack = highpass(white(p.rng, count(0.08)), 600) * decay(count(0.08), 0.06)
    bed = join([
        (0, 1.3 * boom(p.rng, jitter(p.rng, 52, 0.15), 0.8)),
        (0, 0.35 * crack),
        (0, 1.6 * hit(p.rng, PLATE, jitter(p.rng, 165, 0.2), contact=0.002, ring=0.5)),
    ])  # fmt: skip
    return room(bed, 1.4, 0.35)


def thud(p: Performance) -> Stereo:
    """Something soft and heavy on a floor: no treble at all, and one small bounce."""
    body = lowpass(tilted(p.rng, count(0.2), -4), 260) * strike(count(0.2), 0.006, 0.16)
    bed = np.zeros(count(0.6))
    for at, gain in ((0.0, 1.0), (jitter(p.rng, 0.17, 0.2), 0.22)):
        lay(bed, boom(p.rng, jitter(p.rng, 74, 0.12), 0.2), at, gain)
        lay(bed, body, at, 0.5 * gain)
        lay(bed, hit(p.rng, SKIN, jitter(p.rng, 120, 0.1), contact=0.006, ring=0.5), at, gain)
    return room(bed, 0.3, 0.1)


def crash(p: Performance) -> Stereo:
    """Many hits at once, then fewer and fewer: plates, boards and shards."""
    bed = np.zeros((count(1.9), 2))
    lay(bed, place(boom(p.rng, 70, 0.4)), 0, 1.0)
    noise = highpass(tilted(p.rng, count(0.9), -2), 300) * decay(count(0.9), 0.7)
    lay(bed, place(noise), 0, 0.4)
    for _ in range(34):
        material, low, high = ((PLATE, 260, 1800), (WOOD, 180, 700), (GLASS, 1500, 3800))[p.rng.integers(3)]
        at = float(p.rng.exponential(0.22))
        blow = hit(p.rng, material, p.rng.uniform(low, high), contact=0.0008, ring=p.rng.uniform(0.15, 0.5))
        lay(bed, place(blow, p.rng.uniform(-0.8, 0.8)), at, 1.6 * float(np.exp(-1.2 * at)))
    return room(bed, 0.8, 0.25)


def glass_clink(p: Performance) -> Stereo:
    """Two glasses touch: both ring, and touch once more."""
    pitch = jitter(p.rng, 2100, 0.25)
    pair = (pitch, pitch * p.rng.uniform(1.06, 1.2))
    touches = ((0.0, 1.0), (jitter(p.rng, 0.06, 0.3), 0.3))
    rung = [(at, gain * hit(p.rng, GLASS, hertz, contact=0.0004)) for at, gain in touches for hertz in pair]
    return room(join(rung), 0.4, 0.12)


def glass_break(p: Performance) -> Stereo:
    """The pane breaks (a broadband crack), then shards ring as they land, smaller ones later."""
    bed = np.zeros((count(1.5), 2))
    crack = highpass(white(p.rng, count(0.12)), 1800) * decay(count(0.12), 0.12)
    lay(bed, place(crack), 0, 0.8)
    for _ in range(60):
        at = float(min(1.2, p.rng.exponential(0.2)))
        shard = hit(p.rng, GLASS, p.rng.uniform(2200, 7500), contact=0.0002, ring=p.rng.uniform(0.12, 0.4))
        lay(bed, place(shard, p.rng.uniform(-0.9, 0.9)), at, p.rng.uniform(0.2, 1) * float(np.exp(-1.5 * at)))
    return room(bed, 0.5, 0.15)


def coin(p: Performance) -> Stereo:
    """A dropped coin: bounces come faster by a constant share, then it spins down."""
    pitch, at, gap, gain = jitter(p.rng, 4300, 0.15), 0.01, jitter(p.rng, 0.24, 0.2), 1.0
    parts: list[tuple[float, Mono]] = []
    while gap > 0.014:
        parts.append((at, gain * hit(p.rng, COIN, pitch, contact=0.0003)))
        at, gap, gain = at + gap, gap * 0.74, gain * 0.82
    return room(join(parts), 0.4, 0.12)


def explosion(p: Performance) -> Stereo:
    """A pressure wave, then a fireball whose treble decays first, then falling debris."""
    samples = count(3.2)
    fireball = tilted(p.rng, samples, -3) * strike(samples, 0.003, jitter(p.rng, 2.4, 0.15))
    bed = place(darken(fireball, np.geomspace(9000, 110, 24)))
    lay(bed, place(boom(p.rng, jitter(p.rng, 42, 0.15), 1.3)), 0, 2.0)
    stones = [highpass(white(p.rng, count(0.02)), 500) * decay(count(0.02), 0.015) for _ in range(8)]
    fall = scatter(p.rng, samples, stones, 70, swell(samples, 0.3, 2))
    return room(bed + 0.1 * bandpass(fall, 400, 5000), 2.0, 0.35)


RECIPES = (
    Recipe("impact", impact, 2.2, -16, "a heavy impact"),
    Recipe("thud", thud, 0.8, -22, "a dull thud"),
    Recipe("crash", crash, 2.5, -17, "a crash"),
    Recipe("glass_clink", glass_clink, 1.2, -28, "glasses clinking"),
    Recipe("glass_break", glass_break, 1.8, -20, "glass breaking"),
    Recipe("coin", coin, 1.5, -27, "a coin dropped on a table"),
    Recipe("explosion", explosion, 4.5, -14, "an explosion"),
)
