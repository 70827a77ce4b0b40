"""Bodies: footsteps, heartbeat, cloth, slaps and punches.

A step is a heel and, a tenth of a second later, a toe; the rest depends on the ground: boards
resonate, stone only clicks, gravel is hundreds of small collisions.
"""

import numpy as np

from models.foley.envelope import curve, edges, lay, strike, swell
from models.foley.filters import bandpass, highpass, lowpass
from models.foley.modal import SKIN, WOOD, hit, tone
from models.foley.noise import drift, jitter, moments, tilted, white
from models.foley.performance import Mono, Performance, Recipe, Rng, Stereo, count
from models.foley.space import place, room

SURFACES = ("on wood", "on concrete", "on gravel", "on grass")


def _knock(rng: Rng, low: float, high: float, t60: float) -> Mono:
    """A contact too short to have a pitch."""
    samples = count(t60 * 1.2)
    return bandpass(white(rng, samples), low, high) * strike(samples, 0.0006, t60)


def _crunch(rng: Rng, seconds: float, low: float, high: float, grains: float) -> Mono:
    """Grains rolling over each other: sparse clicks with a swell."""
    samples = count(seconds)
    shape = swell(samples, 0.35, 1.5)
    dense = (rng.uniform(size=samples) < grains * shape / 48_000) * rng.exponential(1, samples)
    return bandpass(dense, low, high, 1) * 6 + 0.06 * shape * bandpass(white(rng, samples), low, high)


def _foot(rng: Rng, surface: str, weight: float) -> Mono:
    """One half of a step: the heel or the toe."""
    if surface == "on wood":
        board = hit(rng, WOOD, jitter(rng, 150, 0.12), contact=0.004, ring=1.2)
        bed = 3.0 * board[: count(0.25)]
        lay(bed, _knock(rng, 900, 3500, 0.03), 0, 0.25)
        return bed * weight
    if surface == "on concrete":
        heel = _knock(rng, 70, 260, 0.09) * 1.2
        lay(heel, _knock(rng, 1200, 5200, 0.035), 0, 1.0)
        return heel * weight
    if surface == "on gravel":
        return _crunch(rng, 0.17, 900, 6500, 2600) * weight
    return lowpass(_crunch(rng, 0.2, 350, 2600, 900), 3000) * weight


def _step(rng: Rng, surface: str, roll: float, force: float) -> Mono:
    bed = np.zeros(count(roll + 0.3))
    lay(bed, _foot(rng, surface, force), 0)
    lay(bed, _foot(rng, surface, 0.45 * force), jitter(rng, roll, 0.15))
    return bed


def _walk(p: Performance, gap: float, roll: float) -> Stereo:
    bed = np.zeros((p.samples, 2))
    pace = jitter(p.rng, gap, 0.1)
    for index, at in enumerate(moments(p.rng, p.seconds - 0.25, pace, 0.05)):
        force = p.rng.uniform(0.75, 1.1)
        lay(bed, place(_step(p.rng, p.manner, roll, force), -0.1 if index % 2 else 0.1), at)
    return room(bed, 0.3, 0.12)[: p.samples]


def footsteps(p: Performance) -> Stereo:
    return _walk(p, 0.56, 0.11)


def footsteps_run(p: Performance) -> Stereo:
    # A runner lands on the ball of the foot: heel and toe nearly together, three steps a second.
    return _walk(p, 0.31, 0.03)


def heartbeat(p: Performance) -> Stereo:
    """Lub (mitral valve) and the shorter, higher dub (aortic) a third of a beat later."""
    gap = 0.5 if p.manner == "racing" else 0.86
    bed = np.zeros(p.samples)
    lub, dub = (
        _thump(hertz, t60) for hertz, t60 in ((jitter(p.rng, 52, 0.1), 0.2), (jitter(p.rng, 68, 0.1), 0.13))
    )
    for at in moments(p.rng, p.seconds - 0.4, gap, 0.03):
        lay(bed, lub, at, p.rng.uniform(0.9, 1.0))
        lay(bed, dub, at + 0.3 * min(gap, 0.86), 0.65)
    return place(bed)


def _thump(hertz: float, t60: float) -> Mono:
    samples = count(t60 * 1.3)
    glide = hertz * curve(samples, (0, 1.5), (0.25, 1.0), (1, 0.8))
    body = tone(glide, samples) + 0.35 * tone(2 * glide, samples)
    return edges(body * strike(samples, 0.008, t60), 0.001, 0.02)


def slap(p: Performance) -> Stereo:
    crack = _knock(p.rng, 700, 9000, jitter(p.rng, 0.05, 0.2))
    palm = _knock(p.rng, 900, 1900, 0.07)
    bed = np.zeros(count(0.2))
    lay(bed, crack, 0)
    lay(bed, palm, 0.002, 0.9)
    return room(bed, 0.25, 0.1)


def punch(p: Performance) -> Stereo:
    """The film punch: a body thump, a fist's crack low-passed by cloth, air before both."""
    bed = np.zeros(count(0.5))
    air = bandpass(white(p.rng, count(0.12)), 400, 1800) * swell(count(0.12), 0.8)
    lay(bed, air, 0, 0.25)
    lay(bed, _thump(jitter(p.rng, 88, 0.15), 0.22), 0.11, 1.6)
    lay(bed, hit(p.rng, SKIN, jitter(p.rng, 190, 0.15), contact=0.003, ring=0.5), 0.11, 2.0)
    lay(bed, lowpass(_knock(p.rng, 500, 3000, 0.06), 2400), 0.108, 1.3)
    return room(bed, 0.2, 0.08)


def cloth(p: Performance) -> Stereo:
    """Two to four strokes of fibre on fibre; the weave's texture shakes the noise at 30-60 Hz."""
    bed = np.zeros((p.samples, 2))
    for at in moments(p.rng, p.seconds - 0.3, 0.42, 0.4):
        samples = count(p.rng.uniform(0.2, 0.42))
        weave = 0.4 + drift(p.rng, samples, 45, 0, 1)
        stroke = lowpass(highpass(tilted(p.rng, samples, -2), 450), 5200) * swell(
            samples, p.rng.uniform(0.3, 0.6)
        )
        lay(bed, place(stroke * weave, p.rng.uniform(-0.3, 0.3)), at, p.rng.uniform(0.5, 1))
    return bed


RECIPES = (
    Recipe("footsteps", footsteps, 2.5, -27, "footsteps", "held", SURFACES),
    Recipe("footsteps_run", footsteps_run, 2.2, -25, "running footsteps", "held", SURFACES),
    Recipe("heartbeat", heartbeat, 3.6, -23, "a heart beating", "held", ("calmly", "racing")),
    Recipe("slap", slap, 0.4, -22, "a slap"),
    Recipe("punch", punch, 0.7, -19, "a punch"),
    Recipe("cloth", cloth, 1.2, -36, "cloth rustling", "held"),
)
