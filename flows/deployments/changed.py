"""Find the episodes that are due: what a person changed since they were last finished.

In: the episodes in the store.      Out: for each, its brief and why it is due, or why it is not.
Changes nothing.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from assets.errors import SakugaError
from assets.store import Store
from assets.store.records import Episode, Stage
from flows.episode import inputs
from flows.episode.brief import Brief
from flows.episode.produce import PART
from flows.episode.workspace import held, state_folder
from flows.settings import Settings, settings


@dataclass(frozen=True)
class Due:
    """One known episode.

    brief  None if it cannot be made; ``why`` then says the reason
    due    whether to make it now
    """

    episode: str
    brief: Brief | None
    due: bool
    why: str


def examined(out: Path) -> list[Due]:
    """Every episode in the store, by name."""
    chosen = settings(out)
    if not chosen.shared and not (chosen.home / "store.sqlite").exists():
        return []
    with Store.open(chosen.store) as store:
        return [_examined(item, store, out, chosen) for item in store.episodes()]


def _examined(item: Episode, store: Store, out: Path, chosen: Settings) -> Due:
    for gate in store.open_gates(item.key):
        return Due(item.id, None, False, f"waits for a person: {gate.kind}, round {gate.round}")
    if held(item.id, item.key, store, chosen):
        return Due(item.id, None, False, "is being made right now")
    try:
        brief = inputs.remembered(item.id, out, chosen)
        why = _why(item, brief, store, out, chosen)
    except (SakugaError, OSError) as error:
        # A script that was moved away must not hide the other episodes.
        return Due(item.id, None, False, f"cannot be made: {error}")
    return Due(item.id, brief, bool(why), why or "nothing has changed")


def _why(item: Episode, brief: Brief, store: Store, out: Path, chosen: Settings) -> str:
    """Why the episode is due; empty if it is not."""
    runs, kept = store.runs(item.key), store.papers(item.key)
    if not runs:
        return "it was never made"
    # A run that was refused has changed nothing, and what a person stopped, or wanted a part of,
    # is not to be made behind their back.
    tried = [run for run in runs if run.outcome not in ("refused", "stopped", PART)]
    if not tried:
        return ""
    last = tried[0]
    if last.outcome != "finished" or last.ended_at is None:
        return f"its last run {last.outcome or 'was cut off'}"
    now = {"script": brief.script, **dict(inputs.sheets(brief))}
    differs = {name: _digest(path) != kept[name].ref.sha256 for name, path in now.items() if name in kept}
    if "cutsheet" in kept:
        behind = state_folder(item.id, chosen)
        differs["cutsheet"] = inputs.sheet_edited(out / item.id, behind, kept["cutsheet"])
    changed = [name for name, new in differs.items() if new or kept[name].made_at > last.ended_at]
    orders = [order.cut for stage in get_args(Stage) for order in store.open_retakes(item.key, stage)]
    reasons = [f"changed: {', '.join(TITLES[name] for name in changed)}"] if changed else []
    reasons += [f"retakes ordered: {', '.join(orders)}"] if orders else []
    return "; ".join(reasons)


TITLES = {"script": "script", "bible": "bible", "profile": "profile", "cutsheet": "cut sheet"}


def _digest(path: Path | None) -> str:
    # A document that does not exist is stored as an empty one.
    return hashlib.sha256(path.read_bytes() if path is not None else b"").hexdigest()
