"""Run one stage on a cluster: look up every piece, have workers make the missing ones, collect the outcomes.

In: the pieces, the function that makes or finds one.      Out: their outcomes, in the order of the pieces.
The vault says what is finished, so a killed run continues where it stopped. Each piece in work has a thread. It runs
the stage's own code, and waits for a worker where that code would call a model.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import partial
from typing import Generic

from assets.errors import InputRefused, ModelFailed, SakugaError, SetupMissing
from assets.plain import listed
from assets.sheets.base import Part
from assets.sheets.production import Done, Step
from assets.vault import Vault
from flows.cluster.pool import Pool, Worker
from flows.cluster.worker import Made
from flows.episode.executor import Outcome, Piece
from stages.work import Order, Result, Unmade
from stages.work_cache import WorkCache

TRIES = 3
"""How often a piece is tried, so that a piece that kills its worker is given up."""

Log = Callable[[int, str], None]


@dataclass
class Stage(Generic[Piece, Outcome]):
    """One execution of one stage."""

    pieces: Sequence[Piece]
    work: Callable[[Piece], Outcome]
    cache: WorkCache
    pool_of: Callable[[Step, Part, Vault], Pool]
    log: Log
    _outcomes: dict[int, tuple[Outcome, list[Done]]] = field(default_factory=dict)
    _failed: dict[int, str] = field(default_factory=dict)
    _given_up: dict[str, SakugaError] = field(default_factory=dict)  # by recipe
    _pool: Pool | None = None

    def all(self) -> list[Outcome]:
        """Every outcome, or an error that names the missing ones. Everything that was made is kept."""
        try:
            while missing := self._missing():  # again for pieces whose recipe another one had
                self._make(missing, self._staffed(missing[0][1]))
        finally:
            if self._pool is not None:
                self._pool.close()
        if self._failed:
            raise self._incomplete()
        kept = [self._outcomes[index] for index in range(len(self.pieces))]
        self.cache.keep([record for _, done in kept for record in done])
        return [outcome for outcome, _ in kept]

    def _missing(self) -> list[tuple[int, Unmade]]:
        """Take the outcomes that exist. Returns one piece of each recipe that does not, in the order of making."""
        missing: dict[str, tuple[int, Unmade]] = {}
        for index, piece in enumerate(self.pieces):
            if index in self._outcomes or index in self._failed:
                continue
            try:
                with self.cache.lookup_only(), self.cache.recording() as done:
                    self._outcomes[index] = self.work(piece), done
            except Unmade as unmade:
                if missing.setdefault(unmade.recipe, (index, unmade)) == (index, unmade):
                    self._staffed(unmade).added()  # workers start while the others are looked up
        found = list(missing.values())
        return [found[at] for at in in_turn([unmade.order for _, unmade in found])]

    def _staffed(self, unmade: Unmade) -> Pool:
        if self._pool is None:
            self._pool = self.pool_of(unmade.work.step, unmade.order.common, self.cache.vault)
        return self._pool

    def _make(self, missing: Sequence[tuple[int, Unmade]], pool: Pool) -> None:
        with ThreadPoolExecutor(len(missing)) as threads:
            try:
                for index, unmade in missing:
                    worker = pool.take()
                    # In a copy of the run's context: task runs and log lines belong to the run.
                    threads.submit(copy_context().run, self._one, index, unmade, worker, pool)
            except BaseException as error:
                pool.close(error)
                raise
        if pool.over is not None:
            raise pool.over

    def _one(self, index: int, unmade: Unmade, worker: Worker, pool: Pool) -> None:
        held = [worker]
        try:
            with self.cache.made_by(partial(self._sent, held, pool)), self.cache.recording() as done:
                self._outcomes[index] = self.work(self.pieces[index]), done
        except SakugaError as error:
            self._failed[index] = f"{unmade.work.step} {unmade.work.name} ({error})"
            if isinstance(error, SetupMissing):  # every other piece would fail in the same way
                pool.close(error)
        except BaseException as error:  # noqa: BLE001 - raised by the run's own thread
            pool.close(error)
        finally:
            for worker in held:
                pool.give_back(worker)
            pool.settled()

    def _sent(self, held: list[Worker], pool: Pool, unmade: Unmade) -> tuple[Result, float]:
        """Have a worker make it: the one in ``held``, if it is still there. A piece may need several results."""
        if unmade.recipe in self._given_up:
            raise self._given_up[unmade.recipe]
        made, tried = Made(), False

        def attempt() -> Result:
            nonlocal made, tried
            # A piece that failed once is tried alone: if it kills its worker, no other piece is lost with it.
            worker, tried = held.pop() if held else pool.take(alone=tried), True
            made = self._attempt(unmade, worker, pool)
            return self._result(unmade)

        try:
            result = self.cache.carry_out(unmade.work, unmade.recipe, attempt, tries=TRIES)
        except SakugaError as error:
            self._given_up[unmade.recipe] = error
            raise
        self.cache.worked_elsewhere(made.machine_seconds)
        return result, made.seconds

    def _attempt(self, unmade: Unmade, worker: Worker, pool: Pool) -> Made:
        import ray

        what = f"{unmade.work.step} {unmade.work.name}"
        try:
            if self.cache.vault.recall(unmade.recipe) is not None:
                return Made()  # a worker made it and was lost before it reported
            self.cache.sent(unmade)
            self.log(logging.INFO, f"{what} is made on {worker.place}")
            made: Made = worker.actor.make.remote(unmade.order.piece).future().result()
        except ray.exceptions.RayError as error:
            pool.lost(worker)
            self.log(logging.WARNING, f"{what}: its worker on {worker.place} was lost")
            raise ModelFailed(f"its worker on {worker.place} was lost: {_in_short(error)}") from error
        finally:
            pool.give_back(worker)
        for line in made.said:
            self.log(logging.WARNING, f"{what}: {line}")
        if made.error:
            raise ModelFailed(made.error) if made.again else InputRefused(made.error)
        return made

    def _result(self, unmade: Unmade) -> Result:
        result = self.cache.vault.recall(unmade.recipe)
        if result is None:
            raise SetupMissing(
                f"A worker says that {unmade.work.step} {unmade.work.name} is made, but it is not in the vault at "
                f"{self.cache.vault.url}. Give every node the vault (SAKUGA_VAULT) and the release of this run."
            )
        return result

    def _incomplete(self) -> ModelFailed:
        told = list(self._failed.values())
        return ModelFailed(
            f"{len(told)} of {len(self.pieces)} pieces could not be made: {listed(told, 5, '; ')}. "
            "The others are kept; run the same command again and only these are tried."
        )


def in_turn(orders: Sequence[Order]) -> list[int]:
    """Indices: group by group, so that few workers exchange LoRAs; in each group the longest first."""
    groups = list(dict.fromkeys(order.group for order in orders))
    return sorted(range(len(orders)), key=lambda at: (groups.index(orders[at].group), -orders[at].weight))


def _in_short(error: Exception) -> str:
    """The first line of Ray's message; the rest is a stack trace of the worker."""
    return next(filter(None, map(str.strip, str(error).splitlines())), type(error).__name__)
