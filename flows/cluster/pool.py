"""The workers of one stage: how many there are, which one takes the next piece, and new ones for lost ones.

In: how a worker is started, how many are wanted, how many pieces there are.      Out: workers, lent for a piece.
"""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from typing import Any

from assets.errors import ModelFailed, SakugaError

AHEAD = 16
"""Workers that are asked for at a time: an autoscaler brings nodes for them, round by round."""

BESIDE = 2
"""Pieces in a worker at a time: one on the model, one before or after it."""


@dataclass(eq=False)
class Worker:
    """One worker process. ``place`` is known once it is ready."""

    actor: Any
    place: str = ""
    in_hand: int = 0
    alone: bool = False


class Pool:
    """Lends workers to the threads that have pieces for them."""

    def __init__(self, start: Callable[[], Any], end: Callable[[Any], None], wanted: int) -> None:
        self._start, self._end, self._wanted = start, end, wanted
        self._left = self._futile = 0
        self._workers: list[Worker] = []
        self._over = ""
        self._changed = Condition()

    def added(self, pieces: int) -> None:
        """More is to be made."""
        with self._changed:
            self._left += pieces
            self._grow()

    def settled(self) -> None:
        """A piece is made, or given up."""
        with self._changed:
            self._left -= 1
            self._changed.notify_all()

    def take(self, *, alone: bool = False) -> Worker:
        """A worker for one piece, as soon as one is free; ``alone``: it gets no other piece meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._free(alone=alone))
            worker = self._free(alone=alone)
            if self._over or worker is None:
                raise ModelFailed(self._over)
            worker.in_hand, worker.alone = worker.in_hand + 1, alone
            return worker

    def give_back(self, worker: Worker) -> None:
        with self._changed:
            worker.in_hand, worker.alone = worker.in_hand - 1, False
            self._changed.notify_all()

    def lost(self, worker: Worker) -> None:
        """Its process or its node is gone: another takes its place."""
        with self._changed:
            if worker in self._workers:
                self._workers.remove(worker)
                self._grow()
                self._changed.notify_all()

    def close(self) -> None:
        """End every worker: its GPU is free for the next stage."""
        with self._changed:
            self._over = self._over or "The stage is over."
            workers, self._workers = self._workers, []
            self._changed.notify_all()
        for worker in workers:
            self._end(worker.actor)

    def _free(self, *, alone: bool) -> Worker | None:
        """The worker with the least in hand. Towards the end none holds back what another may do at once."""
        waiting = self._left - sum(worker.in_hand for worker in self._workers)
        most = BESIDE if waiting > len(self._workers) and not alone else 1
        free = [one for one in self._workers if one.place and not one.alone and one.in_hand < most]
        return min(free, key=lambda one: one.in_hand, default=None)

    def _grow(self) -> None:
        starting = sum(not worker.place for worker in self._workers)
        missing = min(self._wanted, self._left) - len(self._workers)
        for _ in range(0 if self._over else min(missing, AHEAD - starting)):
            worker = Worker(self._start())
            self._workers.append(worker)
            ready = worker.actor.ready.remote().future()
            ready.add_done_callback(lambda ended, it=worker: self._began(it, ended))

    def _began(self, worker: Worker, ended: Any) -> None:
        """A worker is ready, or never will be: after some that were not, more of them would not help."""
        error = ended.exception()
        with self._changed:
            if worker not in self._workers:
                return
            if error is None:
                worker.place, self._futile = ended.result(), 0
            else:
                self._workers.remove(worker)
                self._futile += 1
                cause = getattr(error, "cause", None)
                if isinstance(cause, SakugaError) or self._futile > self._wanted + 2:
                    self._over = f"No worker of the cluster can begin. The last one said: {cause or error}"
            self._grow()
            self._changed.notify_all()
