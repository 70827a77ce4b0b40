"""Load a pipeline, or one model, from a local folder.

In: a folder as diffusers saves it, the pipeline class, the device.      Out: the pipeline, still in main memory.
The network is never asked. Before a library reads anything: no pickles, no Python files, valid safetensors headers,
only known libraries named as the source of a part. After loading: every part the folder names is there.
"""

import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assets.errors import InputRefused, SetupMissing
from models import libraries
from models.diffusion.options import DiffusionOptions
from models.sealed import PICKLED, check_safetensors

LIBRARIES = ("diffusers", "transformers")
OWN = ("stable_audio", "stable_audio_3", "ace_step")
"""Packages of diffusers that an index names as the source of parts that only one pipeline has."""
INDEX, MODULAR = "model_index.json", "modular_model_index.json"
WHOLE = ("vae",)  # in float32: in half precision SDXL's VAE overflows, and others show bands in flat colour
_FAULTS = (OSError, ValueError, ImportError, AttributeError, TypeError, KeyError, RuntimeError)


def load(
    folder: Path,
    kind: str,
    *,
    device: str,
    options: DiffusionOptions,
    whole: Sequence[str] = WHOLE,
    given: Mapping[str, Any] | None = None,
) -> Any:
    """The pipeline of class ``kind``.

    whole   parts that are kept in float32
    given   parts made elsewhere, None for one that is not wanted; and settings of the pipeline class
    raises  SetupMissing, with the part that is missing or broken
    """
    import torch

    every = parts_of(folder)
    given = {**{name: None for name, made in every.items() if made is None}, **(given or {})}
    named = {name: made for name, made in every.items() if made is not None and name not in given}
    check(folder, named)
    found = _class(libraries.both()["diffusers"], kind, folder)
    parts = {
        name: load_part(
            folder / name,
            made,
            dtype=torch.float32 if name in whole else options.dtype(device),
            library=library,
        )
        for name, (library, made) in named.items()
    }
    try:
        pipe = found.from_pretrained(folder, local_files_only=True, **parts, **given)
    except _FAULTS as error:
        raise SetupMissing(_broken(folder, kind, error)) from error
    for name in named:
        if getattr(pipe, name, None) is None:
            raise SetupMissing(f"{kind} has no {name}, which {folder / INDEX} names. Choose another model.")
    pipe.set_progress_bar_config(disable=True)
    return pipe


def load_part(folder: Path, kind: str, *, dtype: Any, library: str = "diffusers") -> Any:
    """One part of class ``kind`` (a model, tokenizer or scheduler) from its own folder, with all its weights."""
    check_files(folder)
    found = _class(
        libraries.both()["transformers" if library == "transformers" else "diffusers"], kind, folder
    )
    try:
        if not _has_weights(found):
            return found.from_pretrained(folder, local_files_only=True)
        made, told = found.from_pretrained(
            folder, dtype=dtype, local_files_only=True, use_safetensors=True, output_loading_info=True
        )
    except _FAULTS as error:
        raise SetupMissing(_broken(folder, kind, error)) from error
    absent = sorted(told["missing_keys"])
    if absent:  # both libraries fill them with random numbers, and say so in a warning only
        raise SetupMissing(
            f"{folder} lacks {len(absent)} of the weights of {kind}, such as {', '.join(absent[:3])}. Fetch it again."
        )
    return made.eval()


def parts_of(folder: Path) -> dict[str, tuple[str, str] | None]:
    """The parts that a pipeline's index names: name -> (library, class); None for one that the model has not."""
    pairs = {
        name: value
        for name, value in _read(folder / INDEX).items()
        if not name.startswith("_") and isinstance(value, list) and len(value) == 2
    }
    return {
        name: None if library is None else (str(library), str(kind))
        for name, (library, kind) in pairs.items()
    }


def check(folder: Path, parts: Mapping[str, tuple[str, str]]) -> None:
    """Refuse a folder whose index names a part from an unknown library, or whose files are not plain data."""
    for name, (library, kind) in parts.items():
        if library not in (*LIBRARIES, *OWN):
            raise SetupMissing(
                f"{folder / INDEX} takes {name} ({kind}) from {library!r}. Parts come from "
                f"{' or '.join(LIBRARIES)}; code from a model's folder is never run. Choose another model."
            )
        if not (folder / name).is_dir():
            raise SetupMissing(
                f"{folder} names the part {name}, but {folder / name} is not there. Fetch it again."
            )
        check_files(folder / name)


def check_files(folder: Path) -> None:
    """Refuse a folder that holds a pickle or code, or a safetensors file with a bad header."""
    if not folder.is_dir():
        raise SetupMissing(f"There is no model at {folder}. Fetch it, or correct the path in the profile.")
    for path in sorted(folder.rglob("*")):
        suffix = path.suffix.casefold()
        if suffix in PICKLED or suffix == ".py":
            raise SetupMissing(
                f"{path} is {'code' if suffix == '.py' else 'a pickle'}: loading it could run anything. Only "
                "safetensors, JSON and text are loaded. Remove the file."
            )
        if suffix == ".safetensors" and path.is_file():
            check_safetensors(path)


def check_says(pipe: Any, name: str, wanted: bool, option: str) -> None:
    """Refuse weights that are of another kind than the option says: the pipeline would ignore what does not fit."""
    says = bool(pipe.config.get(name, False))
    if says != wanted:
        raise InputRefused(
            f"These weights say {name}: {str(says).lower()}, and the profile says {option}: {str(wanted).lower()}. Set "
            f"{option}: {str(says).lower()}, or choose other weights."
        )


def missing(*packages: str) -> str:
    """Which of the packages are not installed, as a sentence; empty when all are there."""
    absent = [name for name in packages if not find_spec(name)]
    return f"It needs {', '.join(absent)}: `pip install 'sakuga[studio]'`." if absent else ""


def _has_weights(found: Any) -> bool:
    import torch

    return isinstance(found, type) and issubclass(found, torch.nn.Module)


def _class(library: Any, kind: str, folder: Path) -> Any:
    # older folders name fast tokenizers, which newer versions of transformers have under the plain name only
    found = getattr(library, kind, None) or getattr(library, kind.removesuffix("Fast"), None)
    if found is None:
        raise SetupMissing(
            f"{library.__name__} {library.__version__} has no {kind}, which {folder} needs. `make install` installs "
            "the version that has it."
        )
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SetupMissing(
            f"{path} is not there, so {path.parent} holds no pipeline. Fetch it, or correct the path in the profile."
        ) from None
    except (ValueError, RecursionError) as error:
        raise SetupMissing(f"{path} is not valid JSON: {error}. Fetch it again.") from error
    if not isinstance(found, dict):
        raise SetupMissing(f"{path} is not the index of a pipeline. Fetch it again.")
    return found


def _broken(folder: Path, kind: str, error: Exception) -> str:
    first = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
    return f"{folder} cannot be loaded as {kind}: {first.strip()[:300]}. Fetch it again, or choose another model."
