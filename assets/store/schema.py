"""Check the database's schema revision, and migrate an older one.

In: a Database.      Out: the same at ``HEAD``, or a StoreRefused that says what to do.
At the current revision two small queries are enough, and alembic is not imported.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.exc import DBAPIError

from assets import files
from assets.errors import StorageFailed, StoreRefused
from assets.store.connection import Database

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
"""Every revision in order; a test compares them with the migrations that are shipped."""

HEAD = REVISIONS[-1]
VERSION_TABLE = "sakuga_revision"
MIGRATIONS = Path(__file__).parent / "migrations"


def settle(database: Database, *, to: str = HEAD) -> None:
    """Create or migrate the tables up to ``to``; a SQLite file is copied before it is changed."""
    if _revision_at_once(database) == to:
        return
    if database.is_sqlite:
        _write_ahead(database)
    with database.writing() as connection:
        found = _revision(connection, database)  # checked again: another process may have migrated meanwhile
        if found == to:
            return
        if found is not None and database.file is not None:
            _back_up(database.file, found)
        _migrate(connection, to)


def is_current(database: Database) -> bool:
    """Whether its tables are of this release."""
    return _revision_at_once(database) == HEAD


def _revision_at_once(database: Database) -> str | None:
    with database.reading() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        return _stated(connection)


def _revision(connection: Connection, database: Database) -> str | None:
    """The revision of our tables, None for an empty database; refuses tables that are not ours."""
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if VERSION_TABLE not in tables:
        raise StoreRefused(
            f"{database.shown} holds tables that are not Sakuga's ({', '.join(sorted(tables)[:5])}). "
            "Give the store a database of its own."
        )
    found = _stated(connection)
    if found not in REVISIONS:
        raise StoreRefused(
            f"{database.shown} is at revision {found!r}; this Sakuga knows {REVISIONS[0]} to {HEAD}. "
            "A newer release wrote it: install that one, or use another database."
        )
    return found


def _stated(connection: Connection) -> str | None:
    found = connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()
    return None if found is None else str(found)


def _migrate(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, to)


def _back_up(file: Path, revision: str) -> None:
    """Copy the database beside itself, completely or not at all; an earlier copy is not changed."""
    copy = file.with_name(f"{file.name}.before-{revision}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
    draft = copy.with_name(f".{files.mark()}.part")
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(draft)) as target:
            source.backup(target)
        files.sync(draft)
        draft.replace(copy)
    except (OSError, sqlite3.Error) as error:
        raise StorageFailed(
            f"{file} has to be migrated, and no backup could be written to {copy} ({error}). "
            "Make room beside it, then run again; nothing was changed."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _write_ahead(database: Database) -> None:
    """Use write-ahead logging, so that readers and writer do not wait for each other. The file keeps this setting."""
    ends = time.monotonic() + database.busy_s
    with database.outside() as driver:
        while True:
            try:
                driver.execute("PRAGMA journal_mode = WAL").fetchone()
                return
            except sqlite3.OperationalError as error:
                # SQLite does not wait while another process opens the same new file, so wait here.
                if "locked" not in str(error) or time.monotonic() > ends:
                    raise DBAPIError("PRAGMA journal_mode", None, error) from error
            time.sleep(0.02)
