"""A LoRA of a tiny random SDXL: it learns, resumes exactly, and leaves in two styles without a difference."""

from dataclasses import replace

import pytest
import torch

from assets.errors import InputRefused
from models.lora import writers
from models.lora.factors import read
from models.training import sdxl
from models.training.lesson import Task
from models.training.loop import train
from models.training.lora import LoraShape, inject
from models.training.material import Material
from models.training.sdxl import SdxlLora
from tests.models.training.conftest import run

MIXED = LoraShape(
    rank=2,
    alpha=4,
    targets=("to_q", "to_k", "to_v", "to_out.0", "conv1"),
    ranks={"to_q": 3},
    alphas={"to_k": 9.0},
)
ABOUT = writers.About(family="sdxl", title="Test", trigger="xnagi", licence="Apache-2.0")


@pytest.fixture
def lesson(tinies, drawings, art, tmp_path):
    """A new lesson over its own copy of the pipeline."""
    folder = tinies("sdxl")

    def make(shape=MIXED, manifest=None, **task):
        pipe = sdxl.load(folder, "cpu")
        material = Material(manifest or drawings(2), art, sdxl.encoders(pipe, folder), tmp_path / "cache")
        return SdxlLora(pipe, material, Task(shape=shape, **task))

    return make


def silent(_):
    return None


def test_a_checkpoint_holds_no_frozen_weight(lesson, tmp_path):
    made = lesson()

    train(made, run(tmp_path / "run", 1), tell=silent)

    from safetensors import safe_open

    with safe_open(tmp_path / "run" / "checkpoint.safetensors", framework="pt") as file:
        names = [key for key in file.keys() if key.startswith("network/")]  # noqa: SIM118
    assert names and all("lora_" in name for name in names)


def test_a_checkpoint_of_another_rank_is_refused(lesson, tmp_path):
    train(lesson(), run(tmp_path / "run", 1), tell=silent)

    with pytest.raises(InputRefused, match="checkpoint of another network"):
        train(lesson(replace(MIXED, rank=4)), run(tmp_path / "run", 2), tell=silent)


def output(pipe):
    rng = torch.Generator().manual_seed(5)
    given = {"text_embeds": torch.randn(1, 32, generator=rng), "time_ids": torch.full((1, 6), 64.0)}
    noisy, text = torch.randn(1, 4, 8, 8, generator=rng), torch.randn(1, 7, 64, generator=rng)
    with torch.no_grad():
        return pipe.unet(noisy, 500, encoder_hidden_states=text, added_cond_kwargs=given).sample


def test_the_same_lora_is_the_same_file(lesson, tmp_path):
    """The order of the header's entries was random, so one LoRA had many hashes."""
    made = lesson()
    paths = [
        writers.diffusers(tmp_path / f"{number}.safetensors", made.factors(), ABOUT) for number in range(8)
    ]

    assert len({path.read_bytes() for path in paths}) == 1


def test_our_own_reader_finds_what_was_written(lesson, tmp_path):
    made = lesson()
    train(made, run(tmp_path / "run", 1), tell=silent)

    found = read(writers.diffusers(tmp_path / "a.safetensors", made.factors(), ABOUT))

    for name, part in made.factors().items():
        assert found.factors[name].alpha == part.alpha
        assert torch.equal(found.factors[name].change(), part.change())
    assert found.header["modelspec.trigger_phrase"] == "xnagi"


def test_the_first_sheet_is_of_the_untrained_network(lesson, tmp_path):
    made = lesson()

    train(made, run(tmp_path / "run", 2, look=2, rate=0.1), tell=silent)

    sheets = sorted(path.name for path in (tmp_path / "run").glob("sheet-*.png"))
    assert sheets == ["sheet-0000000.png", "sheet-0000002.png"]


def test_a_target_that_fits_no_module_is_refused(lesson):
    """A misspelt pattern was ignored, and the layers it meant had the usual rank."""
    for wrong in (replace(MIXED, targets=("to_query",)), replace(MIXED, ranks={"to_x": 4})):
        with pytest.raises(
            InputRefused, match=r"No module of the network is called|matches none of the 40 modules"
        ):
            lesson(wrong)


def test_an_injected_network_computes_the_same_before_training(tinies):
    pipe = sdxl.load(tinies("sdxl"), "cpu")
    before = output(pipe)

    inject(pipe.unet, MIXED, seed=0)

    assert torch.equal(output(pipe), before)


def test_a_caption_that_would_be_cut_is_refused_with_its_work(tinies, drawings):
    pipe = sdxl.load(tinies("sdxl"), "cpu")
    manifest = drawings(1)
    work = manifest.works[0].work.model_copy(update={"caption": "many words " * 60})
    manifest = manifest.model_copy(update={"works": (manifest.works[0].model_copy(update={"work": work}),)})

    sdxl.check(pipe, drawings(1))
    with pytest.raises(InputRefused, match=r"0\.png \(\d+ tokens\)"):
        sdxl.check(pipe, manifest)


def test_progress_tells_the_step_of_how_many_the_time_left_and_the_memory_left(lesson, tmp_path):
    told = []

    train(lesson(), run(tmp_path / "run", 50), tell=told.append)

    assert len(told) == 1
    assert str(told[0]).startswith("step 50 of 50: loss ") and "0 min 00 s left, " in str(told[0])
    assert str(told[0]).endswith(" GiB free") and told[0].free_gb > 0
