"""Record in the ledger what models were made from: frozen datasets, trainings, merges.

In: a manifest, an order, a recipe.      Out: events, each once per content. Royalties are computed from them.
They have hashes and counts, no names of files and no creators.
"""

from collections.abc import Mapping
from pathlib import Path

from assets.sheets.dataset import Manifest
from assets.sheets.merge import MergeInput
from assets.store import Event, Store
from assets.store.ledger import Kind
from flows.training.lora import Trained
from flows.training.merging import Merged
from flows.training.order import Order
from models.house.weights import revision
from models.sealed import sha256
from models.weights.local import weights_digest


def frozen(store: Store, manifest: Manifest, *, by: str) -> Event:
    """A dataset was frozen: how often each work is shown in one epoch."""
    shown: dict[str, int] = {}
    for each in manifest.works:
        shown[each.work.sha256] = shown.get(each.work.sha256, 0) + each.work.repeats
    body = {
        "root": manifest.root,
        "show": manifest.show,
        "works": [[one, often] for one, often in shown.items()],
    }
    return _once(store, "dataset.frozen", manifest.name, body, by)


def trained(store: Store, made: Trained, *, by: str) -> Event:
    """A training was completed: how many pictures it has shown since its first step.

    A training that goes on later is the same run, and shows more.
    """
    frozen(store, made.manifest, by=by)
    order = made.order
    base = {
        "name": order.base.name, "family": order.family, "licence": order.licence, "data": order.data,
        "weights": _weights(order),
    }  # fmt: skip
    body = {
        "dataset": made.manifest.root,
        "run": made.run,
        "shown": made.shown,
        "output": sha256(made.path),
        "base": base,
    }
    return _once(store, "training.completed", made.order.name, body, by)


def merged(store: Store, made: Merged, folder: Path, *, by: str) -> Event:
    """A merge was made: the files that went into it, with their weights.

    folder  of the recipe: its paths are relative to it
    """
    recipe = made.recipe
    inputs = [[_hash(each, folder), str(each.weight)] for each in recipe.inputs]
    if recipe.base is not None:
        inputs.append([_hash(recipe.base, folder), "1"])
    body = {
        "output": sha256(made.path),
        "inputs": inputs,
        "method": recipe.method,
        "weights": recipe.output_sha256,
    }
    return _once(store, "model.merged", recipe.name, body, by)


def _weights(order: Order) -> str:
    """One hash over the base's weights; empty where they are not here."""
    return revision("painter", order.base) if order.family == "house" else weights_digest(order.base)


def _hash(each: MergeInput, folder: Path) -> str:
    """Of the file, as takes name it; for a model of several files, of its weights."""
    path = folder / each.path
    return sha256(path) if path.is_file() else each.tensors_sha256


def _once(store: Store, kind: Kind, subject: str, body: Mapping[str, object], by: str) -> Event:
    """The event, unless the ledger has the same one."""
    with store.batch():
        for event in store.ledger.events(kind=kind, subject=subject):
            if event.body == body:
                return event
        return store.ledger.append(kind, subject, body, by=by)
