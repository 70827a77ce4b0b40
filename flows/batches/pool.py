"""The executor of a deployed run: panels and takes go out to GPU workers, everything else is done here.

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
from flows.episode.executor import Executor
from flows.episode.workspace import EpisodeWorkspace
from stages.work_cache import WorkCache

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")
First = TypeVar("First")
Second = TypeVar("Second")

LAST = "take"
"""After this stage no worker of the pool is needed: they need not wait for more."""


class PoolExecutor:
    """Sends out what ``ORDERS`` names, to ``workers`` hands; the executor in this process does the rest."""

    def __init__(self, here: Executor, workers: int) -> None:
        self._here, self._workers = here, workers

    def at(self, workspace: EpisodeWorkspace, cache: WorkCache) -> "_PoolExecutorAt":
        runs = GpuRuns(workspace.key, workspace.folder.parent)
        return _PoolExecutorAt(
            self._here.at(workspace, cache), workspace, cache, runs, Hands(runs, workspace, self._workers)
        )

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
        *,
        parallel: bool = False,
    ) -> list[Outcome]:
        return self._here.each(step, pieces, work, name, parallel=parallel)

    def both(
        self, first: Callable[[], First], second: Callable[[], Second], *, parallel: bool = False
    ) -> tuple[First, Second]:
        return self._here.both(first, second, parallel=parallel)


class _PoolExecutorAt:
    """The same, at one open episode."""

    def __init__(
        self, here: Executor, workspace: EpisodeWorkspace, cache: WorkCache, runs: GpuRuns, hands: Hands
    ) -> None:
        self._here, self._workspace, self._cache, self._runs, self._hands = (
            here,
            workspace,
            cache,
            runs,
            hands,
        )

    def at(self, workspace: EpisodeWorkspace, cache: WorkCache) -> Self:
        return self

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
        *,
        parallel: bool = False,
    ) -> list[Outcome]:
        if step not in ORDERS:
            return self._here.each(step, pieces, work, name, parallel=parallel)
        store, key = self._workspace.store, self._workspace.key
        try:
            outcomes = Sending(pieces, work, self._workspace, self._cache, self._hands).all()
        except BaseException:
            store.withdraw_errands(key, why="the run that asked for it was stopped")
            self._runs.cancel()
            raise
        if step == LAST:
            store.dismiss_hands(key)
            self._runs.cancel(waiting_only=True)
        return outcomes

    def both(
        self, first: Callable[[], First], second: Callable[[], Second], *, parallel: bool = False
    ) -> tuple[First, Second]:
        return self._here.both(first, second, parallel=parallel)
