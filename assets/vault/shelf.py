"""A shelf: storage for named bytes that are written completely or not at all.

A shelf knows names and bytes. It can check digests; it knows nothing of commits. There are two: a ``Folder`` on a
disk, and a ``Bucket`` in object storage.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol


class State(Enum):
    """The state of a blob."""

    SOUND = "sound"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Item:
    """One item on a shelf."""

    name: str
    bytes: int
    touched: float  # seconds since 1970 when it was last written, for collecting


class Shelf(Protocol):
    """Names are relative, with ``/``. Every write is atomic: readers see all of it or nothing."""

    def read(self, name: str) -> bytes | None:
        """All its bytes; None if it does not exist."""
        ...

    def write(self, name: str, data: bytes, sha256: str = "") -> None:
        """Write bytes; ``sha256`` if they were hashed already."""
        ...

    def adopt(self, name: str, path: Path, sha256: str, *, move: bool) -> None:
        """Store a file that was just hashed to ``sha256``; with ``move`` the caller gives it up."""
        ...

    def renew(self, name: str, sha256: str, size: int) -> bool:
        """If it exists and is intact, update its time; return False if it must be written."""
        ...

    def state(self, name: str, sha256: str, size: int) -> State:
        """Whether it exists and is intact, as far as this shelf can tell cheaply."""
        ...

    def local(self, name: str, sha256: str, size: int) -> tuple[State, Path]:
        """A local file with its bytes, verified when the state is SOUND."""
        ...

    def hashed(self, name: str) -> str:
        """SHA-256 of the current content, read again."""
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
        """Remove it unless it was written (or renewed) since ``than``; return whether it was removed."""
        ...

    def copies(self) -> "Shelf | None":
        """The shelf of local copies; None if this shelf has none."""
        ...

    def sweep(self, older_than: float) -> int:
        """Remove what killed writers left unfinished before that time; return the freed bytes."""
        ...


def set_aside(shelf: Shelf, name: str) -> None:
    """Move a damaged item to where nothing reads it, but a person still can."""
    shelf.rename(name, f"quarantine/{name.replace('/', '-')}")
