"""Tiles cannot be told from the whole, whatever the sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import ModelFailed, SetupMissing, ShapeRefused
from models.enlarging.spandrel import SpandrelUpscaler
from models.enlarging.tiles import tiled
from models.registry import lacks_with
from tests.models.weights.small_models import tensors

SCALE, REACH = 2, 3  # of the tiny network: two 3x3 convolutions, and one after enlarging


def tiny_network(seed=1):
    """A random convolutional upscaler that pads with a mirror, as functions on arrays."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1, padding_mode="reflect"),
            nn.LeakyReLU(),
            nn.Conv2d(6, 3 * SCALE**2, 3, padding=1, padding_mode="reflect"),
            nn.PixelShuffle(SCALE),
        )

    def network(picture):
        with torch.inference_mode():
            return net(torch.from_numpy(picture).permute(2, 0, 1)[None])[0].permute(1, 2, 0).numpy()

    return network


NETWORK = tiny_network()


@settings(max_examples=40, deadline=None)
@given(st.integers(4, 40), st.integers(4, 40), st.integers(1, 48), st.integers(REACH, 6), st.integers(0, 9))
def test_tiles_give_what_the_whole_gives_inside_the_picture(height, width, tile, margin, seed):
    picture = np.random.default_rng(seed).random((height, width, 3), np.float32)

    made = tiled(picture, NETWORK, scale=SCALE, tile=tile, margin=margin)

    whole = NETWORK(picture)
    edge = REACH * SCALE  # there the whole pads with its own features, the tiles with mirrored pixels
    assert made.shape == whole.shape
    assert np.allclose(made[edge:-edge, edge:-edge], whole[edge:-edge, edge:-edge], atol=1e-5)


def test_the_size_of_tiles_changes_nothing_anywhere_in_the_picture():
    picture = np.random.default_rng(3).random((37, 53, 3), np.float32)

    made = [tiled(picture, NETWORK, scale=SCALE, tile=tile, margin=4) for tile in (8, 17, 64)]

    assert np.allclose(made[0], made[1], atol=1e-5)
    assert np.allclose(made[0], made[2], atol=1e-5)


def test_a_margin_below_the_networks_reach_leaves_seams():
    """So the test above can fail, and the default margin has a reason."""
    picture = np.random.default_rng(3).random((32, 32, 3), np.float32)

    made = [tiled(picture, NETWORK, scale=SCALE, tile=tile, margin=0) for tile in (8, 32)]

    assert np.abs(made[0] - made[1]).max() > 0.01


def upscaler(network=NETWORK, scale=SCALE, **options):
    chosen = SpandrelUpscaler.Options.model_validate({"weights": {"path": "mine"}, "margin": 4, **options})
    return SpandrelUpscaler(chosen, network, scale)


@pytest.mark.parametrize("size", [(4, 6), (2, 3), (2, 2), (7, 9), (640, 360)])
def test_a_picture_gets_exactly_the_size_asked_for(size):
    made = upscaler().upscale(np.arange(12, dtype=np.uint8).reshape(2, 2, 3), size=size)

    assert (made.shape, made.dtype) == ((size[1], size[0], 3), np.uint8)


def test_a_smaller_size_is_refused():
    with pytest.raises(ShapeRefused, match="smaller"):
        upscaler().upscale(np.zeros((4, 4, 3), np.uint8), size=(3, 8))


def test_a_picture_of_the_right_size_is_left_alone():
    picture = np.random.default_rng(1).integers(0, 255, (8, 8, 3), np.uint8)

    assert upscaler().upscale(picture, size=(8, 8)) is picture


def test_the_same_picture_gives_the_same_bytes():
    picture = np.random.default_rng(1).integers(0, 255, (20, 30, 3), np.uint8)

    one, other = (upscaler().upscale(picture, size=(60, 40)) for _ in range(2))

    assert (one == other).all()


def test_values_that_are_no_numbers_are_a_failure_of_the_network():
    def broken(picture):
        return np.full((picture.shape[0] * 2, picture.shape[1] * 2, 3), np.nan, np.float32)

    with pytest.raises(ModelFailed, match="no numbers"):
        upscaler(broken).upscale(np.zeros((4, 4, 3), np.uint8), size=(8, 8))


def test_what_is_not_installed_or_not_fetched_is_told_before_a_run(tmp_path):
    told = lacks_with("upscaler", "spandrel", {"weights": {"path": tmp_path / "nothing"}})

    assert "is not a folder" in told


def test_more_than_one_network_in_a_folder_is_refused(tmp_path):
    from models.enlarging.spandrel import _file

    for name in ("a", "b"):
        (tmp_path / f"{name}.safetensors").write_bytes(tensors())

    with pytest.raises(SetupMissing, match="2 safetensors files"):
        _file(tmp_path)
