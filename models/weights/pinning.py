"""Ask a hub for the commit and the files of every model of a profile, and write them down as a lock.

In: the models a profile wants, the lock it has.      Out: a new Lock. The small files (configurations, tokenizers)
are fetched to take their SHA-256, which the hub states for large files only; weights are not fetched.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.errors import SetupMissing, SheetRefused
from assets.loader import parse_json
from models.weights.choice import UNSTATED, Weights
from models.weights.hub import Hub, RemoteFile, Repository, Wanted, git_blob
from models.weights.lock import Lock, LockedComponent, LockedFile, LockedModel
from models.weights.selection import index_of, selected

MOST_SMALL = 64_000_000  # bytes of one file that the hub gives no SHA-256 for
DEEPEST = 3  # repositories that name parts in repositories


def pin(
    profile: str, wanted: Sequence[Weights], hub: Hub, earlier: Lock | None, *, renew: bool = False
) -> Lock:
    """The lock of ``profile``. A model that ``earlier`` lists keeps its commit, unless ``renew``."""
    models: dict[tuple[str, str, tuple[str, ...]], LockedModel] = {}
    for weights in wanted:
        _pin(weights, hub, None if renew else earlier, models, DEEPEST)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Lock(profile=profile, pinned_at=now, models=tuple(models.values()))


def _pin(
    weights: Weights, hub: Hub, earlier: Lock | None, models: dict[Any, LockedModel], deep: int
) -> LockedModel:
    if (done := models.get(weights.selection)) is not None:
        if weights.revision not in (None, done.revision):
            raise SheetRefused(
                f"{weights.hub} is wanted at two commits, {weights.revision} and {done.revision}. Use one for both."
            )
        return done
    if not deep:
        raise SheetRefused(
            f"{weights.hub}: repositories name parts in repositories more than {DEEPEST} deep."
        )
    kept = earlier.entry(weights) if earlier else None
    if kept is not None and weights.revision in (None, kept.revision):
        models[weights.selection] = kept
        for part in kept.components.values():
            _pin(part.weights, hub, earlier, models, deep - 1)
        return kept
    repository = hub.repository(weights.hub, weights.revision)
    chosen = weights.model_copy(update={"revision": repository.revision})
    names = sorted(repository.files)
    index = index_of(names, chosen)
    found = selected(names, chosen, _index(repository, index, hub) if index else None)
    components = {
        name: _component(_pin(part, hub, earlier, models, deep - 1), subfolder)
        for name, (part, subfolder) in found.parts.items()
    }
    model = LockedModel(
        hub=weights.hub,
        revision=repository.revision,
        variant=weights.variant,
        select=tuple(sorted(weights.files)),
        licence=weights.licence or repository.licence or UNSTATED,
        gated=repository.gated,
        components=components,
        files=tuple(_locked(repository, path, hub) for path in found.paths),
    )
    models[weights.selection] = model
    return model


def _component(model: LockedModel, subfolder: str) -> LockedComponent:
    return LockedComponent(
        hub=model.hub, revision=model.revision, files=model.select, variant=model.variant, subfolder=subfolder
    )


def _locked(repository: Repository, path: str, hub: Hub) -> LockedFile:
    remote = repository.files[path]
    if remote.sha256:
        return LockedFile(path=path, bytes=remote.bytes, sha256=remote.sha256)
    data = _read(repository, path, remote, hub)
    return LockedFile(path=path, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def _index(repository: Repository, path: str, hub: Hub) -> dict[str, Any]:
    data = _read(repository, path, repository.files[path], hub)
    try:
        index = parse_json(data.decode("utf-8"), f"{repository.hub}, {path}")
    except UnicodeDecodeError as error:
        raise SheetRefused(f"{repository.hub}, {path}: this is not UTF-8 text.") from error
    if not isinstance(index, dict):
        raise SheetRefused(f"{repository.hub}, {path}: this is not the index of a pipeline.")
    return index


def _read(repository: Repository, path: str, remote: RemoteFile, hub: Hub) -> bytes:
    """A small file of the hub, checked against the git hash that the hub states."""
    if remote.bytes > MOST_SMALL:
        raise SetupMissing(
            f"{repository.hub}: the hub states no SHA-256 for {path}, which has {remote.bytes:,} bytes. It cannot be "
            "pinned without fetching it; leave it out with files, or use another hub."
        )
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "file"
        into.touch()
        wanted = Wanted(repository.hub, repository.revision, path, remote.bytes)
        hub.fetch(wanted, into, lambda count: None)
        data = into.read_bytes()
    if remote.blob and git_blob(data) != remote.blob:
        raise SetupMissing(
            f"{repository.hub}: {path} came with other bytes than the hub states for this commit. Nothing was pinned."
        )
    return data
