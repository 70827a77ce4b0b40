"""Merge models by a recipe file: rights first, then the merge, then the recipe with every hash.

In: a recipe, a path for the result.      Out: the merged file, and NAME.merge.yaml beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets import files
from assets.errors import InputRefused
from assets.rights.clearance import Used, clear, policy
from assets.rights.licences import alternatives, written
from assets.rights.terms import CLASSES, Terms, joined
from assets.sheets.merge import MergeInput, MergeRecipe
from assets.sheets.policy import Policy
from flows.rights.credentials import required_identity
from models.merging import merge
from models.merging.merge import Progress
from models.tensorfile import Weights


@dataclass(frozen=True)
class Merged:
    """What was written. ``terms`` is what the result inherits from its inputs.

    left_out  of LoRAs reduced to a rank: the size of what is left out, divided by the size of the whole change
    """

    path: Path
    record: Path
    recipe: MergeRecipe
    terms: Terms
    left_out: float = 0.0


def run(path: Path, out: Path | None, rules: str, progress: Progress) -> Merged:
    """Merge by the recipe at ``path``.

    out     the file; by default NAME.safetensors beside the recipe
    rules   name of a policy in the library, or its YAML file
    raises  RightsRefused if an input may not be merged under the policy; InputRefused if the recipe cannot be made
    """
    recipe = MergeRecipe.read(path)
    target = out or path.with_name(f"{recipe.name}.safetensors")
    if target.suffix != ".safetensors":
        raise InputRefused(f"{target} does not end in .safetensors, and a merge writes nothing else.")
    chosen = policy(rules)
    clear(_used(recipe, chosen), chosen, "merge", on=date.today())
    required_identity()
    prepared = merge.prepare(recipe, path.parent)
    inputs = {file.resolve() for each in prepared.models() for file in each.files()}
    if target.resolve() in inputs:
        raise InputRefused(f"{target} is an input of this merge. Give another file with --out.")
    made = merge.run(prepared, target, progress)
    record = target.with_suffix(".merge.yaml")
    terms = joined(_terms(each) for each in _all(made))
    files.write(
        record, f"# What {target.name} was made of. Its licence: {written(terms.licences)}\n{made.to_yaml()}"
    )
    return Merged(target, record, made, terms, _left_out(target))


def _left_out(target: Path) -> float:
    return max(float(header.get("sakuga.residual", 0)) for header in Weights(target).headers())


def _all(recipe: MergeRecipe) -> Iterator[MergeInput]:
    yield from recipe.inputs
    if recipe.base:
        yield recipe.base


def _used(recipe: MergeRecipe, rules: Policy) -> Iterator[Used]:
    allowed = ", ".join(one for one in CLASSES if one in rules.data_classes)
    instead = f"A model of {allowed} data would pass, or another policy (--policy)."
    for each in _all(recipe):
        key, bases = each.tensors_sha256 or each.path, frozenset({Path(each.path).stem})
        yield Used(f"the model {each.path}", key, _terms(each), bases, instead=lambda: instead)


def _terms(each: MergeInput) -> Terms:
    return Terms(data_class=each.training_data, licences=alternatives(each.licence))
