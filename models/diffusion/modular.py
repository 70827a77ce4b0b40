"""Load a modular pipeline: one made of blocks, with a guider, whose parts may live in repositories of their own.

In: the class of its blocks, a snapshot, the device.      Out: the pipeline, still in main memory.
The library would fetch each part from the repository that an index names, at no pinned revision, and treat one that
fails to load as a warning. Here every part comes from a folder, and a part that is missing is an error.
A modular pipeline has no callback after a step, and cannot be offloaded model by model; layer by layer it can.
"""

import json
from pathlib import Path
from typing import Any

from assets.errors import SetupMissing
from models import libraries
from models.diffusion import loading
from models.diffusion.options import DiffusionOptions
from models.weights import Snapshot


def load(
    blocks: str,
    snapshot: Snapshot,
    *,
    device: str,
    options: DiffusionOptions,
    whole: tuple[str, ...] = loading.WHOLE,
) -> Any:
    """The pipeline of ``blocks`` with every part it expects.

    whole   parts that are kept in float32
    raises  SetupMissing, with the part that is missing or broken
    """
    import torch

    found = getattr(libraries.both()["diffusers"], blocks, None)
    if found is None:
        raise SetupMissing(
            f"This version of diffusers has no {blocks}. `make install` installs the one that has it."
        )
    pipe = found().init_pipeline()
    places = _subfolders(snapshot.folder)
    parts = {}
    for name, spec in pipe._component_specs.items():
        if spec.default_creation_method != "from_pretrained":
            continue
        folder = snapshot.components.get(name) or snapshot.folder / places.get(name, name)
        dtype = torch.float32 if name in whole else options.dtype(device)
        library = spec.type_hint.__module__.split(".")[0]
        parts[name] = loading.load_part(folder, spec.type_hint.__name__, dtype=dtype, library=library)
    pipe.update_components(**parts)
    lacking = sorted(name for name in pipe._component_specs if getattr(pipe, name, None) is None)
    if lacking:
        raise SetupMissing(f"{snapshot.folder}: {', '.join(lacking)} did not load. Fetch the model again.")
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _subfolders(folder: Path) -> dict[str, str]:
    """Where the index says that each part is, below the folder; nothing for a folder without an index."""
    path = folder / loading.MODULAR
    if not path.is_file():
        return {}
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
        told = {
            name: str(value[2].get("subfolder") or name)
            for name, value in index.items()
            if isinstance(value, list) and len(value) == 3 and isinstance(value[2], dict)
        }
    except (ValueError, AttributeError, RecursionError) as error:
        raise SetupMissing(
            f"{path} is not the index of a modular pipeline: {error}. Fetch it again."
        ) from error
    outside = [name for name, place in told.items() if Path(place).is_absolute() or ".." in Path(place).parts]
    if outside:
        raise SetupMissing(f"{path} places {', '.join(outside)} outside its folder. Choose another model.")
    return told
