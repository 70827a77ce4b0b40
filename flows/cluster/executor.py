"""The executor of a run with a cluster: workers make the stages they can, this process makes the others.

In: the pieces of a stage.      Out: their outcomes, the same as without a cluster.
Only the run knows the store; workers need the vault.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self, TypeVar

from assets.errors import SetupMissing
from assets.sheets.base import Part
from assets.sheets.production import Step
from assets.vault import Vault
from flows.cluster.connection import Connection
from flows.cluster.pool import Pool
from flows.cluster.stage import Log, Stage
from flows.cluster.worker import STEPS, Place, StageWorker
from flows.episode.brief import Workers
from flows.episode.executor import Executor
from flows.episode.workspace import EpisodeWorkspace
from flows.settings import Settings, ray_address
from models.lease import Named
from stages.work_cache import WorkCache

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")
First = TypeVar("First")
Second = TypeVar("Second")

MOST_WORKERS = 512


@contextmanager
def executor_of(
    here: Executor, sent: Executor, workers: Workers, chosen: Settings, log: Log
) -> Iterator[Executor]:
    """Yield ``here``, or an executor with workers where the brief asks for them. The workers end with the block.

    sent    runs the waiting for one remote piece: shows it to people, and repeats it after an error
    raises  SetupMissing when workers are asked for and SAKUGA_RAY is not set
    """
    if not workers:
        yield here
        return
    address = ray_address()
    if not address:
        raise SetupMissing(
            f"The brief asks for {workers} workers, and SAKUGA_RAY does not say where they are. Set it to local "
            "(this machine's GPUs) or to a cluster's address, such as 10.0.0.5:6379; or set workers to 0."
        )
    connection = Connection(address)
    try:
        yield RayExecutor(here, sent, connection, workers, chosen, log)
    finally:
        connection.close()


class RayExecutor:
    """Sends the stages in ``STEPS`` to workers; ``here`` runs the other stages."""

    def __init__(
        self,
        here: Executor,
        sent: Executor,
        connection: Connection,
        workers: Workers,
        chosen: Settings,
        log: Log,
    ) -> None:
        self._here, self.sent, self._connection, self._workers = here, sent, connection, workers
        self._chosen, self.log = chosen, log

    def at(self, workspace: EpisodeWorkspace, cache: WorkCache) -> "_AtEpisode":
        return _AtEpisode(self, self._here.at(workspace, cache), cache)

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

    def pool(self, step: Step, common: Part, vault: Vault) -> Pool:
        """Start the worker pool of a stage whose pieces share ``common``: on GPUs, unless its models need none."""
        self._connection.open()
        if self._connection.dashboard:
            self.log(logging.INFO, f"Ray's dashboard: http://{self._connection.dashboard}")
        chosen = self._chosen
        shares = [value.card.gpu_share for _, value in common if isinstance(value, Named)]
        gpus = max(shares) if chosen.worker_device.startswith("cuda") else 0.0
        probe = vault.put(b"sakuga", "text/plain")
        device, cache_bytes = "cuda" if gpus else "cpu", round(chosen.cache_gb * 1e9)
        place = Place(device, str(vault.url), chosen.cache, cache_bytes, probe)
        # The GPUs that an autoscaler can add are not known in advance.
        every = MOST_WORKERS if gpus else max(1, self._connection.units("CPU"))
        wanted = every if self._workers == "auto" else self._workers
        return Pool(
            lambda: self._connection.actor(StageWorker, step, common, place, gpus=gpus),
            self._connection.end,
            wanted,
        )


@dataclass(frozen=True)
class _AtEpisode:
    """The executor of one open episode."""

    executor: RayExecutor
    here: Executor
    cache: WorkCache

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
        if step not in STEPS:
            return self.here.each(step, pieces, work, name, parallel=parallel)
        pool, log = self.executor.pool, self.executor.log
        return Stage(pieces, work, self.executor.sent, self.cache, pool, log).all()

    def both(
        self, first: Callable[[], First], second: Callable[[], Second], *, parallel: bool = False
    ) -> tuple[First, Second]:
        return self.here.both(first, second, parallel=parallel)
