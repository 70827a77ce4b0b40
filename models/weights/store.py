"""The local store of fetched models: one folder per model and commit, with a note of what is in it.

    STORE/owner--name/REVISION[-SELECTION]/        the files as the repository has them
    STORE/owner--name/REVISION[-SELECTION].json    the StoredModel: files, SHA-256, when each was checked

Each process has one store folder: ``use_store``, from SAKUGA_MODELS. Nothing here touches the network.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from assets import files
from assets.errors import SetupMissing, StorageFailed
from assets.sheets.base import Sheet
from models.sealed import check_safetensors, sha256
from models.weights import local
from models.weights.choice import Weights, wanted
from models.weights.lock import LockedFile, LockedModel

DEFAULT_STORE = Path("~/.cache/sakuga/models").expanduser()
PROFILE = "PROFILE"
"""Stands in the commands of messages for the profile's name, which only flows know."""
PIN = f"`sakuga models pin --profile {PROFILE}`"
PULL = f"`sakuga models pull --profile {PROFILE}`"
SMALL = 32_000_000  # bytes; smaller files (configurations, tokenizers) are hashed at every load

_store = [DEFAULT_STORE]


def use_store(folder: Path) -> None:
    """Set the store folder of this process."""
    _store[0] = folder.expanduser().absolute()


def store() -> Path:
    return _store[0]


class StoredModel(Sheet):
    """What lies in one folder of the store, and the time stamp of each file when its hash was last right."""

    sheet: ClassVar[str] = "stored-model"
    version: ClassVar[int] = 1

    model: LockedModel
    checked: dict[str, int] = Field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """A complete model on this disk. ``components``: folders of parts that live in repositories of their own."""

    folder: Path
    components: Mapping[str, Path] = field(default_factory=dict)


def snapshot(weights: Weights) -> Snapshot:
    """The folder of ``weights`` on this disk, checked: no file missing, changed or added.

    Large files are hashed again only when their size or time has changed since they were last found right.

    raises  SetupMissing with the command that fetches the model, or for a file that is not as it was fetched
    """
    if weights.path:
        return Snapshot(local.checked(weights.path))
    stored = stored_model(weights)
    folder = folder_of(weights)
    _check(folder, stored)
    parts = {
        name: snapshot(part.weights).folder / part.subfolder for name, part in stored.model.components.items()
    }
    return Snapshot(folder, parts)


def lacks_weights(options: object, *packages: str) -> str:
    """Which packages and models are missing for ``options``, as a sentence; empty if nothing is."""
    lacking = [name for name in packages if not find_spec(name)]
    told = [f"Missing packages: {', '.join(lacking)}. `pip install 'sakuga[studio]'` brings them."] * bool(
        lacking
    )
    for weights in wanted(options):
        try:
            snapshot(weights)
        except SetupMissing as missing:
            told.append(str(missing))
    return " ".join(dict.fromkeys(told))


def unpinned(hubs: Sequence[str]) -> str:
    """What to say of models without a revision."""
    return (
        f"The profile names {', '.join(hubs)} without a revision, and a branch moves. {PIN} asks the hub for its "
        "commit and writes it into the profile's lock file."
    )


def folder_of(weights: Weights) -> Path:
    """Where the files of ``weights`` lie, or will.

    raises  SetupMissing without a revision
    """
    if weights.revision is None:
        raise SetupMissing(unpinned([weights.hub]))
    _, variant, chosen = weights.selection
    mark = f"-{hashlib.sha256(repr((variant, chosen)).encode()).hexdigest()[:8]}" if variant or chosen else ""
    return store() / weights.hub.replace("/", "--") / f"{weights.revision}{mark}"


def note_of(weights: Weights) -> Path:
    """The file of the StoredModel."""
    folder = folder_of(weights)
    return folder.with_name(f"{folder.name}.json")


def stored_model(weights: Weights) -> StoredModel:
    """The note of a fetched model.

    raises  SetupMissing where it was not fetched
    """
    note = note_of(weights)
    if not note.is_file():
        raise SetupMissing(
            f"{weights.name} is not on this machine ({store()}). {PULL} fetches it; a run downloads nothing."
        )
    return StoredModel.from_json(note.read_text(encoding="utf-8"), str(note))


def verify(model: LockedModel) -> list[str]:
    """Read every byte of a fetched model; what is wrong, one sentence each."""
    folder = folder_of(model.weights)
    listed = {file.path for file in model.files}
    wrong = []
    for file in model.files:
        path = folder / file.path
        if path.is_symlink() or not path.is_file():
            wrong.append(f"{path} is missing.")
        elif path.stat().st_size != file.bytes or sha256(path) != file.sha256:
            wrong.append(f"{path} is changed or damaged: its SHA-256 is not the locked one.")
    others = sorted(path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    for path in others:
        if path.relative_to(folder).as_posix() not in listed:
            wrong.append(f"{path} was not fetched with {model.hub}. Remove it.")
    return wrong


def stored_models() -> list[StoredModel]:
    """Every model in the store, by name."""
    notes = sorted(store().glob("*/*.json"))
    return [StoredModel.from_json(note.read_text(encoding="utf-8"), str(note)) for note in notes]


def keep_note(stored: StoredModel) -> None:
    files.write(note_of(stored.model.weights), stored.to_json())


def _check(folder: Path, stored: StoredModel) -> None:
    listed = {file.path: file for file in stored.model.files}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or (not path.is_dir() and name not in listed):
            raise SetupMissing(
                f"{path} was not fetched with {stored.model.hub}. Remove it: a loader may read any file there."
            )
    checked = {name: _checked(folder / name, file, stored.checked.get(name)) for name, file in listed.items()}
    if checked != stored.checked:
        with suppress(
            StorageFailed
        ):  # a shared store may be read-only: then the hash is taken again next time
            keep_note(stored.model_copy(update={"checked": checked}))


def _checked(path: Path, file: LockedFile, earlier: int | None) -> int:
    """The file's time, once it is known to hold the right bytes."""
    if not path.is_file():
        raise SetupMissing(f"{path} is missing. {PULL} fetches it again.")
    about = path.stat()
    known = about.st_size > SMALL and about.st_mtime_ns == earlier
    if about.st_size != file.bytes or not (known or sha256(path) == file.sha256):
        raise SetupMissing(
            f"{path} is changed or damaged: its SHA-256 is not the locked one. {PULL} mends it."
        )
    if path.suffix.casefold() == ".safetensors":
        check_safetensors(path)
    return about.st_mtime_ns
