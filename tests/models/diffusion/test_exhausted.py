"""Claims about memory: a shortage is answered step by step and told; the picture stays the same."""

import logging

import pytest
import torch

from assets.errors import ModelFailed
from models.card import Card
from models.diffusion import placement
from models.diffusion.exhausted import Ladder
from models.diffusion.loading import load
from models.diffusion.options import DiffusionOptions
from models.diffusion.placement import Placed
from models.diffusion.seeds import generator
from models.memory import is_out_of_memory

CARD = Card(name="tiny", port="painter", adapter_version=1, summary="tiny", licence="Apache-2.0")


class Moved:
    """A pipeline on a device that this computer has not: it remembers how it was placed."""

    def __init__(self) -> None:
        self.components = {"unet": torch.nn.Linear(2, 2)}
        self.where: list[str] = []

    def to(self, device: str) -> None:
        self.where.append(device)

    def remove_all_hooks(self) -> None:
        self.where.append("lifted")

    def enable_model_cpu_offload(self, device: str) -> None:
        self.where.append("model")

    def enable_group_offload(self, **how: object) -> None:
        assert how["record_stream"] is False, "diffusers#12673: it corrupts pictures"
        self.where.append("group")


def short(times: int):
    """A call that runs out of memory so often."""
    left = iter(range(times))

    def call() -> str:
        for _ in left:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return "picture"

    return call


def test_each_step_is_taken_only_when_it_is_needed_and_is_told(caplog):
    for times, expected in (
        (0, []),
        (1, ["collect"]),
        (2, ["collect", "model"]),
        (3, ["collect", "model", "group"]),
    ):
        pipe = Moved()
        ladder = Ladder(Placed(pipe, "cuda"), CARD)
        caplog.clear()

        with caplog.at_level(logging.WARNING):
            assert ladder.run(short(times), "C001") == "picture"

        assert ladder.taken == expected
        assert len(caplog.records) == times
        assert all("C001" in record.message for record in caplog.records)


def test_a_shortage_that_no_step_ends_tells_what_was_held_and_what_would_help():
    ladder = Ladder(Placed(Moved(), "cuda"), CARD)

    with pytest.raises(ModelFailed, match=r"unet 0\.0 GiB \(cpu\).*Tried: collect, model, group.*tiles: 512"):
        ladder.run(short(9), "C001")


def test_without_the_ladder_the_first_shortage_is_the_failure():
    with pytest.raises(ModelFailed, match="offload: model; offload: group"):
        Ladder(Placed(Moved(), "cuda"), CARD, climbs=False).run(short(1), "C001")


def test_another_error_is_not_taken_for_a_shortage():
    def call() -> None:
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        Ladder(Placed(Moved(), "cuda"), CARD).run(call, "C001")


def test_the_shortage_of_a_cpu_is_recognized():
    """Torch says it in other words on a CPU; the message with advice was then missing."""
    with pytest.raises(RuntimeError) as found:
        torch.empty(2**55, dtype=torch.uint8)

    assert is_out_of_memory(found.value)


def test_loras_are_loaded_while_nothing_is_offloaded():
    """diffusers#12052: a LoRA loaded into an offloaded second expert stayed on the wrong device."""
    pipe = Moved()
    placed = Placed(pipe, "cuda", "model")

    with placed.lifted():
        pipe.where.append("load")

    assert pipe.where == ["model", "lifted", "load", "model"]


def test_group_offload_gives_the_same_picture_keeps_the_vae_resident_and_can_be_undone(tinies):
    """diffusers#12096: tiled decoding of an offloaded VAE fails, so the VAE stays."""
    pipe = load(tinies("sdxl"), "StableDiffusionXLPipeline", device="cpu", options=DiffusionOptions())

    def picture():
        return pipe(
            "a", height=64, width=64, num_inference_steps=1, generator=generator(3), output_type="np"
        ).images

    before = picture()
    placement._group(pipe, "cpu")
    offloaded = picture()
    hooked = [name for name, part in pipe.components.items() if hasattr(part, "modules") and hooks(part)]
    placement._ungroup(pipe)

    assert (offloaded == before).all()
    assert (picture() == before).all()
    assert "vae" not in hooked
    assert "unet" in hooked
    assert not any(hooks(part) for part in pipe.components.values() if hasattr(part, "modules"))


def hooks(part) -> list[str]:
    return [
        name
        for one in part.modules()
        if hasattr(one, "_diffusers_hook")
        for name in one._diffusers_hook.hooks
    ]


def test_a_freed_pipeline_holds_no_weights(tinies):
    pipe = load(tinies("sdxl"), "StableDiffusionXLPipeline", device="cpu", options=DiffusionOptions())

    placement.freed(pipe)

    assert pipe.unet is None
    assert pipe.text_encoder is None


def test_a_seed_gives_the_same_noise_wherever_the_model_is():
    assert generator(5).device.type == "cpu"
    assert torch.equal(torch.randn(9, generator=generator(5)), torch.randn(9, generator=generator(5)))
