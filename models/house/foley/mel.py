"""Convert a sound to a picture of loudness per pitch band and time, and back.

In:  mono samples at 16 kHz.      Out: (64, 256) uint8, and from such a picture samples again.
The inverse is Griffin-Lim with momentum (Perraudin and others, 2013): no weights, seeded, and circular for a ring,
so that an ambience has no seam.
Knows nothing about models, captions or stereo.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, linalg, sparse

RATE = 16_000
WINDOW, HOP = 1024, 256
BANDS, FRAMES = 64, 256
SAMPLES = FRAMES * HOP  # 4.096 s
FLOOR = 80.0  # dynamic range of a picture in decibels below the loudest cell

Samples = NDArray[np.float32]
Picture = NDArray[np.uint8]
"""(BANDS, frames): 0 is FLOOR below the loudest cell, 255 is the loudest cell; low pitch first."""


def picture(sound: Samples, *, ring: bool) -> Picture:
    """The picture of ``sound``, whose length is whole hops; ``ring``: its end continues into its beginning."""
    bands = np.maximum(_sparse()[0] @ np.abs(_spectrum(sound, ring)), 1e-12)
    decibels = 20 * np.log10(bands / max(float(bands.max()), 1e-9))
    return np.asarray(np.rint(255 * (1 + np.clip(decibels, -FLOOR, 0) / FLOOR)), np.uint8)


def sound(seen: NDArray[np.floating], *, ring: bool, seed: int, rounds: int = 24) -> Samples:
    """Samples with the picture ``seen``, (BANDS, frames) in -1..1; peak 1."""
    target = _unfolded(10 ** (FLOOR / 20 * (np.clip(seen, -1, 1) - 1) / 2))
    turn = np.random.default_rng(seed).uniform(0, 2 * np.pi, target.shape)
    phase: Any = np.exp(1j * turn).astype(np.complex64)
    before: Any = np.zeros_like(phase)
    for _ in range(rounds):
        heard = _spectrum(_played(target * phase, ring), ring)
        ahead = heard + 0.99 * (heard - before)
        before = heard
        phase = ahead / np.maximum(np.abs(ahead), 1e-9)
    made = _played(target * phase, ring)
    return np.asarray(made / max(float(np.abs(made).max()), 1e-9), np.float32)


def _unfolded(bands: NDArray[np.floating]) -> NDArray[np.float32]:
    """Magnitudes per bin for these bands: least squares, never negative.

    Products are sparse: those of numpy use as many threads as there are cores, and their sums differ with the number.
    """
    down, up = _sparse()
    wanted = bands.astype(np.float32)
    guess: Any = np.maximum(up @ linalg.solveh_banded(_overlaps(), wanted).astype(np.float32), 1e-7)
    above = up @ wanted
    for _ in range(20):  # Lee and Seung's update keeps every bin positive
        guess *= above / np.maximum(up @ (down @ guess), 1e-9)
    return np.asarray(guess, np.float32)


def _spectrum(samples: Samples, ring: bool) -> NDArray[np.complex64]:
    """(bins, frames), frame k centred on hop k and a half."""
    edge = (WINDOW - HOP) // 2
    padded = np.pad(samples, edge, mode="wrap" if ring else "constant")
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    return np.ascontiguousarray(fft.rfft(frames * _hann(), axis=1).T.astype(np.complex64))


def _played(spectrum: NDArray[np.complex64], ring: bool) -> Samples:
    """Overlap-add; each sample is weighted by how many windows cover it."""
    frames: Any = fft.irfft(spectrum.T, WINDOW, axis=1).astype(np.float32) * _hann()
    count, edge, parts = len(frames), (WINDOW - HOP) // 2, WINDOW // HOP
    bed = np.zeros((count + parts - 1, HOP), np.float32)
    weight = np.zeros((count + parts - 1, HOP), np.float32)
    for part in range(parts):
        span = slice(part * HOP, (part + 1) * HOP)
        bed[part : part + count] += frames[:, span]
        weight[part : part + count] += _hann()[span] ** 2
    flat, heavy, length = bed.reshape(-1), weight.reshape(-1), count * HOP
    if ring:
        for line in (flat, heavy):
            line[length : length + edge] += line[:edge]
            line[edge : 2 * edge] += line[length + edge :]
    return np.asarray((flat / np.maximum(heavy, 1e-3))[edge : edge + length], np.float32)


@lru_cache(maxsize=1)
def _hann() -> NDArray[np.float32]:
    turn = 2 * np.pi * np.arange(WINDOW) / WINDOW
    return np.asarray(0.5 - 0.5 * np.cos(turn), np.float32)


@lru_cache(maxsize=1)
def _filters() -> NDArray[np.float32]:
    """(BANDS, bins) triangles, evenly spaced in mel (2595 log10(1 + f / 700)), each summing to one."""
    hertz = np.linspace(0, RATE / 2, WINDOW // 2 + 1)
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 2 / 700), BANDS + 2) / 2595) - 1)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    slopes = np.minimum((hertz - low) / (middle - low), (high - hertz) / (high - middle))
    triangles = np.maximum(slopes, 0)
    return np.asarray(triangles / triangles.sum(axis=1, keepdims=True), np.float32)


@lru_cache(maxsize=1)
def _sparse() -> tuple[Any, Any]:
    """The filters, and transposed."""
    return sparse.csr_array(_filters()), sparse.csr_array(_filters().T)


@lru_cache(maxsize=1)
def _overlaps() -> NDArray[np.float64]:
    """(2, BANDS): products of each filter with the one before and with itself. Only neighbours overlap."""
    filters = _filters().astype(np.float64)
    before = np.concatenate([[0.0], (filters[1:] * filters[:-1]).sum(axis=1)])
    return np.stack([before, (filters**2).sum(axis=1)])
