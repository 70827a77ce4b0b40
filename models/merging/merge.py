"""Make one model of several, weight by weight, by a recipe that reproduces the bytes.

In: a MergeRecipe, the folder it lies in, a path for the result.      Out: the file, and the recipe with every hash.
Everything is added up in float32 and rounded once. Memory: one weight of every input at a time. Imports torch when
used.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import InputRefused
from assets.sheets.merge import MergeInput, MergeRecipe
from models.merging import blocks, loras
from models.merging.definitions import DEFINITIONS, Definition, Knobs
from models.tensorfile import STORED, Plan, Weights, rounded, write

if TYPE_CHECKING:
    import torch

Progress = Callable[[int, int], None]
"""Bytes of the result that are done, and all of them."""

_SHOWN = 5


@dataclass(frozen=True)
class Merge:
    """A recipe with its inputs opened and checked; nothing is read but headers."""

    recipe: MergeRecipe
    inputs: tuple[Weights, ...]
    base: Weights | None

    def models(self) -> tuple[Weights, ...]:
        return (*self.inputs, self.base) if self.base else self.inputs


def prepare(recipe: MergeRecipe, folder: Path) -> Merge:
    """Open the inputs and check everything that can be checked before a weight is read.

    raises  InputRefused for a method, a weight or a pair of models that do not fit
    """
    if recipe.kind == "checkpoint" and recipe.method not in DEFINITIONS:
        raise InputRefused(
            f"There is no way of merging {recipe.method!r}. Checkpoints: {', '.join(DEFINITIONS)}."
        )
    if recipe.kind != "checkpoint" and recipe.method not in loras.METHODS[recipe.kind]:
        allowed = ", ".join(loras.METHODS[recipe.kind])
        raise InputRefused(f"A {recipe.kind} merge has no method {recipe.method!r}. It has: {allowed}.")
    merge = Merge(
        recipe,
        tuple(Weights(folder / each.path) for each in recipe.inputs),
        Weights(folder / recipe.base.path) if recipe.base else None,
    )
    if recipe.kind == "checkpoint":
        _check_checkpoints(merge)
    elif recipe.blocks:
        raise InputRefused("Block weights are for checkpoints; give LoRAs one weight each.")
    return merge


def run(merge: Merge, out: Path, progress: Progress = lambda done, total: None) -> MergeRecipe:
    """Write the merged model to ``out``; return the recipe with the hashes of inputs and result.

    raises  InputRefused if an input is not the one the recipe names, if a number is not finite, or if the result
            is not the one the recipe promises; ``out`` is then not written
    """
    recipe = _hashed(merge)
    plan, tensors, metadata = _work(merge, recipe)
    digest = write(
        out,
        plan,
        _watched(plan, tensors, progress),
        {"sakuga.merge": recipe.name, "sakuga.method": recipe.method, **metadata},
        lambda found: _refuse_other(recipe, found),
    )
    return recipe.model_copy(update={"output_sha256": digest})


def _work(merge: Merge, recipe: MergeRecipe) -> tuple[Plan, "Iterator[torch.Tensor]", dict[str, str]]:
    paths = [each.path for each in merge.inputs]
    if recipe.kind == "lora":
        made = loras.combine(recipe, paths)
        return made.plan, iter(made.tensors), made.metadata
    if recipe.kind == "lora-into-base" and merge.base:
        return _plan(merge.base, recipe), loras.Added(merge.base, recipe, paths).tensors(), {}
    return _plan(merge.inputs[0], recipe), _merged(merge), {}


def _refuse_other(recipe: MergeRecipe, digest: str) -> None:
    if recipe.output_sha256 and digest != recipe.output_sha256:
        raise InputRefused(
            f"The merge {recipe.name} gave weights with the hash {digest}; its recipe says "
            f"{recipe.output_sha256}. Nothing was kept. Another torch version or processor can round in "
            "another way; if that is intended, empty output_sha256."
        )


def _check_checkpoints(merge: Merge) -> None:
    definition = DEFINITIONS[merge.recipe.method]
    _check_counts(merge.recipe, definition)
    first = merge.inputs[0]
    for other in merge.models()[1:]:
        _check_same(first, other)
    if merge.recipe.blocks:
        if not definition.blocks or len(merge.inputs) != 2:
            raise InputRefused(
                f"{merge.recipe.method} with {len(merge.inputs)} inputs has no block weights. "
                "They are for two inputs, and for weighted-sum-1, add-difference-1 and the slerps."
            )
        blocks.check(merge.recipe.blocks, sorted(first.slots))


def _check_counts(recipe: MergeRecipe, definition: Definition) -> None:
    least, most = definition.inputs
    given = len(recipe.inputs)
    if given < least or (most and given > most):
        allowed = f"{least}" if least == most else f"at least {least}"
        raise InputRefused(f"{recipe.method} takes {allowed} inputs; the recipe gives {given}.")
    if definition.base and recipe.base is None:
        raise InputRefused(f"{recipe.method} needs `base`, the model that the inputs were trained from.")
    if not definition.base and recipe.base is not None:
        raise InputRefused(f"{recipe.method} has no base. Remove `base`, or name it as an input.")


def _check_same(first: Weights, other: Weights) -> None:
    missing = sorted(set(first.slots) ^ set(other.slots))
    if missing:
        raise InputRefused(
            f"{first.path} and {other.path} are not of one architecture: {len(missing)} weights are in one of them "
            f"only, such as {', '.join(missing[:_SHOWN])}."
        )
    for key, slot in first.slots.items():
        if slot.shape != other.slots[key].shape or slot.floating != other.slots[key].floating:
            raise InputRefused(
                f"{key} is {slot.dtype}{list(slot.shape)} in {first.path} and "
                f"{other.slots[key].dtype}{list(other.slots[key].shape)} in {other.path}. They cannot be merged."
            )


def _hashed(merge: Merge) -> MergeRecipe:
    """The recipe with the hash of every input, after comparing those it already names."""
    inputs = tuple(
        _identified(each, weights) for each, weights in zip(merge.recipe.inputs, merge.inputs, strict=True)
    )
    base = _identified(merge.recipe.base, merge.base) if merge.recipe.base and merge.base else None
    return merge.recipe.model_copy(update={"inputs": inputs, "base": base})


def _identified(each: MergeInput, weights: Weights) -> MergeInput:
    found = weights.sha256()
    if each.tensors_sha256 and found != each.tensors_sha256:
        raise InputRefused(
            f"{weights.path} is not the model the recipe names: its weights have the hash {found}, the recipe says "
            f"{each.tensors_sha256}. Put that file back, or empty tensors_sha256 to use this one."
        )
    return each.model_copy(update={"tensors_sha256": found})


def _plan(first: Weights, recipe: MergeRecipe) -> Plan:
    return {
        key: (STORED[recipe.dtype] if slot.floating else slot.dtype, slot.shape)
        for key, slot in sorted(first.slots.items())
    }


def _merged(merge: Merge) -> "Iterator[torch.Tensor]":
    recipe, definition = merge.recipe, DEFINITIONS[merge.recipe.method]
    for key in sorted(merge.inputs[0].slots):
        if not merge.inputs[0].slots[key].floating:
            yield _equal(merge, key)
            continue
        yield rounded(_combined(merge, definition, key), recipe.dtype, key)


def _combined(merge: Merge, definition: Definition, key: str) -> "torch.Tensor":
    """One weight in float32. A function of its own: its inputs are freed before the next are read."""
    recipe = merge.recipe
    knobs = Knobs(recipe.density, recipe.scale, _seed(recipe.seed, key))
    base = merge.base.finite(key) if merge.base else None
    inputs = [each.finite(key) for each in merge.inputs]
    return definition.combine(inputs, _weights(recipe, key), base, knobs)


def _weights(recipe: MergeRecipe, key: str) -> list[float]:
    given = [each.weight for each in recipe.inputs]
    if not recipe.blocks:
        return given
    if recipe.method == "add-difference-1":
        return [given[0], blocks.weight_at(key, recipe.blocks, given[1])]
    total = sum(given)
    second = blocks.weight_at(key, recipe.blocks, given[1] / total if total else given[1])
    return [1 - second, second]


def _equal(merge: Merge, key: str) -> "torch.Tensor":
    """A tensor of whole numbers, which must be the same everywhere: there is no average of positions."""
    first = merge.inputs[0].raw(key)
    for other in merge.models()[1:]:
        if other.raw(key) != first:
            raise InputRefused(
                f"{key} holds whole numbers that differ between {merge.inputs[0].path} and {other.path}."
            )
    return merge.inputs[0].tensor(key)


def _seed(seed: int, key: str) -> int:
    """A seed of its own for each weight, so that equal shapes do not drop equal places."""
    return int.from_bytes(sha256(f"{seed} {key}".encode()).digest()[:7], "big")


def _watched(plan: Plan, tensors: Iterator[Any], progress: Progress) -> Iterator[Any]:
    sizes = [prod(shape) for _, shape in plan.values()]
    total, done = sum(sizes), 0
    for size, tensor in zip(sizes, tensors, strict=True):
        yield tensor
        done += size
        progress(done, total)
