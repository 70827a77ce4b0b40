"""The worker pool of one stage: starts workers, chooses one for the next piece, replaces lost ones.

In: a function that starts a worker, the number of workers, the number of pieces.      Out: a worker for each piece.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from typing import Any

from assets.errors import SakugaError, SetupMissing
from stages.work_cache import WORTH_REPEATING, Stopped

AHEAD = 32
"""Number of workers requested at a time. An autoscaler adds nodes for them, round by round."""

BESIDE = 2
"""Pieces that one worker has at a time: one uses the model, the other is prepared, encoded or judged."""


@dataclass(eq=False)
class Worker:
    """One worker process. ``place`` is known once it is ready."""

    actor: Any
    place: str = ""
    in_hand: int = 0
    alone: bool = False


class Pool:
    """Gives workers to the threads that have a piece to make."""

    def __init__(
        self, start: Callable[[], tuple[Any, Any]], end: Callable[[Any, bool], None], wanted: int
    ) -> None:
        """``start``: an actor, and a call of it that ends when it is ready; ``end``: an actor, whether it is busy."""
        self._start, self._end, self._wanted = start, end, wanted
        self._left = self._futile = self._asking_alone = 0
        self._workers: list[Worker] = []
        self._changed = Condition()
        self.over: BaseException | None = None
        """Why no more pieces are made; None while the stage goes on."""

    def added(self) -> None:
        """There is one more piece to make."""
        with self._changed:
            self._left += 1
            self._grow()

    def settled(self) -> None:
        """One piece is made, or given up."""
        with self._changed:
            self._left -= 1
            self._changed.notify_all()

    def take(self, *, alone: bool = False) -> Worker:
        """Wait for a free worker. ``alone``: the worker gets no second piece meanwhile."""
        with self._changed:
            self._asking_alone += alone
            self._changed.wait_for(lambda: self.over or self._free(alone=alone))
            self._asking_alone -= alone
            worker = self._free(alone=alone)
            if self.over or worker is None:
                raise self.over or Stopped
            worker.in_hand, worker.alone = worker.in_hand + 1, alone
            return worker

    def give_back(self, worker: Worker) -> None:
        with self._changed:
            worker.in_hand, worker.alone = worker.in_hand - 1, False
            self._changed.notify_all()

    def lost(self, worker: Worker) -> None:
        """Replace a worker whose process or node is gone."""
        with self._changed:
            if worker in self._workers:
                self._workers.remove(worker)
                self._grow()

    def close(self, why: BaseException | None = None) -> None:
        """Give every worker away, for the next stage. Who waits for one gets ``why`` raised."""
        with self._changed:
            self.over = self.over or why or Stopped()
            workers, self._workers = self._workers, []
            self._changed.notify_all()
        for worker in workers:
            self._end(worker.actor, worker.in_hand > 0)

    def _free(self, *, alone: bool) -> Worker | None:
        """The worker with the fewest pieces. It gets a second one while there are enough to give each worker two."""
        if self._asking_alone and not alone:
            return None  # else nobody would ever be without a piece
        waiting = self._left - sum(worker.in_hand for worker in self._workers)
        seconds = sum(worker.in_hand > 1 for worker in self._workers)
        most = BESIDE if waiting + seconds >= len(self._workers) and not alone else 1
        free = [one for one in self._workers if one.place and not one.alone and one.in_hand < most]
        return min(free, key=lambda one: one.in_hand, default=None)

    def _grow(self) -> None:
        starting = sum(not worker.place for worker in self._workers)
        missing = min(self._wanted, self._left) - len(self._workers)
        for _ in range(0 if self.over else min(missing, AHEAD - starting)):
            actor, ready = self._start()
            worker = Worker(actor)
            self._workers.append(worker)
            ready.future().add_done_callback(lambda ended, it=worker: self._began(it, ended))

    def _began(self, worker: Worker, ended: Any) -> None:
        """A worker is ready, or never will be."""
        error = ended.exception()
        with self._changed:
            if worker not in self._workers:
                return
            if error is None:
                worker.place, self._futile = ended.result(), 0
            else:
                self._workers.remove(worker)
                self._failed(getattr(error, "cause", None) or error)
            self._grow()
            self._changed.notify_all()

    def _failed(self, error: Exception) -> None:
        """After an error that would repeat, or too many: no more workers begin, and those that are ready go on."""
        self._futile += 1
        repeats = isinstance(error, SakugaError) and not isinstance(error, WORTH_REPEATING)
        if repeats or self._futile > self._wanted + 2:
            self._wanted = len(self._workers)
            if not self._workers:
                self.over = SetupMissing(f"No worker of the cluster can begin. The last one said: {error}")
