"""Maintenance of the vault: read everything again, and remove what nothing refers to.

In: a shelf, its commits, what the production store refers to.      Out: what was found, or freed.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from assets.errors import StorageFailed
from assets.sheets.production import Ref
from assets.vault.commits import Commits
from assets.vault.naming import blob_digest, blob_name, refs_in
from assets.vault.shelf import Item, Shelf, State, set_aside

Told = Callable[[int, int], None]
"""Progress: number of checked items, total number."""


@dataclass(frozen=True)
class Inspection:
    """The result. ``sound`` when there is nothing to repair."""

    blobs: int
    bytes: int
    commits: int
    damaged: tuple[str, ...]  # blobs and commits that did not match; they were moved to quarantine
    incomplete: tuple[str, ...]  # recipes whose result refers to something missing
    strange: tuple[str, ...]  # files that are neither blob nor commit

    @property
    def sound(self) -> bool:
        return not (self.damaged or self.incomplete or self.strange)


@dataclass(frozen=True)
class Fault:
    """One fault.

    changed  a blob whose bytes do not match its name      missing  a blob that is referred to
    commit   a commit that cannot be read                  strange  neither blob nor commit
    """

    kind: Literal["changed", "missing", "commit", "strange"]
    name: str
    ref: Ref | None = None
    wanted_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Examination:
    """The result of ``examine``; nothing was changed."""

    blobs: int
    bytes: int
    commits: int
    faults: tuple[Fault, ...]
    unreferenced: tuple[Item, ...]


Wanted = Mapping[str, tuple[Ref, tuple[str, ...]]]
"""By blob name: the reference, and a description of who refers to it."""


def inspect(shelf: Shelf, commits: Commits) -> Inspection:
    """Hash every blob, read every commit; move what is damaged to quarantine."""
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
            if any(_state(shelf, ref) is not State.SOUND for ref in _refs(result)):
                incomplete.append(recipe)
    return Inspection(blobs, held, finished, tuple(damaged), tuple(incomplete), tuple(strange))


def examine(shelf: Shelf, commits: Commits, wanted: Wanted, told: Told) -> Examination:
    """Hash every blob and read every commit, and change nothing. ``wanted``: what the store refers to."""
    needed = {name: (ref, list(by)) for name, (ref, by) in wanted.items()}
    faults: list[Fault] = []
    finished = 0
    for recipe, item in commits.items():
        result = commits.peek(recipe) if recipe else None
        if recipe is None:
            faults.append(Fault("strange", item.name))
        elif result is None:
            faults.append(Fault("commit", item.name))
        else:
            finished += 1
            for ref in _refs(result):
                needed.setdefault(blob_name(ref), (ref, []))[1].append(f"commit {recipe[:12]}")
    items = list(shelf.items("blobs"))
    present: dict[str, Item] = {}
    unreferenced: list[Item] = []
    for number, item in enumerate(items, 1):
        told(number, len(items))
        promised = blob_digest(item.name)
        if promised is None:
            faults.append(Fault("strange", item.name))
            continue
        present[item.name] = item
        known = needed.get(item.name)
        if shelf.hashed(item.name) != promised:
            faults.append(Fault("changed", item.name, *((known[0], tuple(known[1])) if known else ())))
        elif known is None:
            unreferenced.append(item)
    for name, (ref, by) in needed.items():
        if name not in present:
            faults.append(Fault("missing", name, ref, tuple(by)))
    held = sum(item.bytes for item in present.values())
    return Examination(len(present), held, finished, tuple(faults), tuple(unreferenced))


def collect(
    shelf: Shelf, commits: Commits, keep: Iterable[Ref | str], *, forget: bool, older_than_s: float
) -> int:
    """See ``Vault.collect``. Commits are removed before their blobs, so a kill leaves no commit without its blobs."""
    before = time.time() - older_than_s
    wanted = list(keep)
    recipes = {item for item in wanted if isinstance(item, str)}
    if forget:
        for recipe, item in commits.items():
            if recipe is not None and recipe not in recipes and item.touched < before:
                shelf.remove(item.name)
    free = unreferenced(shelf, commits, (item for item in wanted if isinstance(item, Ref)), before=before)
    freed = shelf.sweep(before)
    for item in free:
        freed += item.bytes if shelf.remove_older(item.name, before) else 0
    return freed


def unreferenced(shelf: Shelf, commits: Commits, keep: Iterable[Ref], *, before: float) -> list[Item]:
    """Blobs written before that time which neither ``keep`` nor any commit refers to.

    raises  StorageFailed for a commit that cannot be read: its blobs would look unreferenced
    """
    names = {blob_name(ref) for ref in keep}
    for recipe, item in commits.items():
        if recipe is None:
            continue
        result = commits.peek(recipe)
        if result is None and shelf.read(item.name) is not None:
            raise StorageFailed(
                f"{item.name} cannot be read, so what it refers to is not known, and nothing was removed. "
                "`sakuga vault repair` sets it aside and writes again what it can; then collect."
            )
        names |= {blob_name(ref) for ref in _refs(result)}
    # Listed after the commits were read: a blob renewed in between has a new time.
    return [
        item for item in list(shelf.items("blobs"))
        if item.name not in names and blob_digest(item.name) and item.touched < before
    ]  # fmt: skip


def _refs(result: object) -> Iterator[Ref]:
    """The references of a result; a malformed result refers to nothing."""
    try:
        yield from list(refs_in(result))
    except ValidationError:
        return


def _state(shelf: Shelf, ref: Ref) -> State:
    return shelf.state(blob_name(ref), ref.sha256, ref.bytes)
