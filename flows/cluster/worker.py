"""The worker process of a cluster: it loads the models of a stage once and makes piece after piece.

In: the data the pieces of a stage share, then the pieces.      Out: a report of each; the result is in the vault.
A worker has two pieces at a time: while one uses the model, the one before is encoded, judged and stored.
A worker needs the vault only: no store, no Prefect, no script.
"""

import logging
import socket
import threading
from dataclasses import dataclass
from pathlib import Path

from assets.errors import SakugaError, SetupMissing
from assets.sheets.base import Part
from assets.sheets.production import Ref, Step
from assets.vault import Vault
from flows.settings import models_folder, stay_offline
from models.turn import SharedModels
from models.weights.store import use_store
from stages import orders
from stages.unrecorded import NoCalls, NoWatch
from stages.work_cache import WORTH_REPEATING, WorkCache

MOST_LINES = 50  # of the log, for each piece


@dataclass(frozen=True)
class Place:
    """The device of a worker and the vault it shares with the run. ``probe`` is a blob that is in that vault."""

    device: str
    vault: str
    cache: Path | None
    cache_bytes: int
    probe: Ref


@dataclass(frozen=True)
class Made:
    """The report of one piece. ``again``: the error may be temporary, so the piece is tried again."""

    seconds: float = 0.0
    machine_seconds: float = 0.0
    error: str = ""
    again: bool = False
    said: tuple[str, ...] = ()  # log lines of this piece


class StageWorker:
    """Makes pieces of one stage, then of another. Ray runs it as an actor with one thread per piece."""

    def __init__(self) -> None:
        # The first take needs both (numpy.quantile imports numpy.ma): 0.2 s for which the model would wait.
        import numpy.ma  # noqa: F401
        import PIL.Image  # noqa: F401

        stay_offline()
        use_store(models_folder())  # of this node
        self._said, self._models = _Log(), SharedModels("cpu")
        self._opening, self._number = threading.Lock(), 0
        logging.getLogger().addHandler(self._said)
        logging.captureWarnings(True)

    def open(self, number: int, step: Step, order: Part, place: Place) -> str:
        """Begin a stage: check that the run's vault is here, load the model. Returns host and device, for people.

        number  grows from stage to stage: Ray may carry out the calls of two stages in any order
        """
        here = f"{socket.gethostname()} {place.device}"
        with self._opening:
            if number < self._number:
                return here
            self._models.release()
            self._number, self._step, self._order = number, step, order
            self._models = SharedModels(place.device)
            self._vault = Vault.open(place.vault, cache=place.cache, cache_bytes=place.cache_bytes)
            if not self._vault.has(place.probe):
                raise SetupMissing(
                    f"The worker on {here} does not see what the run put into the vault at {self._vault.url}. "
                    "Give the run and every node of the cluster the same vault (SAKUGA_VAULT)."
                )
            first = self._models.lease(orders.first_model(order))
            with self._models.turn:
                _ = first.model  # now, and not while a piece waits for it
        return here

    def make(self, piece: Part) -> Made:
        """Make one piece, or find the result of a worker that was lost before it reported."""
        cache = WorkCache(self._vault, None, calls=NoCalls(), watch=NoWatch())
        turn, error, again = self._models.turn, "", False
        waited = turn.waited_s
        try:
            orders.make(self._step, self._order, piece, self._models.lease, cache)
        except SakugaError as failed:
            # An error of a model or a disk may be temporary; a refusal is not.
            error, again = f"{failed}", isinstance(failed, WORTH_REPEATING)
        except Exception as failed:  # noqa: BLE001 - reported to the run, which raises it
            error, again = f"{type(failed).__name__}: {failed}", True
        finally:
            turn.give_back()
        seconds = sum(done.seconds for done in cache.done) - (turn.waited_s - waited)
        return Made(max(0.0, seconds), cache.machine_seconds, error, again, self._said.taken())


class _Log(logging.Handler):
    """Collects the warnings of each piece, by the thread that makes it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._mine = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        self._mine.lines = [*getattr(self._mine, "lines", []), self.format(record)]

    def taken(self) -> tuple[str, ...]:
        lines, self._mine.lines = getattr(self._mine, "lines", []), []
        return tuple(lines[:MOST_LINES])
