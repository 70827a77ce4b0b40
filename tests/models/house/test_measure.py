"""The measures themselves: each told apart on pictures whose answer is known."""

from itertools import pairwise

import numpy as np
import pytest

from models.house import measure


@pytest.fixture
def ground():
    rng = np.random.default_rng(2)
    import cv2

    rough = rng.integers(0, 255, (24, 42, 3)).astype(np.uint8)
    return cv2.resize(rough, (168, 96), interpolation=cv2.INTER_CUBIC)


def test_a_still_clip_neither_moves_nor_flickers(ground):
    found = measure.steadiness([ground] * 4, ground)

    assert found == pytest.approx({"motion": 0, "warp": 0, "flicker": 0, "first": 0}, abs=0.02)


def test_a_slide_moves_and_is_explained_by_its_flow(ground):
    slid = [np.roll(ground, 2 * n, axis=1)[:, 20:-20] for n in range(5)]

    found = measure.steadiness(slid, slid[0])

    assert 1.5 < found["motion"] < 2.5
    plain = np.mean([np.abs(a.astype(int) - b).mean() for a, b in pairwise(slid)])
    assert found["warp"] < plain / 2


def test_noise_on_a_still_clip_is_flicker(ground):
    rng = np.random.default_rng(1)
    boiling = [np.clip(ground + rng.normal(0, 6, ground.shape), 0, 255).astype(np.uint8) for _ in range(5)]

    assert measure.steadiness(boiling, ground)["flicker"] > 4


def test_the_distance_of_a_set_to_itself_is_nothing_and_grows_with_a_shift():
    one = np.random.default_rng(0).normal(size=(200, 6)).astype(np.float32)

    near, far = measure.distance(one, one), measure.distance(one, one + 2)

    assert near == pytest.approx(0, abs=1e-3)
    assert far == pytest.approx(24, rel=0.01)
