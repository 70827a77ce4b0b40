"""Whose turn it is at the machine: one lane of a hand at a time, while the others put away what they have.

In: a lane that wants the machine.      Out: the turn, given back when its call has returned.
Encoding and judging a take needs no GPU; with two lanes the next cut is on the machine meanwhile.
"""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from models.lease import Leased


class Turn:
    """A lock that its holder may give back early and take again."""

    def __init__(self) -> None:
        self._lock, self._mine = threading.Lock(), threading.local()
        self.busy_s = 0.0

    @property
    def waited_s(self) -> float:
        """How long the lane that asks has waited for its turns, all together."""
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
    """A leased machine whose every call takes the turn and gives it back; in all else the lease itself."""

    def __init__(self, leased: Leased[Any], turn: Turn) -> None:
        self._leased, self._turn = leased, turn

    @property
    def model(self) -> Any:
        # Loading weights is work for the machine too. And whoever asks for the machine before it looks at the
        # clock does not count the wait.
        self._turn.take()
        return _Called(self._leased.model, self._turn)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._leased, name)


class _Called:
    """The machine, called one lane at a time."""

    def __init__(self, machine: Any, turn: Turn) -> None:
        self._machine, self._turn = machine, turn

    def __getattr__(self, name: str) -> Callable[..., Any]:
        asked = getattr(self._machine, name)

        def called(*given: Any, **named: Any) -> Any:
            with self._turn:
                began = time.perf_counter()
                try:
                    return asked(*given, **named)
                finally:
                    self._turn.busy_s += time.perf_counter() - began

        return called
