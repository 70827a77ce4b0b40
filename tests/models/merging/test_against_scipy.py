"""Spherical interpolation and model stock compared with SciPy and NumPy (BSD), which were written by others."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial import geometric_slerp

from models.merging.definitions import PARALLEL, Knobs, model_stock, slerp, slerp_direction

UNTIMED = settings(deadline=None)  # the first call of SciPy imports parts of it
seeds = st.integers(0, 9999)
shares = st.floats(0, 1)


def directions(seed: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(2, 7))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def float32(rows: np.ndarray) -> list[torch.Tensor]:
    return [torch.tensor(row, dtype=torch.float32) for row in rows]


@pytest.mark.parametrize("formula", [slerp, slerp_direction])
@UNTIMED
@given(seed=seeds, share=shares)
def test_between_unit_directions_slerp_is_what_scipy_computes(formula, seed, share):
    ends = directions(seed)
    assume(abs(ends[0] @ ends[1]) < PARALLEL)

    ours = formula(float32(ends), (1 - share, share), None, Knobs())

    assert np.allclose(ours, geometric_slerp(*ends, share), atol=1e-5)


@UNTIMED
@given(seed=seeds, share=shares, lengths=st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)))
def test_slerp_by_direction_turns_as_scipy_and_interpolates_the_length(seed, share, lengths):
    ends = directions(seed)
    assume(abs(ends[0] @ ends[1]) < PARALLEL)

    ours = slerp_direction(float32(ends * np.array(lengths)[:, None]), (1 - share, share), None, Knobs())

    length = (1 - share) * lengths[0] + share * lengths[1]
    assert np.allclose(ours, length * geometric_slerp(*ends, share), atol=1e-4)


@UNTIMED
@given(seed=seeds, count=st.integers(2, 5), spread=st.floats(0.1, 3))
def test_model_stock_is_the_nearest_point_to_the_centre_that_the_models_span(seed, count, spread):
    """The paper's derivation (arXiv 2403.19522), solved by least squares: models lie around an unknown centre at one
    distance and at right angles to each other; the merge is the point nearest to that centre on the plane through the
    base and the models."""
    basis = np.linalg.qr(np.random.default_rng(seed).normal(size=(12, 12)))[0]
    base, centre = basis[0] * 0.7, 2 * basis[1]
    models = base + centre + spread * basis[2 : 2 + count]

    ours = model_stock(
        float32(models), [1.0] * count, torch.tensor(base, dtype=torch.float32), Knobs()
    ).numpy()

    span = (models - base).T
    nearest = span @ np.linalg.lstsq(span, centre, rcond=None)[0]
    assert np.allclose(ours, base + nearest, atol=1e-4)
