"""Claims about the anima painter and about modular pipelines, on a tiny one."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from assets.errors import InputRefused, SetupMissing
from models.anima import AnimaOptions, AnimaPainter
from models.diffusion import modular, placement
from models.diffusion.options import DiffusionOptions
from models.diffusion.placement import Placed
from models.ports import Prompt
from models.weights import Snapshot, Weights
from tests.models.tiny.shots import picture, shot


@pytest.fixture
def painter(tinies):
    return AnimaPainter.load("cpu", AnimaOptions(weights=Weights(path=tinies("anima")), steps=1))


@pytest.fixture
def copy(tinies, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tinies("anima"), tmp_path / "anima"))


def loaded(folder: Path, **components: Path):
    return modular.load(
        "AnimaAutoBlocks", Snapshot(folder, components), device="cpu", options=DiffusionOptions()
    )


@pytest.mark.parametrize("part", ["vae", "t5_tokenizer", "text_conditioner", "transformer"])
def test_a_part_that_is_missing_or_broken_is_an_error(copy, part):
    """The library only warned, and failed in the first picture."""
    shutil.rmtree(copy / part)

    with pytest.raises(SetupMissing, match=part):
        loaded(copy)


def test_a_part_may_live_in_a_folder_of_its_own(copy, tmp_path):
    (copy / "vae").rename(tmp_path / "elsewhere")

    assert loaded(copy, vae=tmp_path / "elsewhere").vae is not None


def test_the_index_says_where_parts_are_and_never_outside(copy):
    (copy / "vae").rename(copy / "decoder")
    index = copy / "modular_model_index.json"
    index.write_text(json.dumps({"vae": ["diffusers", "AutoencoderKLQwenImage", {"subfolder": "decoder"}]}))

    assert loaded(copy).vae is not None
    index.write_text(json.dumps({"vae": ["diffusers", "AutoencoderKLQwenImage", {"subfolder": "../x"}]}))
    with pytest.raises(SetupMissing, match="outside"):
        loaded(copy)


def test_guidance_is_the_guiders_and_turbo_runs_the_denoiser_once_a_step(tinies):
    runs = {}
    for turbo in (False, True):
        options = AnimaOptions(weights=Weights(path=tinies("anima")), steps=2, turbo=turbo)
        model, seen = AnimaPainter.load("cpu", options), []
        hook = model._placed.pipe.transformer.register_forward_pre_hook(lambda *_, seen=seen: seen.append(1))
        model.paint(shot("aoi"), seed=1)
        hook.remove()
        runs[turbo] = len(seen)
        assert ("negative_prompt" in model.card.accepts) != turbo

    assert runs == {False: 4, True: 2}


@pytest.mark.parametrize(("steps", "strength"), [(1, 0.75), (3, 0.4), (3, 1.0)])
def test_painting_over_begins_at_the_strength_and_runs_every_step(tinies, steps, strength):
    """With few steps the library rounded the strength up to 1, and the layout was ignored."""
    options = AnimaOptions(weights=Weights(path=tinies("anima")), steps=steps, turbo=True, strength=strength)
    model, seen = AnimaPainter.load("cpu", options), []
    model._placed.pipe.transformer.register_forward_pre_hook(
        lambda _, __, given: seen.append(float(given["timestep"].flatten()[0])), with_kwargs=True
    )
    model.paint(shot("aoi"), seed=1, layout=picture(3))

    assert len(seen) == steps
    assert seen[0] == pytest.approx(3 * strength / (1 + 2 * strength), abs=2e-3)  # as its scheduler shifts it


def test_a_modular_pipeline_is_offloaded_by_layer_only_and_says_so(painter, tinies):
    assert Placed(painter._placed.pipe, "cpu").offers == ("none",)
    moved = Placed.__new__(Placed)
    moved.pipe, moved.device = painter._placed.pipe, "cuda"

    assert moved.offers == ("none", "group")
    with pytest.raises(InputRefused, match="offload: group"):
        AnimaPainter.load("cuda", AnimaOptions(weights=Weights(path=tinies("anima")), offload="model"))


def test_layer_by_layer_offload_gives_the_same_picture(painter):
    before = painter.paint(shot("aoi"), seed=1)
    placement._group(painter._placed.pipe, "cpu")

    assert (painter.paint(shot("aoi"), seed=1) == before).all()


def test_a_prompt_that_would_be_cut_off_is_refused(painter):
    with pytest.raises(InputRefused, match="reads 512"):
        painter.paint(replace(shot("aoi"), prompt=Prompt("word " * 400)), seed=1)


def test_the_padding_mask_is_resized_as_torchvision_does(painter):
    from diffusers.models.transformers import transformer_cosmos

    mask = torch.tensor([[[[0.0, 1.0], [1.0, 0.0]]]])
    resized = transformer_cosmos.transforms.functional.resize(mask, [4, 4])

    assert resized.shape == (1, 1, 4, 4)
    assert torch.equal(resized[0, 0, ::2, ::2], mask[0, 0])
