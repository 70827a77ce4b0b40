"""Pack the records of one episode into one document and restore them, for the case that the store is lost.

In: an episode.      Out: its rows, packed; or the rows of a packed document, entered where they are missing.
Runs, calls and work that was sent out are not included: they describe processes, not decisions.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from assets.errors import StorageFailed
from assets.hashing import canonical
from assets.store.connection import Database
from assets.store.ledger import Event, Ledger, event_of
from assets.store.tables import (
    choices,
    cuts,
    cutsheets,
    episodes,
    gates,
    identity,
    ledger,
    papers,
    retakes,
    reviews,
    settled,
    shows,
    takes,
)

VERSION = 1
# In the order in which rows may refer to earlier ones.
OF_EPISODE = (cutsheets, cuts, takes, choices, reviews, gates, retakes, papers, settled)
NUMBERED = {choices.name, reviews.name, gates.name, retakes.name}
"""Tables whose ids the database assigns: a restored row gets a new id."""


DECISIONS = (choices, reviews, retakes)
"""Append-only tables, except for the columns below."""
ENTERED_LATER = {retakes.name: {"take", "closed_at", "closed_by"}}


@dataclass(frozen=True)
class Restored:
    """The number of entered rows by table, and the events that were marked as rebuilt."""

    rows: Mapping[str, int]
    events: tuple[Event, ...]


class State:
    """The packing and restoring of the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def identity(self) -> str:
        """The identity of this store, generated once when it was created."""
        with self._database.reading() as connection:
            return str(connection.execute(select(identity.c.id)).scalar_one())

    def packed(self, episode: str) -> bytes:
        """All records of the episode; the same records give the same bytes."""
        with self._database.reading() as connection:
            tables = {
                table.name: [dict(row._mapping) for row in connection.execute(_rows(table, episode))]
                for table in OF_EPISODE
            }
            entered = [
                dict(row._mapping)
                for row in connection.execute(select(episodes).where(episodes.c.key == episode))
            ]
            mine = ledger.c.subject.startswith(f"{episode}/", autoescape=True) | (ledger.c.subject == episode)
            about = connection.execute(select(ledger).where(mine).order_by(ledger.c.number))
            events = [event_of(row).model_dump(mode="json") for row in about]
            body = {"version": VERSION, "episode": entered, "tables": tables, "events": events}
            plain = canonical(body)
        return gzip.compress(plain, compresslevel=6, mtime=0)

    def altered(self, episode: str, packed: bytes) -> str:
        """Which decision of the packed episode differs in this store; empty if none does."""
        tables = _opened(packed)["tables"]
        with self._database.reading() as connection:
            for table in DECISIONS:
                later = ENTERED_LATER.get(table.name, ())
                kept = [column for column in table.columns if column.name not in later]
                rows = connection.execute(select(*kept).where(table.c.episode == episode))
                found = {row.id: dict(row._mapping) for row in rows}
                for row in tables.get(table.name, ()):
                    if wrong := _difference(row, found.get(row["id"])):
                        return f"row {row['id']} of table {table.name} {wrong}"
        return ""

    def restore(self, packed: bytes, *, origin: str, by: str) -> Restored:
        """Enter the missing rows of a packed episode; each event of its ledger is entered again, marked as rebuilt.

        Existing rows are not changed. All of it or nothing.
        """
        body = _opened(packed)
        events = [Event.model_validate(event) for event in body["events"]]
        changed = [event.number for event in events if event.hash != event.computed()]
        if changed:
            raise StorageFailed(
                f"Event {changed[0]} in the packed records does not match its hash; not restored."
            )
        with self._database.batch(), self._database.writing() as connection:
            _enter_episode(connection, body["episode"], by)
            maps: dict[str, dict[int, int]] = {}
            rows = {
                table.name: _enter(connection, table, body["tables"].get(table.name, ()), maps)
                for table in OF_EPISODE
            }
            known = {str(row.hash) for row in connection.execute(select(ledger.c.hash))}
            told = tuple(
                Ledger(self._database).append("record.rebuilt", event.subject, _rebuilt_event(event, origin), by=by)
                for event in events if event.hash not in known
            )  # fmt: skip
        return Restored(rows, told)


def _rows(table: Table, episode: str) -> Any:
    return select(table).where(table.c.episode == episode).order_by(*table.primary_key.columns)


def _difference(packed: Mapping[str, Any], found: Mapping[str, Any] | None) -> str:
    """The columns that differ; columns added by a later version are not in an old document."""
    if found is None:
        return "is gone"
    other = [name for name, value in found.items() if name in packed and packed[name] != value]
    return f"has another {' and '.join(other)}" if other else ""


def _rebuilt_event(event: Event, origin: str) -> dict[str, Any]:
    return {"origin": origin, "event": event.model_dump(mode="json")}


def _opened(packed: bytes) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads(gzip.decompress(packed))
        if body["version"] != VERSION:
            raise StorageFailed(
                f"The packed records have version {body['version']!r}; this Sakuga knows {VERSION}. "
                "Use the release that wrote them."
            )
        return {
            "episode": list(body["episode"]),
            "tables": dict(body["tables"]),
            "events": list(body["events"]),
        }
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise StorageFailed(f"The packed records cannot be read ({type(error).__name__}).") from error


def _enter_episode(connection: Connection, rows: Sequence[Mapping[str, Any]], by: str) -> None:
    for row in rows:
        if connection.execute(select(shows.c.id).where(shows.c.id == row["show"])).first() is None:
            connection.execute(insert(shows), {"id": row["show"], "made_at": row["made_at"], "made_by": by})
        if connection.execute(select(episodes.c.key).where(episodes.c.key == row["key"])).first() is None:
            connection.execute(insert(episodes), dict(row))


def _enter(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], maps: dict[str, dict[int, int]]
) -> int:
    """Enter the missing rows in order; references between rows are mapped to the new ids."""
    entered = 0
    mine = maps.setdefault(table.name, {})
    for found in rows:
        row = {name: value for name, value in found.items() if name in table.c}
        if row.get("review") is not None:
            row["review"] = maps[reviews.name].get(row["review"])
        numbered = table.name in NUMBERED
        old = row.pop("id") if numbered else None
        same = list(row) if numbered and table is not gates else [column.name for column in table.primary_key]
        if table is gates:
            same = ["episode", "kind", "round"]
        condition = [
            table.c[name].is_(None) if row[name] is None else table.c[name] == row[name] for name in same
        ]
        columns = [table.c.id] if numbered else list(table.primary_key.columns)
        known = connection.execute(select(*columns).where(*condition)).first()
        if known is None:
            added = connection.execute(insert(table).values(row).returning(*columns)).one()
            entered += 1
        if numbered:
            mine[old] = int((known or added)[0])  # type: ignore[index]
    return entered
