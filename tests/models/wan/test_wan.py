"""The Wan animator on tiny random pipelines of its four forms, saved and loaded through our own loader."""

import json
import shutil
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from pydantic import ValidationError

from assets.errors import InputRefused, SetupMissing, ShapeRefused
from assets.sheets.bible import Place
from assets.sheets.cutsheet import Cut
from models import progress
from models.diffusion import placement
from models.lease import lease
from models.limits import check_animating
from models.options import options_for
from models.ports import Animator, Prompt, Redrawer, ReferencePicture, Shot
from models.registry import adapter
from models.wan import schedule, vace
from models.wan.options import SHAPES, WanOptions
from tests.models.tiny import lora

KINDS = {"i2v-a14b": "wan-i2v", "flf2v": "wan-flf2v", "ti2v-5b": "wan-ti2v", "vace": "wan-vace"}
SIZE = (64, 32)
PANEL, GOAL = np.full((32, 64, 3), 60, np.uint8), np.full((32, 64, 3), 200, np.uint8)
PANEL[8:20, 10:30] = 220


def a_shot(form="i2v-a14b", **changed):
    shot = Shot(
        Cut(number="C001", scene="S01", place="roof", size="medium", frames=1),
        (),
        Place(id="roof", names=("ROOF",)),
        SIZE,
        SHAPES[form].rate,
        Prompt("she turns", "photo"),
    )
    return replace(shot, **changed)


def options(tinies, form="i2v-a14b", **more):
    return {"form": form, "weights": {"path": str(tinies(KINDS[form]))}, "steps": 2, **more}


@pytest.fixture(scope="module", params=KINDS)
def form(request):
    return request.param


@pytest.fixture(scope="module")
def animator(tinies, form):
    with lease(Animator, "wan", options=options(tinies, form)) as leased:
        yield leased


@pytest.fixture(scope="module")
def pair(tinies):
    """The animator of two experts."""
    with lease(Animator, "wan", options=options(tinies)) as leased:
        yield leased


def animate(leased, form="i2v-a14b", *, frames=5, seed=7, last=None, shot=None):
    return np.stack(
        list(leased.model.animate(shot or a_shot(form), PANEL, frames=frames, seed=seed, last=last))
    )


def test_a_clip_begins_with_its_panel_and_is_the_same_for_the_same_seed_only(animator, form):
    one, again, other = animate(animator, form), animate(animator, form), animate(animator, form, seed=8)

    assert (one.shape, one.dtype) == ((5, 32, 64, 3), np.uint8)
    assert (one[0] == PANEL).all()
    assert (one == again).all()
    assert (one != other).any()


@pytest.mark.parametrize("frames", [5, 9, 13])
def test_every_length_on_the_grid_is_made_as_asked(animator, form, frames):
    assert len(animate(animator, form, frames=frames)) == frames


@pytest.mark.parametrize("frames", [1, 4, 6, 10])
def test_a_length_off_the_grid_is_refused_and_not_rounded(animator, form, frames):
    """The library rounds it with a warning: 10 frames became 9, 12 became 13."""
    with pytest.raises(ShapeRefused, match="4k\\+1"):
        animate(animator, form, frames=frames)


def test_a_last_picture_changes_the_clip_where_the_card_accepts_one_and_is_refused_elsewhere(animator, form):
    """sdnext PR 4970: TI2V-5B drops a last frame without a message; the clip is the same with and without it."""
    if form == "ti2v-5b":
        with pytest.raises(ShapeRefused, match="last_frame"):
            animate(animator, form, last=GOAL)
        return
    given = options_for(
        adapter("animator", "wan"), {"weights": {"hub": "a/b", "revision": "0" * 40}, "form": form}
    )
    assert "last_frame" in adapter("animator", "wan").carded(given).accepts
    assert len(animate(animator, form, last=GOAL)) == 5
    if (
        form != "vace"
    ):  # its random VAE lets one frame of four change nothing; what it is shown is tested below
        assert (animate(animator, form, last=GOAL) != animate(animator, form)).any()


def test_prompt_and_negative_prompt_decide_the_clip(animator, form):
    base = animate(animator, form)

    for prompt in (Prompt("she leaves", "photo"), Prompt("she turns", "blurred")):
        assert (animate(animator, form, shot=a_shot(form, prompt=prompt)) != base).any()


def test_what_the_card_accepts_is_not_refused_by_its_check(animator, form):
    last = GOAL if "last_frame" in animator.card.accepts else None

    check_animating(animator.card, a_shot(form), PANEL, frames=81, last=last, mouths=None)


def test_wan2_1_369_no_window_is_longer_than_the_model_makes_without_flicker():
    """Clips of more than 81 frames flicker in their first second."""
    assert {SHAPES[form].max_frames for form in ("i2v-a14b", "flf2v", "vace")} == {81}


def test_progress_is_told_step_by_step(pair):
    heard = []
    with progress.heard_by(heard.append):
        animate(pair)

    assert heard == pytest.approx([1 / 3, 2 / 3])


def test_a_run_that_is_stopped_stops_at_the_next_step_and_the_model_can_be_used_again(pair):
    def stop(share):
        raise KeyboardInterrupt

    base = animate(pair)
    with pytest.raises(KeyboardInterrupt), progress.heard_by(stop):
        animate(pair)

    assert (animate(pair) == base).all()


def test_weights_of_another_form_than_the_profile_says_are_refused(tinies):
    for form, kind in (("ti2v-5b", "wan-i2v"), ("i2v-a14b", "wan-ti2v"), ("flf2v", "wan-i2v")):
        given = {"form": form, "weights": {"path": str(tinies(kind))}, "steps": 1}
        with (
            lease(Animator, "wan", options=given) as leased,
            pytest.raises(SetupMissing, match=f"is no {form}"),
        ):
            _ = leased.model


# LoRAs


def a_lora(leased, folder, name, part, *, seed, strength=1.0, expert="", says=""):
    pipe = leased.model._placed.pipe
    made = lora.matrices(getattr(pipe, part), "to_q", seed=seed)
    metadata = {"sakuga.expert": says} if says else {}
    path = lora.peft(folder / f"{name}.safetensors", made, "transformer", **metadata)
    return replace(lora.weights(path, strength, name), expert=expert)


@pytest.fixture
def pair_of_loras(pair, tmp_path):
    return (
        a_lora(pair, tmp_path, "high", "transformer", seed=1, expert="high"),
        a_lora(pair, tmp_path, "low", "transformer_2", seed=2, strength=0.5, expert="low"),
    )


def test_each_lora_of_a_pair_is_loaded_into_its_own_expert_at_its_strength(pair, pair_of_loras):
    base = animate(pair)

    both = animate(pair, shot=a_shot(loras=pair_of_loras))

    found = pair.model._placed.pipe.get_list_adapters()
    assert {part: len(names) for part, names in found.items()} == {"transformer": 1, "transformer_2": 1}
    assert found["transformer"] != found["transformer_2"]
    high = animate(pair, shot=a_shot(loras=pair_of_loras[:1]))
    weaker = (replace(pair_of_loras[0], strength=0.3), pair_of_loras[1])
    made = [base, both, high, animate(pair, shot=a_shot(loras=weaker))]
    assert len({clip.tobytes() for clip in made}) == 4
    assert (animate(pair) == base).all(), "a LoRA stayed behind"


@pytest.mark.parametrize("says", ["high", "low"])
def test_musubi_tuner_552_a_swapped_pair_is_refused(pair, tmp_path, says):
    """A LoRA on the other expert has no effect, or a wrong one, and nothing said so (musubi-tuner#569, #621 too)."""
    other = {"high": "low", "low": "high"}[says]
    swapped = a_lora(pair, tmp_path, "one", "transformer", seed=1, expert=other, says=says)

    with pytest.raises(InputRefused, match="the pair is swapped"):
        animate(pair, shot=a_shot(loras=(swapped,)))


def test_a_file_that_says_its_expert_needs_no_word_in_the_bible(pair, tmp_path):
    said = a_lora(pair, tmp_path, "one", "transformer", seed=1, says="low")

    assert (animate(pair, shot=a_shot(loras=(said,))) != animate(pair)).any()
    assert list(pair.model._placed.pipe.get_list_adapters()) == ["transformer_2"] or "transformer_2" in (
        pair.model._placed.pipe.get_list_adapters()
    )


def test_group_offload_after_the_loras_of_both_experts_leaves_the_clip_as_it_is(tinies, pair_of_loras):
    """diffusers#12052: LoRAs first, then offload; else those of the second expert are on another device.

    Computing and waiting device are both the CPU here: hooks, their order and the clip are checked, moving is not.
    """
    shot = a_shot(loras=pair_of_loras)
    with lease(Animator, "wan", options=options(tinies)) as leased:
        whole = animate(leased, shot=shot)
        pipe = leased.model._placed.pipe
        placement._group(pipe, "cpu")

        assert (animate(leased, shot=shot) == whole).all()
        for part in (pipe.transformer, pipe.transformer_2):
            added = [layer for name, layer in part.named_modules() if "lora_A." in name]
            assert added and all("group_offloading" in layer._diffusers_hook.hooks for layer in added)
        assert not [one for one in pipe.vae.modules() if hasattr(one, "_diffusers_hook")]


def test_a_lora_of_which_nobody_knows_the_expert_is_refused_with_what_to_write(pair, tmp_path):
    unsaid = a_lora(pair, tmp_path, "one", "transformer", seed=1)

    with pytest.raises(InputRefused, match="expert: high"):
        animate(pair, shot=a_shot(loras=(unsaid,)))


def test_a_lora_for_one_of_two_experts_is_refused_by_a_model_of_one(tinies, tmp_path):
    with lease(Animator, "wan", options=options(tinies, "ti2v-5b")) as leased:
        half = a_lora(leased, tmp_path, "one", "transformer", seed=1, expert="high")
        with pytest.raises(InputRefused, match="this one has one"):
            animate(leased, "ti2v-5b", shot=a_shot("ti2v-5b", loras=(half,)))


# draft


def test_wan2_2_lightning_13_the_distilled_steps_are_those_it_was_made_for():
    """With the library's own spacing the distilled model moved slowly and was blurred (Wan2GP#677 too)."""
    made = schedule.distilled(5.0)
    made.set_timesteps(4)

    assert made.timesteps.tolist() == pytest.approx([1000, 937.5, 833.33, 625], abs=0.01)
    assert [time >= 900 for time in made.timesteps.tolist()] == [True, True, False, False]


@pytest.fixture
def distilled(pair, tmp_path):
    """A folder with a distilled pair."""
    for name, part, seed in (("high", "transformer", 5), ("low", "transformer_2", 6)):
        a_lora(pair, tmp_path, name, part, seed=seed, says=name)
    return {
        "quality": "draft",
        "steps": None,
        "distilled": {"path": str(tmp_path)},
        "distilled_files": ["high.safetensors", "low.safetensors"],
    }


def test_a_draft_takes_four_steps_without_guidance_through_the_distilled_pair(tinies, distilled):
    heard = []
    shot = a_shot(prompt=Prompt("she turns"))
    with lease(Animator, "wan", options=options(tinies, **distilled)) as leased:
        assert "negative_prompt" not in leased.card.accepts
        with progress.heard_by(heard.append):
            made = animate(leased, shot=shot)
        assert not leased.model._placed.pipe.get_list_adapters()
    bare = options(tinies, steps=4, guidance=1, shift=5)
    with lease(Animator, "wan", options=bare) as leased:
        assert (animate(leased, shot=shot) != made).any()

    assert len(heard) == 4


def test_a_distilled_pair_that_is_swapped_is_refused(tinies, distilled):
    swapped = {**distilled, "distilled_files": distilled["distilled_files"][::-1]}
    with (
        lease(Animator, "wan", options=options(tinies, **swapped)) as leased,
        pytest.raises(SetupMissing, match="swapped"),
    ):
        _ = leased.model


def test_a_distilled_file_that_is_not_there_is_named(tinies, distilled):
    gone = {**distilled, "distilled_files": ["high.safetensors", "none.safetensors"]}
    with (
        lease(Animator, "wan", options=options(tinies, **gone)) as leased,
        pytest.raises(SetupMissing, match="distilled_files"),
    ):
        _ = leased.model


def test_a_show_lora_works_on_top_of_the_distilled_pair(tinies, distilled, pair_of_loras):
    shot = a_shot(prompt=Prompt("she turns"))
    with lease(Animator, "wan", options=options(tinies, **distilled)) as leased:
        base = animate(leased, shot=shot)
        assert (animate(leased, shot=replace(shot, loras=pair_of_loras)) != base).any()
        assert (animate(leased, shot=shot) == base).all()


def test_guidance_of_the_low_expert_alone_is_refused_because_the_library_leaves_both_off():
    """The library tests the first guidance only: with 1 there, a second above 1 was ignored without a word."""
    with pytest.raises(ValidationError, match="leave both off"):
        WanOptions(guidance=1, guidance_2=3)
    with pytest.raises(ValidationError, match="has one"):
        WanOptions(form="vace", guidance_2=3)
    with pytest.raises(ValidationError, match="distilled LoRA for each"):
        WanOptions(form="ti2v-5b", quality="draft")


# VACE


@pytest.fixture(scope="module")
def masker(tinies):
    with lease(Animator, "wan", options=options(tinies, "vace")) as leased:
        yield leased


def test_wan2_1_479_white_is_made_and_black_is_kept(masker):
    """With the other sense the model draws anew what was to be kept, and keeps the grey."""
    pipe = masker.model._placed.pipe
    told = vace.between(a_shot("vace"), PANEL, GOAL, 5)
    video, mask, _ = pipe.preprocess_conditions(
        told["video"], told["mask"], None, 1, SIZE[1], SIZE[0], 5, dtype=pipe.vae.dtype, device="cpu"
    )
    kept = ((1 - mask) * video)[0].permute(1, 2, 3, 0).numpy()  # what the pipeline calls inactive

    assert np.abs(kept[0] - (PANEL / 127.5 - 1)).max() < 0.01
    assert np.abs(kept[4] - (GOAL / 127.5 - 1)).max() < 0.01
    assert (kept[1:4] == 0).all()
    assert np.abs((mask * video)[0, :, 1:4].numpy()).max() < 0.01  # grey where it is made


def test_some_frames_are_made_again_and_the_others_are_kept_to_the_byte(masker):
    old = [np.full_like(PANEL, 40 + 10 * frame) for frame in range(9)]
    again = [frame in (3, 4) for frame in range(9)]

    made = masker.model.redraw(a_shot("vace"), old, again, seed=3)

    assert isinstance(masker.model, Redrawer)
    assert all(
        (new == was).all() == (not changed) for was, new, changed in zip(old, made, again, strict=True)
    )


def test_what_is_kept_decides_what_is_made_between(masker):
    again = [frame == 2 for frame in range(5)]
    made = [
        masker.model.redraw(a_shot("vace"), [np.full_like(PANEL, level)] * 5, again, seed=3)[2]
        for level in (40, 200)
    ]

    assert (made[0] != made[1]).any()


def test_references_decide_the_clip(masker):
    def with_reference(level):
        picture = ReferencePicture("character", "aoi", np.full((48, 48, 3), level, np.uint8), "5" * 64)
        return animate(masker, "vace", shot=a_shot("vace", references=(picture,)))

    base, dark, light = animate(masker, "vace"), with_reference(20), with_reference(230)
    assert len({clip.tobytes() for clip in (base, dark, light)}) == 3
    assert len(light) == 5


def test_forms_that_cannot_redraw_frames_say_so(pair):
    assert "mask" not in pair.model.card.accepts
    with pytest.raises(ShapeRefused, match="form: vace"):
        pair.model.redraw(a_shot(), [PANEL] * 5, [False, True, True, True, True], seed=1)


# recipe and card

OTHERS = {
    "form": "flf2v", "quality": "draft", "steps": 3, "guidance": 2.0, "guidance_2": 2.0, "shift": 4.0,
    "precision": "float32", "offload": "model", "compile": True, "attention": "math", "sage": True, "fp8": True,
    "tiles": 512, "hotswap_rank": 8, "ladder": False, "reference_strength": 0.5, "cache": "taylor",
}  # fmt: skip


@pytest.mark.parametrize(
    "name", sorted(set(WanOptions.model_fields) - {"weights", "distilled", "distilled_files"})
)
def test_options_that_shape_the_clip_are_in_the_recipe_and_those_of_speed_are_not(name):
    found = adapter("animator", "wan")
    given = {"weights": {"hub": "a/b", "revision": "0" * 40}}
    base, changed = options_for(found, given), options_for(found, {**given, name: OTHERS[name]})

    assert (changed.ingredients() == base.ingredients()) == (name in WanOptions.aside)


def test_the_distilled_pair_is_in_the_recipe_of_a_draft_and_in_no_other():
    def recipe(**more):
        return WanOptions(distilled={"hub": "a/b", "revision": more.pop("revision")}, **more).ingredients()

    assert recipe(revision="0" * 40) == recipe(revision="1" * 40)
    assert recipe(revision="0" * 40, quality="draft") != recipe(revision="1" * 40, quality="draft")


@pytest.mark.parametrize("form", KINDS)
def test_the_card_is_that_of_the_form(form):
    card = adapter("animator", "wan").carded(WanOptions(form=form))

    assert ("last_frame" in card.accepts) == (form != "ti2v-5b")
    assert ("mask" in card.accepts) == (form == "vace")
    assert card.weights == SHAPES[form].hub
    assert (card.side_step, card.rates) == (
        (32, (Fraction(24),)) if form == "ti2v-5b" else (16, (Fraction(16),))
    )
    assert (
        card.vram_gb > adapter("animator", "wan").carded(WanOptions(form=form, offload="group")).vram_gb > 1
    )


def test_a_pipeline_whose_index_was_changed_is_refused(tinies, tmp_path):
    folder = shutil.copytree(tinies("wan-i2v"), tmp_path / "wan")
    index = json.loads((folder / "model_index.json").read_text())
    index["transformer_2"] = ["evil", "Code"]
    (folder / "model_index.json").write_text(json.dumps(index))

    with (
        lease(Animator, "wan", options={"weights": {"path": str(folder)}}) as leased,
        pytest.raises(SetupMissing, match="evil"),
    ):
        _ = leased.model


def test_comfyui_9484_a_clip_leaves_no_tensor_behind(pair):
    """Memory grew with every clip of the model of two experts, until the run was killed (ComfyUI#11775 too)."""
    import gc

    import torch

    def tensors():
        gc.collect()
        return sum(1 for one in gc.get_objects() if isinstance(one, torch.Tensor))

    animate(pair)
    before = tensors()
    for seed in (1, 2, 3):
        animate(pair, seed=seed)

    assert tensors() <= before
