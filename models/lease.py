"""A lease owns the life of weights on a device: they live no longer than a ``with``.

Weights are loaded at the first call, so a run that finds all its work done loads nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from models.card import Card, Port
from models.registry import Adapter, adapter


class Leased:
    """A machine that may be asked for its card at any time and loads when first used."""

    def __init__(self, found: type[Adapter], device: str) -> None:
        self.card: Card = found.card
        self.loads = 0
        self._found, self._device = found, device
        self._machine: Any = None

    @property
    def machine(self) -> Any:
        if self._machine is None:
            self._machine = self._found.load(self._device)
            self.loads += 1
        return self._machine

    def release(self) -> None:
        if self._machine is not None:
            self._machine.unload()
            self._machine = None


@contextmanager
def lease(port: Port, name: str, device: str = "cpu") -> Iterator[Leased]:
    """Hand the machine out, and give its memory back however the block ends."""
    leased = Leased(adapter(port, name), device)
    try:
        yield leased
    finally:
        leased.release()
