"""What runs in a worker process of the cluster: one stage's models, loaded once, and piece after piece.

In: what the pieces of a stage share, then pieces.      Out: how each went; the result is in the vault.
Two pieces are in a worker at a time: while one is on the model, the one before is encoded, judged, put away.
A worker needs the vault and nothing else: no store, no Prefect, no script.
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
from models.lease import Leased, Named
from models.memory import DeviceMemory
from models.registry import adapter
from stages.sound import effects, voices
from stages.storyboard import PanelModels, draw
from stages.takes.shooting import TakeModels, animate
from stages.work_cache import WorkCache

MOST_LINES = 50  # of the log, for each piece

Models = Callable[[Named | None], Any]
"""The leased model of a name; None for None."""


@dataclass(frozen=True)
class Place:
    """Where a worker works: its device, and the vault it shares with the run. ``probe`` is in that vault."""

    device: str
    vault: str
    cache: Path | None
    cache_bytes: int
    probe: Ref


@dataclass(frozen=True)
class Made:
    """How one piece went. ``again``: the error may pass, another try is worth it."""

    seconds: float = 0.0
    machine_seconds: float = 0.0
    error: str = ""
    again: bool = False
    said: tuple[str, ...] = ()  # what was logged meanwhile


class StageWorker:
    """Makes pieces of one stage. Ray runs it as an actor, a thread for each piece that is in it."""

    def __init__(self, step: Step, order: Part, place: Place) -> None:
        self._step, self._order, self._place = step, order, place
        self._vault = Vault.open(place.vault, cache=place.cache, cache_bytes=place.cache_bytes)
        self._turn, self._leasing = Turn(), threading.Lock()
        self._memory, self._leased = DeviceMemory(place.device), dict[str, Leased[Any]]()
        self._said = _Log()
        logging.getLogger().addHandler(self._said)
        logging.captureWarnings(True)

    def ready(self) -> str:
        """Where this worker is, once it is known to see the run's vault."""
        here = f"{socket.gethostname()} {self._place.device}"
        if not self._vault.has(self._place.probe):
            raise SetupMissing(
                f"The worker on {here} does not see what the run put into the vault at {self._vault.url}. "
                "Give the run and every node of the cluster the same vault (SAKUGA_VAULT)."
            )
        return here

    def make(self, piece: Part) -> Made:
        """Make one piece, or find it made by somebody who could not say so any more."""
        cache = WorkCache(self._vault, None, calls=_NoBook(), watch=_NoWatch())
        waited, error, again = self._turn.waited_s, "", False
        try:
            STEPS[self._step](self._order, piece, self._model, cache)
        except SakugaError as failed:
            # A model or a disk may do better at another try; a refusal says the same again.
            error, again = f"{failed}", isinstance(failed, ModelFailed | StorageFailed)
        except Exception as failed:  # noqa: BLE001 - told to the run, which raises it
            error, again = f"{type(failed).__name__}: {failed}", True
        finally:
            self._turn.give_back()
        seconds = sum(done.seconds for done in cache.done) - (self._turn.waited_s - waited)
        return Made(max(0.0, seconds), cache.machine_seconds, error, again, self._said.taken())

    def _model(self, named: Named | None) -> Any:
        """Leased once. Only what needs no GPU memory is used out of turn: measuring a picture, for one."""
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
"""The stages that a cluster works at; every other stage is the run's own process."""


class _Log(logging.Handler):
    """What was logged while a piece was made, by the thread that made it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._mine = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        self._mine.lines = [*getattr(self._mine, "lines", []), self.format(record)]

    def taken(self) -> tuple[str, ...]:
        lines, self._mine.lines = getattr(self._mine, "lines", []), []
        return tuple(lines[:MOST_LINES])


class _NoBook:
    """The run writes the book of calls, not its workers."""

    run = 0

    def begin(self, recipe: str, step: str, name: str) -> None: ...
    def finish(self, recipe: str, seconds: float) -> None: ...


class _NoWatch:
    """The run tells people how far it is."""

    def began(self, step: Step, total: int) -> None: ...
    def moved(self, step: Step, name: str, part: float) -> None: ...
    def done(self, done: Done) -> None: ...
