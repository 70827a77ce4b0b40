"""Anchors of the ledger in an append-only folder of the vault.

In: anchors.      Out: the same, oldest first, and the names of those that cannot be read.
"""

import json
from collections.abc import Iterator

from assets.hashing import canonical
from assets.sheets.anchor import Anchor
from assets.vault.shelf import Shelf

FOLDER = "anchors"


class Anchors:
    """``anchors/SHOW/EPISODE/TIME-STORE-NUMBER-DIGEST.json``."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def write(self, anchor: Anchor) -> None:
        """Add one, completely or not at all."""
        self._shelf.write(f"{FOLDER}/{anchor.episode}/{anchor.name}.json", canonical(anchor))

    def names(self, episode: str = "") -> list[str]:
        """The names of one episode or of all, by episode and time."""
        folder = f"{FOLDER}/{episode}" if episode else FOLDER
        return sorted(item.name for item in list(self._shelf.items(folder)))

    def read(self, name: str) -> Anchor | None:
        """One anchor; None if it is damaged: its name contains the digest of its content."""
        data = self._shelf.read(name)
        try:
            anchor = Anchor.model_validate(json.loads(data or b""))
        except (ValueError, RecursionError):
            return None
        return anchor if name == f"{FOLDER}/{anchor.episode}/{anchor.name}.json" else None

    def of(self, episode: str = "", store: str = "") -> Iterator[Anchor]:
        """Every readable anchor (of one store), the newest of each episode first."""
        for name in reversed(self.names(episode)):
            if store and f"-{store[:8]}-" not in name:
                continue
            anchor = self.read(name)
            if anchor is not None and store in ("", anchor.store):
                yield anchor

    def newest(self, episode: str, store: str = "") -> Anchor | None:
        """The last readable one (of that store)."""
        return next(self.of(episode, store), None)
