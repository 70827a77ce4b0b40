"""The crew of a deployed run: panels and takes go out to GPU workers, everything else is done here.

In: the pieces of a stage.      Out: their outcomes, as if they had been made here.
A run that is stopped takes back what it asked for and sends the workers home.
"""

from collections.abc import Callable, Sequence
from typing import Self, TypeVar

from assets.sheets.production import Step
from flows.batches.bench import ORDERS
from flows.batches.hands import Hands
from flows.batches.runs import GpuRuns
from flows.batches.sending import Sending
from flows.crew import Crew
from flows.studio import Office
from stages.desk import Desk

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")

LAST = "take"
"""After this stage no worker of the pool is needed: they need not wait for more."""


class PoolCrew:
    """Sends out what ``ORDERS`` names, to ``workers`` hands; the rest is done by the crew that is here."""

    def __init__(self, here: Crew, workers: int) -> None:
        self._here, self._workers = here, workers

    def at(self, office: Office, desk: Desk) -> "_PoolCrewAt":
        runs = GpuRuns(office.key, office.folder.parent)
        return _PoolCrewAt(
            self._here.at(office, desk), office, desk, runs, Hands(runs, office, self._workers)
        )

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
    ) -> list[Outcome]:
        return self._here.each(step, pieces, work, name)


class _PoolCrewAt:
    """The same, at one open episode."""

    def __init__(self, here: Crew, office: Office, desk: Desk, runs: GpuRuns, hands: Hands) -> None:
        self._here, self._office, self._desk, self._runs, self._hands = here, office, desk, runs, hands

    def at(self, office: Office, desk: Desk) -> Self:
        return self

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
    ) -> list[Outcome]:
        if step not in ORDERS:
            return self._here.each(step, pieces, work, name)
        store, key = self._office.store, self._office.key
        try:
            outcomes = Sending(pieces, work, self._office, self._desk, self._hands).all()
        except BaseException:
            store.withdraw_errands(key, why="the run that asked for it was stopped")
            self._runs.cancel()
            raise
        if step == LAST:
            store.dismiss_hands(key)
            self._runs.cancel(waiting_only=True)
        return outcomes
