"""Commits: the atomic record that a recipe is finished, with its result.

In: a recipe and its result as plain JSON data.      Out: the result again, or None.
Knows nothing about whether the blobs of a result still exist.
"""

import json
from collections.abc import Iterator
from typing import Any

from assets.hashing import canonical, digest
from assets.vault.naming import commit_name, commit_recipe
from assets.vault.shelf import Item, Shelf, set_aside


class Commits:
    """One small JSON file per finished recipe, with the digest of its own result."""

    def __init__(self, shelf: Shelf, warnings: list[str]) -> None:
        self._shelf = shelf
        self._warnings = warnings

    def write(self, recipe: str, result: dict[str, Any]) -> None:
        record = {"recipe": recipe, "result": result, "sha256": digest(result)}
        self._shelf.write(commit_name(recipe), canonical(record))

    def read(self, recipe: str) -> dict[str, Any] | None:
        """The result; None when there is none, or when it was damaged and moved to quarantine."""
        name = commit_name(recipe)
        data = self._shelf.read(name)
        if data is None:
            return None
        result = _sound_result(data, recipe)
        if result is None:
            set_aside(self._shelf, name)
            self._warnings.append(f"{name} was damaged and is in quarantine; its work is done again.")
        return result

    def peek(self, recipe: str) -> dict[str, Any] | None:
        """Like ``read``, but what is damaged is not moved."""
        data = self._shelf.read(commit_name(recipe))
        return None if data is None else _sound_result(data, recipe)

    def items(self) -> Iterator[tuple[str | None, Item]]:
        """Every file among the commits, with its recipe; None if the name is not one of ours."""
        for item in list(self._shelf.items("commits")):
            yield commit_recipe(item.name), item


def _sound_result(data: bytes, recipe: str) -> dict[str, Any] | None:
    try:
        record = json.loads(data)
        if not isinstance(record, dict) or record.get("recipe") != recipe:
            return None
        result = record.get("result")
        sound = isinstance(result, dict) and digest(result) == record.get("sha256")
    # RecursionError: endless nesting. ValueError also means numbers without a canonical form.
    except (ValueError, RecursionError):
        return None
    return result if sound else None
