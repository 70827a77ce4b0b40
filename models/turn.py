"""Models that several threads of a process share: each is loaded once, and one thread at a time calls one of them.

In: the name of a model.      Out: its lease; a thread waits there for its turn.
Encoding and judging a take needs no GPU; with two threads the model works on the next cut meanwhile.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from assets.hashing import digest
from models.lease import Leased, Named
from models.memory import DeviceMemory
from models.registry import adapter


class SharedModels:
    """The models of one device."""

    def __init__(self, device: str) -> None:
        self.turn = Turn()
        self._memory, self._leasing = DeviceMemory(device), threading.Lock()
        self._leased: dict[str, Leased[Any]] = {}

    def lease(self, named: Named | None) -> Any:
        """The one lease of a model; None for None. A judge without GPU memory is called without waiting."""
        if named is None:
            return None
        key = digest(named)
        with self._leasing:
            if key not in self._leased:
                found = adapter(named.port, named.name)
                self._leased[key] = Leased(found, self._memory.device, named.options, self._memory)
        leased = self._leased[key]
        out_of_turn = named.port == "judge" and not leased.card.vram_gb
        return leased if out_of_turn else InTurn(leased, self.turn)

    def release(self) -> None:
        """Free the memory of all of them."""
        for leased in self._leased.values():
            leased.release()


class Turn:
    """A lock that its holder may release early and take again; it counts the waiting time."""

    def __init__(self) -> None:
        self._lock, self._mine = threading.Lock(), threading.local()

    @property
    def waited_s(self) -> float:
        """Total time the calling thread has waited for the lock and for weights to load, seconds."""
        return float(getattr(self._mine, "waited", 0.0))

    @property
    def held(self) -> bool:
        return bool(getattr(self._mine, "held", False))

    def take(self) -> None:
        if not self.held:
            with self.waiting():
                self._lock.acquire()
            self._mine.held = True

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count the block as waiting of the calling thread."""
        began = time.perf_counter()
        yield
        self._mine.waited = self.waited_s + time.perf_counter() - began

    def give_back(self) -> None:
        if self.held:
            self._mine.held = False
            self._lock.release()

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.give_back()


class InTurn:
    """A lease whose every model call takes the lock and releases it. Everything else is the lease itself."""

    def __init__(self, leased: Leased[Any], turn: Turn) -> None:
        self._leased, self._turn = leased, turn

    @property
    def model(self) -> Any:
        # Loading weights needs the device too. A stage asks for the model before it starts its clock, so the
        # wait is not counted as work.
        self._turn.take()
        with self._turn.waiting():
            model = self._leased.model
        return _Called(model, self._turn)

    @property
    def waited_s(self) -> float:
        """What the calling thread has waited: for its turn, and for weights to load."""
        return self._turn.waited_s

    def __getattr__(self, name: str) -> Any:
        return getattr(self._leased, name)


class _Called:
    """The model, called by one thread at a time."""

    def __init__(self, model: Any, turn: Turn) -> None:
        self._model, self._turn = model, turn

    def __getattr__(self, name: str) -> Callable[..., Any]:
        asked = getattr(self._model, name)

        def called(*given: Any, **named: Any) -> Any:
            with self._turn:
                return asked(*given, **named)

        return called
