"""The measures tell apart what they should, and nothing else."""

import numpy as np
import pytest

from models.house.foley import measure

RNG = np.random.default_rng(0)


def blows(*at: int) -> np.ndarray:
    """A picture of short blows at these frames."""
    seen = np.zeros((64, 256), np.uint8)
    for frame in at:
        fade = np.maximum(0, 255 - 12 * np.arange(20))
        seen[:, frame : frame + 20] = np.maximum(seen[:, frame : frame + 20], fade.astype(np.uint8))
    return seen


def test_the_frechet_distance_is_nothing_to_itself_and_grows_with_the_shift():
    cloud = RNG.standard_normal((400, 6))

    assert measure.frechet(cloud, cloud) == pytest.approx(0, abs=1e-6)
    assert measure.frechet(cloud + 3, cloud) == pytest.approx(9 * 6, rel=1e-6)


def test_onsets_are_counted():
    assert [measure.shape(blows(*at)).onsets for at in ((10,), (10, 80), (10, 80, 160))] == [1, 2, 3]


def test_a_longer_sound_is_longer_and_a_higher_one_higher():
    high = blows(10)
    high[:40] = 0

    assert measure.shape(blows(10, 150)).length > measure.shape(blows(10)).length
    assert measure.shape(high).centre > measure.shape(blows(10)).centre


def test_shapes_are_apart_where_blows_are_missing():
    real = np.stack([blows(10, 60, 110, 160), blows(12, 66, 120, 170)])
    one = np.stack([blows(10), blows(20)])

    assert measure.shapes_apart(real, real) == 0
    assert measure.shapes_apart(one, real) > 1


def test_spectra_are_apart_by_the_decibels_between_them():
    flat = np.full((2, 64, 256), 200, np.uint8)
    tilted = flat.copy()
    tilted[:, 32:] -= 48  # 15 dB less in the upper half

    assert measure.spectral_distance(flat, flat) == 0
    assert measure.spectral_distance(tilted, flat) == pytest.approx(7.5, abs=0.2)


def test_copies_have_no_variety():
    noise = RNG.integers(0, 255, (3, 64, 256), np.uint8)

    assert measure.variety(np.repeat(noise[:1], 3, axis=0)) == 0 < measure.variety(noise)


@pytest.mark.parametrize(("hertz", "low", "high"), [(1000, 0, 0.05), (14_000, 0.9, 1)])
def test_air_is_what_lies_above_eight_kilohertz(hertz, low, high):
    tone = np.sin(2 * np.pi * hertz * np.arange(48_000) / 48_000)

    assert low <= measure.treble_share(np.stack([tone, tone], axis=1)) <= high
