"""Check the vault against the store, restore what is found elsewhere, list what must be made again.

In: vault, store, folders.      Out: faults in sentences; restored blobs.
Safe during a run: blobs and commits appear complete, and a restored blob is checked against its hash.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.errors import SakugaError
from assets.loader import parse_yaml
from assets.plain import listed
from assets.sheets.cutsheet import Cutsheet
from assets.sheets.production import Ref
from assets.store import Store
from assets.store.references import REPLACED
from assets.vault import Vault
from assets.vault.naming import blob_name, commit_recipe
from assets.vault.upkeep import Examination, Fault, Told, Wanted
from flows.settings import Settings

SHOWN = 12


@dataclass(frozen=True)
class Rooms:
    """The vault, store and folders that maintenance works on."""

    vault: Vault
    store: Store
    out: Path
    settings: Settings


@dataclass(frozen=True)
class Repaired:
    """What ``repair`` did, and what is still missing, by episode."""

    put_back: tuple[str, ...]
    aside: tuple[str, ...]
    committed: int
    gone: Mapping[str, tuple[str, ...]]


def required_blobs(store: Store) -> Wanted:
    """What the store refers to, by blob name."""
    found: dict[str, tuple[Ref, list[str]]] = {}
    for one in store.references():
        found.setdefault(blob_name(one.ref), (one.ref, []))[1].append(f"{one.episode}: {one.what}")
    return {name: (ref, tuple(dict.fromkeys(by))) for name, (ref, by) in found.items()}


def examined(rooms: Rooms, told: Told) -> Examination:
    """Read every blob and commit, and compare with what the store refers to. Changes nothing."""
    return rooms.vault.examine(required_blobs(rooms.store), told)


def needs(fault: Fault, recipes: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """Who needs the faulty blob, in words; empty: only old results that no episode shows any more."""
    said = []
    for by in fault.wanted_by:
        if REPLACED in by:
            continue
        if by.startswith("commit "):
            said += [f"{key}: {name}" for recipe, (key, name) in recipes.items() if recipe.startswith(by[7:])]
        else:
            said.append(by)
    if fault.kind == "commit":
        recipe = commit_recipe(fault.name)
        if recipe is not None and recipe in recipes:
            said.append("{}: {}".format(*recipes[recipe]))
    return tuple(dict.fromkeys(said))


def matters(fault: Fault, recipes: Mapping[str, tuple[str, str]]) -> bool:
    """Whether a needed blob is faulty, or bytes have changed."""
    return fault.kind != "missing" or bool(needs(fault, recipes))


def repair(rooms: Rooms, found: Examination) -> Repaired:
    """Move damaged blobs to the quarantine, and restore what is found elsewhere under its hash."""
    recipes = rooms.store.recipes()
    aside = [fault.name for fault in found.faults if fault.kind in ("changed", "commit")]
    for name in aside:
        rooms.vault.set_aside(name)
    lacking = {fault.name: fault for fault in found.faults if fault.ref is not None}
    elsewhere = _by_size(_files(rooms))
    put_back = []
    for name, fault in lacking.items():
        ref = fault.ref
        if ref is not None and _put_back(ref, rooms, elsewhere):
            put_back.append(name)
    put_back += _sheets_again({name: lacking[name] for name in lacking.keys() - set(put_back)}, rooms)
    gone = defaultdict(list)
    for name in lacking.keys() - set(put_back):
        for need in needs(lacking[name], recipes):
            gone[need.partition(":")[0]].append(need.partition(": ")[2])
    return Repaired(
        tuple(put_back), tuple(aside), _commits_again(rooms), {key: tuple(each) for key, each in gone.items()}
    )


def _put_back(ref: Ref, rooms: Rooms, elsewhere: Mapping[int, Iterable[Path]]) -> bool:
    places = (*rooms.vault.copies_of(ref), *elsewhere.get(ref.bytes, ()))
    return any(rooms.vault.found_again(ref, path) for path in places)


def _files(rooms: Rooms) -> Iterator[Path]:
    """The files in the episodes' folders, and this machine's notes on them."""
    for item in rooms.store.episodes():
        for folder in (rooms.out / item.id, rooms.settings.home / "episodes" / item.id):
            for base, _, names in os.walk(folder):
                yield from (Path(base, name) for name in names)


def _by_size(files: Iterable[Path]) -> dict[int, list[Path]]:
    found: dict[int, list[Path]] = defaultdict(list)
    for path in files:
        if path.is_file() and not path.is_symlink():
            found[path.stat().st_size].append(path)
    return found


def _sheets_again(lacking: Mapping[str, Fault], rooms: Rooms) -> list[str]:
    """Rebuild cut sheets that gates show: the same sheet as JSON, from the YAML that people read."""
    if not any("review, round" in by for fault in lacking.values() for by in fault.wanted_by):
        return []
    again = []
    for one in rooms.store.references():
        if one.what.startswith("cutsheet") and rooms.vault.has(one.ref):
            text = rooms.vault.get(one.ref).decode()
            sheet = Cutsheet.from_raw(parse_yaml(text, one.what), one.what)
            name = blob_name(rooms.vault.put(sheet.to_json().encode(), "application/json"))
            again += [name] if name in lacking else []
    return again


def _commits_again(rooms: Rooms) -> int:
    """Commit what the store knows and the vault has: documents, boards, and takes whose commit was lost."""
    count = 0
    for one in rooms.store.references():
        if not one.what.startswith(("take ", "work ")) and rooms.vault.has(one.ref):
            rooms.vault.keep_ref(one.ref)
    for item in rooms.store.episodes():
        for takes in rooms.store.takes_by_cut(item.key).values():
            for take in takes:
                if rooms.vault.has(take.clip) and rooms.vault.recall(take.recipe) is None:
                    result = {"clip": take.clip.model_dump(mode="json"), "seconds": take.seconds}
                    rooms.vault.commit(take.recipe, result)
                    count += 1
    return count


def commands(gone: Mapping[str, tuple[str, ...]], rooms: Rooms) -> Iterator[str]:
    """The commands that make the rest, one or two sentences per episode."""
    from flows.episode import inputs
    from flows.episode.brief import command_of

    for key, lost in gone.items():
        id = key.partition("/")[2]
        shown = listed(list(dict.fromkeys(lost)), SHOWN)
        try:
            again = command_of(inputs.remembered(id, rooms.out, rooms.settings))
        except (SakugaError, OSError):
            again = "sakuga produce SCRIPT, with the script it was made from"
        yield f"{id}: {shown}. To make them again: {again}"
        for cut, chosen in rooms.store.selections(key).items():
            if chosen.locked and not rooms.vault.has(chosen.take.clip):
                yield (
                    f"{id}: the approved take {chosen.take.number} of {cut} is gone, and no run makes an approved "
                    f'take again by itself. Order it: sakuga retake {id} {cut} --unlock --reason "its clip was lost"'
                )
