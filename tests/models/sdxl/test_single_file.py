"""An SDXL checkpoint in one file paints what its folder paints; one that is not whole, or another model, is refused."""

import pytest
import torch
from safetensors.torch import save_file

from assets.errors import SetupMissing
from models.diffusion.loading import load
from models.diffusion.options import DiffusionOptions
from models.sdxl import sampler
from models.sdxl.adapter import KIND, SdxlPainter
from models.sdxl.options import SdxlOptions
from models.weights import Weights
from tests.models.tiny import checkpoint
from tests.models.tiny.shots import shot


@pytest.fixture(scope="module")
def whole(tinies):
    return checkpoint.tensors(load(tinies("sdxl"), KIND, device="cpu", options=DiffusionOptions()))


@pytest.fixture
def painter(tinies, tmp_path):
    """A painter over one file with these tensors."""

    def made(tensors, **options) -> SdxlPainter:
        (tmp_path / "one").mkdir(exist_ok=True)
        save_file(tensors, tmp_path / "one" / "animagine.safetensors")
        given = {"config": Weights(path=tinies("sdxl")), "steps": 2, **options}
        return SdxlPainter.load("cpu", SdxlOptions(weights=Weights(path=tmp_path / "one"), **given))

    return made


def test_one_file_paints_what_its_folder_paints(tinies, whole, painter):
    folder = SdxlPainter.load("cpu", SdxlOptions(weights=Weights(path=tinies("sdxl")), steps=2))

    assert (painter(whole).paint(shot("aoi"), seed=7) == folder.paint(shot("aoi"), seed=7)).all()


def test_what_holds_no_weight_of_a_part_does_not_matter(whole, painter):
    more = {
        "model_ema.decay": torch.ones(1), "denoiser.sigmas": torch.ones(1000),
        "conditioner.embedders.0.transformer.text_model.embeddings.position_ids": torch.arange(77)[None],
        "conditioner.embedders.1.model.logit_scale": torch.ones(()),
    }  # fmt: skip

    assert painter({**whole, **more}).paint(shot("aoi"), seed=7).std() > 1


def test_a_checkpoint_that_says_v_prediction_and_zero_snr_is_sampled_so(whole, painter):
    """Sampled as one that predicts noise it paints grey."""
    model = painter({**whole, "v_pred": torch.zeros(0), "ztsnr": torch.zeros(0)})

    assert model._placed.pipe.scheduler.config.prediction_type == "v_prediction"
    assert sampler.is_zero_snr(model._placed.pipe.scheduler)


def without(whole, prefix):
    return {key: value for key, value in whole.items() if not key.startswith(prefix)}


def lora(whole):
    return {
        "lora_unet_down.lora_down.weight": torch.ones(2, 4),
        "lora_unet_down.lora_up.weight": torch.ones(4, 2),
    }


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda whole: without(whole, "first_stage_model."), "it has no vae"),
        (lambda whole: without(whole, "conditioner."), "it has no text_encoder, text_encoder_2"),
        (lora, "it has no unet"),
        (
            lambda whole: without(whole, "model.diffusion_model.middle_block.0.in_layers.2.weight"),
            r"unet of SDXL: it lacks 1 weights, such as mid_block\.resnets\.0\.conv1\.weight",
        ),
        (lambda whole: without(whole, "model.diffusion_model.label_emb"), "does not fit the unet"),
        (
            lambda whole: without(whole, "conditioner.embedders.1.model.text_projection"),
            "text_encoder_2 of SDXL: it lacks 1",
        ),
        (
            lambda whole: {**whole, "model.diffusion_model.out.2.weight": torch.ones(8, 8, 3, 3)},
            r"another shape or no place, such as conv_out\.weight",
        ),
        (lambda whole: {**whole, "model.diffusion_model.extra.weight": torch.ones(1)}, "1 that no layer takes"),
        (lambda whole: {**whole, "control_model.x": torch.ones(1)}, "1 tensors that no part of SDXL takes"),
        (lambda whole: {**whole, **lora(whole)}, "2 tensors that no part of SDXL takes"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_whole_checkpoint_is_refused_with_what_is_wrong(whole, painter, damage, said):
    """The library fills what is missing with random numbers, leaves out the rest, and says so in a warning."""
    with pytest.raises(SetupMissing, match=said):
        painter(damage(whole))


def test_without_a_configuration_it_is_refused_with_what_to_write(whole, painter):
    with pytest.raises(SetupMissing, match=r"config: \{hub: cagliostrolab/animagine-xl-4\.0, files:"):
        painter(whole, config=None)


def test_the_configuration_is_in_the_recipe_and_older_recipes_stay(tinies):
    plain = SdxlOptions(weights=Weights(hub="a/b", revision="0" * 40))
    other = plain.model_copy(update={"config": Weights(hub="a/b", revision="1" * 40)})

    assert "config" not in plain.ingredients()
    assert plain.ingredients() != other.ingredients()
