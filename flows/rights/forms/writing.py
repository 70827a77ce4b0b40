"""Find what a form is about, and write it.

In: the form's name, an episode, a dataset or a model, the project's folder.      Out: the text of the file.
"""

import json
from pathlib import Path

from assets.errors import InputRefused
from assets.sheets.dataset import Manifest
from assets.store import Event, Store
from assets.vault import Vault
from flows.episode.workspace import open_vault
from flows.rights.books import episode_key, opened
from flows.rights.clearance import with_house
from flows.rights.delivered import SCRIPT, usages
from flows.rights.forms import bom, croissant, sources, training_summary
from flows.settings import settings
from flows.training import datasets

FORMS = ("cyclonedx", "sources", "croissant", "eu-summary")


def written_form(form: str, name: str, out: Path) -> str:
    """The text of ``form`` about ``name``. Raises InputRefused where there is no such thing."""
    vault = open_vault(settings(out))
    with opened(out) as store:
        registry = with_house(store.rights.registry())
        if form == "croissant":
            return _json(
                croissant.croissant(datasets.manifest(name, vault), _frozen_on(name, store), registry)
            )
        if form == "eu-summary":
            event = _training(name, store)
            return training_summary.training_summary(_trained_on(event, out, vault), event, registry)
        key = episode_key(store, name)
        told = usages(store, key)
        if not told:
            raise InputRefused(f"No delivery of {key} is recorded. Make it with `sakuga produce` first.")
        event, usage = told[-1]
        paper = store.papers(key).get(SCRIPT)
        script = paper.ref.sha256 if paper is not None else ""
        if form == "sources":
            return sources.as_csv(sources.sources(usage, registry, script))
        return _json(bom.bill(key, usage, registry, event.made_at, script))


def _training(name: str, store: Store) -> Event:
    events = store.ledger.events(kind="training.completed")
    found = [event for event in events if event.subject == name]
    if not found:
        known = ", ".join(dict.fromkeys(event.subject for event in events)) or "none"
        raise InputRefused(f"No training of a model {name!r} is recorded here. Recorded: {known}.")
    return found[-1]


def _trained_on(training: Event, out: Path, vault: Vault) -> Manifest:
    root = str(training.body.get("dataset", ""))
    found = next((one for one in datasets.frozen(out, vault) if one.root == root), None)
    if found is None:
        raise InputRefused(
            f"The dataset of {training.subject}, root {root[:16]}…, is not in {out / datasets.FOLDER}. Give the "
            "project it was frozen in with --out."
        )
    return found


def _frozen_on(name: str, store: Store) -> str:
    """The day the ledger says; for a dataset that was only frozen so far, none is known."""
    found = store.ledger.events(kind="dataset.frozen", subject=name)
    return found[0].made_at[:10] if found else ""


def _json(document: dict[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
