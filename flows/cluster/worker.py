"""The worker process of a cluster: it loads the models of one stage once and makes piece after piece.

In: the data the pieces of a stage share, then the pieces.      Out: a report of each; the result is in the vault.
A worker has two pieces at a time: while one uses the model, the one before is encoded, judged and stored.
A worker needs the vault only: no store, no Prefect, no script.
"""

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.errors import ModelFailed, SakugaError, SetupMissing, StorageFailed
from assets.hashing import digest
from assets.sheets.base import Part
from assets.sheets.production import Done, Ref, Step
from assets.vault import Vault
from flows.cluster.turn import InTurn, Turn
from flows.settings import models_folder, stay_offline
from models.lease import Leased, Named
from models.memory import DeviceMemory
from models.registry import adapter
from models.weights.store import use_store
from stages.sound import effects, voices
from stages.storyboard import PanelModels, draw
from stages.takes.shooting import TakeModels, animate
from stages.work_cache import WorkCache

MOST_LINES = 50  # of the log, for each piece

Models = Callable[[Named | None], Any]
"""Returns the lease of a named model; None for None."""


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
    """Makes pieces of one stage. Ray runs it as an actor with one thread per piece."""

    def __init__(self, step: Step, order: Part, place: Place) -> None:
        self._step, self._order, self._place = step, order, place
        stay_offline()
        use_store(models_folder())  # of this node
        self._vault = Vault.open(place.vault, cache=place.cache, cache_bytes=place.cache_bytes)
        self._turn, self._leasing = Turn(), threading.Lock()
        self._memory, self._leased = DeviceMemory(place.device), dict[str, Leased[Any]]()
        self._said = _Log()
        logging.getLogger().addHandler(self._said)
        logging.captureWarnings(True)

    def ready(self) -> str:
        """Check that this worker sees the run's vault. Returns its host and device, for people."""
        here = f"{socket.gethostname()} {self._place.device}"
        if not self._vault.has(self._place.probe):
            raise SetupMissing(
                f"The worker on {here} does not see what the run put into the vault at {self._vault.url}. "
                "Give the run and every node of the cluster the same vault (SAKUGA_VAULT)."
            )
        return here

    def make(self, piece: Part) -> Made:
        """Make one piece, or find the result of a worker that was lost before it reported."""
        cache = WorkCache(self._vault, None, calls=_NoBook(), watch=_NoWatch())
        waited, error, again = self._turn.waited_s, "", False
        try:
            STEPS[self._step](self._order, piece, self._model, cache)
        except SakugaError as failed:
            # An error of a model or a disk may be temporary; a refusal is not.
            error, again = f"{failed}", isinstance(failed, ModelFailed | StorageFailed)
        except Exception as failed:  # noqa: BLE001 - reported to the run, which raises it
            error, again = f"{type(failed).__name__}: {failed}", True
        finally:
            self._turn.give_back()
        seconds = sum(done.seconds for done in cache.done) - (self._turn.waited_s - waited)
        return Made(max(0.0, seconds), cache.machine_seconds, error, again, self._said.taken())

    def _model(self, named: Named | None) -> Any:
        """Lease a model once. A judge without GPU memory needs no lock."""
        if named is None:
            return None
        key = digest(named)
        with self._leasing:
            if key not in self._leased:
                found = adapter(named.port, named.name)
                self._leased[key] = Leased(found, self._place.device, named.options, self._memory)
        leased = self._leased[key]
        out_of_turn = named.port == "judge" and not leased.card.vram_gb
        return leased if out_of_turn else InTurn(leased, self._turn)


def _panel(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    upscaler = models(order.upscaler)
    draw(piece, order, PanelModels(models(order.painter), models(order.layout), upscaler), cache)


def _take(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    animator, judge = models(order.animator), models(order.judge)
    given = TakeModels(animator, judge, models(order.upscaler), models(order.painter))
    animate(piece, order, given, cache)


def _voice(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    sheet, speaker = order.cutsheet, models(order.speaker)
    voices.voice(piece.utterance(sheet), sheet, speaker=speaker, cache=cache, options=order.options)


def _effect(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    foley = models(order.foley)
    effects.effect(piece.sound, seconds=piece.seconds, seed=piece.seed, foley=foley, cache=cache)


def _music(order: Any, piece: Any, models: Models, cache: WorkCache) -> None:
    composer = models(order.composer)
    given = {"name": piece.name, "seconds": piece.seconds, "seed": piece.seed}
    effects.music(piece.mood, **given, composer=composer, cache=cache)


STEPS: dict[str, Callable[[Any, Any, Models, WorkCache], None]] = {
    "panel": _panel, "take": _take, "voice": _voice, "effect": _effect, "music": _music,
}  # fmt: skip
"""The stages that a cluster makes; the run's own process makes all other stages."""


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


class _NoBook:
    """Records no calls: the run records them, not its workers."""

    run = 0

    def begin(self, recipe: str, step: str, name: str) -> None: ...
    def finish(self, recipe: str, seconds: float) -> None: ...


class _NoWatch:
    """Shows no progress: the run shows it."""

    def began(self, step: Step, total: int) -> None: ...
    def moved(self, step: Step, name: str, part: float) -> None: ...
    def done(self, done: Done) -> None: ...
