"""One event of the ledger, and the time as the store writes it.

In: a row.      Out: an Event, which can compute its own hash.
"""

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import Field
from sqlalchemy import Row

from assets.errors import StorageFailed
from assets.hashing import digest
from assets.sheets.base import Part
from assets.sheets.production import Digest

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


def now() -> str:
    """The time in UTC, in milliseconds."""
    return moment(datetime.now(UTC))


def moment(time: datetime) -> str:
    """A time in the format of the store, in which times can be compared as text."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
