"""Check every row in the database, and name the values that cannot be used.

In: a database.      Out: faults: table, row, column, what is wrong with it.
The store's methods trust their rows. If one fails on what it read, this module finds the row: one place for all
tables, used only when something is wrong (and before a run begins).
"""

import json
import math
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import Field, TypeAdapter
from sqlalchemy import Boolean, Column, Float, Integer, String, Table

from assets.errors import SakugaError, StorageFailed
from assets.sheets.base import Part
from assets.sheets.casting import CastBoard, CastVerdict
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Ref, Take
from assets.sheets.review import Board, Choice, CutRemark, Door, GateKind, Lock, Verdict
from assets.store.castings import casting_of
from assets.store.checkpoints import Checkpoint
from assets.store.connection import Database
from assets.store.gates import gate_of
from assets.store.ledger import event_of
from assets.store.records import Call, Episode, EpisodeKey, GateState, Refusal, Run, Stage
from assets.store.reviews import retake_of, review_of
from assets.store.tables import metadata

UNUSABLE = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, AssertionError,
    StopIteration,
)  # fmt: skip
"""The errors that reading an unusable row can raise (including those of pydantic and JSON)."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_DIGESTS = {"recipe", "basis", "sha256", "seen", "hash", "previous", "script", "root"}
_TIMES = {
    "made_at",
    "changed_at",
    "closed_at",
    "read_at",
    "ended_at",
    "opened_at",
    "began_at",
    "posted_at",
    "taken_at",
}


@dataclass(frozen=True)
class RowFault:
    """One value that cannot be used, or a table that cannot be read."""

    table: str
    row: str
    column: str
    problem: str

    def __str__(self) -> str:
        where = f"table {self.table}" + (f", row {self.row}" if self.row else "")
        return f"{where}: {f'{self.column} ' if self.column else ''}{self.problem}"


class _Entry(Part):
    """An entry of the journal of finished work, as ``settle`` gets it."""

    recipe: str = Field(pattern=f"^{_DIGEST.pattern}$")
    basis: str
    fits: str
    maker: str
    ingredients: dict[str, str]


def explained(database: Database, error: BaseException) -> StorageFailed | None:
    """The message for ``error`` if a row explains it; None if every row is fine."""
    if isinstance(error, SakugaError) or not isinstance(error, UNUSABLE):
        return None
    found = next(faults(database), None)
    return None if found is None else row_error(found, database)


def row_error(fault: RowFault, database: Database) -> StorageFailed:
    return StorageFailed(
        f"{database.shown} is damaged: {fault}. Put a backup of the database in its place (`*.before-*` beside a "
        "SQLite file); or move it away and run `sakuga vault rebuild EPISODE` for each of its episodes."
    )


def faults(database: Database, episode: str | None = None) -> Iterator[RowFault]:
    """Every fault; only those of one episode's rows if one is given."""
    if database.file is not None:
        yield from _faults_of_file(database, episode)
        return
    with database.plain() as connection:
        for table in metadata.sorted_tables:
            rows = connection.exec_driver_sql(_statement(table, episode, "%s"), _values(table, episode))
            for row in rows:
                yield from _faults_of_row(table, dict(row._mapping))


def _faults_of_file(database: Database, episode: str | None) -> Iterator[RowFault]:
    try:
        with closing(sqlite3.connect(str(database.file), timeout=database.busy_s)) as driver:
            # Invalid UTF-8 is returned with replacement marks, instead of as an error without a row.
            driver.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            if episode is None:
                for (said,) in driver.execute("PRAGMA quick_check(3)"):
                    if said != "ok":
                        yield RowFault("(file)", "", "", f"the file is damaged: {said}")
            for table in metadata.sorted_tables:
                rows = driver.execute(_statement(table, episode, "?"), _values(table, episode))
                names = [entry[0] for entry in rows.description]
                for row in rows:
                    yield from _faults_of_row(table, dict(zip(names, row, strict=True)))
            yield from _dangling(driver, episode)
    # The driver decodes its own messages, which contain a damaged schema.
    except (sqlite3.Error, UnicodeDecodeError) as error:
        yield RowFault("(file)", "", "", f"cannot be read: {error}")


def _dangling(driver: sqlite3.Connection, episode: str | None) -> Iterator[RowFault]:
    """Rows that refer to a missing row; PostgreSQL never has them."""
    for table, rowid, parent, _ in driver.execute("PRAGMA foreign_key_check").fetchall():
        known = metadata.tables.get(table)
        if known is None:
            continue
        found = driver.execute(f'SELECT * FROM "{table}" WHERE rowid = ?', (rowid,))  # noqa: S608 - our names
        names = [entry[0] for entry in found.description]
        row = dict(zip(names, found.fetchone() or (None,) * len(names), strict=True))
        if episode is None or row.get("episode") == episode:
            yield RowFault(table, _key(known, row), "", f"refers to a row of {parent} that is not there")


def _statement(table: Table, episode: str | None, mark: str) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    where = f' WHERE "episode" = {mark}' if episode is not None and "episode" in table.c else ""
    if episode is not None and not where:
        where = f' WHERE "key" = {mark}' if table.name == "episodes" else " WHERE 1 = 0"
    return f'SELECT {columns} FROM "{table.name}"{where}'  # noqa: S608 - names of our own tables


def _values(table: Table, episode: str | None) -> tuple[str, ...]:
    return (episode,) if episode is not None and ("episode" in table.c or table.name == "episodes") else ()


def _faults_of_row(table: Table, row: Mapping[str, Any]) -> Iterator[RowFault]:
    key = _key(table, row)
    for column in table.columns:
        problem = _problem(table, column, row[column.name])
        if problem:
            yield RowFault(table.name, key, column.name, problem)
            return
    whole = _WHOLE.get(table.name)
    if whole is not None:
        try:
            whole(row)
        except (*UNUSABLE, SakugaError) as error:
            yield RowFault(table.name, key, "", f"cannot be read ({type(error).__name__})")


def _key(table: Table, row: Mapping[str, Any]) -> str:
    return ", ".join(f"{column.name} {row[column.name]!r:.80}" for column in table.primary_key)


def _problem(table: Table, column: Column[Any], value: Any) -> str:
    """What is wrong with one value; empty if nothing is."""
    if value is None:
        return "" if column.nullable else "is empty, and may not be"
    kind = column.type
    if isinstance(kind, Boolean):
        return (
            "" if value in (0, 1) and isinstance(value, int) else f"is {value!r:.60}, neither true nor false"
        )
    if isinstance(kind, Integer):
        # Beyond 2**53 a number has no canonical JSON; no count comes near it.
        whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53
        return "" if whole else f"is {value!r:.60}, not a whole number below 2**53"
    if isinstance(kind, Float):
        real = isinstance(value, int | float) and math.isfinite(value)
        return "" if real else f"is {value!r:.60}, not a number"
    return _text_problem(table, column, value)


def _text_problem(table: Table, column: Column[Any], value: Any) -> str:
    if not isinstance(value, str):
        return f"is {type(value).__name__}, not text"
    if any("\ud800" <= character <= "\udfff" for character in value):
        return "is not UTF-8"
    allowed = _ALLOWED.get((table.name, column.name))
    if allowed is not None and value not in allowed:
        return f"is {value!r:.60}; it is one of {', '.join(allowed)}"
    if column.name in _DIGESTS and isinstance(column.type, String) and not _DIGEST.fullmatch(value):
        return f"is {value!r:.60}, not a SHA-256"
    if column.name in _TIMES and not _TIME.fullmatch(value):
        return f"is {value!r:.60}, not a time such as 2026-11-22T05:27:32.120Z"
    check = _CHECKS.get((table.name, column.name))
    if check is None:
        return ""
    try:
        check(value)
    except (*UNUSABLE, SakugaError) as error:
        return f"cannot be read ({type(error).__name__}: {str(error).splitlines()[0]:.100})"
    return ""


def _object(text: str) -> None:
    if not isinstance(json.loads(text), dict):
        raise ValueError("not a JSON object")


def _many(kind: Any) -> Callable[[str], None]:
    adapter = TypeAdapter(tuple[kind, ...])

    def check(text: str) -> None:
        adapter.validate_python(json.loads(text))

    return check


_CHECKS: dict[tuple[str, str], Callable[[str], Any]] = {
    ("episodes", "key"): TypeAdapter(EpisodeKey).validate_python,
    ("cutsheets", "sheet"): lambda text: Cutsheet.from_raw(json.loads(text), "the sheet"),
    ("cuts", "sheet"): lambda text: Cut.model_validate(json.loads(text)),
    ("takes", "sheet"): lambda text: Take.model_validate(json.loads(text)),
    ("reviews", "remarks"): _many(CutRemark),
    ("reviews", "choices"): _many(Choice),
    ("reviews", "locks"): _many(Lock),
    ("gates", "board"): lambda text: Board.model_validate(json.loads(text)),
    ("gates", "refusals"): _many(Refusal),
    ("castings", "board"): lambda text: CastBoard.model_validate(json.loads(text)),
    ("castings", "refusals"): _many(Refusal),
    ("settled", "entry"): lambda text: _Entry.model_validate(json.loads(text)),
    ("ledger", "body"): _object,
}
_ALLOWED: dict[tuple[str, str], tuple[str, ...]] = {
    ("cuts", "status"): ("live", "missing"),
    ("reviews", "verdict"): get_args(Verdict),
    ("reviews", "door"): get_args(Door),
    ("gates", "kind"): get_args(GateKind),
    ("gates", "state"): get_args(GateState),
    ("retakes", "stage"): get_args(Stage),
    ("castings", "state"): get_args(GateState),
    ("castings", "verdict"): get_args(CastVerdict),
    ("castings", "door"): get_args(Door),
}


def _take_agrees(row: Mapping[str, Any]) -> None:
    take = Take.model_validate(json.loads(row["sheet"]))
    if (take.cut, take.number, take.recipe) != (row["cut"], row["number"], row["recipe"]):
        raise ValueError("its sheet belongs to another take")


@dataclass(frozen=True)
class _Raw:
    """A row read without SQLAlchemy, in the form the store's own readers expect."""

    _mapping: Mapping[str, Any]


def _raw(row: Mapping[str, Any]) -> Any:
    return _Raw(row)


# The store's own readers: what they refuse here would make them fail later.
_WHOLE: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "episodes": lambda row: Episode(**row),
    "takes": _take_agrees,
    "reviews": lambda row: review_of(_raw(row)),
    "gates": lambda row: gate_of(_raw(row)),
    "castings": lambda row: casting_of(_raw(row)),
    "retakes": lambda row: retake_of(_raw(row)),
    "runs": lambda row: Run(**row),
    "calls": lambda row: Call(**{name: value for name, value in row.items() if name != "run"}),
    "ledger": lambda row: event_of(_raw(row)),
    "checkpoints": lambda row: Checkpoint(**row),
    "papers": lambda row: Ref(sha256=row["sha256"], bytes=row["bytes"], media_type=row["media_type"]),
}
