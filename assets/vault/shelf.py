"""The shelf: where named bytes lie, whole or not at all.

A shelf knows names and bytes; digests it is asked to check, commits it knows nothing of.
Two exist: a ``Folder`` on a disk, and a ``Bucket`` in object storage.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol


class State(Enum):
    """What is known of a blob."""

    SOUND = "sound"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Item:
    """One thing on a shelf."""

    name: str
    bytes: int
    touched: float  # seconds since 1970 when it was last put there, for collecting


class Shelf(Protocol):
    """Names are relative, with ``/``. Every write is atomic: readers see all of it or nothing."""

    def read(self, name: str) -> bytes | None:
        """All its bytes; None when there is no such thing."""
        ...

    def write(self, name: str, data: bytes, sha256: str = "") -> None:
        """Put bytes there; ``sha256`` when they were hashed already."""
        ...

    def adopt(self, name: str, path: Path, sha256: str, *, move: bool) -> None:
        """Put a file there that was just hashed to ``sha256``; with ``move`` it is given up."""
        ...

    def renew(self, name: str, sha256: str, size: int) -> bool:
        """If it is already there and sound, make it count as just put; False: it is to be written."""
        ...

    def state(self, name: str, sha256: str, size: int) -> State:
        """Is it there, and is it what it should be, as far as this shelf can tell cheaply?"""
        ...

    def local(self, name: str, sha256: str, size: int) -> tuple[State, Path]:
        """A local file with its bytes, verified when the state is SOUND."""
        ...

    def hashed(self, name: str) -> str:
        """SHA-256 of what lies there now, read afresh."""
        ...

    def top(self) -> set[str]:
        """The names at the root."""
        ...

    def items(self, folder: str) -> Iterator[Item]:
        """Everything below ``folder``."""
        ...

    def rename(self, name: str, to: str) -> None: ...

    def remove(self, name: str) -> None: ...

    def remove_older(self, name: str, than: float) -> bool:
        """Remove it unless it was put there (or renewed) since ``than``; whether it was removed."""
        ...

    def copies(self) -> "Shelf | None":
        """The local copies this shelf keeps of what lies elsewhere; None where it keeps none."""
        ...

    def sweep(self, older_than: float) -> int:
        """Clear away what killed writers left half written before that time; bytes freed."""
        ...


def set_aside(shelf: Shelf, name: str) -> None:
    """Move what is damaged where nothing reads it, and a person still can."""
    shelf.rename(name, f"quarantine/{name.replace('/', '-')}")
