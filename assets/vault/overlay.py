"""A shelf over another one, which is only read: whatever is written stays above it.

In: the shelf below, a folder for what is written.      Out: one shelf that shows both.
A run that is only tried sees the real vault, and changes nothing in it: no time of a file, no damaged blob moved.
"""

from collections.abc import Iterator
from pathlib import Path

from assets.vault.folder import Folder
from assets.vault.shelf import Item, Shelf, State


class Overlay:
    """``above`` counts first. A name that was removed or moved away is hidden below."""

    def __init__(self, below: Shelf | None, above: Folder) -> None:
        """``below``: None where there is no vault yet."""
        self._below, self._above = below, above
        self._hidden: set[str] = set()

    def read(self, name: str) -> bytes | None:
        found = self._above.read(name)
        below = self._under(name)
        return found if found is not None or below is None else below.read(name)

    def write(self, name: str, data: bytes, sha256: str = "") -> None:
        self._above.write(name, data, sha256)

    def adopt(self, name: str, path: Path, sha256: str, *, move: bool) -> None:
        self._above.adopt(name, path, sha256, move=move)

    def renew(self, name: str, sha256: str, size: int) -> bool:
        return self.state(name, sha256, size) is State.SOUND

    def state(self, name: str, sha256: str, size: int) -> State:
        found = self._above.state(name, sha256, size)
        below = self._under(name)
        return found if found is not State.MISSING or below is None else below.state(name, sha256, size)

    def local(self, name: str, sha256: str, size: int) -> tuple[State, Path]:
        state, path = self._above.local(name, sha256, size)
        below = self._under(name)
        return (
            (state, path) if state is not State.MISSING or below is None else below.local(name, sha256, size)
        )

    def hashed(self, name: str) -> str:
        below = self._under(name)
        above = self._above.read(name) is not None
        return self._above.hashed(name) if above or below is None else below.hashed(name)

    def top(self) -> set[str]:
        return self._above.top() | (self._below.top() if self._below else set())

    def items(self, folder: str) -> Iterator[Item]:
        above = {item.name: item for item in self._above.items(folder)}
        yield from above.values()
        for item in self._below.items(folder) if self._below else ():
            if item.name not in above and item.name not in self._hidden:
                yield item

    def rename(self, name: str, to: str) -> None:
        data = self.read(name)
        if data is not None:
            self.remove(name)
            self._above.write(to, data)

    def remove(self, name: str) -> None:
        self._above.remove(name)
        self._hidden.add(name)

    def remove_older(self, name: str, than: float) -> bool:
        self.remove(name)
        return True

    def copies(self) -> Shelf | None:
        return self._below.copies() if self._below else None

    def sweep(self, older_than: float) -> int:
        return 0

    def _under(self, name: str) -> Shelf | None:
        return None if name in self._hidden else self._below
