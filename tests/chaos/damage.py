"""Damaged, emptied and removed files and rows: mended, or refused with a sentence, never used in silence."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.chaos import episode
from tests.chaos.case import Place, Verdict, Wrong
from tests.chaos.commands import judged, sakuga

GARBAGE: tuple[object, ...] = (
    "", None, "\x00", b"\xff\xfe\x00", "{", "[]", "{}", "null", "NaN", -1, 2**62, 1e308, "9" * 5000,
    "\x1b[31m", "../../etc/passwd", "x" * 100_000, "2026-13-45T99:99:99Z", '{"sheet": "take"}', "ß\u202e☃",
)  # fmt: skip


def play(chance: Random, place: Place) -> Verdict:
    """One of the faults, chosen by the seed, then the same command."""
    place.context.reviewed.copied(place)
    fault: Callable[[Random, Place], None] = chance.choice(FAULTS)
    fault(chance, place)
    place.note(f"fault: {fault.__name__}")
    first = sakuga(place, *episode.PRODUCE)
    verdict = judged(first)
    again = sakuga(place, *episode.PRODUCE)
    judged(again)
    status = sakuga(place, "status", episode.NAME)
    judged(status)
    if again.code == 0:
        told = bool(first.err.strip() or again.err.strip()) or _doctor_tells(place)
        _check(place, told=told)
    return verdict


def a_file_of_the_vault(chance: Random, place: Place) -> None:
    _harm(chance, place, _files(place.work / "episodes/.sakuga/vault"))


def a_file_that_is_delivered(chance: Random, place: Place) -> None:
    _harm(chance, place, _files(place.work / "episodes" / episode.NAME))


def a_note_of_the_studio(chance: Random, place: Place) -> None:
    home = place.work / "episodes/.sakuga"
    notes = [
        path
        for path in _files(home)
        if "vault" not in path.relative_to(home).parts and "sqlite" not in path.name
    ]
    _harm(chance, place, notes)


def bytes_of_the_store(chance: Random, place: Place) -> None:
    home = place.work / "episodes/.sakuga"
    _harm(chance, place, [path for path in _files(home) if "sqlite" in path.name])


def a_row_of_the_store(chance: Random, place: Place) -> None:
    """One value of one row is garbage."""
    with _database(place) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        full = [name for name in tables if database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]]
        table = chance.choice(sorted(full))
        columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
        rows = [row[0] for row in database.execute(f'SELECT rowid FROM "{table}" ORDER BY rowid')]
        column, row, value = chance.choice(columns), chance.choice(rows), chance.choice(GARBAGE)
        place.note(f"{table}.{column} of row {row} becomes {value!r:.60}")
        _without_guards(database)
        try:
            database.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (value, row))
        except sqlite3.IntegrityError:
            database.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (row,))


def rows_are_deleted(chance: Random, place: Place) -> None:
    """The last rows of a table are gone: of the ledger, the choices, the calls."""
    with _database(place) as database:
        table = chance.choice(
            ("ledger", "ledger", "choices", "calls", "takes", "retakes", "cuts", "papers", "episodes")
        )
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            table = "choices"
        rows = [row[0] for row in database.execute(f'SELECT rowid FROM "{table}" ORDER BY rowid DESC')]
        gone = rows[: chance.randint(1, max(1, len(rows)))]
        place.note(f"the last {len(gone)} of {len(rows)} rows of {table} are deleted")
        _without_guards(database)
        database.executemany(f'DELETE FROM "{table}" WHERE rowid = ?', [(row,) for row in gone])


def the_store_is_gone(chance: Random, place: Place) -> None:
    """The store is removed, emptied, or replaced by an empty one."""
    home = place.work / "episodes/.sakuga"
    for path in list(home.glob("store.sqlite*")):
        path.unlink()
    how = chance.choice(("removed", "empty", "replaced"))
    place.note(f"the store is {how}")
    if how == "empty":
        (home / "store.sqlite").touch()
    if how == "replaced":
        with sqlite3.connect(home / "store.sqlite") as database:
            database.execute("CREATE TABLE other (x)")


def the_vault_is_gone(chance: Random, place: Place) -> None:
    import shutil

    vault = place.work / "episodes/.sakuga/vault"
    part = chance.choice((vault, *[path for path in sorted(vault.iterdir()) if path.is_dir()]))
    place.note(f"{part.relative_to(place.work)} is removed")
    shutil.rmtree(part)


FAULTS = (
    a_file_of_the_vault, a_file_of_the_vault, a_file_that_is_delivered, a_note_of_the_studio, bytes_of_the_store,
    a_row_of_the_store, a_row_of_the_store, rows_are_deleted, the_store_is_gone, the_vault_is_gone,
)  # fmt: skip


def _harm(chance: Random, place: Place, files: list[Path]) -> None:
    """Flip, cut, empty, remove or replace one of ``files``."""
    path, how = chance.choice(files), chance.choice(("flip", "flip", "cut", "empty", "remove", "garbage"))
    data = bytearray(path.read_bytes())
    place.note(f"{how}: {path.relative_to(place.work)} ({len(data)} bytes)")
    path.chmod(0o644)
    if how == "remove":
        path.unlink()
        return
    if how == "flip" and data:
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif how == "cut":
        del data[chance.randrange(len(data) + 1) :]
    elif how == "empty":
        data.clear()
    else:
        data[:] = chance.randbytes(chance.randint(1, 5000))
    path.write_bytes(data)


def _check(place: Place, *, told: bool) -> None:
    """The command said that it is done: then it is, and nothing was lost without a word."""
    base: episode.Base = place.context.reviewed
    found = episode.decided(place.work)
    if found != base.decided and not told:
        raise Wrong(f"decisions changed without a word: {_difference(base.decided, found)}")
    if found == base.decided:
        episode.check_episode(place.work, base)
    # A run reads what it uses. What it does not use is found by a verification, and mended or left out then.
    episode.verified(place.work)
    judged(sakuga(place, *episode.PRODUCE))
    episode.check_vault(place.work)


def _doctor_tells(place: Place) -> bool:
    """Whether the examination says that something is wrong."""
    ended = sakuga(place, "doctor", "--brief")
    judged(ended)
    return ended.code != 0 or "ready" not in ended.out


def _difference(wanted: dict[str, list[dict[str, Any]]], found: dict[str, list[dict[str, Any]]]) -> str:
    parts = [name for name in wanted if wanted[name] != found[name]]
    return f"{', '.join(parts)}\n{json.dumps({name: found[name] for name in parts}, default=str)[:600]}"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _without_guards(database: sqlite3.Connection) -> None:
    """Foreign keys, checks and triggers stop no program that does not want to be stopped."""
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("PRAGMA ignore_check_constraints = ON")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')


def _database(place: Place) -> sqlite3.Connection:
    """The store by hand, as a foreign program would open it; committed at the end of the block."""
    file = place.work / "episodes/.sakuga/store.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return connection
