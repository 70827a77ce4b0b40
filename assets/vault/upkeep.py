"""Upkeep of the vault: read everything afresh, and remove what nothing refers to.

In: a shelf and its commits.      Out: an Inspection, or the bytes that were freed.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from assets.sheets.production import Ref
from assets.vault.commits import Commits
from assets.vault.naming import blob_digest, blob_name, refs_in
from assets.vault.shelf import Shelf, State, set_aside


@dataclass(frozen=True)
class Inspection:
    """What was found. ``sound`` when there is nothing to mend."""

    blobs: int
    bytes: int
    commits: int
    damaged: tuple[str, ...]  # blobs and commits that did not match; they are in quarantine now
    incomplete: tuple[str, ...]  # recipes whose result refers to something that is not there
    strange: tuple[str, ...]  # files that are neither blob nor commit

    @property
    def sound(self) -> bool:
        return not (self.damaged or self.incomplete or self.strange)


def inspect(shelf: Shelf, commits: Commits) -> Inspection:
    """Hash every blob, read every commit; what is damaged goes to quarantine."""
    damaged: list[str] = []
    incomplete: list[str] = []
    strange: list[str] = []
    blobs = held = finished = 0
    for item in list(shelf.items("blobs")):
        promised = blob_digest(item.name)
        if promised is None:
            strange.append(item.name)
        elif shelf.hashed(item.name) != promised:
            damaged.append(item.name)
            set_aside(shelf, item.name)
        else:
            blobs, held = blobs + 1, held + item.bytes
    for recipe, item in commits.items():
        result = commits.read(recipe) if recipe else None
        if recipe is None:
            strange.append(item.name)
        elif result is None:
            damaged.append(item.name)
        else:
            finished += 1
            if any(_state(shelf, ref) is not State.SOUND for ref in refs_in(result)):
                incomplete.append(recipe)
    return Inspection(blobs, held, finished, tuple(damaged), tuple(incomplete), tuple(strange))


def collect(
    shelf: Shelf, commits: Commits, keep: Iterable[Ref | str], *, forget: bool, older_than_s: float
) -> int:
    """See ``Vault.collect``. Commits go before their blobs, so a kill leaves no broken promise."""
    before = time.time() - older_than_s
    wanted = list(keep)
    recipes = {item for item in wanted if isinstance(item, str)}
    names = {blob_name(item) for item in wanted if isinstance(item, Ref)}
    for recipe, item in commits.items():
        if recipe is None:
            continue
        if forget and recipe not in recipes and item.touched < before:
            shelf.remove(item.name)
        else:
            names |= {blob_name(ref) for ref in refs_in(commits.read(recipe) or {})}
    freed = shelf.sweep(before)
    for item in list(shelf.items("blobs")):
        if item.name not in names and blob_digest(item.name) and item.touched < before:
            shelf.remove(item.name)
            freed += item.bytes
    return freed


def _state(shelf: Shelf, ref: Ref) -> State:
    return shelf.state(blob_name(ref), ref.sha256, ref.bytes)
