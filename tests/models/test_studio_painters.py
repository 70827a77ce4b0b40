"""The contract of the painters over diffusers pipelines, by card, on tiny pipelines loaded through our own loader."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from assets.errors import InputRefused, ShapeRefused
from models.diffusion import placement
from models.diffusion.options import DiffusionOptions
from models.lease import Leased, lease
from models.limits import check_painting
from models.options import options_for
from models.ports import Painter, Prompt
from models.registry import adapter
from tests.models.tiny import lora
from tests.models.tiny.shots import SIZE, picture, referred, shot


@dataclass(frozen=True)
class Case:
    """One adapter on its tiny pipeline.

    part, layers   where a LoRA for it changes something, and the layers' ending
    """

    name: str
    kind: str
    part: str = "transformer"
    layers: str = "to_q"
    more: tuple[tuple[str, Any], ...] = (("steps", 1),)
    needs_layout: bool = False


CASES = (
    Case("sdxl", "sdxl", part="unet"),
    Case("z-image", "z-image"),
    Case("anima", "anima"),
    Case("klein", "klein", more=(("steps", 2),)),
    # its words weigh little in a picture that is made smaller sixteen times: guidance makes them heavier
    Case("qwen-edit", "qwen-edit", needs_layout=True, more=(("steps", 1), ("guidance", 30.0))),
)


# the pipeline of qwen-edit works at one megapixel: 4 s a picture here
_marked = [pytest.param(case, marks=[pytest.mark.slow] * (case.name == "qwen-edit")) for case in CASES]


@pytest.fixture(scope="module", params=_marked, ids=lambda case: case.name)
def case(request) -> Case:
    return request.param


@pytest.fixture(scope="module")
def options(case: Case, tinies) -> dict[str, Any]:
    return {"weights": {"path": str(tinies(case.kind))}, **dict(case.more)}


@pytest.fixture(scope="module")
def painter(case: Case, options):
    with lease(Painter, case.name, options=options) as leased:
        yield leased


def paint(painter: Leased, seed: int = 7, **changed: Any) -> np.ndarray:
    needs = next(case.needs_layout for case in CASES if case.name == painter.card.name)
    size = changed.get("size", SIZE)
    layout = changed.pop("layout", picture(1, size) if needs else None)
    return painter.model.paint(replace(a_shot(painter), **changed), seed=seed, layout=layout)


def a_shot(painter: Leased):
    negative = "bad" if "negative_prompt" in painter.card.accepts else ""
    return shot("aoi", negative=negative)


def test_a_panel_has_the_shots_size_and_the_same_bytes_for_the_same_seed_only(painter):
    one, again, other = paint(painter), paint(painter), paint(painter, seed=8)

    assert (one.shape, one.dtype) == ((SIZE[1], SIZE[0], 3), np.uint8)
    assert (one == again).all()
    assert (one != other).any()
    assert one.std() > 1


def test_sizes_on_the_grid_are_made_as_asked_and_others_are_refused(painter):
    step = painter.card.side_step
    wide, high = 96 // step * step + step, 64 // step * step + step

    assert paint(painter, size=(wide, high)).shape == (high, wide, 3)
    with pytest.raises(ShapeRefused, match=f"multiples of {step}"):
        paint(painter, size=(wide + 1, high))


def test_the_prompt_decides_the_picture_and_so_does_the_negative_one_where_it_is_accepted(painter):
    base = paint(painter)

    assert (paint(painter, prompt=Prompt("2boys, red hair", a_shot(painter).prompt.negative)) != base).any()
    if "negative_prompt" in painter.card.accepts:
        assert (paint(painter, prompt=Prompt(a_shot(painter).prompt.text, "photo, 3d")) != base).any()


def test_layout_references_loras_and_negatives_work_where_the_card_accepts_them_and_are_refused_elsewhere(
    painter, case, tmp_path
):
    layers = _layers(painter, case)
    path = lora.peft(tmp_path / "one.safetensors", layers, case.part)
    given: dict[str, dict[str, Any]] = {
        "layout": {"layout": picture(3)},
        "references": {"references": referred(shot("aoi"), "aoi").references},
        "loras": {"loras": (lora.weights(path, 0.9),)},
        "negative_prompt": {"prompt": Prompt("1girl", "bad")},
    }
    base = paint(painter)

    for name, changed in given.items():
        if name not in painter.card.accepts:
            with pytest.raises(ShapeRefused, match=name):
                paint(painter, **changed)
        else:
            assert (paint(painter, **changed) != base).any(), name
    assert (paint(painter) == base).all(), "something stayed behind"


def _layers(painter: Leased, case: Case, rank: int = 2) -> dict[str, Any]:
    pipe = painter.model._placed.pipe
    return lora.matrices(getattr(pipe, case.part), case.layers, rank=rank, seed=rank)


def test_offloading_by_model_or_by_layer_leaves_the_picture_as_it_is(painter):
    """diffusers#13488, diffusers#14423: offloading broke from one release to the next."""
    pipe, before = painter.model._placed.pipe, paint(painter)

    placement._group(pipe, "cpu")
    by_layer = paint(painter)
    placement._ungroup(pipe)
    assert (by_layer == before).all()
    if hasattr(pipe, "enable_model_cpu_offload"):
        pipe.enable_model_cpu_offload(device="cpu")
        by_model = paint(painter)
        pipe.remove_all_hooks()
        assert (by_model == before).all()
    assert (paint(painter) == before).all()


def test_loras_exchanged_in_place_draw_as_loaded_ones(painter, case, options, tmp_path):
    small, large = (
        lora.weights(
            lora.peft(tmp_path / f"{rank}.safetensors", _layers(painter, case, rank=rank), case.part), 0.8
        )
        for rank in (2, 4)
    )

    with lease(Painter, case.name, options={**options, "hotswap_rank": 4}) as swapped:
        for one in (small, large, small):
            made, wanted = paint(swapped, loras=(one,)), paint(painter, loras=(one,))
            assert np.abs(made.astype(int) - wanted).max() <= 2
        assert len(swapped.model._rack.loaded) == 1


def test_a_draft_takes_fewer_steps_than_a_final(case):
    found = adapter("painter", case.name).Options
    distilled = {"distilled": False} if case.name == "klein" else {}

    assert found(quality="draft", **distilled).takes <= found(**distilled).takes / 2
    assert "draft" in found.model_fields["quality"].description or distilled


def test_a_layout_of_another_size_is_refused(painter):
    if "layout" in painter.card.accepts:
        with pytest.raises(ShapeRefused):
            paint(painter, layout=picture(3)[::2, ::2])


def test_what_the_card_accepts_is_not_refused_by_its_check(painter):
    check_painting(painter.card, a_shot(painter), picture(3) if "layout" in painter.card.accepts else None)


def test_the_card_says_where_the_weights_come_from_under_which_licence_and_what_they_need(case):
    card = adapter("painter", case.name).card

    assert "/" in card.weights
    assert card.licence
    assert card.training_data != "none: procedural"
    assert card.vram_gb > 1
    assert card.dialect in ("tags", "prose")


OTHERS: dict[type, Callable[[Any], Any]] = {
    bool: lambda value: not value,
    int: lambda value: value + 1,
    float: lambda value: value * 0.9 + 0.05,
    str: lambda value: f"{value} more",
}


def test_options_that_shape_the_picture_are_in_the_recipe_and_those_of_speed_are_not(case, options):
    """One option after the other is changed; exactly those outside ``aside`` must change the recipe."""
    found = adapter("painter", case.name)
    base = options_for(found, options)
    assert isinstance(base, DiffusionOptions)
    words = {
        "offload": "model",
        "attention": "math",
        "precision": "float32",
        "quality": "draft",
        "cache": "taylor",
    }
    tried = set()
    for name, value in ((name, getattr(base, name)) for name in type(base).model_fields):
        other = words.get(name) or (OTHERS[type(value)](value) if type(value) in OTHERS else None)
        if other is None:
            continue
        try:
            changed = options_for(found, {**options, name: other})
        except InputRefused:  # an option with its own words, or bound to another one
            continue
        tried.add(name)
        assert (changed.ingredients() == base.ingredients()) == (name in base.aside), name

    assert {
        "steps",
        "quality",
        "offload",
        "compile",
        "attention",
        "fp8",
        "tiles",
        "precision",
        "ladder",
    } <= tried
