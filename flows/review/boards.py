"""Compose what a gate shows: the current panels and takes of an episode.

In: the cut sheet, panels, the store.      Out: a new Board, or an older one brought up to date.
Knows nothing about pages or terminals.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assets.hashing import digest
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Panel, Ref, Take
from assets.sheets.review import Board, GateKind, Shown, ShownTake
from assets.store import SelectedTake, Store
from flows.episode import steering
from flows.episode.workspace import EpisodeWorkspace
from stages.continuity import basis

SAME = "drawn anew, and it came out the same"


@dataclass(frozen=True)
class BoardFacts:
    """What a board says of how its pictures are made.

    painter, size  of the panels; an approval refers to them
    reads          whether the model that does a cut again reads notes
    episode        the joined episode, at the final gate
    """

    painter: str = ""
    size: tuple[int, int] | None = None
    reads: bool = True
    episode: Ref | None = None


def compose(
    kind: GateKind,
    cutsheet: Cutsheet,
    panels: Mapping[str, Panel],
    workspace: EpisodeWorkspace,
    facts: BoardFacts,
) -> Board:
    """The board of ``kind``: every cut in order, with its panel and the takes the store has of it."""
    sheet = workspace.vault.keep(cutsheet.to_json().encode(), "application/json")
    orders = steering.describe(workspace)
    cuts = tuple(
        Shown(
            cut=cut.number,
            frames=cut.frames,
            basis=digest(basis(cutsheet, cut)),
            panel=panels.get(cut.number),
            painter=facts.painter,
            size=facts.size,
            changed=orders.get(cut.number, ""),
        )
        for cut in cutsheet.cuts
    )
    board = Board(kind=kind, sheet=sheet, cuts=cuts, episode=facts.episode, reads=facts.reads)
    return as_it_stands(board, workspace.key, workspace.store)


def with_news(board: Board, before: Board) -> Board:
    """``board`` with a note on every cut: what is new since ``before`` was shown."""
    was = {cut.cut: cut for cut in before.cuts}
    cuts = (cut.model_copy(update={"news": _news(board.kind, was.get(cut.cut), cut)}) for cut in board.cuts)
    return board.model_copy(update={"cuts": tuple(cuts)})


def as_it_stands(board: Board, episode: str, store: Store) -> Board:
    """``board`` with the takes, choices, locks and stale marks that the store has now."""
    selections = store.selections(episode)
    cuts = []
    for cut in board.cuts:
        held = selections.get(cut.cut)
        if held is not None:
            takes = tuple(_shown(take) for take in store.takes(episode, cut.cut))
            why = _stale(cut, held)
            now = {"takes": takes, "selected": held.take.number, "locked": held.locked}
            cut = cut.model_copy(update={**now, "stale": bool(why), "why": why})
        cuts.append(cut)
    return board.model_copy(update={"cuts": tuple(cuts)})


def _shown(take: Take) -> ShownTake:
    return ShownTake(
        number=take.number, clip=take.clip, frames=take.frames, reason=take.reason, measures=take.measures
    )


def _stale(cut: Shown, held: SelectedTake) -> str:
    if held.stale:
        return held.why_stale
    if cut.panel is not None and held.take.panel not in (None, cut.panel.image.sha256):
        return "its panel was drawn anew since"
    return ""


def _news(kind: GateKind, was: Shown | None, now: Shown) -> str:
    """What is new, and what the retake changed in the sheet: "drawn anew; size: medium -> close"."""
    seen = _seen(kind, was, now)
    changed = now.changed if was is not None and was.changed != now.changed else ""
    return "; ".join(part for part in (seen, changed) if part)


def _seen(kind: GateKind, was: Shown | None, now: Shown) -> str:
    if was is None:
        return "new cut"
    if kind == "storyboard" and now.panel is not None and was.panel is not None:
        same = now.panel.image == was.panel.image
        if now.panel.attempt != was.panel.attempt:
            return SAME if same else "drawn anew"
        if not same:
            return "another drawing"
    elif kind != "script" and now.shown is not None and was.shown is not None:
        if now.shown.clip != was.shown.clip:
            return "new take" if now.selected not in [take.number for take in was.takes] else "another take"
        if [take.number for take in now.takes] != [take.number for take in was.takes]:
            return "new takes to choose from"
    return "other words or length" if (now.basis, now.frames) != (was.basis, was.frames) else ""
