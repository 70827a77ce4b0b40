"""Wan learns from parts of a video, in each way that its forms are given the first frame."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from assets.errors import InputRefused
from assets.media import video
from assets.sheets.dataset import Clips, Excerpt, Footage, Manifest
from models.sealed import sha256
from models.training import wan
from models.training.families import Art, family, prepared
from models.training.lesson import Task
from models.training.loop import train
from models.training.lora import LoraShape
from tests.models.training.conftest import run

FORMS = {"wan-t2v": ("", 16), "wan-ti2v": ("", 24), "wan-i2v": ("low", 16)}


@pytest.fixture
def filmed(drawings, tmp_path):
    """A manifest of two parts, of five frames each, of one video."""

    def make(rate) -> Manifest:
        made = drawings(2, bucket_step=32)
        path = tmp_path / "art" / "0.mp4"
        frames = (np.full((64, 64, 3), 20 * number, np.uint8) for number in range(12))
        video.encode(frames, path, size=(64, 64), rate=Fraction(24), quality=video.VideoQuality())
        work = made.works[0].work.model_copy(
            update={
                "file": "0.mp4",
                "sha256": sha256(path),
                "footage": Footage(frames=12, rate="24"),
                "size": (64, 64),
            }
        )
        works = tuple(
            each.model_copy(update={"work": work, "excerpt": Excerpt(start=start, frames=5)})
            for start, each in enumerate(made.works)
        )
        showing = made.showing.model_copy(update={"clips": Clips(frames=5, rate=rate)})
        return made.model_copy(update={"works": works, "showing": showing})

    return make


@pytest.fixture
def learn(tinies, filmed, art, tmp_path):
    def make(kind, rate=None):
        expert, its = FORMS[kind]
        return prepared(
            family("wan"),
            (tinies(kind), "cpu"),
            Art(filmed(rate or its), art, tmp_path / "cache"),
            Task(LoraShape(rank=2, alpha=2), batch=2, expert=expert, checkpointing=True),
            2,
            lambda _: None,
        )

    return make


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMS)
def test_every_factor_learns_from_a_clip_and_the_sheet_shows_its_frames(kind, learn, tmp_path):
    made = learn(kind)
    train(made, run(tmp_path / "run", 2), tell=lambda _: None)

    assert all(float(part.up.abs().max()) > 0 for part in made.factors().values())
    assert made.sheet(made.network).shape == (64, 3 * 64, 3)
    assert not torch.equal(made._material.latent(0), made._material.latent(1))


@pytest.mark.slow
def test_the_first_frame_that_ti2v_is_given_has_no_noise_no_time_and_no_loss(learn):
    made, seen = learn("wan-ti2v"), {}
    made.network.register_forward_pre_hook(lambda _, args, given: seen.update(given), with_kwargs=True)

    made.loss(0, torch.Generator().manual_seed(1), torch.device("cpu"))

    clean = torch.stack([made._material.latent(each.work) for each in made.order.at(0)])
    assert torch.equal(seen["hidden_states"][:, :, 0], clean[:, :, 0])
    tokens = clean.shape[3] // 2 * clean.shape[4] // 2
    assert not seen["timestep"][:, :tokens].any() and (seen["timestep"][:, tokens:] > 0).all()


@pytest.mark.slow
def test_an_expert_sees_only_its_own_times(learn):
    made, seen = learn("wan-i2v"), []
    made.network.register_forward_pre_hook(
        lambda _, args, given: seen.append(given["timestep"]), with_kwargs=True
    )
    for seed in range(40):
        made.loss(0, torch.Generator().manual_seed(seed), torch.device("cpu"))

    assert float(torch.cat(seen).max()) < 900


def test_a_clip_at_another_rate_than_the_models_is_refused(tinies, filmed):
    """Frames of 24 per second look slow to a model of 16, and nothing else would say so."""
    with pytest.raises(InputRefused, match=r"made for 16.*--set clips\.rate=16"):
        wan.check(wan.load(tinies("wan-i2v"), "cpu"), filmed(24))
