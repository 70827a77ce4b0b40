"""Let one thread of a worker at a time call the model, while the others encode, judge and store.

In: a thread that needs the model.      Out: the lock, released when its call has returned.
Encoding and judging a take needs no GPU; with two threads the model works on the next cut meanwhile.
"""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from models.lease import Leased


class Turn:
    """A lock that its holder may release early and take again; it counts the waiting and the working time."""

    def __init__(self) -> None:
        self._lock, self._mine = threading.Lock(), threading.local()
        self.busy_s = 0.0

    @property
    def waited_s(self) -> float:
        """Total time the calling thread has waited for the lock, seconds."""
        return float(getattr(self._mine, "waited", 0.0))

    @property
    def held(self) -> bool:
        return bool(getattr(self._mine, "held", False))

    def take(self) -> None:
        if not self.held:
            began = time.perf_counter()
            self._lock.acquire()
            self._mine.waited = self.waited_s + time.perf_counter() - began
            self._mine.held = True

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
        return _Called(self._leased.model, self._turn)

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
                began = time.perf_counter()
                try:
                    return asked(*given, **named)
                finally:
                    self._turn.busy_s += time.perf_counter() - began

        return called
