"""The optimizers that a run can have, and their state as tensors and plain values.

In: the trained weights, a Run's optimizer and rate.      Out: an optimizer; its state, for a checkpoint.
``adamw8bit`` and ``prodigy`` are packages of their own, in the extra ``train``. Imports torch when used.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from assets.errors import InputRefused, SetupMissing

if TYPE_CHECKING:
    import torch

Optimizer = Literal["adamw", "adamw8bit", "prodigy"]
OPTIMIZERS: tuple[Optimizer, ...] = ("adamw", "adamw8bit", "prodigy")
RATES: dict[Optimizer, float] = {"adamw": 1e-4, "adamw8bit": 1e-4, "prodigy": 1.0}
"""Usual peak rates of a LoRA. Prodigy finds the rate itself, and multiplies it with this one."""
LEAST_OF_PRODIGY = 0.1
DECAY = 1e-4


def made(kind: Optimizer, weights: Sequence["torch.Tensor"], rate: float, device: str) -> Any:
    """The optimizer of ``weights``.

    raises  SetupMissing if its package is not installed; InputRefused for a device or a rate that it cannot use
    """
    import torch

    if kind == "adamw":
        # fused: one pass over the weights instead of ten: a sixth of a step of the denoiser
        return torch.optim.AdamW(weights, lr=rate, weight_decay=DECAY, fused=True)
    if kind == "prodigy":
        check_rate(kind, rate)
        return _package("prodigyopt", kind).Prodigy(
            weights, lr=rate, weight_decay=DECAY, use_bias_correction=True, safeguard_warmup=True
        )
    if not device.startswith("cuda"):
        raise InputRefused(f"adamw8bit works on CUDA only, and this run is on {device}. Choose adamw.")
    return _package("bitsandbytes", kind).optim.AdamW8bit(weights, lr=rate, weight_decay=DECAY)


def check_rate(kind: Optimizer, rate: float) -> None:
    """Refuse a rate of another optimizer: Prodigy multiplies it with its own, and hardly learns with 1e-4."""
    if kind == "prodigy" and rate < LEAST_OF_PRODIGY:
        raise InputRefused(
            f"Prodigy finds the learning rate itself; {rate:g} would be multiplied with it. Leave the rate out, or "
            f"give one near 1 (at least {LEAST_OF_PRODIGY:g})."
        )


def tensors(optimizer: Any) -> dict[str, "torch.Tensor"]:
    """What it keeps of each weight, as ``number/name``."""
    import torch

    return {
        f"{number}/{name}": value
        for number, kept in optimizer.state_dict()["state"].items()
        for name, value in kept.items()
        if isinstance(value, torch.Tensor)
    }


def plain(optimizer: Any) -> str:
    """What it keeps in plain numbers, as JSON: for each weight, and for all (Prodigy's own rate is there)."""
    state = optimizer.state_dict()
    of_weights = {str(number): _numbers(kept) for number, kept in state["state"].items() if _numbers(kept)}
    groups = [_numbers(group) for group in state["param_groups"]]
    return json.dumps({"kind": _kind(optimizer), "weights": of_weights, "groups": groups})


def restore(optimizer: Any, tensors_of: Mapping[str, "torch.Tensor"], plain_of: str) -> None:
    """Put back what ``tensors`` and ``plain`` gave. A checkpoint without plain values is an older one, of AdamW.

    raises  InputRefused for the state of another optimizer
    """
    from torch import empty_like

    told: dict[str, Any] = (
        json.loads(plain_of) if plain_of else {"kind": "AdamW", "weights": {}, "groups": []}
    )
    if told["kind"] != _kind(optimizer):
        raise InputRefused(
            f"The checkpoint was trained with {told['kind']}, and this run has {_kind(optimizer)}. Train in another "
            "folder, or with the optimizer of that run."
        )
    trained = [weight for group in optimizer.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for key, tensor in tensors_of.items():
        number, _, name = key.partition("/")
        # Same memory layout as its weight: the fused step reads both in memory order.
        weight = trained[int(number)]
        laid = (
            empty_like(weight, dtype=tensor.dtype).copy_(tensor) if tensor.shape == weight.shape else tensor
        )
        state.setdefault(int(number), {})[name] = laid
    for number, numbers in told["weights"].items():
        state.setdefault(int(number), {}).update(numbers)
    groups = optimizer.state_dict()["param_groups"]
    for group, numbers in zip(groups, told["groups"], strict=False):
        group.update(numbers)
    optimizer.load_state_dict({"state": state, "param_groups": groups})


def _kind(optimizer: Any) -> str:
    return type(getattr(optimizer, "optimizer", optimizer)).__name__  # accelerate wraps it


def _numbers(values: Mapping[str, Any]) -> dict[str, int | float]:
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name != "lr"
    }


def _package(name: str, kind: Optimizer) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError as error:
        raise SetupMissing(f"The optimizer {kind} needs {name}: `pip install 'sakuga[train]'`.") from error
