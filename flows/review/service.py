"""Take one decision, whatever the door: checked whole, recorded whole, and the waiting run told.

In: a gate, a decision, who, through which door, and the hash of what they looked at.
Out: the review; or a DecisionRefused, and then nothing was done.
The only writer of reviews. The store is the truth: a run that wakes looks there, not at what woke it.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from assets.errors import DecisionRefused
from assets.sheets.review import Board, Decision, Door, Lock
from assets.store import Gate, Review, Store
from assets.store.ledger import now
from assets.store.records import Stage
from assets.vault import Vault
from flows.review import rules, wake
from flows.review.boards import as_it_stands
from flows.upkeep.anchoring import anchored

TITLES = {"script": "script", "storyboard": "storyboard", "takes": "take", "final": "final"}


class HasStore(Protocol):
    """Anything that has the production store: a workspace, a review store, a server."""

    @property
    def store(self) -> Store: ...


@runtime_checkable
class HasVault(Protocol):
    """A door that can also anchor what was decided."""

    @property
    def vault(self) -> Vault: ...


def decide(
    office_like: HasStore,
    gate_id: int,
    decision: Decision,
    *,
    by: str,
    door: Door,
    seen: str,
    wake: Callable[[Gate], None] = wake.wake,
) -> Review:
    """Record ``decision``, order its retakes, select and lock its takes, close the gate; then wake.

    seen     what the reviewer looked at: ``Gate.seen`` when it was shown to them
    raises   DecisionRefused: nothing was done. RunAsleep: all was done, but the run sleeps on

    Of two that decide at once exactly one wins; the other is told who did, and when.
    """
    by = rules.named(by)
    store = office_like.store
    changed: Gate | None = None
    with store.batch():
        gate = store.gate(gate_id)
        _required_open(gate, store)
        board = as_it_stands(gate.shows, gate.episode, store)
        if board.seen != gate.seen:
            changed = _reopened(gate, board, store)
        else:
            if seen != gate.seen:
                raise DecisionRefused(
                    f"What you looked at is not what the {TITLES[gate.kind]} gate shows now. "
                    "Look again, then decide."
                )
            rules.check(decision, board)
            review = _taken(gate, board, decision, by, door, store)
    if changed is not None:
        raise DecisionRefused(
            f"Since this was shown, {_difference(gate.shows, changed.shows)}. "
            f"Look at round {changed.round}, then decide."
        )
    if isinstance(office_like, HasVault):
        anchored(office_like.vault, store, gate.episode, "review", by=review.made_by)
    if door != "prefect":  # there, the run itself is the one that asks
        wake(gate)
    return review


def _required_open(gate: Gate, store: Store) -> None:
    title = f"The {TITLES[gate.kind]} gate of {gate.episode}, round {gate.round},"
    if gate.state == "decided":
        review = next(review for review in store.reviews(gate.episode) if review.id == gate.review)
        said = f" ({review.note})" if review.note else ""
        raise DecisionRefused(
            f"{title} was decided by {review.made_by} at {review.made_at}: {review.verdict}{said}."
        )
    if gate.state == "withdrawn":
        raise DecisionRefused(f"{title} shows what is no longer so. Look at the newest round.")
    if gate.state == "expired" or gate.until <= now():
        raise DecisionRefused(
            f"{title} was open until {gate.until} and is not any more. Nothing is lost: "
            "run the command that made the episode again, and it asks again."
        )


def _reopened(gate: Gate, board: Board, store: Store) -> Gate:
    """The next round of the same waiting, with what is shown brought up to date."""
    store.close_gate(gate.id, "withdrawn")
    newest = max(known.round for known in store.gates(gate.episode, gate.kind))
    return store.open_gate(gate.episode, gate.kind, newest + 1, board=board, until=gate.until, run=gate.run)


def _difference(was: Board, now: Board) -> str:
    told = [
        f"{new.cut} has come to show take {new.selected}"
        for old, new in zip(was.cuts, now.cuts, strict=True)
        if old.selected != new.selected
    ]
    return ", ".join(told[:4]) + (f" and {len(told) - 4} more" if len(told) > 4 else "")


def _taken(gate: Gate, board: Board, decision: Decision, by: str, door: Door, store: Store) -> Review:
    review = store.add_review(
        gate.episode, decision, gate=gate.kind, round=gate.round, seen=gate.seen, by=by, door=door
    )
    why = decision.note or f"{TITLES[gate.kind]} gate, round {gate.round}: {decision.verdict}"
    _settle_takes(gate.episode, board, decision, review, why, store)
    if decision.verdict == "retake" and gate.kind != "script":
        stage: Stage = "storyboard" if gate.kind == "storyboard" else "takes"
        for remark in decision.remarks:
            store.order_retake(
                gate.episode, remark.cut, reason=remark.describe(), by=by, frames=remark.frames, stage=stage
            )
    store.close_gate(gate.id, "decided", review=review.id)
    _enter(gate, review, store)
    return review


def _settle_takes(
    episode: str, board: Board, decision: Decision, review: Review, why: str, store: Store
) -> None:
    by = review.made_by
    wanted = {lock.cut: lock for lock in decision.locks}
    for lock in wanted.values():
        if not lock.locked:
            store.unlock(episode, lock.cut, by=by, reason=why)
    for choice in decision.choices:
        store.select(episode, choice.cut, choice.take, by=by, reason=why)
    # A remarked cut may pass, but is not held for good; a chosen one is, whatever becomes of the others.
    remarked = {remark.cut for remark in decision.remarks}
    chosen = (choice.cut for choice in decision.choices if choice.cut not in remarked)
    wanted = {**{cut: Lock(cut=cut) for cut in chosen}, **wanted}
    # A run that let itself pass holds nothing: no person has looked.
    if decision.verdict == "approve" and board.kind in ("takes", "final") and review.door != "auto":
        approved = (cut.cut for cut in board.cuts if cut.selected is not None and cut.cut not in remarked)
        wanted = {**{cut: Lock(cut=cut) for cut in approved}, **wanted}
    for lock in wanted.values():
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
