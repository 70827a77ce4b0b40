"""Merging compared with peft (Apache-2.0), which was written by others: the same formulas, the same numbers."""

from unittest import mock

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models import libraries
from models.lora.factors import read
from models.merging.definitions import Knobs, dare, dare_density, drop_mask, task_arithmetic, ties, ties_count
from tests.models.merging.recipes import recipe, run

libraries.transformers()  # makes torchaudio importable, which peft's own imports need
peft = pytest.importorskip("peft")
from peft.utils import merge_utils  # noqa: E402

WEIGHTS = st.lists(st.floats(0.1, 2), min_size=2, max_size=4)


def tensors(count, seed):
    rng = torch.Generator().manual_seed(seed)
    return [torch.randn(6, 5, generator=rng) for _ in range(count)]


@given(weights=WEIGHTS, seed=st.integers(0, 999), density=st.sampled_from([0.2, 0.5, 0.9, 1.0]))
def test_ties_by_count_is_what_peft_computes(weights, seed, density):
    inputs = tensors(len(weights), seed)

    ours = ties_count(inputs, weights, torch.zeros(6, 5), Knobs(density=density))

    theirs = merge_utils.ties([each.clone() for each in inputs], torch.tensor(weights), density)
    assert torch.allclose(ours, theirs, atol=1e-5)


@given(count=st.integers(2, 4), seed=st.integers(0, 999), density=st.sampled_from([0.2, 0.5, 0.9, 1.0]))
def test_ties_is_what_peft_computes_where_all_weights_are_1(count, seed, density):
    """With other weights mergekit, which ties-1 follows, elects and divides in another order than peft."""
    inputs = tensors(count, seed)

    ours = ties(inputs, [1.0] * count, torch.zeros(6, 5), Knobs(density=density))

    theirs = merge_utils.ties([each.clone() for each in inputs], torch.ones(count), density)
    assert torch.allclose(ours, theirs, atol=1e-5)


def dropped_by_peft(inputs, weights, knobs):
    """``dare_linear`` of peft, which draws its masks from ``torch.bernoulli``: given those that we draw."""
    masks = iter([drop_mask(each, knobs, which) for which, each in enumerate(inputs)])
    with mock.patch.object(merge_utils.torch, "bernoulli", lambda _: next(masks)):
        return merge_utils.dare_linear(
            [each.clone() for each in inputs], torch.tensor(weights), knobs.density
        )


@given(weights=WEIGHTS, seed=st.integers(0, 999), density=st.sampled_from([0.2, 0.5, 0.9]))
def test_dare_by_density_is_what_peft_computes_from_the_same_random_numbers(weights, seed, density):
    inputs, knobs = tensors(len(weights), seed), Knobs(density=density, seed=seed)

    ours = dare_density(inputs, weights, torch.zeros(6, 5), knobs)

    assert torch.allclose(ours, dropped_by_peft(inputs, weights, knobs), atol=1e-5)


@given(seed=st.integers(0, 999), density=st.sampled_from([0.2, 0.5, 0.9]))
def test_dare_is_what_peft_keeps_scaled_to_the_sum_of_absolute_values_before(seed, density):
    """The exact factor of dare-1: peft's own result, times what brings its sum of absolute values back."""
    (change,), knobs = tensors(1, seed), Knobs(density=density, seed=seed)

    ours = dare([change], [1.0], torch.zeros(6, 5), knobs)

    kept = dropped_by_peft([change], [1.0], knobs)
    factor = change.abs().sum() / kept.abs().sum() if kept.any() else 0.0
    assert torch.allclose(ours, kept * factor, atol=1e-4)


@pytest.mark.parametrize("density", [0.2, 0.5, 0.9])
def test_dare_drops_as_much_as_peft_and_keeps_the_mean_of_the_change(density):
    """With each library's own random numbers: 600 draws of one change."""
    change = torch.linspace(-1, 1, 30).reshape(6, 5)

    ours = torch.stack(
        [
            dare_density([change], [1.0], torch.zeros(6, 5), Knobs(density=density, seed=seed))
            for seed in range(600)
        ]
    )

    torch.manual_seed(1)
    theirs = torch.stack([merge_utils.prune(change, density, "random", rescale=True) for _ in range(600)])
    spread = 4 * (2 * (1 - density) / density / 600) ** 0.5  # four standard errors of a difference
    assert abs((ours != 0).float().mean() - (theirs != 0).float().mean()) < 0.02
    assert (ours.mean(0) - theirs.mean(0)).abs().max() < spread
    assert (ours.mean(0) - change).abs().max() < spread


@given(weights=WEIGHTS, seed=st.integers(0, 999))
def test_task_arithmetic_is_what_peft_computes(weights, seed):
    inputs = tensors(len(weights), seed)

    ours = task_arithmetic(inputs, weights, torch.zeros(6, 5), Knobs())

    assert torch.allclose(
        ours, merge_utils.task_arithmetic([each.clone() for each in inputs], torch.tensor(weights)), atol=1e-5
    )


class Two(torch.nn.Module):
    """The two modules of the LoRAs of this folder's tests."""

    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Linear(6, 8, bias=False), torch.nn.Linear(4, 4, bias=False)


def merged_by_peft(paths, weights, kind, rank):
    """The change of each module, in the order of their names in the files."""
    config = {"target_modules": ["first", "second"], "lora_alpha": 5.0, "r": 2, "rank_pattern": {"second": 3}}
    model = peft.get_peft_model(Two(), peft.LoraConfig(**config), adapter_name="0")
    model.add_adapter("1", peft.LoraConfig(**config))
    layers = {name: getattr(model.base_model.model, name) for name in ("first", "second")}
    for number, path in enumerate(paths):
        for layer, part in zip(layers.values(), _in_order(path), strict=True):
            layer.lora_A[str(number)].weight.data = part.down.clone()
            layer.lora_B[str(number)].weight.data = part.up.clone()
    given = {"svd_rank": rank} if kind == "svd" else {}
    model.add_weighted_adapter(["0", "1"], weights, "out", combination_type=kind, **given)
    return [layer.get_delta_weight("out").detach() for layer in layers.values()]


def _in_order(path):
    found = read(path).factors
    return [found[f"unet.{name}"] for name in ("mid_block.to_q", "down_blocks.1.attentions.0.to_k")]


@pytest.mark.parametrize(("kind", "method", "rank"), [("cat", "concat-1", 0), ("svd", "svd-1", 3)])
def test_joined_loras_are_what_peft_joins(lora, tmp_path, kind, method, rank):
    paths, weights = [lora("a.safetensors", 1), lora("b.safetensors", 2)], [0.7, 0.4]

    run(
        recipe(*paths, weights=weights, kind="lora", method=method, **({"rank": rank} if rank else {})),
        tmp_path,
    )

    theirs = merged_by_peft(paths, weights, kind, rank)
    for ours, wanted in zip(_in_order(tmp_path / "out.safetensors"), theirs, strict=True):
        assert torch.allclose(ours.change(), wanted, atol=1e-4)
