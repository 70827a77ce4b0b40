"""Bring a locked model into the store: each file is checked before it gets its name there.

In: a LockedModel, a hub or a mirror.      Out: a complete folder with its note. A pull that was stopped goes on
where it stopped; a pull of a damaged model replaces only what is damaged.
"""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from assets import files
from assets.errors import LockHeld, SetupMissing, StorageFailed
from models.sealed import check_safetensors, sha256
from models.weights.hub import Told, Wanted
from models.weights.lock import LockedFile, LockedModel
from models.weights.store import StoredModel, folder_of, keep_note, store

PARTIAL = ".partial"
SPARE = 1_000_000_000  # bytes that stay free on the disk

Moved = Callable[[str, int], None]
"""Receives a file's path and how many bytes of it arrived."""


class Source(Protocol):
    def fetch(self, file: Wanted, into: Path, told: Told) -> None:
        """Append ``file`` to ``into``, from the byte at which that ends now; ``told`` receives bytes as they arrive."""
        ...


def pull(model: LockedModel, source: Source, moved: Moved = lambda path, count: None) -> Path:
    """The folder of ``model``, complete. Files that are there and right are not fetched again.

    raises  StorageFailed for too small a disk; SetupMissing for a file that cannot be had as the lock lists it
    """
    folder = folder_of(model.weights)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(model):
        missing = [file for file in model.files if not _is_right(folder / file.path, file, moved)]
        _check_room(model, missing)
        for file in missing:
            _fetch(model, file, source, folder / file.path, moved)
        checked = {file.path: (folder / file.path).stat().st_mtime_ns for file in model.files}
        keep_note(StoredModel(model=model, checked=checked))
        shutil.rmtree(partial(model), ignore_errors=True)
    return folder


def partial(model: LockedModel) -> Path:
    """Where files lie while they arrive."""
    return store() / PARTIAL / model.hub.replace("/", "--") / folder_of(model.weights).name


def _is_right(path: Path, file: LockedFile, moved: Moved) -> bool:
    right = path.is_file() and not path.is_symlink() and path.stat().st_size == file.bytes
    if right and sha256(path) == file.sha256:
        moved(file.path, file.bytes)
        return True
    return False


def _fetch(model: LockedModel, file: LockedFile, source: Source, to: Path, moved: Moved) -> None:
    part = partial(model) / f"{file.path}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    have = part.stat().st_size if part.exists() else 0
    if have > file.bytes:
        part.unlink()
    elif have:
        moved(file.path, have)
    if have < file.bytes or not part.exists():
        wanted = Wanted(model.hub, model.revision, file.path, file.bytes)
        source.fetch(wanted, part, lambda count: moved(file.path, count))
    _check(model, file, part)
    with files.teaching(f"{to} could not be written"):
        to.parent.mkdir(parents=True, exist_ok=True)
        files.sync(part)
        part.replace(to)


def _check(model: LockedModel, file: LockedFile, part: Path) -> None:
    """Refuse what is not what the lock lists. The wrong bytes are removed, so that the next pull begins anew."""
    came = sha256(part)
    try:
        if part.stat().st_size != file.bytes or came != file.sha256:
            raise SetupMissing(
                f"{file.path} of {model.hub} came with SHA-256 {came[:12]}, and the lock says {file.sha256[:12]}: it "
                "was changed or damaged on its way. It was not kept. Run the command again; if it stays so, use "
                "another source."
            )
        if file.path.endswith(".safetensors"):
            check_safetensors(part)
    except SetupMissing:
        part.unlink(missing_ok=True)
        raise


def _check_room(model: LockedModel, missing: list[LockedFile]) -> None:
    there = sum(path.stat().st_size for path in partial(model).rglob("*.part"))
    needed = sum(file.bytes for file in missing) - there
    free = shutil.disk_usage(store()).free
    if needed + SPARE > free:
        raise StorageFailed(
            f"{model.hub} needs {needed / 1e9:.1f} GB more, and {store()} has {free / 1e9:.1f} GB free. Free some "
            "space, or set SAKUGA_MODELS to a folder on a larger disk."
        )


@contextmanager
def _alone(model: LockedModel) -> Iterator[None]:
    """One process at a time brings a model; another one is told."""
    folder = folder_of(model.weights)
    with files.open_lock(folder.with_name(f".{folder.name}.lock")) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockHeld(
                f"Another process is fetching {model.hub} into {store()}. Wait until it has finished."
            ) from error
        yield
