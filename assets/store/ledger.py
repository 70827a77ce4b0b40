"""The ledger: all events in one hash chain, so that no change goes unnoticed.

In: a kind, a subject and a body.      Out: a numbered event, chained to the one before it.
An event's hash is the SHA-256 of its canonical JSON (RFC 8785), the previous hash included.
A mistake is corrected by a further event. Only the end could be cut off unnoticed, so anchors of it are kept in
the vault (flows/upkeep/anchoring.py).
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from pydantic import Field
from sqlalchemy import Connection, Row, insert, select

from assets.errors import InputRefused, StorageFailed
from assets.hashing import canonical, digest
from assets.sheets.base import Part
from assets.sheets.production import Digest
from assets.store.connection import Database
from assets.store.tables import ledger

Kind = Literal[
    "rights.granted",
    "rights.revoked",
    "asset.ingested",
    "dataset.frozen",
    "training.completed",
    "model.merged",
    "generation.completed",
    "review.decided",
    "take.entered",
    "take.chosen",
    "take.unlocked",
    "episode.assembled",
    "delivery.completed",
    "delivery.signed",
    "royalty.rule_set",
    "royalty.statement_issued",
    "payment.recorded",
    "record.rebuilt",
    "store.accepted",
    "person.entered",
    "person.erased",
    "rights.overridden",
    "key.changed",
]
"""Every kind of event. The list may grow; a kind that was ever stored is never removed."""

START = "0" * 64
"""The previous hash of the first event."""


class Event(Part):
    """One entry of the ledger."""

    number: int = Field(ge=1, description="1, 2, 3... without a gap")
    made_at: str
    made_by: str
    kind: str
    subject: str = Field(description="What it is about: an episode's key, a model, a grant")
    body: dict[str, Any]
    previous: Digest
    hash: Digest

    def computed(self) -> str:
        """The hash of this content."""
        return digest(self.model_dump(mode="json", exclude={"hash"}))


class Ledger:
    """Append, read and verify. There is no other way to write; the database refuses it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, kind: Kind, subject: str, body: Mapping[str, Any], *, by: str = "sakuga") -> Event:
        """Write the next event. Fractions (float, Decimal) in ``body`` are stored as decimal strings."""
        if kind not in get_args(Kind):
            raise InputRefused(
                f"The ledger has no kind {kind!r}. Kinds: {', '.join(get_args(Kind))}. "
                "A new one is a line in assets/store/ledger.py."
            )
        plain = json.loads(canonical(_written(body)))
        with self._database.writing() as connection:
            last = _last(connection)
            event = _bound(
                Event(
                    number=last.number + 1 if last else 1,
                    made_at=now(),
                    made_by=by,
                    kind=kind,
                    subject=subject,
                    body=plain,
                    previous=last.hash if last else START,
                    hash=START,
                )
            )
            row = {**event.model_dump(exclude={"body"}), "body": canonical(event.body).decode()}
            connection.execute(insert(ledger), row)
        return event

    def events(
        self,
        *,
        kind: Kind | None = None,
        subject: str | None = None,
        within: str | None = None,
        after: int = 0,
    ) -> tuple[Event, ...]:
        """Events in order; of one kind, about one subject, about anything ``within`` one, or with numbers above
        ``after``."""
        wanted = select(ledger).where(ledger.c.number > after).order_by(ledger.c.number)
        if kind is not None:
            wanted = wanted.where(ledger.c.kind == kind)
        if subject is not None:
            wanted = wanted.where(ledger.c.subject == subject)
        if within is not None:
            wanted = wanted.where(ledger.c.subject.startswith(f"{within}/", autoescape=True))
        with self._database.reading() as connection:
            return tuple(event_of(row) for row in connection.execute(wanted))

    def last(self) -> Event | None:
        """The newest event; its number and hash represent the whole chain up to it."""
        with self._database.reading() as connection:
            return _last(connection)

    def event(self, number: int) -> Event | None:
        with self._database.reading() as connection:
            row = connection.execute(select(ledger).where(ledger.c.number == number)).first()
            return event_of(row) if row else None

    def verify(self, *, known: Event | None = None) -> None:
        """Check the whole chain; raise StorageFailed with the first event that is broken.

        known  an event kept from earlier; it must still be there unchanged
        """
        number, previous = 0, START
        with self._database.reading() as connection:
            rows = connection.execution_options(yield_per=1000).execute(
                select(ledger).order_by(ledger.c.number)
            )
            for row in rows:
                event = event_of(row)
                problem = _problem(event, number + 1, previous)
                if known is not None and event.number == known.number and event.hash != known.hash:
                    problem = problem or "is not the event that was kept"
                if problem:
                    raise _broken(number + 1, self._database.shown, problem)
                number, previous = event.number, event.hash
        if known is not None and number < known.number:
            raise _broken(number + 1, self._database.shown, f"is gone; {known.number} events were known")


def now() -> str:
    """The time in UTC, in milliseconds."""
    return moment(datetime.now(UTC))


def moment(time: datetime) -> str:
    """A time in the format of the store, in which times can be compared as text."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _bound(event: Event) -> Event:
    return event.model_copy(update={"hash": event.computed()})


def _last(connection: Connection) -> Event | None:
    row = connection.execute(select(ledger).order_by(ledger.c.number.desc()).limit(1)).first()
    return event_of(row) if row else None


def event_of(row: Row[Any]) -> Event:
    """Convert a row of the ledger to an event. Raises StorageFailed if it cannot be read."""
    found = dict(row._mapping)
    try:
        return Event(**{**found, "body": json.loads(found["body"])})
    except ValueError as error:
        raise StorageFailed(
            f"Event {found['number']} of the ledger cannot be read any more ({type(error).__name__}). "
            "Somebody changed it outside Sakuga; put a backup of the database in its place."
        ) from error


def _problem(event: Event, number: int, previous: str) -> str:
    if event.number != number:
        return f"is missing; event {event.number} stands in its place"
    if event.previous != previous:
        return "does not follow the one before it"
    if event.hash != event.computed():
        return "was changed after it was written"
    return ""


def _broken(number: int, shown: str, problem: str) -> StorageFailed:
    return StorageFailed(
        f"The ledger in {shown} is broken: event {number} {problem}. Events before it are sound. "
        "Keep this database as evidence and put a backup in its place."
    )


def _written(value: Any) -> Any:
    """``value`` with every fraction as a decimal string: sums of money must stay exact."""
    if isinstance(value, Part):
        return _written(value.model_dump(mode="json"))
    if isinstance(value, Mapping):
        return {str(key): _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    if isinstance(value, float | Decimal):
        if not math.isfinite(value):
            raise InputRefused(
                f"{value} is not a number the ledger can store; leave it out or say why it is."
            )
        return format(value if isinstance(value, Decimal) else Decimal(repr(value)), "f")
    return value
