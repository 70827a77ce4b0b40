"""Ask for a review at a gate and wait for the decision: the gates of a run that is reviewed.

In: boards, one after the other.      Out: True (go on) or False (redo), or the run ends here for now.
Only the store decides. Whatever wakes the run, it reads the gate in the store; so a run that was killed,
suspended or overtaken by another decision continues from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, Protocol

from assets.errors import GateExpired, RunStopped
from assets.sheets.review import Board, Decision, GateKind
from assets.store import Gate, Review, Store
from assets.store.ledger import moment, now
from flows.review import wake
from flows.review.boards import with_news
from flows.review.rules import Reviewer
from flows.review.service import TITLES, HasStore, decide


@dataclass(frozen=True)
class GateOptions:
    """Which gates an episode stops at, who approves them, and how long they wait."""

    gates: tuple[GateKind, ...] = ()
    approve: Literal["person", "auto"] = "person"
    hours: float = 72.0


class Waiting(Protocol):
    """How this run waits."""

    @property
    def run(self) -> str:
        """Prefect's id of the run; empty outside Prefect."""
        ...

    def wait(self, gate: Gate) -> None:
        """Return when the gate may have been decided. Returning early is safe."""
        ...


class EpisodeWorkspace(HasStore, Protocol):
    """The workspace of the episode that is made."""

    @property
    def key(self) -> str: ...


class ReviewGate:
    """Asks for a review at the gates that the options name."""

    def __init__(
        self,
        workspace: EpisodeWorkspace,
        wanted: GateOptions,
        waiting: Waiting,
        *,
        retire: Callable[[Gate], None] = wake.retire,
    ) -> None:
        """``retire``: what to do with another run that was suspended at this gate."""
        self._workspace, self._wanted, self._waiting, self._retire = workspace, wanted, waiting, retire

    def wants(self, kind: GateKind) -> bool:
        return kind in self._wanted.gates

    def passes(self, board: Board) -> bool:
        """Whether ``board`` is approved. Asks for a review first, if there is none yet."""
        if not self.wants(board.kind):
            return True
        last = self._last(board.kind)
        review = self._review(last)
        if last is not None and review is not None:
            if review.verdict == "approve" and self._counts(review):
                if last.shows.with_choices(review.choices).seen == board.seen:
                    return True
            elif review.verdict == "stop" and last.run and last.run == self._waiting.run:
                raise self._stopped(last, review)  # this run was resumed to learn that it is stopped
        gate = self._opened(board, last)
        if self._wanted.approve == "auto":
            nobody = Decision(verdict="approve", note="unattended run")
            decide(self._workspace, gate.id, nobody, Reviewer("nobody (--approve auto)", "auto", gate.seen))
            return True
        return self._answered(self._waited(gate))

    def _counts(self, review: Review) -> bool:
        """Whether the review was made by a person, or this run needs none."""
        return review.door != "auto" or self._wanted.approve == "auto"

    def _opened(self, board: Board, last: Gate | None) -> Gate:
        """The gate of this board: the open one, or the next round."""
        store, until = self._workspace.store, _after(self._wanted.hours)
        round = 1
        if last is not None:
            round = last.round
            if last.state == "open" and last.run and last.run == self._waiting.run:
                until = last.until  # the same run, started again: the deadline stays
            board = with_news(board, self._before(last, board).shows)
            if last.state == "open" and last.run not in ("", self._waiting.run):
                self._retire(last)
            if last.state != "open":
                round += 1
            elif last.seen != board.seen or last.until <= now():
                store.close_gate(last.id, "withdrawn" if last.seen != board.seen else "expired")
                round, until = round + 1, _after(self._wanted.hours)
        return store.open_gate(
            self._workspace.key, board.kind, round, board=board, until=until, run=self._waiting.run
        )

    def _before(self, last: Gate, board: Board) -> Gate:
        """The round to compare with for the news. If the last round is continued, the one before it."""
        if last.state == "open" and last.seen == board.seen:
            earlier = [
                gate for gate in self._store.gates(self._workspace.key, board.kind) if gate.id != last.id
            ]
            return earlier[-1] if earlier else last
        return last

    def _waited(self, gate: Gate) -> Gate:
        """Wait until ``gate``, or the round that replaced it, is decided."""
        while True:
            self._waiting.wait(gate)
            gate = self._last(gate.kind) or gate
            if gate.state == "decided":
                return gate
            if gate.state != "open" or gate.until <= now():
                self._store.close_gate(gate.id, "expired")
                raise GateExpired(
                    f"Nobody decided at the {TITLES[gate.kind]} gate of {gate.episode} (round {gate.round}) "
                    f"until {gate.until}. Everything made so far is kept: run the same command, "
                    "and you are asked again."
                )

    def _answered(self, gate: Gate) -> bool:
        review = self._review(gate)
        if review is None:
            raise ValueError(f"gate {gate.id} is decided without a review")
        if review.verdict == "stop" or (review.verdict == "retake" and gate.kind == "script"):
            raise self._stopped(gate, review)
        # Another take makes another episode: it must be assembled and reviewed again.
        return review.verdict == "approve" and not (gate.kind == "final" and review.choices)

    def _stopped(self, gate: Gate, review: Review) -> RunStopped:
        remarks = "; ".join(
            part
            for part in (review.note, *(f"{item.cut}: {item.describe()}" for item in review.remarks))
            if part
        )
        what = f"at the {TITLES[gate.kind]} gate{f': {remarks}' if remarks else ''}."
        if review.verdict == "stop":
            return RunStopped(
                f"Stopped by {review.made_by} {what} All work is kept: run the same command to be asked again."
            )
        return RunStopped(
            f"Sent back by {review.made_by} {what} Edit the script or the cut sheet, then run the same command."
        )

    def _last(self, kind: GateKind) -> Gate | None:
        gates = self._store.gates(self._workspace.key, kind)
        return gates[-1] if gates else None

    def _review(self, gate: Gate | None) -> Review | None:
        if gate is None or gate.state != "decided":
            return None
        return next((item for item in self._store.reviews(gate.episode) if item.id == gate.review), None)

    @property
    def _store(self) -> Store:
        return self._workspace.store


def _after(hours: float) -> str:
    return moment(datetime.now(UTC) + timedelta(hours=hours))
