"""Connect one run to a Ray cluster, or start one on this machine.

In: ``local`` or an address.      Out: actors, started and ended; all of them end with the run.
"""

import logging
import signal
import socket
import threading
from contextlib import ExitStack
from functools import cache
from itertools import chain
from platform import python_version
from typing import Any

from assets import files
from assets.errors import SetupMissing
from flows.settings import LOCAL_RAY, ray_defaults

LOCAL = LOCAL_RAY
STORE_BYTES = 100 * 2**20
"""Size of Ray's object store: pieces and reports are a few kilobytes; pictures go through the vault."""

SPARE_S = 20.0
"""How long an actor without work waits for the next stage, seconds."""


class Connection:
    """Opened at the first piece that has to be made, so a run that finds everything made needs no cluster."""

    def __init__(self, address: str) -> None:
        self._address, self._rest = address, ExitStack()
        self._spare: dict[float, list[Any]] = {}  # actors without work, by their number of GPUs
        self._lock, self._timer = threading.Lock(), threading.Timer(SPARE_S, self._end_spare)
        self.dashboard = ""  # its address, where the cluster has one

    def actor(self, kind: type, gpus: float) -> Any:
        """An actor that an earlier stage had, or a new one. It waits until a node has room for it."""
        self._end_spare(but=gpus)
        with self._lock:
            if spare := self._spare.get(gpus):
                return spare.pop()
        options = {"num_cpus": 0, "num_gpus": gpus, "max_concurrency": 4}
        return _actor_class(kind).options(**options, scheduling_strategy="SPREAD").remote()

    def release(self, gpus: float, actor: Any, busy: bool) -> None:
        """End an actor that has a piece; keep another for a while: its process runs, its libraries are imported."""
        if busy:
            return _end(actor)
        self._timer.cancel()
        with self._lock:
            self._spare.setdefault(gpus, []).append(actor)
        self._timer = threading.Timer(SPARE_S, self._end_spare)
        self._timer.daemon = True
        self._timer.start()

    def _end_spare(self, but: float | None = None) -> None:
        """End the actors without work, so that their GPUs are free; not those with ``but`` GPUs."""
        with self._lock:
            ending = [self._spare.pop(gpus) for gpus in [*self._spare] if gpus != but]
        for actor in chain(*ending):
            _end(actor)

    def share(self, data: object) -> Any:
        """A reference to give to actors: a long cut sheet has megabytes, and Ray's store holds them once."""
        import ray

        return ray.put(data)

    def units(self, kind: str) -> int:
        """Number of ``GPU`` or ``CPU`` that the cluster has now."""
        import ray

        resources: Any = ray.cluster_resources
        return int(resources().get(kind, 0))

    def open(self) -> None:
        """Connect, if not connected.

        raises  SetupMissing that says what to change
        """
        ray_defaults(self._address)  # Ray reads it when it is imported
        try:
            import ray
        except ImportError:
            raise SetupMissing(
                "SAKUGA_RAY is set, and Ray is not installed here: pip install 'sakuga[cluster]'; "
                "or unset SAKUGA_RAY to work in one process."
            ) from None
        if ray.is_initialized():
            return
        handler = signal.getsignal(signal.SIGTERM)  # ours or Prefect's; Ray sets its own
        try:
            context = ray.init(**self._arguments(), log_to_driver=False, logging_level=logging.ERROR)
        except Exception as error:  # Ray raises bare ones too, for a node that does not start in time
            ray.shutdown()  # the connection may be incomplete
            raise SetupMissing(
                f"The Ray cluster at SAKUGA_RAY={self._address} cannot be used: {error} "
                "It has to run, with the same versions of Ray and Python as here, and with the token that is "
                "given here (RAY_AUTH_TOKEN_PATH); and this machine has to be a node of it "
                "(python -m flows.cluster.join COMMAND). "
                f"Here are Ray {ray.__version__} and Python {python_version()}."
            ) from error
        finally:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, handler)
        self.dashboard = context.dashboard_url or ""
        self._rest.callback(ray.shutdown)

    def _arguments(self) -> dict[str, Any]:
        """Where to connect, or how to start a cluster here."""
        if self._address != LOCAL:
            check_head(self._address)
            return {"address": self._address}
        folder = str(self._rest.enter_context(files.scratch()))
        own = {"include_dashboard": False, "object_store_memory": STORE_BYTES, "_temp_dir": folder}
        return {"address": "local", **own}

    def close(self) -> None:
        """Leave the cluster and end the actors of this run; a cluster that the run started ends too."""
        self._timer.cancel()
        self._end_spare()
        self._rest.close()


def check_head(address: str) -> None:
    """Refuse a head that does not answer at once; Ray itself would wait for minutes."""
    host, _, port = address.rpartition(":")
    socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


@cache
def _actor_class(kind: type) -> Any:
    """Ray packs and stores the code of each one that is made: 0.16 s, which 32 workers took in turn."""
    import ray

    return ray.remote(kind)


def _end(actor: Any) -> None:
    import ray

    ray.kill(actor)
