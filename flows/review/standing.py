"""The state of an episode, in the same words in status, review and the rushes room.

In: an episode of the store.      Out: whether it waits for a person, whether its run has yet to read a decision,
or how its last run ended.
"""

from dataclasses import dataclass
from typing import Literal

from assets.store import Gate, Review, Store
from assets.store.records import Run
from flows.review.service import TITLES

_DECIDE = "decide with `sakuga review`, then run the same command"


WAITS = "waits for a review"
"""Outcome of a run that ended, or was suspended, while a gate was open."""


@dataclass(frozen=True)
class Standing:
    """``gate`` is the one it waits at, or the one whose decision the run has not read yet."""

    state: Literal["waits", "decided", "ended", "begun"]
    outcome: str = ""
    gate: Gate | None = None
    review: Review | None = None

    @property
    def word(self) -> str:
        """For a program: an outcome, ``waits``, ``decided``, or empty while a run is at work or was cut off."""
        return self.outcome if self.state in ("ended", "begun") else self.state

    def __str__(self) -> str:
        if self.outcome == "expired":
            return "nobody decided in time: run the same command, and it asks again"
        if self.gate is None:
            return self.outcome or "unfinished: run the same command to continue"
        title = f"{TITLES[self.gate.kind]} gate, round {self.gate.round}"
        if self.review is None and self.is_stopped:
            return f"stopped while it waited: the {title}, is open until {self.gate.until[:16]}Z; {_DECIDE}"
        if self.review is None:
            return f"waits for a person: {title}"
        decided = f"decided at the {title}: {self.review.verdict} by {self.review.made_by}; "
        if self.is_stopped:
            return f"{decided}its run was stopped: run the same command to go on"
        return (
            f"{decided}its run continues once its server answers; if that run was ended, run the same command"
        )

    @property
    def is_stopped(self) -> bool:
        """Whether the run of the gate waited in a terminal, and has ended: no server continues it."""
        return bool(self.gate and not self.gate.run and self.outcome)


def standing(store: Store, episode: str) -> Standing:
    """The state of ``episode`` now."""
    run = last_run(store, episode)
    last = (run.outcome or "") if run else ""
    if waiting := store.open_gates(episode):
        return Standing("waits", last, waiting[-1])
    # Without an outcome a run is at work, and looks for the decision by itself.
    if last and (sleeping := store.undelivered_gates(episode)):
        return _decided(store, sleeping[-1], last)
    if last == WAITS:  # it did, and does not any more
        return _since(store, episode)
    return Standing("ended" if last else "begun", last)


def _since(store: Store, episode: str) -> Standing:
    """What became of the gate at which the last run of ``episode`` was stopped; no server continues that run."""
    gate = max(store.gates(episode), key=lambda gate: gate.id, default=None)
    if gate is not None and gate.state == "decided":
        return _decided(store, gate, WAITS)
    if gate is not None and gate.state == "withdrawn":
        return Standing("begun")
    return Standing("ended", "expired")


def _decided(store: Store, gate: Gate, last: str) -> Standing:
    made = next((review for review in store.reviews(gate.episode) if review.id == gate.review), None)
    return Standing("decided", last, gate, made)


def last_run(store: Store, episode: str) -> Run | None:
    """The newest run that tells how ``episode`` is.

    A run that was refused before its first piece has changed nothing: the run before it counts, if there is one.
    """
    runs = store.runs(episode)
    telling = (run for run in runs if run.outcome != "refused" or store.calls(run.id))
    return next(telling, runs[0] if runs else None)
