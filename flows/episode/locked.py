"""Fill the models of a profile from its lock file: ``revision: null`` becomes the pinned commit.

In: a profile and the file it was read from.      Out: the profile that the adapters are given.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from assets.errors import InputRefused
from assets.sheets.base import Part
from flows.episode.choices import AdapterChoice, ModelChoices
from models.card import Port
from models.options import Options, options_for
from models.registry import adapter
from models.weights.choice import Weights
from models.weights.lock import Lock, read_lock

Change = Callable[[Weights], Weights]


def filled(machines: ModelChoices, file: Path) -> ModelChoices:
    """``machines`` with the revisions and licences of the lock beside ``file``, and paths relative to it."""
    lock = read_lock(file)
    choices = machines.named()
    if lock is None and not any(choice.options for _, choice in choices):
        return machines
    return machines.mapped(lambda port, choice: _filled(port, choice, lock, file.parent))


def _filled(port: Port, choice: AdapterChoice, lock: Lock | None, folder: Path) -> AdapterChoice:
    try:
        options = options_for(adapter(port, choice.name), choice.options)
    except InputRefused:  # the check before a run refuses it, with all else that is wrong
        return choice
    if options is None:
        return choice
    changed = changed_options(options, lambda weights: _pinned(weights, lock, folder))
    if changed == options:
        return choice
    return choice.model_copy(update={"options": changed.model_dump(mode="json", exclude_unset=True)})


def _pinned(weights: Weights, lock: Lock | None, folder: Path) -> Weights:
    if weights.path:
        return weights.model_copy(update={"path": folder / weights.path.expanduser()})
    entry = lock.entry(weights) if lock else None
    if entry is None:
        return weights
    told = {"revision": weights.revision or entry.revision, "licence": weights.licence or entry.licence}
    return weights.model_copy(update=told)


def changed_options(options: Options, change: Change) -> Options:
    """``options`` with every model in them changed; a default that changes is then written out."""
    changed: Options = _changed(options, change)
    return changed


def _changed(value: Any, change: Change) -> Any:
    if isinstance(value, Weights):
        return change(value)
    if isinstance(value, Part):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        other = {name: new for name, old in fields.items() if (new := _changed(old, change)) != old}
        return value.model_copy(update=other) if other else value
    if isinstance(value, tuple | list):
        return type(value)(_changed(item, change) for item in value)
    if isinstance(value, dict):
        return {name: _changed(item, change) for name, item in value.items()}
    return value
