"""A store to try things in: it begins as the real one is now, and nothing that is written to it is kept.

In: the URL of a store, which need not exist.      Out: a Store for the block.
A SQLite file is copied, so that even a migration changes the copy only. On PostgreSQL everything is one transaction,
which is rolled back; other writers wait for it, so no model is called inside.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from assets.errors import StorageFailed, StoreRefused
from assets.sqlite_url import file_of, url_of
from assets.store.connection import Database
from assets.store.schema import is_current
from assets.store.store import Store


@contextmanager
def rehearsal(url: str, folder: Path) -> Iterator[Store]:
    """The store at ``url``, to be read and written without consequences.

    folder  for the copy; the caller removes it
    raises  StoreRefused where the database has to be migrated first and cannot be copied
    """
    file = file_of(url)
    if file is None:
        with _rolled_back(url) as store:
            yield store
        return
    copy = folder / "store.sqlite"
    if file.exists():
        _copy(file, copy)
    with Store.open(url_of(copy)) as store:
        yield store


class _Undone(Exception):
    """Rolls the transaction back."""


@contextmanager
def _rolled_back(url: str) -> Iterator[Store]:
    with closing(Database(url)) as database:
        if not is_current(database):
            raise StoreRefused(
                f"The store at {database.shown} is empty or of an earlier release, and only looking at it must not "
                "change it. Run any command that makes something first, such as `sakuga breakdown SCRIPT`."
            )
    with Store.open(url) as store, suppress(_Undone), store.batch():
        yield store
        raise _Undone


def _copy(file: Path, copy: Path) -> None:
    """A consistent copy. A reader of a database that nobody has open would leave files beside it: so it is
    opened as immutable, unless the log of a writer holds something."""
    log = file.with_name(f"{file.name}-wal")
    how = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?{how}", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    except sqlite3.Error as error:
        raise StorageFailed(
            f"{file} cannot be read ({error}). `sakuga ledger verify` examines it; nothing was changed."
        ) from error
