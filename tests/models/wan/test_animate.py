"""Wan-Animate 2 on a tiny random pipeline: driven by the rig's acting. Its attention takes seconds a step on a CPU."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from assets.errors import InputRefused, SetupMissing, ShapeRefused
from assets.sheets.bible import Character, Place
from assets.sheets.cutsheet import Cut, Line, Staged
from models.diffusion import placement
from models.lease import lease
from models.ports import Animator, Prompt, Shot
from models.registry import adapter
from models.wan.animate import RATE, AnimateOptions, WanAnimate, acting
from tests.models.tiny import lora, pipelines

SIZE = (64, 32)
PANEL = np.full((32, 64, 3), 120, np.uint8)
LOUD, QUIET = {"aoi": np.ones(5, np.float32)}, {"aoi": np.zeros(5, np.float32)}


def a_shot(size=SIZE, **changed):
    cut = Cut(
        number="C001", scene="S01", place="roof", size="close", frames=1, staged=(Staged(character="aoi"),),
        lines=(Line(character="aoi", text=""),),
    )  # fmt: skip
    who = Character(id="aoi", names=("AOI",))
    return replace(
        Shot(
            cut,
            (who,),
            Place(id="roof", names=("ROOF",), kind="rooftop"),
            size,
            RATE,
            Prompt("she speaks", "photo"),
        ),
        **changed,
    )


def options(folder, **more):
    return {"weights": {"path": str(folder)}, "steps": 1, **more}


@pytest.mark.slow
def test_a_clip_begins_with_its_panel_is_repeatable_and_follows_the_voice(tinies):
    with lease(Animator, "wan-animate", options=options(tinies("wan-animate"), guidance=1)) as leased:
        shot = a_shot(prompt=Prompt("she speaks"))
        clips = [
            np.stack(list(leased.model.animate(shot, PANEL, frames=5, seed=7, mouths=mouths)))
            for mouths in (LOUD, LOUD, QUIET)
        ]

    assert clips[0].shape == (5, 32, 64, 3)
    assert (clips[0][0] == PANEL).all()
    assert (clips[0] == clips[1]).all()
    assert (clips[0] != clips[2]).any()


def test_the_driving_video_is_the_rigs_acting_with_mouths_that_follow_the_voice():
    shot = a_shot(size=(320, 192))
    loud, quiet = (list(acting(shot, 7, 5, mouths)) for mouths in (LOUD, QUIET))

    assert len(loud) == 5
    assert loud[0].shape == (192, 320, 3)
    assert any((one != other).any() for one, other in zip(loud, quiet, strict=True))


@pytest.mark.parametrize("size", [(832, 480), (1280, 720), (640, 800), (64, 32), (1008, 560)])
def test_the_size_that_the_library_takes_from_the_area_is_the_one_that_was_asked_for(size):
    """It rounds the root of the area down: at 832x480 a side of 480 could become 464."""
    wide, high = size
    area, ratio = high * (wide + 1), high / wide
    step = 16

    assert int((area * ratio) ** 0.5) // step * step == high
    assert int((area / ratio) ** 0.5) // step * step == wide


def test_a_last_picture_and_a_length_off_the_grid_are_refused_by_its_card():
    found = adapter("animator", "wan-animate")
    from models.limits import check_animating

    for given in ({"frames": 5, "last": PANEL}, {"frames": 6, "last": None}):
        with pytest.raises(ShapeRefused):
            check_animating(found.card, a_shot(), PANEL, mouths=None, **given)


def test_a_part_that_is_missing_or_from_elsewhere_is_an_error_and_not_a_warning(tinies, tmp_path):
    """A modular pipeline only warns about a part that did not load, and its index may name any repository."""
    folder = shutil.copytree(tinies("wan-animate"), tmp_path / "animate")
    index = json.loads((folder / "modular_model_index.json").read_text())
    for change, said in ((["evil", "Code", {}], "names no vae"), (None, "names no vae")):
        (folder / "modular_model_index.json").write_text(json.dumps({**index, "vae": change}))
        with (
            lease(Animator, "wan-animate", options=options(folder)) as leased,
            pytest.raises(SetupMissing, match=said),
        ):
            _ = leased.model
    (folder / "modular_model_index.json").write_text(json.dumps(index))
    shutil.rmtree(folder / "image_encoder")
    with (
        lease(Animator, "wan-animate", options=options(folder)) as leased,
        pytest.raises(SetupMissing, match="image_encoder"),
    ):
        _ = leased.model


def test_options_that_cannot_work_are_refused_and_the_quality_chooses_the_model():
    with pytest.raises(ValidationError, match="use offload: group"):
        AnimateOptions(offload="model")

    card = adapter("animator", "wan-animate").carded(AnimateOptions(quality="draft"))
    assert "Distilled" in card.weights
    assert "negative_prompt" not in card.accepts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quality", "draft"),
        ("steps", 3),
        ("guidance", 2.0),
        ("precision", "float32"),
        ("compile", False),
        ("ladder", False),
    ],
)
def test_options_that_shape_the_clip_are_in_the_recipe_and_those_of_speed_are_not(name, value):
    given = {"weights": {"hub": "a/b", "revision": "0" * 40}}
    base, changed = AnimateOptions(**given), AnimateOptions(**given, **{name: value})

    assert (base.ingredients() == changed.ingredients()) == (name in AnimateOptions.aside)


@pytest.fixture(scope="module")
def animator(tinies):
    return WanAnimate.load("cpu", AnimateOptions(**options(tinies("wan-animate"), guidance=2)))


def a_lora(animator, folder, name="a", **said):
    made = lora.matrices(animator._placed.pipe.transformer, "self_attn.to_q")
    return lora.weights(lora.peft(folder / f"{name}.safetensors", made, "transformer", **said))


def test_a_lora_of_this_model_arrives_whole_at_its_strength(animator, tmp_path):
    """The library's loader read a setting that this denoiser has not, and every LoRA was refused."""
    rack, layer = animator._rack, animator._placed.pipe.transformer.blocks[0].self_attn
    one = replace(a_lora(animator, tmp_path), strength=0.5)
    rack.use([one])
    (name,) = rack.loaded

    assert animator._placed.pipe.get_active_adapters() == [name]
    assert layer.to_q.scaling[name] == 0.5

    rack.use([])

    assert layer.to_q.disable_adapters


def test_a_lora_of_another_wan_model_or_of_an_expert_is_refused(animator, tmp_path):
    other = lora.matrices(pipelines.wan_transformer(), "attn1.to_q")
    file = lora.weights(lora.peft(tmp_path / "i2v.safetensors", other, "transformer"))
    named = a_lora(animator, tmp_path, "named", base_model="Wan2.2-I2V-A14B")
    half = replace(a_lora(animator, tmp_path), expert="high")
    for wrong, why in ((file, "does not fit"), (named, "trained on wan"), (half, "this one has one")):
        with pytest.raises(InputRefused, match=why):
            animator.animate(a_shot(loras=(wrong,)), PANEL, frames=5, seed=7, mouths=QUIET)


def test_it_is_offloaded_by_blocks_and_without_streams_with_its_vae_resident(animator):
    pipe = animator._placed.pipe
    placement._group(pipe, "cpu")
    hooked = {name for name, one in pipe.transformer.named_modules() if hasattr(one, "_diffusers_hook")}
    whole = [name for name in ("vae", "image_encoder") if not _hooks(getattr(pipe, name))]
    groups = [hook.group for hook in _hooks(pipe.transformer)]
    placement._ungroup(pipe)

    assert {"", "blocks.0"} <= hooked
    assert "blocks.0.self_attn.to_q" not in hooked
    assert whole == ["vae", "image_encoder"]
    assert all(group.stream is None for group in groups)
    assert not _hooks(pipe.transformer)


def _hooks(part):
    return [
        hook
        for one in part.modules()
        if hasattr(one, "_diffusers_hook")
        for hook in one._diffusers_hook.hooks.values()
    ]


@pytest.mark.slow
def test_a_lora_changes_the_clip_and_offload_does_not(tinies, tmp_path):
    model = WanAnimate.load("cpu", AnimateOptions(**options(tinies("wan-animate"), guidance=2)))

    def clip(*loras):
        shot = a_shot(loras=loras)
        return np.stack(list(model.animate(shot, PANEL, frames=5, seed=7, mouths=QUIET)))

    plain, learnt = clip(), clip(a_lora(model, tmp_path))
    placement._group(model._placed.pipe, "cpu")

    assert (learnt != plain).any()
    assert (clip() == plain).all()


def test_the_card_says_what_offload_saves_and_which_loras_it_takes():
    whole, small = (WanAnimate.carded(AnimateOptions(offload=way)) for way in ("none", "group"))

    assert small.vram_gb < whole.vram_gb
    assert whole.lora_base == "wan-animate"
    assert "loras" in whole.accepts
