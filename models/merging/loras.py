"""Merge LoRAs: exactly, by joining their factors; in a given rank, by the singular values; or into a base model.

In: LoRA files with weights.      Out: tensors of the merged LoRA, or of the base with the LoRAs added.
The factors of several LoRAs are never averaged: the mean of factors is not the mean of changes, and was wrong by
more than its own size for two LoRAs of rank 4. Imports torch when used.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import InputRefused
from assets.sheets.merge import MergeRecipe
from models.house import palette
from models.house.palette import Palette
from models.lora import factors
from models.lora.factors import Factors, LoraFile
from models.tensorfile import STORED, Plan, Weights, rounded

if TYPE_CHECKING:
    import torch

_ENDS = {"diffusers": (".lora_A.weight", ".lora_B.weight"), "kohya": (".lora_down.weight", ".lora_up.weight")}
_BASE_FIELDS = ("modelspec.architecture", "sakuga.base", "sakuga.base_revision")
METHODS: dict[str, tuple[str, ...]] = {"lora": ("concat-1", "svd-1"), "lora-into-base": ("add-1",)}


@dataclass(frozen=True)
class MergedLora:
    """What is written: tensors in the order of ``plan``, and the residual of the rounding to a rank."""

    plan: Plan
    tensors: "list[torch.Tensor]"
    metadata: dict[str, str]
    residual: float


def combine(recipe: MergeRecipe, paths: Sequence[Path]) -> MergedLora:
    """One LoRA whose change is the weighted sum of the changes.

    The residual is the size of what a lower rank leaves out, divided by the size of the whole change; 0 for concat-1.
    """
    files = [factors.read(path) for path in paths]
    if len({file.style for file in files}) > 1:
        raise InputRefused(
            f"{files[0].path} has {files[0].style} keys, others have not. Export them all in one style, so that "
            "it is certain which modules are the same."
        )
    if recipe.method == "svd-1" and not recipe.rank:
        raise InputRefused("svd-1 needs `rank`, the rank of the new LoRA.")
    weights = [each.weight for each in recipe.inputs]
    modules = sorted({name for file in files for name in file.factors})
    merged: dict[str, Factors] = {}
    left = whole = 0.0
    for name in modules:
        joined = _joined(name, files, weights)
        if recipe.method == "svd-1":
            merged[name], lost, size = shrunk(joined, recipe.rank)
            left, whole = left + lost**2, whole + size**2
        else:
            merged[name] = joined
    residual = (left / whole) ** 0.5 if whole else 0.0
    return _laid_out(recipe, files[0], merged, residual, _bases(files) | _palette(files, weights))


def _palette(files: Sequence[LoraFile], weights: Sequence[float]) -> dict[str, str]:
    """The palettes of LoRAs of the house painter, added up like the changes of weights."""
    if not any(palette.FIELD in file.header for file in files):
        return {}
    parts = (
        (Palette.read(file.header.get(palette.FIELD, "")), weight)
        for file, weight in zip(files, weights, strict=True)
    )
    return {palette.FIELD: Palette.summed(parts).told()}


def _bases(files: Sequence[LoraFile]) -> dict[str, str]:
    """The header fields that say which base the LoRAs are for: the result is for the same.

    raises  InputRefused if two LoRAs say different things
    """
    found: dict[str, str] = {}
    for key in _BASE_FIELDS:
        said = {file.header[key]: file.path.name for file in files if key in file.header}
        if len(said) > 1:
            told = " and ".join(f"{name} for {value}" for value, name in sorted(said.items()))
            raise InputRefused(
                f"These LoRAs are for different bases ({key}): {told}. Merge LoRAs of one base."
            )
        for value in said:
            found[key] = value
    return found


def _joined(name: str, files: Sequence[LoraFile], weights: Sequence[float]) -> Factors:
    """The exact sum: the factors side by side; the weight and scale go into ``up`` only, so that signs survive."""
    import torch

    parts = [
        (file.factors[name], weight)
        for file, weight in zip(files, weights, strict=True)
        if name in file.factors
    ]
    shapes = {(part.up.shape[0], tuple(part.down.shape[1:])) for part, _ in parts}
    if len(shapes) > 1:
        raise InputRefused(
            f"{name} has other sizes in other LoRAs: {sorted(shapes)}. They are for different bases."
        )
    down = torch.cat([part.down for part, _ in parts], dim=0)
    up = torch.cat([part.up * (part.scale * weight) for part, weight in parts], dim=1)
    return Factors(down, up, float(down.shape[0]))


def shrunk(joined: Factors, rank: int) -> tuple[Factors, float, float]:
    """The best LoRA of this rank (Eckart-Young); with the size of what is lost, and of the whole, as Frobenius norms.

    Works on the factors: the product of a 5,120 by 13,824 weight is never built.
    """
    import torch

    up, down = joined.up.flatten(1).double() * joined.scale, joined.down.flatten(1).double()
    left, left_rest = torch.linalg.qr(up)
    right, right_rest = torch.linalg.qr(down.T)
    u, values, v = torch.linalg.svd(left_rest @ right_rest.T)
    keep = min(rank, int(values.numel()))
    root = values[:keep].sqrt()
    new_up = (left @ u[:, :keep] * root).float().reshape(joined.up.shape[0], keep, *joined.up.shape[2:])
    new_down = (root[:, None] * (v[:keep] @ right.T)).float().reshape(keep, *joined.down.shape[1:])
    return Factors(new_down, new_up, float(keep)), float(values[keep:].norm()), float(values.norm())


def _laid_out(
    recipe: MergeRecipe, like: LoraFile, merged: dict[str, Factors], residual: float, bases: dict[str, str]
) -> MergedLora:
    import torch

    ends = _ENDS[like.style]
    tensors: dict[str, torch.Tensor] = {}
    for name, part in (_of_one_alpha(merged) if like.style == "kohya" else merged).items():
        for end, factor in zip(ends, (part.down, part.up), strict=True):
            tensors[name + end] = rounded(factor, recipe.dtype, name + end)
        if like.style == "kohya":
            tensors[f"{name}.alpha"] = torch.tensor(part.alpha)  # float32: bf16 would round 257 to 256
    stored = {key: "F32" if key.endswith(".alpha") else STORED[recipe.dtype] for key in tensors}
    plan = {key: (stored[key], tuple(tensors[key].shape)) for key in sorted(tensors)}
    metadata = {"sakuga.residual": f"{residual:.6g}", **bases}
    if like.style == "diffusers":
        metadata[factors.HEADER] = json.dumps(_header(merged), sort_keys=True)
    return MergedLora(plan, [tensors[key] for key in plan], metadata, residual)


def _of_one_alpha(merged: dict[str, Factors]) -> dict[str, Factors]:
    """The same changes with the largest rank as everybody's alpha: of a file with kohya's SDXL keys and several alphas
    diffusers 0.42 reads the most frequent one only, and the rest would have another strength."""
    alpha = max(part.alpha for part in merged.values())
    return {name: Factors(part.down, part.up * (part.alpha / alpha), alpha) for name, part in merged.items()}


def _header(merged: dict[str, Factors]) -> dict[str, object]:
    """Rank and alpha of every module, in the header diffusers reads; alpha is the rank everywhere."""
    by_part: dict[str, dict[str, int]] = {}
    for name, part in merged.items():
        prefix, _, inner = name.partition(".")
        by_part.setdefault(prefix, {})[inner] = part.rank
    header: dict[str, object] = {}
    for prefix, ranks in by_part.items():
        usual = max(set(ranks.values()), key=list(ranks.values()).count)
        pattern = {f"^{name}$": rank for name, rank in ranks.items() if rank != usual}
        header |= {
            f"{prefix}.r": usual, f"{prefix}.lora_alpha": usual, f"{prefix}.rank_pattern": pattern,
            f"{prefix}.alpha_pattern": pattern, f"{prefix}.target_modules": sorted(ranks),
        }  # fmt: skip
    return header


class Added:
    """The weights of a base model with LoRAs added in float32."""

    def __init__(self, base: Weights, recipe: MergeRecipe, paths: Sequence[Path]) -> None:
        self.base, self.recipe = base, recipe
        self.by_key: dict[str, list[tuple[Factors, float]]] = {}
        for path, each in zip(paths, recipe.inputs, strict=True):
            for key, part in _placed(factors.read(path), base).items():
                self.by_key.setdefault(key, []).append((part, each.weight))

    def tensors(self) -> "Iterator[torch.Tensor]":
        for key, slot in sorted(self.base.slots.items()):
            if not slot.floating:
                yield self.base.tensor(key)
                continue
            yield rounded(self._summed(key), self.recipe.dtype, key)

    def _summed(self, key: str) -> "torch.Tensor":
        summed = self.base.finite(key)
        for part, share in self.by_key.get(key, ()):
            summed += self.recipe.scale * share * part.change()
        return summed


def _placed(file: LoraFile, base: Weights) -> dict[str, Factors]:
    """The factors by the key of the base weight they change.

    raises  InputRefused if a module is not in the base, or has another size there: it would change nothing
    """
    names = {_flat(key.removesuffix(".weight")): key for key in base.slots if key.endswith(".weight")}
    placed: dict[str, Factors] = {}
    lost = []
    for module, part in file.factors.items():
        key = next((names[name] for name in _candidates(module) if name in names), None)
        if key is None:
            lost.append(module)
            continue
        shape = (part.up.shape[0], *part.down.shape[1:])
        if shape != base.slots[key].shape:
            raise InputRefused(
                f"{file.path} changes {key} as {list(shape)}; in {base.path} it is {list(base.slots[key].shape)}. "
                "The LoRA was trained for another base."
            )
        placed[key] = part
    if lost:
        raise InputRefused(
            f"{len(lost)} of {len(file.factors)} modules of {file.path} are not in {base.path}, such as {lost[0]}. "
            "The LoRA is for another base, or has the keys of another layout."
        )
    return placed


def _flat(name: str) -> str:
    return name.replace(".", "_")


def _candidates(module: str) -> Iterator[str]:
    """The names a module may have in the base: as it is, and without the prefixes of the LoRA styles."""
    flat = _flat(module)
    yield flat
    for prefix in (
        "lora_unet_",
        "lora_te1_",
        "lora_te2_",
        "lora_te_",
        "diffusion_model_",
        "unet_",
        "transformer_",
    ):
        if flat.startswith(prefix):
            yield flat.removeprefix(prefix)
            yield f"model_diffusion_model_{flat.removeprefix(prefix)}"
