"""Keep people, works and grants in the store, and their hashes in the ledger.

In: a Rights sheet.      Out: a Registry. The ledger binds every sheet: one that was changed outside is refused.
The ledger has ids and salted hashes, no names: erasing a person removes name and contact here, and the chain holds.
"""

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from assets.errors import InputRefused, StorageFailed
from assets.hashing import canonical, digest
from assets.plain import one_line
from assets.rights.registry import Registry
from assets.sheets.base import Part
from assets.sheets.rights import Grant, Person, Rights, Work
from assets.store.connection import Database
from assets.store.ledger import Kind, Ledger, now
from assets.store.tables import ledger, rights

RecordKind = Literal["person", "work", "grant"]
_SORTS: dict[RecordKind, type[Part]] = {"person": Person, "work": Work, "grant": Grant}
_EVENTS: dict[RecordKind, Kind] = {
    "person": "person.entered",
    "work": "asset.ingested",
    "grant": "rights.granted",
}


class RightsBook:
    """The registry in the store. Nothing is deleted: a change is a new version."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ledger = Ledger(database)

    def registry(self) -> Registry:
        """Everything that is registered now. Raises StorageFailed where a record is not what the ledger says."""
        with self._database.reading() as connection:
            return _registry(connection, self._database.shown)

    def add(self, sheet: Rights, *, by: str) -> Counter[RecordKind]:
        """Enter what is new or changed, all of it or nothing; how many of each were entered."""
        entered: Counter[RecordKind] = Counter()
        with self._database.batch(), self._database.writing() as connection:
            known = _registry(connection, self._database.shown)
            sheet = _salted(sheet, known)
            known.with_added(sheet)
            pairs: tuple[tuple[RecordKind, Iterable[Any], Mapping[str, Any]], ...] = (
                ("person", sheet.people, known.people),
                ("work", sheet.works, known.works),
                ("grant", sheet.grants, known.grants),
            )
            for kind, records, before in pairs:
                for record in records:
                    if before.get(record.id) != record:
                        self._enter(connection, kind, record, by)
                        entered[kind] += 1
        return entered

    def revoke(self, grant: str, *, reason: str, by: str) -> Grant:
        """End a grant for every later use. Statements that were issued stay as they are.

        reason  stays in the ledger for ever: no names
        raises  InputRefused for a grant that does not exist, was revoked, or cannot be revoked
        """
        with self._database.batch(), self._database.writing() as connection:
            known = _registry(connection, self._database.shown)
            found = known.grants.get(grant)
            if found is None:
                raise InputRefused(f"There is no grant {grant!r}. `sakuga rights show` lists them.")
            if grant in known.revoked:
                raise InputRefused(f"Grant {grant} was revoked already: {known.revoked[grant]}")
            if not found.revocable:
                until = f"It ends on {found.ends}." if found.ends else "It has no end."
                raise InputRefused(
                    f"Grant {grant} says that it cannot be revoked. {until} Nothing was changed."
                )
            body = {"reason": one_line(reason), "record": digest(found)}
            self._ledger.append("rights.revoked", grant, body, by=by)
        return found

    def erase(self, person: str, *, reason: str, by: str) -> int:
        """Remove a person's name, contact and salt from every version; their ids, works and grants stay.

        reason  stays in the ledger for ever: no names
        """
        with self._database.batch(), self._database.writing() as connection:
            mine = (rights.c.kind == "person") & (rights.c.id == person) & rights.c.sheet.is_not(None)
            versions = connection.execute(update(rights).where(mine).values(sheet=None)).rowcount
            if not versions:
                raise InputRefused(f"No person {person!r} is registered, or their data was erased already.")
            self._ledger.append(
                "person.erased", person, {"versions": versions, "reason": one_line(reason)}, by=by
            )
        return versions

    def scrub(self) -> bool:
        """Remove old bytes of erased rows from the files of the database; False where that is left to its keeper.

        SQLite keeps them in its write-ahead log until it is emptied, which it cannot be while others read;
        PostgreSQL keeps them until VACUUM.
        """
        if not self._database.is_sqlite:
            return False
        with self._database.outside() as driver:
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def _enter(self, connection: Connection, kind: RecordKind, record: Any, by: str) -> None:
        mine = (rights.c.kind == kind) & (rights.c.id == record.id)
        last = connection.execute(
            select(rights.c.version).where(mine).order_by(rights.c.version.desc())
        ).first()
        version, hash = (last.version + 1 if last else 1), digest(record)
        row = {"kind": kind, "id": record.id, "version": version, "digest": hash,
               "sheet": canonical(record).decode(), "made_at": now(), "made_by": by}  # fmt: skip
        connection.execute(insert(rights), row)
        self._ledger.append(
            _EVENTS[kind], record.id, {"record": hash, "version": version, **_public(record)}, by=by
        )


def _public(record: Part) -> dict[str, Any]:
    """What the ledger says besides the hash: ids, hashes and terms; no title, name, client or wording."""
    if isinstance(record, Work):
        return record.model_dump(
            mode="json", include={"kind", "files", "made_by", "sources", "portrays", "named"}
        )
    if isinstance(record, Grant):
        return record.model_dump(mode="json", exclude={"id", "duties", "exclusive_to"})
    return {}


def _salted(sheet: Rights, known: Registry) -> Rights:
    """Every person with a salt: the one from before, or a new one."""
    people = []
    for person in sheet.people:
        if person.id in known.erased:
            raise InputRefused(f"The data of {person.id} was erased. Enter the person under a new id.")
        before = known.people.get(person.id)
        salt = person.salt or (before.salt if before else secrets.token_hex(16))
        people.append(person.model_copy(update={"salt": salt}))
    return sheet.model_copy(update={"people": tuple(people)})


def _registry(connection: Connection, shown: str) -> Registry:
    found: dict[RecordKind, dict[str, Any]] = {"person": {}, "work": {}, "grant": {}}
    erased = set()
    stated = _stated(connection, shown)
    order = {key: position for position, key in enumerate(stated)}
    rows = connection.execute(select(rights)).all()
    for row in sorted(rows, key=lambda row: order.get((row.kind, row.id, row.version), 0)):
        where = f"Version {row.version} of {row.kind} {row.id}"
        if stated.pop((row.kind, row.id, row.version), None) != row.digest:
            raise _changed(where, shown)
        if row.sheet is None:
            erased.add(row.id)
            continue
        try:
            record = _SORTS[row.kind].model_validate(json.loads(row.sheet))
        except (ValueError, TypeError, RecursionError) as error:
            raise _changed(where, shown) from error
        if digest(record) != row.digest:
            raise _changed(where, shown)
        found[row.kind].pop(row.id, None)  # a new version is the newest, also in the order
        found[row.kind][row.id] = record
    for kind, id, version in stated:
        raise _changed(f"Version {version} of {kind} {id}", shown)
    people = {**found["person"], **{id: Person(id=id, name="(erased)") for id in sorted(erased)}}
    _check_erased(connection, erased, shown)
    return Registry(people, found["work"], found["grant"], _revoked(connection, shown), frozenset(erased))


def _stated(connection: Connection, shown: str) -> dict[tuple[str, str, int], str]:
    """What the ledger says about every record, in order: its hash, by kind, id and version."""
    kinds = {event: kind for kind, event in _EVENTS.items()}
    rows = connection.execute(select(ledger).where(ledger.c.kind.in_(kinds)).order_by(ledger.c.number))
    stated: dict[tuple[str, str, int], str] = {}
    for row in rows:
        body = _body(row, shown)
        if isinstance(body.get("version"), int) and "record" in body:
            stated[kinds[row.kind], str(row.subject), body["version"]] = str(body["record"])
    return stated


def _revoked(connection: Connection, shown: str) -> dict[str, str]:
    rows = connection.execute(select(ledger).where(ledger.c.kind == "rights.revoked"))
    return {str(row.subject): str(_body(row, shown).get("reason", "")) for row in rows}


def _body(row: Any, shown: str) -> dict[str, Any]:
    """What an event of the ledger says."""
    try:
        body = json.loads(row.body)
    except (ValueError, TypeError, RecursionError) as error:
        raise _changed(f"Event {row.number}", shown) from error
    if not isinstance(body, dict):
        raise _changed(f"Event {row.number}", shown)
    return body


def _check_erased(connection: Connection, erased: set[str], shown: str) -> None:
    rows = connection.execute(select(ledger.c.subject).where(ledger.c.kind == "person.erased"))
    for id in erased - {str(row.subject) for row in rows}:
        raise _changed(f"Person {id}", shown)


def _changed(where: str, shown: str) -> StorageFailed:
    return StorageFailed(
        f"{where} in {shown} is not what the ledger says: it was changed or removed outside Sakuga. "
        "Keep this database as evidence and put a backup in its place."
    )
