"""Apply the notes of retakes to the cut sheet: each order is read once, its edits count as edits by hand.

In: the orders in the store, the sheet at hand.      Out: the sheet with their edits; a record of them.
"""

import json
from collections.abc import Mapping
from typing import get_args

from assets.loader import parse_yaml
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Ref
from assets.store.records import Stage
from flows.episode.workspace import EpisodeWorkspace
from flows.settings import user
from stages.retake_notes import Edit, changed, understood, value_at

PAPER = "steered"  # order -> its edits
Steered = Mapping[int, tuple[Edit, ...]]


def steered(sheet: Cutsheet, workspace: EpisodeWorkspace) -> tuple[Cutsheet, Steered]:
    """``sheet`` with the edits of the open orders that were not read yet, and these edits.

    A value that a person has changed by hand since the sheet was last written stays.
    """
    known = _known(workspace)
    cuts = {cut.number: cut for cut in sheet.cuts}
    open_orders = [
        order
        for stage in get_args(Stage)
        for order in workspace.store.open_retakes(workspace.key, stage)
        if order.id not in known and order.cut in cuts
    ]
    found: dict[int, tuple[Edit, ...]] = {}
    for order in sorted(open_orders, key=lambda order: order.id):
        cut = cuts[order.cut]
        found[order.id] = understood(order.reason, cut, sheet, part=order.frames is not None).edits
    if not any(found.values()):
        return sheet, found
    written = _written(workspace)
    for id, edits in found.items():
        found[id] = tuple(edit for edit in edits if written is None or not _by_hand(edit, written))
    return changed([edit for edits in found.values() for edit in edits], sheet), found


def keep(now: Steered, workspace: EpisodeWorkspace) -> None:
    """Record that these orders were read, in the transaction that records their sheet."""
    if not now:
        return
    everything = {**_known(workspace), **now}
    raw = {str(id): [edit.model_dump() for edit in edits] for id, edits in everything.items()}
    ref = workspace.vault.keep(json.dumps(raw, ensure_ascii=False).encode(), "application/json")
    workspace.store.keep_paper(workspace.key, PAPER, ref, by=user())


def describe(workspace: EpisodeWorkspace) -> dict[str, str]:
    """The changes that the last order of each cut made in the sheet, in words."""
    said: dict[str, str] = {}
    for _, edits in sorted(_known(workspace).items()):
        for cut in dict.fromkeys(edit.cut for edit in edits):
            said[cut] = ", ".join(edit.describe() for edit in edits)
    return said


def _known(workspace: EpisodeWorkspace) -> dict[int, tuple[Edit, ...]]:
    ref = _paper(PAPER, workspace)
    if ref is None:
        return {}
    raw = json.loads(workspace.vault.get(ref))
    return {int(id): tuple(Edit.model_validate(edit) for edit in edits) for id, edits in raw.items()}


def _written(workspace: EpisodeWorkspace) -> Cutsheet | None:
    """The sheet as the last run left it."""
    ref = _paper("cutsheet", workspace)
    if ref is None:
        return None
    text = workspace.vault.get(ref).decode()
    return Cutsheet.from_raw(parse_yaml(text, "cutsheet"), "the cut sheet of the last run", text)


def _paper(name: str, workspace: EpisodeWorkspace) -> Ref | None:
    paper = workspace.store.papers(workspace.key).get(name)
    return paper.ref if paper is not None and workspace.vault.has(paper.ref) else None


def _by_hand(edit: Edit, written: Cutsheet) -> bool:
    cut = next((cut for cut in written.cuts if cut.number == edit.cut), None)
    return cut is not None and value_at(cut, edit.path) != edit.was
