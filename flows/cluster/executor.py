"""The executor of a run with a cluster: workers make the stages they can, this process makes the others.

In: the pieces of a stage.      Out: their outcomes, the same as without a cluster.
Only the run knows the store; workers need the vault.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self

from assets.errors import SetupMissing
from assets.sheets.base import Part
from assets.sheets.production import Step
from assets.vault import Vault
from flows.cluster.connection import Connection
from flows.cluster.pool import Pool
from flows.cluster.stage import Log, Stage
from flows.cluster.worker import Place, StageWorker
from flows.episode.brief import Workers
from flows.episode.executor import Executor, First, Outcome, Piece, Second
from flows.episode.workspace import EpisodeWorkspace
from flows.settings import Settings, ray_address
from models.lease import Named
from stages.orders import STEPS
from stages.work_cache import WorkCache

MOST_WORKERS = 512


@contextmanager
def executor_of(here: Executor, workers: Workers, chosen: Settings, log: Log) -> Iterator[Executor]:
    """Yield ``here``, or an executor with workers where the brief asks for them. The workers end with the block.

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
        yield RayExecutor(here, connection, workers, chosen, log)
    finally:
        connection.close()


@dataclass(frozen=True)
class RayExecutor:
    """Sends the stages in ``STEPS`` to workers; ``here`` runs the other stages.

    cache  of the open episode; workers are asked for nothing before one is open
    """

    here: Executor
    connection: Connection
    workers: Workers
    chosen: Settings
    log: Log
    cache: WorkCache | None = None

    def at(self, workspace: EpisodeWorkspace, cache: WorkCache) -> Self:
        return replace(self, here=self.here.at(workspace, cache), cache=cache)

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
        *,
        parallel: bool = False,
    ) -> list[Outcome]:
        if self.cache is None or step not in STEPS:
            return self.here.each(step, pieces, work, name, parallel=parallel)
        return Stage(pieces, work, self.cache, self.pool, self.log).all()

    def both(
        self, first: Callable[[], First], second: Callable[[], Second], *, parallel: bool = False
    ) -> tuple[First, Second]:
        return self.here.both(first, second, parallel=parallel)

    def pool(self, step: Step, common: Part, vault: Vault) -> Pool:
        """Start the worker pool of a stage whose pieces share ``common``: on GPUs, unless its models need none."""
        self.connection.open()
        if self.connection.dashboard:
            self.log(logging.INFO, f"Ray's dashboard: http://{self.connection.dashboard}")
        shares = [value.card.gpu_share for _, value in common if isinstance(value, Named)]
        gpus = max(shares) if self.chosen.worker_device.startswith("cuda") else 0.0
        probe = vault.put(b"sakuga", "text/plain")
        device, cache_bytes = "cuda" if gpus else "cpu", round(self.chosen.cache_gb * 1e9)
        place = Place(device, str(vault.url), self.chosen.cache, cache_bytes, probe)
        # The GPUs that an autoscaler can add are not known in advance.
        every = MOST_WORKERS if gpus else max(1, self.connection.units("CPU"))
        number, shared = time.monotonic_ns(), self.connection.share(common)

        def start() -> tuple[Any, Any]:
            actor = self.connection.actor(StageWorker, gpus)
            return actor, actor.open.remote(number, step, shared, place)

        end = partial(self.connection.release, gpus)
        return Pool(start, end, every if self.workers == "auto" else self.workers)
