"""Claims about the bits of a watermark: errors are corrected, and noise is no id."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import InputRefused
from assets.watermark.payload import CODED, coded, decoded, new_id

IDS = st.binary(min_size=6, max_size=6).map(bytes.hex)


@settings(max_examples=20, deadline=None)
@given(id=IDS, seed=st.integers(0, 1000), size=st.floats(1e-6, 1e6))
def test_an_id_is_read_back_although_every_tenth_bit_is_wrong(id, seed, size):
    soft = coded(id).astype(float) * size
    soft[np.random.default_rng(seed).choice(CODED, CODED // 10, replace=False)] *= -0.5

    assert decoded(soft) == id


def test_noise_and_nothing_are_no_id():
    noise = np.random.default_rng(1)

    assert [id for _ in range(100) if (id := decoded(noise.normal(size=CODED)))] == []
    assert decoded(np.zeros(CODED)) is None


def test_new_ids_are_ids_and_differ():
    ids = [new_id() for _ in range(20)]

    assert len(set(ids)) == 20 and all(len(coded(id)) == CODED for id in ids)


@pytest.mark.parametrize(
    "id", ["", "0123456789a", "0123456789AB", "0123456789abcd", "0123456789ag", "01 23456789a"]
)
def test_what_is_no_id_is_refused(id):
    with pytest.raises(InputRefused, match="12 digits of 0-9 and a-f"):
        coded(id)
