"""Sign a LoRA, a merged model or a frozen dataset: its credentials are in a file beside it.

In: the file, the studio's identity, the ledger.      Out: NAME.c2pa beside the file, which stays as it is.
The file is found in the ledger by its hash, so that a claim never says more than was recorded.
"""

from dataclasses import dataclass
from pathlib import Path

from assets.credentials import Claim, Identity, Oversight, Part, Source, Training, attach, read, sidecar_of
from assets.errors import InputRefused, SheetRefused
from assets.sheets.dataset import Manifest
from assets.store import Store
from flows.rights.credentials import provenance, required_identity
from flows.rights.lineage import Lineage
from models.sealed import sha256
from stages.dataset.freeze import check_root

WEIGHTS, DATASET = ".safetensors", ".json"


@dataclass(frozen=True)
class Signing:
    """With what a file is signed, and whether others may train on it."""

    identity: Identity
    training: Training = Training.FORBIDDEN


def sign_model(path: Path, order: Signing, store: Store) -> Path:
    """Sign one file; return the file that holds its credentials.

    raises  InputRefused where the ledger does not say what the file was made of
    """
    claim = _dataset(path, order, store) if path.suffix == DATASET else _weights(path, order, store)
    return attach(path, claim, order.identity)


def signed_if_set(path: Path, store: Store) -> Path | None:
    """Sign a file that was just made, where the studio has an identity set; else None.

    Without one, credentials of an older file of this name are removed: they would call the new one changed.
    """
    identity = required_identity()
    if identity is not None:
        return sign_model(path, Signing(identity), store)
    if sidecar_of(path).is_file() and _stale(path):
        sidecar_of(path).unlink()
    return None


def _stale(path: Path) -> bool:
    try:
        said = read(path)
    except InputRefused:
        return True
    return said is None or said.state == "Invalid"


def _weights(path: Path, order: Signing, store: Store) -> Claim:
    hash, lineage = sha256(path), Lineage.of(store)
    event = lineage.trainings.get(hash) or lineage.merges.get(hash)
    if event is None:
        raise InputRefused(
            f"The ledger has no training, merge or dataset that made {path}. Sign what `sakuga train`, `sakuga models "
            "merge` or `sakuga dataset freeze` wrote, unchanged, with --out of its project; or an episode."
        )
    base = lineage.base(hash)
    return Claim(
        title=lineage.named(hash),
        source=Source.TRAINED,
        oversight=_oversight(hash, store),
        training=order.training,
        models=[base] if base else [],
        parts=lineage.beneath(hash),
        provenance=provenance(event, store),
    )


def _dataset(path: Path, order: Signing, store: Store) -> Claim:
    try:
        manifest = Manifest.read(path)
    except SheetRefused as error:
        raise InputRefused(
            f"{path} is no frozen dataset, and other JSON files are not signed: {error}"
        ) from error
    check_root(manifest)
    event = Lineage.of(store).datasets.get(manifest.root)
    if event is None:
        raise InputRefused(
            f"The ledger knows no dataset of root {manifest.root[:12]}. Give --out of the project that froze {path}."
        )
    made = any(each.work.take for each in manifest.works)
    works = dict.fromkeys(each.work.sha256 for each in manifest.works)
    return Claim(
        title=f"dataset {manifest.name}",
        source=Source.COMPOSED if made else Source.COLLECTED,
        oversight=Oversight.PROMPTED,
        training=order.training,
        models=[],
        # Hashes only: names of files and people are in the dataset, and may have to be erased.
        parts=[Part("work", sha256=work) for work in works],
        provenance=provenance(event, store) | {"root": manifest.root},
    )


def _oversight(hash: str, store: Store) -> Oversight:
    """Validated only where a person approved this LoRA."""
    said = [
        one
        for one in store.ledger.events(kind="lora.decided")
        if hash in (one.body.get("lora"), one.body.get("low"))
    ]
    approved = bool(said) and said[-1].body["verdict"] == "approve" and said[-1].body.get("door") != "auto"
    return Oversight.VALIDATED if approved else Oversight.PROMPTED
