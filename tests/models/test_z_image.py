"""Claims about the Z-Image painter, on a tiny pipeline."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from assets.errors import InputRefused, SetupMissing
from models.cel.guides import Guides, lines
from models.diffusion import placement
from models.ports import Prompt
from models.weights import Weights
from models.z_image import ZImageOptions, ZImagePainter
from models.z_image_control import guide
from tests.models.tiny import lora
from tests.models.tiny.shots import picture, shot


@pytest.fixture(scope="module")
def made(tinies):
    def painter(**more: object) -> ZImagePainter:
        return ZImagePainter.load(
            "cpu", ZImageOptions(**{"weights": Weights(path=tinies("z-image")), "steps": 2, **more})
        )

    return painter


def test_painting_over_with_full_strength_keeps_nothing_of_the_layout(made):
    painter, one = made(strength=1.0), shot("aoi")

    assert (painter.paint(one, seed=7, layout=picture(3)) == painter.paint(one, seed=7)).all()


def test_painting_over_begins_at_the_schedulers_own_noise_level_and_runs_every_step(made):
    painter, levels = made(strength=0.5, steps=3), []
    hook = painter._placed.pipe.transformer.register_forward_pre_hook(
        lambda _, given: levels.append(1 - float(given[1][0]))
    )
    begun = painter._begun(picture(3), __import__("torch").Generator().manual_seed(7))
    painter.paint(shot("aoi"), seed=7, layout=picture(3))
    hook.remove()

    assert len(levels) == 3
    assert levels[0] == pytest.approx(0.5, abs=0.02)
    assert begun["sigmas"][0] == pytest.approx(levels[0], abs=1e-3)


def test_turbo_takes_eight_steps_without_guidance_and_its_card_refuses_a_negative_prompt(made):
    painter = made(turbo=True, steps=0)

    assert painter._options.takes == 8
    assert "negative_prompt" not in painter.card.accepts
    assert "negative_prompt" in made().card.accepts


def test_a_prompt_that_would_be_cut_off_is_refused(made):
    with pytest.raises(InputRefused, match="reads 512"):
        made().paint(replace(shot("aoi"), prompt=Prompt("word " * 400)), seed=1)


@pytest.fixture(scope="module")
def controlled(tinies, made):
    def painter(**more: object) -> ZImagePainter:
        union = Weights(path=tinies("z-image-controlnet"))
        return made(**{"layout": "control", "control": union, **more})

    return painter


def test_each_guide_of_the_rig_and_its_strength_change_the_picture(controlled):
    one = shot("aoi")
    layout = Guides(one, seed=7).layout
    made = [
        controlled(**chosen).paint(one, seed=7, layout=layout)
        for chosen in ({}, {"guide": "pose"}, {"guide": "depth"}, {"control_strength": 0.2})
    ]

    assert len({picture.tobytes() for picture in made}) == 4


def test_a_guide_without_strength_or_without_a_layout_leaves_the_picture_as_without_a_controlnet(
    made, controlled
):
    one = shot("aoi")
    plain = made().paint(one, seed=7)

    assert (controlled().paint(one, seed=7) == plain).all()
    assert (controlled(control_strength=0).paint(one, seed=7, layout=picture(3)) == plain).all()


def test_a_controlnet_in_half_precision_accepts_what_the_float32_vae_encoded(controlled):
    """The pipeline hands the guide on in the VAE's precision, and the ControlNet failed in its first layer."""
    painter = controlled(precision="bfloat16")
    pipe = painter._placed.pipe

    assert (str(pipe.vae.dtype), str(pipe.controlnet.dtype)) == ("torch.float32", "torch.bfloat16")
    assert painter.paint(shot("aoi"), seed=7, layout=picture(3)).std() > 1


def test_the_controlnet_is_shown_the_guide_at_the_pictures_size(controlled):
    painter, seen = controlled(), []
    painter._placed.pipe.controlnet.register_forward_pre_hook(
        lambda _, given: seen.append(tuple(given[3].shape))
    )
    one = shot("aoi", size=(144, 80))
    made = painter.paint(one, seed=7, layout=picture(3, size=(144, 80)))

    assert made.shape == (80, 144, 3)
    assert {shape[-2:] for shape in seen} == {(10, 18)}


def test_a_layout_that_is_not_the_rigs_guides_by_its_lines_whatever_guide_is_wanted():
    one = shot("aoi")

    assert np.array_equal(guide(one, picture(3), "pose", seed=7), lines(picture(3)))
    assert not np.array_equal(guide(one, Guides(one, seed=7).layout, "pose", seed=7), lines(picture(3)))


def test_a_lora_reaches_the_layers_that_the_controlnet_shares_with_the_denoiser(controlled, tmp_path):
    painter, one = controlled(), shot("aoi")
    made = lora.matrices(painter._placed.pipe.transformer, "noise_refiner.0.attention.to_q")
    file = lora.peft(tmp_path / "a.safetensors", made, "transformer")
    learnt = replace(one, loras=(lora.weights(file),))

    assert (
        painter.paint(learnt, seed=7, layout=picture(3)) != painter.paint(one, seed=7, layout=picture(3))
    ).any()


def test_the_recipe_changes_with_the_controlnet_and_is_the_earlier_one_without():
    weights = {"weights": Weights(hub="a/b", revision="0" * 40)}
    union = {"layout": "control", "control": Weights(hub="c/d", revision="1" * 40)}
    plain = ZImageOptions(**weights).ingredients()
    recipes = [
        ZImageOptions(**weights, **union, **more).ingredients()
        for more in ({}, {"control_strength": 0.5}, {"guide": "pose"})
    ]

    assert not {"layout", "control", "guide", "control_strength"} & plain.keys()
    assert all(recipes.count(one) == 1 for one in recipes)
    assert recipes[0]["control"]["revision"] == "1" * 40


def test_the_card_counts_the_controlnets_memory():
    plain = ZImagePainter.carded(ZImageOptions())
    union = ZImagePainter.carded(ZImageOptions(layout="control", control=Weights(hub="c/d")))

    assert union.vram_gb > plain.vram_gb


def test_a_controlnet_that_is_missing_or_is_another_model_is_refused(controlled, tinies):
    for wrong in ({"control": None}, {"layout": "paint_over"}, {"control_strength": 3}):
        with pytest.raises(ValidationError):
            controlled(**wrong)
    with pytest.raises(SetupMissing, match="ZImageControlNetModel"):
        controlled(control=Weights(path=tinies("z-image")))


def test_layers_that_two_parts_share_are_offloaded_without_streams(made, controlled):
    """Prefetching follows one order of layers; with shared ones a layer could be fetched by nobody."""
    assert placement.shares_layers(controlled()._placed.pipe)
    assert not placement.shares_layers(made()._placed.pipe)


def test_a_pipeline_with_shared_layers_paints_the_same_under_the_hooks_of_group_offload(controlled):
    painter, one = controlled(), shot("aoi")
    before = painter.paint(one, seed=7, layout=picture(3))
    placement._group(painter._placed.pipe, "cpu")

    assert (painter.paint(one, seed=7, layout=picture(3)) == before).all()
