"""The palette of another hand: fitted from pairs, written into a header, added up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import InputRefused
from models.house.palette import SIDE, Palette


def picture(seed=1, size=(24, 32)):
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return np.kron(coarse, np.ones((size[0] // 6, size[1] // 8, 1), np.uint8))


def hand(still):
    """Another hand: red and blue exchanged, and paler."""
    return (still[:, :, ::-1] // 2 + 100).astype(np.uint8)


def test_a_fitted_palette_brings_colours_it_has_not_seen_nearer_to_the_hand():
    found = Palette.fit([picture(n) for n in range(12)], [hand(picture(n)) for n in range(12)])

    unseen = picture(99)
    apart = [np.abs(one.astype(int) - hand(unseen)).mean() for one in (unseen, found.put_on(unseen))]
    assert apart[1] < 0.25 * apart[0]


def test_pairs_without_a_difference_leave_every_colour_as_it_is():
    same = [picture(n) for n in range(3)]

    assert (Palette.fit(same, same).put_on(picture(7)) == picture(7)).all()


palettes = st.builds(
    lambda seed: Palette(np.random.default_rng(seed).integers(-255, 256, (SIDE**3, 3)).astype(np.float32)),
    st.integers(0, 2**32 - 1),
)


@given(palettes)
def test_a_written_palette_is_read_back(made):
    assert (Palette.read(made.told()).change == made.change).all()


@given(palettes, st.floats(-2, 2))
def test_palettes_add_up_and_cancel_out(made, strength):
    summed = Palette.summed([(made, strength), (made, -strength)])

    assert np.abs(summed.change).max() < 1e-3
    assert (Palette.summed([]).change == 0).all()


@pytest.mark.parametrize("text", ["no base64!", "AAAA"])
def test_a_damaged_palette_is_refused(text):
    with pytest.raises(InputRefused, match="palette in the header of a LoRA is damaged"):
        Palette.read(text)
