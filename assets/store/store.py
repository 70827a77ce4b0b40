"""The production store: one database of what was made, chosen, reviewed and paid for.

In: a URL.      Out: a Store, migrated and ready.
Knows nothing about bytes (they are in the vault) or about how work is done.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Self

from assets.store import inspection
from assets.store.castings import Castings
from assets.store.connection import Database
from assets.store.episodes import Episodes
from assets.store.gates import Gates
from assets.store.holds import Holds
from assets.store.ledger import Ledger
from assets.store.papers import Papers
from assets.store.references import References
from assets.store.reviews import Reviews
from assets.store.rights import RightsBook
from assets.store.runs import Runs
from assets.store.schema import settle
from assets.store.state import State
from assets.store.takes import Takes


class Store(Episodes, Takes, Gates, Reviews, Runs, Papers, Holds, References, Castings, State):
    """The whole store; the methods of each part are in its own file.

    Every method is one transaction; ``batch`` joins many into one. Safe for many threads and processes. Writers give
    their name (``by``).
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.ledger = Ledger(database)
        self.rights = RightsBook(database)
        self.url = database.shown
        database.explain = partial(inspection.explained, database)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the store at ``sqlite:///path`` or ``postgresql://…``; created or migrated if needed.

        raises  StoreRefused for a database that is newer, damaged, or not ours
        """
        database = Database(url)
        database.explain = partial(inspection.explained, database)
        try:
            settle(database)
        except BaseException:
            database.close()
            raise
        return cls(database)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Put everything this thread writes inside into one transaction: all of it, or nothing.

        Other writers wait until it ends, so no model is called inside.
        """
        with self._database.batch():
            yield

    def required_sound(self, episode: str) -> None:
        """Refuse an episode with a damaged row, before anything is made. Raises StorageFailed."""
        for fault in inspection.faults(self._database, episode):
            raise inspection.row_error(fault, self._database)

    def faults(self) -> list[str]:
        """A sentence for every row that cannot be used."""
        return [str(fault) for fault in inspection.faults(self._database)]

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            damage = self._database.explain(error) if error is not None else None
            if damage is not None:
                raise damage from error
        finally:
            self.close()
