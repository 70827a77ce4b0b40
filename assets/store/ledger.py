"""The ledger: all events in one hash chain, so that no change goes unnoticed.

In: a kind, a subject and a body.      Out: a numbered event, chained to the one before it.
An event's hash is the SHA-256 of its canonical JSON (RFC 8785), the previous hash included.
A mistake is corrected by a further event. Only the end could be cut off unnoticed, so anchors of it are kept in
the vault (flows/upkeep/anchoring.py).
"""

import json
import math
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Literal, cast, get_args

from sqlalchemy import Connection, insert, select

from assets.errors import InputRefused, StorageFailed
from assets.hashing import canonical
from assets.sheets.base import Part
from assets.signing import Signer
from assets.store.checkpoints import Checkpoint, Checkpoints
from assets.store.connection import Database
from assets.store.events import START, Event, event_of, moment, now
from assets.store.keys import SUBJECT, change
from assets.store.tables import identity, ledger
from assets.store.verifying import Fault, Proof, first_fault

__all__ = ["START", "Event", "Kind", "Ledger", "event_of", "moment", "now"]

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
    "sheet.decided",
    "take.chosen",
    "take.unlocked",
    "episode.assembled",
    "delivery.completed",
    "delivery.signed",
    "watermark.issued",
    "royalty.rule_set",
    "royalty.statement_issued",
    "royalty.statement_redacted",
    "payment.recorded",
    "record.rebuilt",
    "store.accepted",
    "person.entered",
    "person.erased",
    "access.given",
    "access.ended",
    "rights.overridden",
    "key.changed",
    "lora.validated",
    "lora.decided",
    "lora.promoted",
    "lora.rolled_back",
    "lora.overridden",
]
"""Every kind of event. The list may grow; a kind that was ever stored is never removed."""


class Ledger:
    """Append, read and verify. There is no other way to write; the database refuses it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.checkpoints = Checkpoints(database)

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

    @contextmanager
    def stream(self, *, kinds: Collection[Kind] = ()) -> Iterator[Iterator[Event]]:
        """All events in order, or those of some kinds, read in pieces: memory does not grow with the ledger."""
        wanted = select(ledger).order_by(ledger.c.number)
        if kinds:
            wanted = wanted.where(ledger.c.kind.in_(kinds))
        with self._database.reading() as connection:
            rows = connection.execute(wanted, execution_options={"yield_per": 1000})
            yield (event_of(row) for row in rows)

    def fault(self, *, known: Event | None = None, trusted: str = "") -> Fault | None:
        """The first fault of the chain, its checkpoints and keys; None if there is none.

        known    an event kept from earlier; it must still be there unchanged
        trusted  a public key that must be one of the ledger's
        raises   StorageFailed for an event that cannot be read
        """
        proof = Proof(self.identity(), self.checkpoints.all(), trusted, known)
        with self.stream() as events:
            return first_fault(events, proof)

    def verify(self, *, known: Event | None = None, trusted: str = "") -> None:
        """As ``fault``; raise StorageFailed with the first event that is broken."""
        found = self.fault(known=known, trusted=trusted)
        if found is not None:
            raise StorageFailed(
                f"The ledger in {self._database.shown} is broken ({found.kind}): event {found.number} {found.problem}. "
                "Events before it are sound. Keep this database as evidence and put a backup in its place."
            )

    def identity(self) -> str:
        """The store's identity, which checkpoints and keys name."""
        with self._database.reading() as connection:
            return str(connection.execute(select(identity.c.id)).scalar_one())

    def checkpoint(self, signer: Signer, *, by: str) -> Checkpoint | None:
        """Sign the ledger as it is now; None when nothing has happened since the last checkpoint."""
        return self.checkpoints.sign(signer, self._enter, by=by)

    def change_key(self, signer: Signer, before: Signer | None, *, by: str) -> Event:
        """From this event on ``signer`` signs; ``before`` is the key until now, and None only for the first one."""
        return self.append("key.changed", SUBJECT, change(self.identity(), signer, before), by=by)

    def _enter(self, kind: str, subject: str, body: dict[str, object], by: str) -> None:
        self.append(cast("Kind", kind), subject, body, by=by)


def _bound(event: Event) -> Event:
    return event.model_copy(update={"hash": event.computed()})


def _last(connection: Connection) -> Event | None:
    row = connection.execute(select(ledger).order_by(ledger.c.number.desc()).limit(1)).first()
    return event_of(row) if row else None


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
