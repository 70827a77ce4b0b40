"""Can the effects be told apart? A nearest-centroid listener with plain features, on seeds it never heard."""

from itertools import pairwise

import numpy as np
import pytest

from models.foley.adapter import ProceduralFoley

FOLEY = ProceduralFoley.load("cpu")
NAMES = tuple(name for name in FOLEY.sounds() if name != "silence")
RATE, FRAME = 48_000, 1024
BANDS = np.geomspace(60, 16_000, 33)
PULSES = (0.3, 1, 2, 4, 8, 16, 32, 47)  # hertz of modulation


def features(samples: np.ndarray) -> np.ndarray:
    """Mean spectrum, how much each band varies, modulation, length, how bunched the energy is."""
    mono = np.pad(samples.mean(axis=1), (FRAME // 2, FRAME))
    frames = np.lib.stride_tricks.sliding_window_view(mono, FRAME)[:: FRAME // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME))) ** 2
    hertz = np.fft.rfftfreq(FRAME, 1 / RATE)
    edges = zip(BANDS[:-1], np.maximum(BANDS[1:], BANDS[:-1] + RATE / FRAME), strict=True)
    bands = np.stack([power[:, (hertz >= low) & (hertz < high)].mean(axis=1) for low, high in edges], axis=1)
    total = bands.sum(axis=1)
    heard = total > 1e-4 * total.max()
    varied = np.log(bands + 1e-7 * total.max())[heard].std(axis=0)
    return np.concatenate([np.log(bands.sum(axis=0) / bands.sum() + 1e-5), varied, modulation(total),
                           [2 * np.log(len(samples) / RATE), 3 * heard.mean()]])  # fmt: skip


def modulation(total: np.ndarray) -> np.ndarray:
    envelope = np.sqrt(total) / np.sqrt(total).mean()
    envelope = np.pad(envelope, (0, max(0, 320 - len(envelope))))
    depth, hertz = (
        np.abs(np.fft.rfft(envelope - envelope.mean())),
        np.fft.rfftfreq(len(envelope), FRAME / 2 / RATE),
    )
    energy = [np.sum(depth[(hertz >= low) & (hertz < high)] ** 2) for low, high in pairwise(PULSES)]
    return np.log(0.01 + np.sqrt(energy) / len(envelope))


@pytest.mark.slow
def test_a_plain_listener_names_nine_effects_in_ten() -> None:
    heard = np.array(
        [[features(FOLEY.make(n, seconds=0, seed=seed).samples) for seed in range(9)] for n in NAMES]
    )
    learnt, held_out = heard[:, :6], heard[:, 6:]
    centres, spread = learnt.mean(axis=1), np.sqrt(learnt.var(axis=1).mean(axis=0)) + 1e-9

    distance = np.sum(((held_out[:, :, None] - centres[None, None]) / spread) ** 2, axis=-1)
    guessed = distance.argmin(axis=-1)
    wrong = [(NAMES[i], NAMES[j]) for i, row in enumerate(guessed) for j in row if i != j]
    assert len(wrong) <= 0.1 * guessed.size, wrong
