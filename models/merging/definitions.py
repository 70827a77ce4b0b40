"""The formulas of merging, each with a name and a version, for one weight at a time.

In: float32 tensors of one shape.      Out: a float32 tensor of that shape.
Libraries use one name for different formulas, so a recipe names one of these. Where two are common, both are here:
``ties-1`` and ``dare-1`` as mergekit 0.1.5 computes them, ``ties-count-1`` and ``dare-density-1`` as peft 0.21 does;
``slerp-1`` as mergekit, ``slerp-direction-1`` as sd-mecha 1.1.8. A changed formula gets a new number.
Sources: TIES arXiv 2306.01708, DARE 2311.03099, Model Stock 2403.19522. Imports torch when used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.errors import InputRefused

if TYPE_CHECKING:
    import torch

PIECE = 2**22  # numbers added up at once
PARALLEL = 0.9995  # above this cosine the angle is too small to divide by its sine


@dataclass(frozen=True)
class Knobs:
    """What steers a formula besides the weights of its inputs.

    density  share of each change that is kept, in (0, 1]
    scale    factor of the merged change
    seed     random numbers of DARE; each weight of each input has its own
    """

    density: float = 1.0
    scale: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.density <= 1:
            raise InputRefused(f"The density is {self.density}; it is above 0 and at most 1.")


@dataclass(frozen=True)
class Definition:
    """A formula, and what a recipe must give it.

    base    it needs the model that the inputs were trained from
    inputs  the least and the most number of inputs; 0: no limit
    blocks  it can have another weight in each block of the model
    """

    combine: "Callable[[Sequence[torch.Tensor], Sequence[float], torch.Tensor | None, Knobs], torch.Tensor]"
    base: bool
    inputs: tuple[int, int] = (1, 0)
    blocks: bool = False


def weighted_sum(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """sum(w x) / sum(w)"""
    total = sum(weights)
    if not total:
        raise InputRefused(
            "The weights of a weighted sum add up to 0. Give at least one that does not cancel."
        )
    return sum_of(inputs, [weight / total for weight in weights])


def add_difference(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """first + w2 (second - base)"""
    return inputs[0] + weights[1] * (inputs[1] - _given(base))


def task_arithmetic(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """base + scale sum(w (x - base))"""
    return _given(base) + knobs.scale * sum_of(changes(inputs, base), weights)


def slerp(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """Along the arc between the directions of two inputs; the sine weights are applied to the inputs as they are."""
    import torch

    first, second = inputs
    share = _share(weights)
    cosine = _cosine(first, second)
    if abs(cosine) > PARALLEL:
        return (1 - share) * first + share * second
    angle = torch.acos(torch.tensor(cosine, dtype=torch.float64))
    low, high = torch.sin((1 - share) * angle), torch.sin(share * angle)
    return float(low / torch.sin(angle)) * first + float(high / torch.sin(angle)) * second


def slerp_direction(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """Along the arc between two directions; the length is interpolated on its own."""
    first, second = inputs
    lengths = [float(side.double().norm()) for side in inputs]
    if not all(lengths):
        return slerp(inputs, weights, base, knobs)
    share = _share(weights)
    turned = slerp((first / lengths[0], second / lengths[1]), weights, base, knobs)
    length = float(turned.double().norm())
    wanted = (1 - share) * lengths[0] + share * lengths[1]
    return turned * (wanted / length) if length else turned


def ties(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """Trim, weight, elect the sign of the weighted sum, average those that agree by their weight."""
    import torch

    weighted = torch.stack(
        [w * trimmed(c, knobs.density) for c, w in zip(changes(inputs, base), weights, strict=True)]
    )
    mass = torch.tensor(list(weights), dtype=torch.float32).reshape(-1, *([1] * (weighted.ndim - 1)))
    agree = (weighted.sign() == _elected(weighted)) & (weighted != 0)
    divisor = (mass * agree).sum(0)
    merged = (weighted * agree).sum(0) / torch.where(divisor == 0, torch.ones_like(divisor), divisor)
    return _given(base) + knobs.scale * merged


def ties_count(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """Trim, elect the sign of the sum without weights, average those that agree by their number."""
    import torch

    cut = torch.stack([trimmed(change, knobs.density) for change in changes(inputs, base)])
    mass = torch.tensor(list(weights), dtype=torch.float32).reshape(-1, *([1] * (cut.ndim - 1)))
    agree = (cut.sign() == _elected(cut)) & (cut != 0)
    merged = (cut * mass * agree).sum(0) / agree.sum(0).clamp(min=1)
    return _given(base) + knobs.scale * merged


def dare(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """Drop changes at random, rescale what is left to the sum of absolute values before, add them weighted."""
    kept = [
        keep_l1(change, drop_mask(change, knobs, which)) for which, change in enumerate(changes(inputs, base))
    ]
    return _given(base) + knobs.scale * sum_of(kept, weights)


def dare_density(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """Drop changes at random, divide what is left by the density, add them weighted."""
    kept = [
        change * drop_mask(change, knobs, which) / knobs.density
        for which, change in enumerate(changes(inputs, base))
    ]
    return _given(base) + knobs.scale * sum_of(kept, weights)


def model_stock(
    inputs: "Sequence[torch.Tensor]", weights: Sequence[float], base: "torch.Tensor | None", knobs: Knobs
) -> "torch.Tensor":
    """base + t (mean - base), t = N c / (1 + (N - 1) c), c the mean cosine between the changes. Weights must be 1."""
    if any(weight != 1 for weight in weights):
        raise InputRefused("Model stock has no weights: leave them out of the recipe, or give 1 each.")
    found = changes(inputs, base)
    count = len(found)
    cosines = [_cosine(found[i], found[j]) for i in range(count) for j in range(i)]
    mean = max(0.0, sum(cosines) / len(cosines))
    step = count * mean / (1 + (count - 1) * mean)
    return _given(base) + step * sum_of(found, [1 / count] * count)


DEFINITIONS: dict[str, Definition] = {
    "weighted-sum-1": Definition(weighted_sum, base=False, inputs=(2, 0), blocks=True),
    "add-difference-1": Definition(add_difference, base=True, inputs=(2, 2), blocks=True),
    "task-arithmetic-1": Definition(task_arithmetic, base=True),
    "slerp-1": Definition(slerp, base=False, inputs=(2, 2), blocks=True),
    "slerp-direction-1": Definition(slerp_direction, base=False, inputs=(2, 2), blocks=True),
    "ties-1": Definition(ties, base=True),
    "ties-count-1": Definition(ties_count, base=True),
    "dare-1": Definition(dare, base=True),
    "dare-density-1": Definition(dare_density, base=True),
    "model-stock-1": Definition(model_stock, base=True, inputs=(2, 0)),
}


def changes(inputs: "Sequence[torch.Tensor]", base: "torch.Tensor | None") -> "list[torch.Tensor]":
    """The difference of each input from the base, in its shape. Raises InputRefused without a base."""
    return [each - _given(base) for each in inputs]


def sum_of(inputs: "Sequence[torch.Tensor]", weights: Sequence[float]) -> "torch.Tensor":
    """sum(w x), added up in place and in pieces: a temporary copy of a large weight would cost as much as an input."""
    import torch

    merged = (inputs[0] * weights[0]).contiguous()  # so that flatten() is a view
    for each, weight in zip(inputs[1:], weights[1:], strict=True):
        pieces = torch.split(merged.flatten(), PIECE), torch.split(each.flatten(), PIECE)
        for sum_, part in zip(*pieces, strict=True):
            sum_ += part * weight
    return merged


def trimmed(change: "torch.Tensor", density: float) -> "torch.Tensor":
    """Keep the int(density * size) largest absolute values; of equal ones the earlier."""
    import torch

    keep = int(density * change.numel())
    if keep == change.numel():
        return change
    order = change.abs().flatten().sort(descending=True, stable=True).indices[:keep]
    mask = torch.zeros(change.numel(), dtype=torch.bool)
    mask[order] = True
    return change * mask.reshape(change.shape)


def drop_mask(change: "torch.Tensor", knobs: Knobs, which: int) -> "torch.Tensor":
    """(shape of change) float32, 1 with probability ``density``: the same for the same seed and input."""
    import torch

    rng = torch.Generator().manual_seed((knobs.seed * 1_000_003 + which) % 2**63)
    return (torch.rand(change.shape, generator=rng) < knobs.density).float()


def keep_l1(change: "torch.Tensor", mask: "torch.Tensor") -> "torch.Tensor":
    """``change`` where ``mask`` is 1, rescaled to the sum of absolute values that ``change`` had."""
    kept = change * mask
    left = float(kept.abs().double().sum())
    return kept * (float(change.abs().double().sum()) / left) if left else kept


def _elected(stacked: "torch.Tensor") -> "torch.Tensor":
    """The sign of the sum, (shape of one input); a sum of 0 counts as positive."""
    import torch

    return torch.where(stacked.sum(0) >= 0, 1.0, -1.0)


def _cosine(first: "torch.Tensor", second: "torch.Tensor") -> float:
    a, b = first.flatten().double(), second.flatten().double()
    length = float(a.norm() * b.norm())
    return float(a @ b) / length if length else 1.0


def _share(weights: Sequence[float]) -> float:
    total = weights[0] + weights[1]
    if not total:
        raise InputRefused("The two weights of a slerp add up to 0. Give for example 0.5 and 0.5.")
    return weights[1] / total


def _given(base: "torch.Tensor | None") -> "torch.Tensor":
    if base is None:
        raise InputRefused("This way of merging needs the base model that the inputs were trained from.")
    return base
