"""Record one decision of a review: check it and record it as a whole, then resume the waiting run.

In: a gate, a decision, who decides, how it came (terminal, browser, Prefect), the hash of what they saw.
Out: the review; or a DecisionRefused, and then nothing was changed.
Only this module writes reviews. A resumed run reads the decision from the store, not from the wake-up call.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from assets.errors import DecisionRefused, SheetRefused
from assets.plain import listed
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.review import Board, Decision, Lock
from assets.store import Gate, Review, Store
from assets.store.ledger import now
from assets.store.records import Stage
from assets.store.reviews import ReviewedGate
from assets.vault import Vault
from flows.episode.inputs import SHEET
from flows.review import gate_event, rules, wake
from flows.review.boards import as_it_stands
from flows.review.rules import Reviewer
from flows.review.sheet_edits import edited
from flows.upkeep.anchoring import anchored

TITLES = {"script": "script", "storyboard": "storyboard", "takes": "take", "final": "final"}


class HasStore(Protocol):
    """Anything that has the production store: a workspace, a review store, a server."""

    @property
    def store(self) -> Store: ...


@runtime_checkable
class HasVault(Protocol):
    """Has a vault too, so that a decision can be anchored."""

    @property
    def vault(self) -> Vault: ...


@runtime_checkable
class HasFolders(Protocol):
    """A door that sees the folders in which people edit cut sheets."""

    def folder_of(self, episode: str) -> Path: ...


def decide(
    workspace: HasStore,
    gate_id: int,
    decision: Decision,
    reviewer: Reviewer,
    *,
    wake: Callable[[Gate], None] = wake.wake,
) -> Review:
    """Record ``decision``, order its retakes, select and lock its takes, close the gate; then resume the run.

    raises   DecisionRefused: nothing was changed. RunAsleep: all was recorded, but the run could not be resumed

    Of two reviewers who decide at once exactly one succeeds; the other is told who decided, and when.
    """
    by = rules.named(reviewer.name)
    store = workspace.store
    if isinstance(workspace, HasFolders) and decision.verdict != "stop":
        _required_readable(workspace.folder_of(store.gate(gate_id).episode.partition("/")[2]))
    gate, review = _recorded(workspace, gate_id, decision, replace(reviewer, name=by))
    if isinstance(workspace, HasVault):
        anchored(workspace.vault, store, gate.episode, "review", by=review.made_by)
    gate_event.decided(gate, review)
    if reviewer.door != "prefect":  # with Prefect's form the run itself calls this
        wake(gate)
    return review


def _recorded(
    workspace: HasStore, gate_id: int, decision: Decision, reviewer: Reviewer
) -> tuple[Gate, Review]:
    """Check and record the decision in one transaction; without it, a changed board opens the next round."""
    store = workspace.store
    changed: Gate | None = None
    redone = _edited(workspace, store.gate(gate_id))
    with store.batch():
        gate = store.gate(gate_id)
        _required_open(gate, store)
        board = as_it_stands(gate.shows, gate.episode, store)
        if board.seen != gate.seen:
            changed = _reopened(gate, board, store)
        else:
            if reviewer.seen != gate.seen:
                raise DecisionRefused(
                    f"What you looked at is not what the {TITLES[gate.kind]} gate shows now. "
                    "Look again, then decide."
                )
            rules.check(decision, board)
            shown = board.model_copy(
                update={"cuts": tuple(cut for cut in board.cuts if cut.cut not in redone)}
            )
            review = _taken(gate, shown, decision, reviewer, store)
    if changed is not None:
        raise DecisionRefused(
            f"Since this was shown, {_difference(gate.shows, changed.shows)}. "
            f"Look at round {changed.round}, then decide."
        )
    return gate, review


def _required_readable(folder: Path) -> None:
    """Before a run is woken, which would only fail over the sheet."""
    path = folder / SHEET
    if not path.exists():
        return
    try:
        Cutsheet.read(path)
    except SheetRefused as refused:
        raise DecisionRefused(
            f"The cut sheet cannot be used as it was edited: {refused} Correct it, then decide again."
        ) from refused


def _edited(workspace: HasStore, gate: Gate) -> tuple[str, ...]:
    """Cuts that were edited since the gate showed them: their takes are not locked with the others."""
    if not isinstance(workspace, HasFolders) or not isinstance(workspace, HasVault):
        return ()
    path = workspace.folder_of(gate.episode.partition("/")[2]) / SHEET
    return edited(gate.shows, path, gate.episode, workspace.store, workspace.vault)


def _required_open(gate: Gate, store: Store) -> None:
    title = f"The {TITLES[gate.kind]} gate of {gate.episode}, round {gate.round},"
    if gate.state == "decided":
        review = next(review for review in store.reviews(gate.episode) if review.id == gate.review)
        note = f" ({review.note})" if review.note else ""
        raise DecisionRefused(
            f"{title} was decided by {review.made_by} at {review.made_at}: {review.verdict}{note}."
        )
    if gate.state == "withdrawn":
        raise DecisionRefused(f"{title} is out of date. Look at the newest round.")
    if gate.state == "expired" or gate.until <= now():
        raise DecisionRefused(
            f"{title} was open until {gate.until} and is closed now. All work is kept: "
            "run the command that made the episode again, and you are asked again."
        )


def _reopened(gate: Gate, board: Board, store: Store) -> Gate:
    """The next round of the same gate, with the board brought up to date."""
    store.close_gate(gate.id, "withdrawn")
    newest = max(known.round for known in store.gates(gate.episode, gate.kind))
    return store.open_gate(gate.episode, gate.kind, newest + 1, board=board, until=gate.until, run=gate.run)


def _difference(was: Board, now: Board) -> str:
    differences = [
        f"{new.cut} now shows take {new.selected}"
        for old, new in zip(was.cuts, now.cuts, strict=True)
        if old.selected != new.selected
    ]
    return listed(differences, 4)


def _taken(gate: Gate, board: Board, decision: Decision, reviewer: Reviewer, store: Store) -> Review:
    by = reviewer.name
    review = store.add_review(
        gate.episode, decision, ReviewedGate(gate.kind, gate.seen, gate.round), by=by, door=reviewer.door
    )
    _settle_takes(gate, board, decision, review, store)
    if decision.verdict == "retake" and gate.kind != "script":
        stage: Stage = "storyboard" if gate.kind == "storyboard" else "takes"
        for remark in decision.remarks:
            store.order_retake(
                gate.episode, remark.cut, reason=remark.describe(), by=by, frames=remark.frames, stage=stage
            )
    store.close_gate(gate.id, "decided", review=review.id)
    _enter(gate, review, store)
    return review


def _settle_takes(gate: Gate, board: Board, decision: Decision, review: Review, store: Store) -> None:
    episode, by = gate.episode, review.made_by
    why = decision.note or f"{TITLES[gate.kind]} gate, round {gate.round}: {decision.verdict}"
    locks = {lock.cut: lock for lock in decision.locks}
    for lock in locks.values():
        if not lock.locked:
            store.unlock(episode, lock.cut, by=by, reason=why)
    for choice in decision.choices:
        store.select(episode, choice.cut, choice.take, by=by, reason=why)
    # A cut with a remark may pass but is not locked; a chosen one is locked, whatever happens to the others.
    remarked = {remark.cut for remark in decision.remarks}
    chosen = (choice.cut for choice in decision.choices if choice.cut not in remarked)
    locks = {**{cut: Lock(cut=cut) for cut in chosen}, **locks}
    # An automatic approval locks nothing: no person has looked.
    if decision.verdict == "approve" and board.kind in ("takes", "final") and review.door != "auto":
        approved = (cut.cut for cut in board.cuts if cut.selected is not None and cut.cut not in remarked)
        locks = {**{cut: Lock(cut=cut) for cut in approved}, **locks}
    for lock in locks.values():
        if lock.locked:
            store.lock(episode, lock.cut, by=by, reason=why)


def _enter(gate: Gate, review: Review, store: Store) -> None:
    store.ledger.append(
        "review.decided",
        f"{gate.episode}/{gate.kind}/{gate.round}",
        {
            "review": review.id,
            "gate": gate.id,
            "verdict": review.verdict,
            "seen": review.seen,
            "door": review.door,
            "remarks": [remark.model_dump(mode="json") for remark in review.remarks],
            "choices": [choice.model_dump(mode="json") for choice in review.choices],
            "locks": [lock.model_dump(mode="json") for lock in review.locks],
            "note": review.note,
        },
        by=review.made_by,
    )
