"""The fundamental frequency of a voice, frame by frame.

In: mono samples.      Out: F0 in hertz every 5 ms, 0 where the voice is unvoiced or silent.
YIN's cumulative mean normalised difference (de Cheveigné and Kawahara, 2002) gives candidates; a Viterbi
path through them avoids octave jumps. Knows nothing of words.
"""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Curve = NDArray[np.float64]

HOP_SECONDS = 0.005
WINDOW_SECONDS = 0.025
CANDIDATES = 4
# a deeper dip counts as a period; at 0.35 two fifths of a low, creaky voice were not shifted
UNVOICED_COST = 0.55
OCTAVE_COST = 0.6  # per octave moved in 5 ms; speech glides stay under 0.1
SWITCH_COST = 0.12  # voiced to unvoiced or back
LEAN = 0.08
NO_CANDIDATE = 9.0  # costs more than any path
SILENCE = 0.004  # of the peak: -48 dB


def track(samples: Samples, rate: int, *, floor: float = 50.0, ceiling: float = 700.0) -> Curve:
    """F0 at the middle of every 5 ms step: (ceil(n / hop),) hertz, 0 for unvoiced."""
    hop = round(rate * HOP_SECONDS)
    steps = -(-len(samples) // hop)
    if steps == 0 or not np.abs(samples).max(initial=0.0) > 0:
        return np.zeros(steps)
    shortest, longest = int(rate / ceiling), int(rate / floor)
    dips = _differences(samples, hop, steps, round(rate * WINDOW_SECONDS), longest)
    lags, costs = _candidates(dips, shortest, longest)
    costs[_levels(samples, hop, steps) < SILENCE * np.abs(samples).max()] = NO_CANDIDATE
    chosen = _path(lags, costs)
    return np.where(chosen > 0, rate / np.maximum(chosen, 1), 0.0)


def median_hz(samples: Samples, rate: int) -> float:
    """The median of the voiced F0; 0 when nothing is voiced."""
    curve = track(samples, rate)
    voiced = curve[curve > 0]
    return float(np.median(voiced)) if len(voiced) else 0.0


def _differences(samples: Samples, hop: int, steps: int, window: int, longest: int) -> Curve:
    """Cumulative mean normalised difference for lags 0..longest: (steps, longest + 1)."""
    span = window + longest
    before = span // 2 - hop // 2
    padded = np.pad(samples.astype(np.float64), (before, span + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, span)[::hop][:steps]
    size = 1 << (span + window - 1).bit_length()
    cross = np.fft.irfft(np.conj(np.fft.rfft(frames[:, :window], size)) * np.fft.rfft(frames, size), size)[
        :, : longest + 1
    ]
    power = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    energy = power[:, window : window + longest + 1] - power[:, : longest + 1]
    difference = np.maximum(energy[:, :1] + energy - 2 * cross, 0.0)
    running = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, longest + 1)
    shape = np.ones_like(difference)
    shape[:, 1:] = difference[:, 1:] / np.maximum(running, 1e-12)
    return shape


def _candidates(dips: Curve, shortest: int, longest: int) -> tuple[Curve, Curve]:
    """The deepest local dips per step, refined by a parabola: (steps, CANDIDATES) lags and costs."""
    left, middle, right = dips[:, shortest - 1 : -2], dips[:, shortest:-1], dips[:, shortest + 1 :]
    bend = np.maximum(left - 2 * middle + right, 1e-9)
    offset = np.clip(0.5 * (left - right) / bend, -0.5, 0.5)
    # a period between two samples looks shallower than its double, which may not; and long lags cost a little more,
    # so that a period wins over its double when both are equally deep
    lags = np.arange(shortest, longest)
    depth = middle - 0.25 * (left - right) * offset + LEAN * lags / longest
    costs = np.where((middle <= left) & (middle < right), depth, NO_CANDIDATE)
    rows = np.arange(len(dips))[:, None]
    picked = np.argpartition(costs, CANDIDATES, axis=1)[:, :CANDIDATES]
    return lags[picked] + offset[rows, picked], costs[rows, picked]


def _levels(samples: Samples, hop: int, steps: int) -> Curve:
    padded = np.pad(samples, (0, steps * hop - len(samples)))
    return np.asarray(np.sqrt((padded.reshape(steps, hop).astype(np.float64) ** 2).mean(axis=1)))


def _path(lags: Curve, costs: Curve) -> Curve:
    """The cheapest path through the candidates and the unvoiced state; 0 where unvoiced."""
    steps, width = lags.shape
    octaves = np.log2(lags)
    back = np.zeros((steps, width + 1), np.int64)
    total = np.append(costs[0], UNVOICED_COST)
    move = np.full((width + 1, width + 1), SWITCH_COST)
    move[width, width] = 0.0
    for step in range(1, steps):
        move[:width, :width] = OCTAVE_COST * np.abs(octaves[step - 1][:, None] - octaves[step][None, :])
        reach = total[:, None] + move
        back[step] = reach.argmin(axis=0)
        total = reach.min(axis=0) + np.append(costs[step], UNVOICED_COST)
    state = int(total.argmin())
    chosen = np.zeros(steps)
    for step in range(steps - 1, -1, -1):
        chosen[step] = lags[step, state] if state < width else 0.0
        state = int(back[step, state])
    return chosen
