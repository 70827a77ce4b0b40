"""Datasets on disk and in the vault: the file beside the art, and the frozen manifests of a project.

In: folders of art, the project's folder.      Out: Datasets and Manifests.
A frozen manifest is in the vault under the dataset's name, with a copy for people in OUT/datasets/. The copy is
checked against the vault whenever it is read.
"""

import re
from pathlib import Path

from assets import files
from assets.errors import BlobDamaged, InputRefused
from assets.hashing import digest
from assets.plain import typed
from assets.sheets.dataset import Dataset, Manifest
from assets.sheets.production import Ref
from assets.vault import Vault
from stages.dataset import freeze as freezing

FILE = "dataset.yaml"
FOLDER = "datasets"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HEADER = "# Written by `sakuga dataset add`. Captions, rights and repeats may be edited; adding again keeps them.\n"


def read(folder: Path) -> Dataset:
    """The dataset file beside the art."""
    path = folder / FILE
    if not path.is_file():
        raise InputRefused(
            f"{path} is not there. Add the art first: sakuga dataset add {typed(folder)} --name NAME …"
        )
    return Dataset.read(path)


def write(dataset: Dataset, folder: Path) -> Path:
    """Write it beside the art."""
    files.write(folder / FILE, _HEADER + dataset.to_yaml())
    return folder / FILE


def frozen(out: Path, vault: Vault) -> tuple[Manifest, ...]:
    """Every frozen dataset of a project."""
    return tuple(manifest(path.stem, vault) for path in sorted((out / FOLDER).glob("*.json")))


def manifest(name: str, vault: Vault) -> Manifest:
    """A frozen dataset by its name, from the vault.

    raises  InputRefused if there is none, BlobDamaged if its content is not what its root says
    """
    kept = vault.recall(_recipe(name)) if _NAME.fullmatch(name) else None
    if kept is None:
        raise InputRefused(f"No dataset {name!r} is frozen here. Freeze one: sakuga dataset freeze FOLDER")
    found = Manifest.from_json(
        vault.get(Ref.model_validate(kept["manifest"])).decode(), f"the manifest of {name}"
    )
    freezing.check_root(found)
    return found


def unfreezable(listed: Dataset, folder: Path, out: Path, vault: Vault | None) -> list[str]:
    """Everything for which freezing would be refused now, as parts of sentences.

    vault  of the project; None where there is no project yet
    """
    others = frozen(out, vault) if vault is not None else ()
    found = freezing.problems(listed, folder, others)
    before = next((each for each in others if each.name == listed.name), None)
    if before is not None and not _same(before, listed):
        found.append(
            f"a dataset {listed.name!r} is frozen already, with other content; give this one a new name"
        )
    return found


def _same(before: Manifest, listed: Dataset) -> bool:
    works = tuple(dict.fromkeys(each.work for each in before.works))
    return (before.about, before.show, before.showing, works) == (
        listed.about, listed.show, listed.showing, listed.works,
    )  # fmt: skip


def keep(made: Manifest, out: Path, vault: Vault) -> Path:
    """Keep a manifest for ever under its name.

    raises  InputRefused if another one has the name: a model that was trained on it must stay explainable
    """
    before = vault.recall(_recipe(made.name))
    if before is not None and manifest(made.name, vault).root != made.root:
        raise InputRefused(
            f"A dataset {made.name!r} is frozen already, with other content. A frozen dataset never changes: give "
            "this one a new name, for example with a number at its end."
        )
    ref = vault.keep(made.to_json().encode(), freezing.MANIFEST_TYPE)
    vault.commit(_recipe(made.name), {"manifest": ref})
    folder = files.folder_in(out, FOLDER)
    files.write(folder / f"{made.name}.json", made.to_json())
    return folder / f"{made.name}.json"


def check_copies(out: Path, vault: Vault) -> None:
    """Refuse a copy for people that says something else than the vault."""
    for path in sorted((out / FOLDER).glob("*.json")):
        if Manifest.read(path) != manifest(path.stem, vault):
            raise BlobDamaged(
                f"{path} differs from the frozen dataset in the vault. Freezing again writes it anew."
            )


def _recipe(name: str) -> str:
    return digest({"dataset-manifest": name})
