"""Run one stage on a cluster: look up every piece, send the missing ones to workers, collect the outcomes.

In: the pieces, the function that makes or finds one.      Out: their outcomes, in the order of the pieces.
The vault says what is finished, so a killed run continues where it stopped. The run's thread looks up and
collects; one thread sends pieces out, those of equal LoRAs together and the longest first; one thread per piece in
work waits for its worker.
"""

import logging
import queue
from collections.abc import Callable, Iterable, Sequence
from contextvars import copy_context
from itertools import count
from threading import Thread
from typing import Generic, TypeVar

from assets.errors import InputRefused, ModelFailed, SakugaError, StorageFailed
from assets.sheets.base import Part
from assets.sheets.production import Step
from assets.vault import Vault
from flows.cluster.pool import Pool, Worker
from flows.cluster.worker import Made
from flows.episode.executor import Executor
from stages.work_cache import Order, Unmade, WorkCache

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")
Log = Callable[[int, str], None]
PoolOf = Callable[[Step, Part, Vault], Pool]


Turn = tuple[int, float, int]


class Turns:
    """In which order pieces are handed out: group by group, so that few workers exchange LoRAs; the longest first."""

    def __init__(self) -> None:
        self._groups: dict[str, int] = {}
        self._numbers = count()

    def of(self, order: Order) -> Turn:
        group = self._groups.setdefault(order.group, len(self._groups))
        return group, -order.weight, next(self._numbers)


class Stage(Generic[Piece, Outcome]):
    """One execution of one stage."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        here: Executor,
        cache: WorkCache,
        pool_of: PoolOf,
        log: Log,
    ) -> None:
        self._pieces, self._work, self._here, self._cache = pieces, work, here, cache
        self._pool_of, self._log = pool_of, log
        self._outcomes: dict[int, Outcome] = {}
        self._waiting: dict[str, list[int]] = {}
        self._made: set[str] = set()
        self._failed: dict[str, str] = {}
        self._queue: queue.PriorityQueue[tuple[Turn, Unmade]] = queue.PriorityQueue()
        self._turns = Turns()
        self._ended: queue.SimpleQueue[tuple[Unmade | None, Made | BaseException]] = queue.SimpleQueue()
        self._pool: Pool | None = None

    def all(self) -> list[Outcome]:
        """Every outcome, or an error that names the missing ones. Everything that was made is kept."""
        try:
            self._look(range(len(self._pieces)))
            while self._waiting:
                self._settle(*self._ended.get())
        finally:
            if self._pool is not None:
                self._pool.close()
        if self._failed:
            raise self._missing()
        return [self._outcomes[index] for index in range(len(self._pieces))]

    def _look(self, indices: Iterable[int]) -> None:
        """Take the outcomes that exist, and queue the pieces that do not."""
        asked: list[Unmade] = []
        for index in indices:
            try:
                with self._cache.lookup_only():
                    self._outcomes[index] = self._work(self._pieces[index])
            except Unmade as unmade:
                if unmade.recipe in self._made:
                    raise self._vanished(unmade) from None
                if unmade.recipe not in self._waiting:
                    asked.append(unmade)
                self._waiting.setdefault(unmade.recipe, []).append(index)
        for missing in asked:
            self._queue.put((self._turns.of(missing.order), missing))
        if asked:
            self._staffed(asked[0]).added(len(asked))

    def _staffed(self, unmade: Unmade) -> Pool:
        if self._pool is None:
            self._pool = self._pool_of(unmade.work.step, unmade.order.common, self._cache.vault)
            # In a copy of the run's context: task runs and log lines belong to the run.
            Thread(target=copy_context().run, args=(self._hand_out, self._pool), daemon=True).start()
        return self._pool

    def _hand_out(self, pool: Pool) -> None:
        """Send each piece to a worker as soon as one is free."""
        try:
            while True:
                _, unmade = self._queue.get()
                given = (unmade, pool.take(), pool)
                Thread(target=copy_context().run, args=(self._carried_out, *given), daemon=True).start()
        except ModelFailed as error:  # no worker can start, or the stage has ended
            self._ended.put((None, error))

    def _carried_out(self, unmade: Unmade, worker: Worker, pool: Pool) -> None:
        workers = [worker]

        def attempt(unmade: Unmade) -> Made:
            # A piece that failed once is tried alone: if it kills its worker, no other piece is lost with it.
            return self._attempt(unmade, workers.pop() if workers else pool.take(alone=True), pool)

        try:
            [made] = self._here.each(unmade.work.step, [unmade], attempt, lambda it: it.work.name)
        except BaseException as error:  # noqa: BLE001 - raised or reported by the run's own thread
            self._ended.put((unmade, error))
        else:
            self._ended.put((unmade, made))
        finally:
            pool.settled()

    def _attempt(self, unmade: Unmade, worker: Worker, pool: Pool) -> Made:
        import ray

        what = f"{unmade.work.step} {unmade.work.name}"
        try:
            if self._cache.vault.recall(unmade.recipe) is not None:
                return Made()  # a worker made it and was lost before it reported
            self._cache.sent_elsewhere(unmade)
            self._log(logging.INFO, f"{what} is made on {worker.place}")
            made: Made = ray.get(worker.actor.make.remote(unmade.order.piece))
        except ray.exceptions.RayError as error:
            pool.lost(worker)
            self._log(logging.WARNING, f"{what}: its worker on {worker.place} was lost")
            raise ModelFailed(f"its worker on {worker.place} was lost: {_in_short(error)}") from error
        finally:
            pool.give_back(worker)
        for line in made.said:
            self._log(logging.WARNING, f"{what}: {line}")
        if made.error:
            raise ModelFailed(made.error) if made.again else InputRefused(made.error)
        return made

    def _settle(self, unmade: Unmade | None, made: Made | BaseException) -> None:
        if unmade is None or not isinstance(made, Made | SakugaError):
            raise made if isinstance(made, BaseException) else AssertionError(made)
        indices = self._waiting.pop(unmade.recipe)
        if isinstance(made, InputRefused):
            # The pipeline may handle a refusal, so it is raised where this process would have raised it.
            self._cache.refused_elsewhere(unmade.recipe, str(made))
            try:
                return self._look(indices)
            except InputRefused as refused:
                made = refused
        if isinstance(made, SakugaError):
            self._failed[unmade.work.name] = f"{unmade.work.step} {unmade.work.name} ({made})"
            return
        self._made.add(unmade.recipe)
        self._cache.made_elsewhere(unmade.recipe, made.seconds, made.machine_seconds)
        self._look(indices)

    def _vanished(self, unmade: Unmade) -> StorageFailed:
        return StorageFailed(
            f"A worker says that {unmade.work.step} {unmade.work.name} is made, but it is not in the vault at "
            f"{self._cache.vault.url}. Give every node the vault (SAKUGA_VAULT) and the release of this run."
        )

    def _missing(self) -> ModelFailed:
        told = list(self._failed.values())
        more = f" and {len(told) - 5} more" if len(told) > 5 else ""
        return ModelFailed(
            f"{len(told)} of {len(self._pieces)} pieces could not be made: {'; '.join(told[:5])}{more}. "
            "The others are kept; run the same command again and only these are tried."
        )


def _in_short(error: Exception) -> str:
    """The first line of Ray's message; the rest is a stack trace of the worker."""
    return next(filter(None, map(str.strip, str(error).splitlines())), type(error).__name__)
