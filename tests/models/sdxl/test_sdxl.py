"""Claims about the SDXL painter, on a tiny pipeline: layout, guides, regions, checkpoints of other kinds."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from assets.errors import SetupMissing
from models.cel.guides import Guides
from models.sdxl import regions, sampler
from models.sdxl.adapter import SdxlPainter
from models.sdxl.options import SdxlOptions
from models.weights import Weights
from tests.models.tiny import ip_adapter, lora
from tests.models.tiny.shots import picture, referred, shot


@pytest.fixture(scope="module")
def options(tinies, tmp_path_factory):
    """Options over the tiny pipeline, with more of them."""
    adapter = ip_adapter.save(tmp_path_factory.mktemp("ip"))

    def made(**more: object) -> SdxlOptions:
        parts = {
            "control": {"control": Weights(path=tinies("controlnet-union"))},
            "ip": {
                "ip_adapter": Weights(path=adapter), "ip_file": ip_adapter.FILE, "ip_encoder": "",
                "image_encoder": Weights(path=tinies("image-encoder")),
            },
        }  # fmt: skip
        chosen = {
            name: value for part in parts if more.pop(part, False) for name, value in parts[part].items()
        }
        return SdxlOptions(**{"weights": Weights(path=tinies("sdxl")), "steps": 1, **chosen, **more})

    return made


def painter(options: SdxlOptions) -> SdxlPainter:
    return SdxlPainter.load("cpu", options)


def test_the_rigs_layout_guides_by_line_pose_and_depth_each_in_its_own_way(options):
    one = shot("aoi")
    layout = Guides(one, seed=7).layout
    made = {
        guide: painter(options(control=True, layout="control", guides=(guide,))).paint(
            one, seed=7, layout=layout
        )
        for guide in ("line", "pose", "depth")
    }

    assert len({picture.tobytes() for picture in made.values()}) == 3


def test_a_layout_that_is_not_the_rigs_guides_by_its_lines_alone(options):
    """Pose and depth of the rig would contradict a picture that somebody else composed."""
    one, model = shot("aoi"), painter(options(control=True, layout="control", guides=("pose",)))

    wanted = model._resolved(one, 7, picture(3))

    assert wanted.guides is None
    assert model._guided(wanted)["control_mode"] == [3]


def test_painting_over_begins_with_less_noise_the_less_strength(options):
    def first(strength: float) -> float:
        model, seen = painter(options(strength=strength, steps=3)), []
        hook = model._placed.pipe.unet.register_forward_pre_hook(
            lambda _, given: seen.append(float(given[1]))
        )
        model.paint(shot("aoi"), seed=7, layout=picture(3))
        hook.remove()
        return seen[0]

    assert first(0.3) < first(0.6) < first(1.0)


def test_as_many_steps_are_run_over_a_layout_as_without(options):
    model = painter(options(strength=0.5, steps=6))

    def run(layout) -> int:
        wanted, seen = model._resolved(shot("aoi"), 7, layout), []
        hook = model._placed.pipe.unet.register_forward_pre_hook(lambda *_: seen.append(1))
        model._painted(wanted)
        hook.remove()
        return len(seen)

    assert run(None) == run(picture(3)) == 6


def test_a_reference_changes_the_picture_and_none_leaves_it_as_without_the_adapter(options):
    plain, adapted = painter(options()), painter(options(ip=True))
    one = shot("aoi")

    assert "references" in adapted.card.accepts
    assert "references" not in plain.card.accepts
    assert np.abs(adapted.paint(one, seed=7).astype(int) - plain.paint(one, seed=7)).max() <= 1
    assert (adapted.paint(referred(one, "aoi"), seed=7) != plain.paint(one, seed=7)).any()


def inside_and_outside(made, base, mask) -> tuple[float, float]:
    change = np.abs(made.astype(int) - base).mean(2)
    return float(change[mask].mean()), float(change[~mask].mean())


def test_a_reference_in_a_two_shot_changes_its_character_and_hardly_the_other(options):
    """Traits of one character bled into the other."""
    model, two = painter(options(ip=True)), shot("aoi", "ren", size=(256, 128))
    wanted = model._resolved(referred(two, "aoi", "ren"), 7, None)
    given = model._referred(wanted)["cross_attention_kwargs"]["ip_adapter_masks"][0]

    assert given.shape == (1, 2, 128, 256)
    assert not (given[0, 0].bool() & given[0, 1].bool()).any()
    left, right = (np.nonzero(given[0, number].numpy())[1].mean() for number in (0, 1))
    assert left < 128 < right


def test_without_a_region_a_reference_changes_nothing_through_the_attention(options):
    """The mask is what confines: all black, the picture is the one without any reference."""
    model, two = painter(options(ip=True)), referred(shot("aoi", "ren", size=(256, 128)), "aoi")
    nowhere = {"aoi": np.zeros((128, 256), bool)}
    wanted = replace(model._resolved(two, 7, None), masks=nowhere)

    assert model._referred(wanted)["ip_adapter_image"][0][0].size == (64, 64)
    assert (model._painted(wanted) == model.paint(replace(two, references=()), seed=7)).all()


def test_a_lora_of_one_character_changes_the_noise_only_in_their_region(options, tmp_path):
    model, two = painter(options()), shot("aoi", "ren", size=(256, 128))
    pipe = model._placed.pipe
    for name in ("aoi", "ren"):
        lora.peft(
            tmp_path / f"{name}.safetensors", lora.matrices(pipe.unet, seed=len(name) + ord(name[0])), "unet"
        )
    loras = tuple(
        replace(lora.weights(tmp_path / f"{name}.safetensors"), subject=name) for name in ("aoi", "ren")
    )
    masks = regions.grown(Guides(two, seed=7).masks())
    owners = {"": (), "aoi": loras[:1], "ren": loras[1:]}
    model._rack.use(loras)
    random = torch.Generator().manual_seed(1)
    given = {
        "encoder_hidden_states": torch.randn(1, 7, 64, generator=random),
        "added_cond_kwargs": {"text_embeds": torch.zeros(1, 32), "time_ids": torch.zeros(1, 6)},
    }
    latent = torch.randn(1, 4, 16, 32, generator=random)

    def noise(names: tuple[str, ...]) -> torch.Tensor:
        chosen = {name: masks[name] for name in names}
        with torch.no_grad(), regions.regional(pipe.unet, lambda name: model._choose(owners, name), chosen):
            return pipe.unet(latent, 3, return_dict=False, **given)[0]

    nobody, only_aoi = noise(()), noise(("aoi",))
    share = torch.from_numpy(regions.latent(masks["aoi"], (32, 16)))
    changed = (only_aoi - nobody).abs().amax((0, 1))

    assert changed[share > 0.9].min() > 0
    assert changed[share == 0].max() == 0
    assert (
        model.paint(replace(two, loras=loras), seed=7) != model.paint(replace(two, loras=loras[:1]), seed=7)
    ).any()
    assert "forward" not in vars(pipe.unet)


def test_a_region_grows_for_hair_and_cloth_but_never_into_another_person():
    left, right = np.zeros((100, 100), bool), np.zeros((100, 100), bool)
    left[:, 20:50], right[:, 50:80] = True, True

    larger = regions.grown({"left": left, "right": right})

    assert larger["left"][:, 18:20].all()
    assert not (larger["left"] & right).any()
    assert not (larger["right"] & left).any()


def test_a_v_prediction_checkpoint_is_sampled_as_one_with_zero_terminal_snr(options):
    """Without rescaled betas such a checkpoint paints grey."""
    plain, other = painter(options()), painter(options(prediction="v_prediction"))
    scheduler = other._placed.pipe.scheduler

    assert scheduler.config.prediction_type == "v_prediction"
    assert sampler.is_zero_snr(scheduler)
    assert scheduler.config.timestep_spacing == "trailing"
    assert not sampler.is_zero_snr(plain._placed.pipe.scheduler)
    assert (plain.paint(shot("aoi"), seed=7) != other.paint(shot("aoi"), seed=7)).any()


@pytest.mark.parametrize("name", ["euler_a", "euler", "dpm"])
def test_every_sampler_paints(options, name):
    assert painter(options(sampler=name, steps=2)).paint(shot("aoi"), seed=7).std() > 1


def test_the_prompt_is_embedded_once_for_the_candidates_of_a_cut(options):
    model = painter(options())
    for seed in range(3):
        model.paint(shot("aoi"), seed=seed)

    assert model._texts.encoded == 1


def test_no_watermark_is_put_on_a_picture(options):
    assert painter(options())._placed.pipe.watermark is None


def test_what_does_not_go_together_is_refused_before_anything_is_loaded(tinies):
    for wrong in (
        {"layout": "control"},
        {"ip_adapter": Weights(path=tinies("sdxl"))},
        {"ip_file": "../secret.safetensors"},
        {"steps": -1},
        {"guides": ()},
    ):
        with pytest.raises(ValidationError):
            SdxlOptions(**wrong)


def test_an_ip_adapter_that_is_not_one_is_refused_with_its_file(options, tmp_path, tinies):
    lora.peft(tmp_path / "ip-adapter.safetensors", {"a": (torch.ones(1, 2), torch.ones(2, 1))}, "unet")

    with pytest.raises(SetupMissing, match=r"ip-adapter\.safetensors"):
        painter(options(ip=True, ip_adapter=Weights(path=tmp_path)))
    with pytest.raises(SetupMissing, match=r"nowhere\.safetensors"):
        painter(options(ip=True, ip_file="nowhere.safetensors"))
