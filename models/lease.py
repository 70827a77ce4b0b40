"""A lease owns the life of weights on a device: they live exactly as long as a ``with``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from models.card import Port
from models.registry import adapter


@contextmanager
def lease(port: Port, name: str, device: str = "cpu") -> Iterator[Any]:
    """Load the machine, hand it out, and give its memory back however the block ends."""
    machine = adapter(port, name).load(device)
    try:
        yield machine
    finally:
        machine.unload()
