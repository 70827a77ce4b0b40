"""The diffusion loop, with a model that knows nothing yet."""

import numpy as np
import pytest

from models.house.foley import net
from models.house.foley.make import Maker


@pytest.fixture(scope="module")
def maker(tiny):
    return Maker(tiny)


def test_folding_loses_nothing():
    import torch

    pictures = torch.rand(2, 64, 256) * 2 - 1

    assert torch.allclose(net.unfolded(net.folded(pictures)), pictures, atol=1e-6)


def test_a_window_is_64_bands_of_256_frames_between_minus_one_and_one(maker):
    made = maker.pictures(["rain falling lightly", "a slap"], seed=1, steps=2)

    assert (made.shape, made.dtype) == ((2, 64, 256), np.float32)
    assert np.abs(made).max() <= 1


def test_the_same_seed_gives_the_same_bytes_and_another_seed_or_caption_others(maker):
    def made(text: str, seed: int) -> bytes:
        return maker.pictures([text], seed=seed, steps=2).tobytes()

    assert made("a slap", 1) == made("a slap", 1)
    assert len({made("a slap", 1), made("a slap", 2), made("a punch", 1)}) == 3


@pytest.mark.parametrize(("frames", "ring"), [(512, True), (512, False), (320, False)])
def test_longer_than_a_window_is_made_as_long_as_asked(maker, frames, ring):
    assert maker.pictures(["a slap"], seed=1, steps=2, frames=frames, ring=ring).shape == (1, 64, frames)


def test_what_was_not_asked_to_sound_is_silent(maker):
    made = maker.pictures(["a slap"], seed=1, steps=3, heard=64)

    assert (made[..., 64:] < -0.99).all()
    assert not (made[..., :64] < -0.99).all()


def test_a_word_outside_the_grammar_is_no_caption(maker):
    with pytest.raises(Exception, match=r"(?i)unk"):
        maker.pictures(["a kazoo"], seed=1, steps=2)


def test_saved_parts_make_what_they_made_before_to_half_precision(tiny, maker, tmp_path):
    net.save(tiny, tmp_path)

    loaded = Maker(net.load(tmp_path)).pictures(["a slap"], seed=1, steps=2)
    assert np.abs(loaded - maker.pictures(["a slap"], seed=1, steps=2)).max() < 0.05
    assert not list(tmp_path.rglob("*.bin"))
