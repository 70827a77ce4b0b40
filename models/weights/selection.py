"""Which files of a repository belong to a model, before one of them is fetched.

In: the paths in a repository, the choice of a profile, the pipeline's index if there is one.
Out: the paths to fetch, and the parts that lie in repositories of their own; or a refusal.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from assets.errors import InputRefused
from models.weights.choice import Weights
from models.weights.safe import SAFE_NAMES, is_safe

INDEX = "model_index.json"
MODULAR = "modular_model_index.json"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".msgpack", ".h5")
MOST_FILES = 2000
_WEIGHTS = re.compile(
    r"[^/.]+(\.(?P<before>[a-z0-9_]+))?(-\d{5}-of-\d{5})?(\.(?P<after>[a-z0-9_]+))?\.safetensors"
    r"|[^/.]+\.safetensors\.index(\.(?P<index>[a-z0-9_]+))?\.json"
)
_OTHER_INDEX = re.compile(r"\.(bin|msgpack|h5)\.index(\.[a-z0-9_]+)?\.json$")


@dataclass(frozen=True)
class Selection:
    """The paths of one model. ``parts``: components that the pipeline's index places in other repositories."""

    paths: tuple[str, ...]
    parts: Mapping[str, tuple[Weights, str]] = field(default_factory=dict)  # name -> weights, subfolder


def index_of(paths: Sequence[str], weights: Weights) -> str:
    """The index file that has to be read first; empty if the model needs none."""
    if weights.files:
        return ""
    return next((name for name in (MODULAR, INDEX) if name in paths), "")


def selected(paths: Sequence[str], weights: Weights, index: Mapping[str, Any] | None) -> Selection:
    """The files of ``weights`` in a repository with ``paths``.

    index   content of the file that ``index_of`` named
    raises  InputRefused for a model that needs code or pickles, or that is not there
    """
    if weights.files:
        return Selection(_bounded(_matching(paths, weights), weights))
    if index is None:
        return Selection(_bounded(_plain(paths, weights), weights))
    modular = MODULAR in paths
    folders, parts = _components(index, weights, modular=modular)
    _refuse_code(paths, index, weights)
    chosen = [path for folder in folders for path in _in_folder(paths, folder, weights)]
    head = [name for name in (INDEX, MODULAR) if name in paths]
    licences = [
        path for path in paths if "/" not in path and path.split(".")[0] in SAFE_NAMES and is_safe(path)
    ]
    return Selection(_bounded([*head, *licences, *chosen], weights), parts)


def _matching(paths: Sequence[str], weights: Weights) -> list[str]:
    found: list[str] = []
    for pattern in weights.files:
        matches = [path for path in paths if fnmatchcase(path, pattern)]
        if not matches:
            near = ", ".join(sorted(filter(is_safe, paths), key=_weights_first)[:8])
            raise InputRefused(f"{weights.hub} has no file {pattern!r}. It has: {near}.")
        safe = [path for path in matches if is_safe(path)]
        if not safe:
            raise InputRefused(
                f"{weights.hub}: {matches[0]} can run code when it is read. Only safetensors, JSON, text and "
                "tokenizer files are fetched."
            )
        folder = pattern.removesuffix("/*")
        found += _in_folder(paths, folder, weights) if folder != pattern and "*" not in folder else safe
    return found


def _weights_first(path: str) -> tuple[bool, str]:
    return not path.endswith(".safetensors"), path


def _plain(paths: Sequence[str], weights: Weights) -> list[str]:
    """A model without an index: the files at the root."""
    if "config.json" not in paths and "adapter_config.json" not in paths:
        raise InputRefused(
            f"{weights.hub} has neither {INDEX} nor config.json at its root, so it cannot be told which files are "
            "the model. Say which: files: [NAME.safetensors]."
        )
    found = _in_folder(paths, "", weights)
    if not any(path.endswith(".safetensors") for path in found):
        raise InputRefused(
            f"{weights.hub} has no safetensors file at its root. Choose another model, or say files."
        )
    return found


def _components(
    index: Mapping[str, Any], weights: Weights, *, modular: bool
) -> tuple[list[str], dict[str, tuple[Weights, str]]]:
    """The folders of this repository, and the parts of others."""
    folders: list[str] = []
    parts: dict[str, tuple[Weights, str]] = {}
    for name, value in index.items():
        if name.startswith("_") or not isinstance(value, list) or len(value) < 2:
            continue
        about = value[2] if modular and len(value) > 2 and isinstance(value[2], dict) else {}
        origin = about.get("pretrained_model_name_or_path") or about.get("repo") or ""
        subfolder = str(about.get("subfolder") or "")
        if origin and origin != weights.hub:
            parts[name] = (_part(origin, subfolder, about, weights), subfolder)
        elif modular and about:
            folders.append(subfolder or name)
        elif value[0] and value[1]:
            folders.append(name)
    return list(dict.fromkeys(folders)), parts


def _part(origin: str, subfolder: str, about: Mapping[str, Any], weights: Weights) -> Weights:
    revision = about.get("revision")
    try:
        return Weights(
            hub=origin,
            revision=revision if isinstance(revision, str) and len(revision) == 40 else None,
            files=(f"{subfolder}/*",) if subfolder else (),
            variant=str(about.get("variant") or ""),
        )
    except ValueError as error:
        raise InputRefused(
            f"{weights.hub}: its index names a part {origin[:80]!r} that is no model."
        ) from error


def _refuse_code(paths: Sequence[str], index: Mapping[str, Any], weights: Weights) -> None:
    own = {path for path in paths if path.endswith(".py")}
    named = index.get("_class_name")
    needed = [f"{named[0]}.py"] if isinstance(named, list) and named else []
    for name, value in index.items():
        if isinstance(value, list) and value and isinstance(value[0], str) and not name.startswith("_"):
            needed.append(f"{name}/{value[0]}.py")
    for path in needed:
        if path in own:
            raise InputRefused(
                f"{weights.hub} needs its own code ({path}), which is never fetched or run. Choose a model that the "
                "installed libraries know."
            )


def _in_folder(paths: Sequence[str], folder: str, weights: Weights) -> list[str]:
    """The safe files of one component, its weights in one variant only."""
    prefix = f"{folder}/" if folder else ""
    inside = [path for path in paths if path.startswith(prefix) and (folder or "/" not in path)]
    variants = {path: _variant(PurePosixPath(path).name) for path in inside}
    wanted = weights.variant if weights.variant in variants.values() else ""
    kept = [
        path
        for path in inside
        if is_safe(path) and not _OTHER_INDEX.search(path) and variants[path] in (None, wanted)
    ]
    if any(path.endswith(".safetensors") for path in kept):
        return kept
    if others := sorted({name for name in variants.values() if name}):
        raise InputRefused(
            f"{weights.hub} has the weights of {folder or 'its root'} only as {', '.join(others)}. Say which: variant."
        )
    if pickled := [path for path in inside if path.endswith(PICKLES)]:
        raise InputRefused(
            f"{weights.hub} has {pickled[0]} only as a pickle, which runs code when it is read. Choose a model or a "
            "variant in safetensors."
        )
    return kept


def _variant(name: str) -> str | None:
    """The variant in a file's name: "" for plain weights; None for a file that is no weights."""
    found = _WEIGHTS.fullmatch(name)
    if found is None:
        return "" if name.endswith(".safetensors") else None
    return found["before"] or found["after"] or found["index"] or ""


def _bounded(paths: Iterable[str], weights: Weights) -> tuple[str, ...]:
    found = tuple(sorted(dict.fromkeys(paths)))
    if len(found) > MOST_FILES:
        raise InputRefused(
            f"{weights.hub} would be {len(found):,} files; a model has {MOST_FILES:,} at most. Narrow down files."
        )
    return found
