"""LoRAs merge exactly, or say what a lower rank leaves out."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from assets.errors import InputRefused
from models.diffusion.loading import load
from models.diffusion.loras import Rack
from models.diffusion.options import DiffusionOptions
from models.lora import writers
from models.lora.factors import read
from models.merging import merge
from tests.models.merging.recipes import recipe, run
from tests.models.tiny import lora as kohya


@pytest.mark.parametrize("style", ["diffusers", "kohya"])
def test_joined_loras_change_the_model_by_the_weighted_sum_of_their_changes(lora, tmp_path, style):
    a, b = lora("a.safetensors", 1, style=style), lora("b.safetensors", 2, style=style, ranks=(3, 1))

    run(recipe(a, b, weights=[0.5, -2], kind="lora", method="concat-1"), tmp_path)

    out = read(tmp_path / "out.safetensors")
    for name, part in out.factors.items():
        wanted = 0.5 * read(a).factors[name].change() - 2 * read(b).factors[name].change()
        assert torch.allclose(part.change(), wanted, atol=1e-4)
        assert part.rank == read(a).factors[name].rank + read(b).factors[name].rank


def test_the_average_of_one_lora_with_itself_at_half_weight_is_the_lora(lora, tmp_path):
    """One public tool multiplied both factors by the weight: half became a quarter."""
    a = lora("a.safetensors", 1)

    run(recipe(a, a, weights=[0.5, 0.5], kind="lora", method="svd-1", rank=3), tmp_path)

    for name, part in read(tmp_path / "out.safetensors").factors.items():
        assert torch.allclose(part.change(), read(a).factors[name].change(), atol=1e-4)


def test_a_lower_rank_says_how_much_it_leaves_out(lora, tmp_path):
    a, b = lora("a.safetensors", 1), lora("b.safetensors", 2)

    run(recipe(a, b, weights=[0.5, 0.5], kind="lora", method="svd-1", rank=2), tmp_path)

    with safe_open(tmp_path / "out.safetensors", framework="pt") as file:
        told = float(file.metadata()["sakuga.residual"])
    lost = whole = 0.0
    for name, part in read(tmp_path / "out.safetensors").factors.items():
        wanted = 0.5 * read(a).factors[name].change() + 0.5 * read(b).factors[name].change()
        lost, whole = lost + float((wanted - part.change()).norm() ** 2), whole + float(wanted.norm() ** 2)
    assert told == pytest.approx((lost / whole) ** 0.5, rel=1e-3)
    assert told > 0.1


@pytest.mark.parametrize("style", ["diffusers", "kohya"])
def test_a_lora_added_to_a_base_changes_it_by_its_change(checkpoint, lora, tmp_path, style):
    base, a = checkpoint("base.safetensors", 9), lora("a.safetensors", 1, style=style)

    run(recipe(a, weights=[0.8], base=base, kind="lora-into-base", method="add-1"), tmp_path)

    before, out = load_file(base), load_file(tmp_path / "out.safetensors")
    changes = {part.change().shape: part.change() for part in read(a).factors.values()}
    for key in ("mid_block.to_q.weight", "down_blocks.1.attentions.0.to_k.weight"):
        assert torch.allclose(out[key], before[key] + 0.8 * changes[before[key].shape], atol=1e-5)
    assert out["text.position_ids"].tolist() == [0, 1, 2]


def test_a_lora_for_another_base_is_refused_with_the_module(checkpoint, lora, tmp_path):
    base = checkpoint("base.safetensors", 9, shapes={"mid_block.to_q.weight": (8, 6)})
    a = lora("a.safetensors", 1)

    with pytest.raises(InputRefused, match=r"1 of 2 modules .*down_blocks\.1\.attentions\.0\.to_k"):
        run(recipe(a, base=base, kind="lora-into-base", method="add-1"), tmp_path)


def test_a_lora_of_another_size_is_refused(checkpoint, lora, tmp_path):
    shapes = {"mid_block.to_q.weight": (8, 7), "down_blocks.1.attentions.0.to_k.weight": (4, 4)}
    base, a = checkpoint("base.safetensors", 9, shapes=shapes), lora("a.safetensors", 1)

    with pytest.raises(InputRefused, match="trained for another base"):
        run(recipe(a, base=base, kind="lora-into-base", method="add-1"), tmp_path)


def test_loras_of_two_key_styles_are_not_guessed_together(lora, tmp_path):
    a, b = lora("a.safetensors", 1), lora("b.safetensors", 2, style="kohya")

    with pytest.raises(InputRefused, match="one style"):
        run(recipe(a, b, kind="lora", method="concat-1"), tmp_path)


def test_block_weights_are_refused_for_loras(lora, tmp_path):
    a = lora("a.safetensors", 1)

    with pytest.raises(InputRefused, match="for checkpoints"):
        merge.prepare(recipe(a, kind="lora", method="concat-1", blocks={"M00": 1.0}), tmp_path)


def test_an_alpha_of_257_survives_a_merge_stored_in_bf16(lora, tmp_path):
    """bf16 has 8 bits of precision: 257 would become 256, and the LoRA weaker."""
    a = lora("a.safetensors", 1, style="kohya", ranks=(257, 1))

    run(recipe(a, kind="lora", method="concat-1", dtype="bf16"), tmp_path)

    out = load_file(tmp_path / "out.safetensors")
    assert float(out["lora_unet_mid_block_to_q.alpha"]) == 257
    save_file(out, tmp_path / "copy.safetensors")


@pytest.mark.parametrize("method", ["concat-1", "svd-1"])
def test_a_merged_file_of_kohya_keys_and_mixed_ranks_is_loaded_as_it_was_merged(tinies, tmp_path, method):
    """It had an alpha of its own for each rank. diffusers reads one for SDXL, and our own loader refused the file."""
    pipe = load(tinies("sdxl"), "StableDiffusionXLPipeline", device="cpu", options=DiffusionOptions())
    queries = kohya.kohya(
        tmp_path / "q.safetensors", kohya.matrices(pipe.unet, rank=3), "lora_unet", alpha=2.0
    )
    both = {**kohya.matrices(pipe.unet, seed=1), **kohya.matrices(pipe.unet, "to_v", seed=2)}
    values = kohya.kohya(tmp_path / "v.safetensors", both, "lora_unet", alpha=8.0)

    run(
        recipe(queries, values, weights=[0.5, -1], kind="lora", method=method, dtype="fp32", rank=5), tmp_path
    )

    Rack(pipe, "sdxl").use([kohya.weights(tmp_path / "out.safetensors")])
    ranks = set()
    for name, layer in pipe.unet.named_modules():
        if name.endswith(("to_q", "to_v")) and hasattr(layer, "get_delta_weight"):
            module = f"lora_unet_{name.replace('.', '_')}"
            parts = [(read(path).factors.get(module), w) for path, w in ((queries, 0.5), (values, -1))]
            wanted = sum(part.change() * weight for part, weight in parts if part)
            [adapter] = layer.lora_A
            assert torch.allclose(layer.get_delta_weight(adapter), wanted, atol=1e-4)
            ranks.add(layer.r[adapter])
    assert len(ranks) == 2


def test_a_base_or_an_alpha_that_is_not_finite_is_named_with_its_file(checkpoint, lora, tmp_path):
    """The merge was refused for the sum, with the advice to lower the weights."""
    base, a = checkpoint("base.safetensors", 9), lora("a.safetensors", 1)
    tensors = load_file(base)
    tensors["mid_block.to_q.weight"][0, 0] = float("inf")
    save_file(tensors, base)
    with pytest.raises(InputRefused, match=r"base\.safetensors: mid_block\.to_q\.weight .*not finite"):
        run(recipe(a, base=base, kind="lora-into-base", method="add-1"), tmp_path)

    b = lora("b.safetensors", 1, style="kohya", alpha=float("nan"))
    with pytest.raises(InputRefused, match=r"b\.safetensors: lora_unet_\w+ holds .*not finite"):
        run(recipe(b, kind="lora", method="concat-1"), tmp_path)


@pytest.mark.parametrize("kind", ["lora", "lora-into-base"])
@pytest.mark.parametrize("mark", [{"unet.use_rslora": True}, {"unet.use_dora": True}])
def test_dora_and_rslora_are_not_merged(checkpoint, lora, tmp_path, kind, mark):
    """Merged as plain LoRA, an rsLoRA of rank 4 had half of its strength, and DoRA lost its magnitudes."""
    base = checkpoint("base.safetensors", 9) if kind == "lora-into-base" else None
    a = lora("a.safetensors", 1)
    header = json.loads(read(a).header["lora_adapter_metadata"]) | mark
    save_file(load_file(a), a, metadata={"lora_adapter_metadata": json.dumps(header)})

    with pytest.raises(InputRefused, match=r"use_(rslora|dora)"):
        run(recipe(a, base=base, kind=kind, method="add-1" if base else "concat-1"), tmp_path)


def test_merged_loras_say_which_base_they_are_for_and_two_bases_are_refused(lora, tmp_path):
    """The merged file named no base: a model could not refuse it any more."""
    parts = read(lora("a.safetensors", 1)).factors
    about = {family: writers.About(family=family, title="t") for family in ("house", "klein")}
    a, b = (writers.diffusers(tmp_path / f"{n}.safetensors", parts, about["house"]) for n in "bc")
    other = writers.diffusers(tmp_path / "d.safetensors", parts, about["klein"])

    run(recipe(a, b, weights=[0.5, 0.5], kind="lora", method="concat-1"), tmp_path)

    header = read(tmp_path / "out.safetensors").header
    assert header["sakuga.base"] == "house" and header["modelspec.architecture"] == "sakuga-house/lora"
    with pytest.raises(InputRefused, match=r"d\.safetensors for flux-2-klein/lora"):
        run(recipe(a, other, weights=[0.5, 0.5], kind="lora", method="concat-1"), tmp_path)
