"""Recipes for tests, and a run of one."""

from assets.sheets.merge import MergeInput, MergeRecipe
from models.merging import merge


def recipe(*paths, weights=None, base=None, **fields):
    weights = weights or [1.0] * len(paths)
    inputs = [
        MergeInput(path=str(path), weight=weight, licence="Apache-2.0")
        for path, weight in zip(paths, weights, strict=True)
    ]
    fields = {"name": "merged", "method": "weighted-sum-1", "dtype": "fp32"} | fields
    based = MergeInput(path=str(base), licence="Apache-2.0") if base else None
    return MergeRecipe(inputs=tuple(inputs), base=based, **fields)


def run(wanted, folder):
    return merge.run(merge.prepare(wanted, folder), folder / "out.safetensors")
