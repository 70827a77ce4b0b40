"""Connections to both databases with the same behaviour: one writer at a time, many readers.

In: a URL.      Out: transactions to read or write in, and helpful errors.
SQLite allows one writer only. On PostgreSQL every writing transaction takes one advisory lock, so numbers are
assigned and the ledger's chain grows without a race, and no two can deadlock. Writes take a few milliseconds
each, so this has no visible cost.
"""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from assets.errors import InputRefused, SakugaError, SetupMissing, StorageFailed, StoreRefused
from assets.sqlite_url import file_of

BUSY_S = 30
WRITER_LOCK = 0x53414B55474131  # "SAKUGA1"; advisory locks are numbers, one space per database
_TURN = text("SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock(:key)")
_WRITES = "sakuga_writes"
_HOLDER = text("""
    SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (l.classid::bigint << 32 | l.objid::bigint) = :key
""")
# A machine that lost its power sends nothing: the server probes after half a minute, and disconnects after one.
_HELD = (
    "SET idle_session_timeout = 0",
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
)
_BROKEN = ("not a database", "malformed", "disk image", "file is encrypted")
_FORMS = "sqlite:///path/to/production.db or postgresql://user@host/database"


class Database:
    """One engine, and this thread's batch transaction if there is one."""

    def __init__(self, url: str, *, busy_s: float = BUSY_S) -> None:
        """``busy_s``: how long a writer waits for another one before it fails."""
        self._url = parsed(url)
        self.busy_s = busy_s
        self.shown = shown(self._url)
        self.file = Path(self._url.database) if self.is_sqlite and self._url.database else None
        self._engine = _engine(self._url, self.shown, busy_s)
        self._batch = threading.local()
        self.fence: Callable[[Connection], None] | None = None
        """Called at the start of every writing transaction: raises where this process may not write."""
        self.explain: Callable[[BaseException], StorageFailed | None] = lambda error: None
        """Asked about an error that is neither ours nor the driver's: whether a damaged row explains it."""

    @property
    def is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view; inside a batch it includes what the batch has written."""
        held: Connection | None = getattr(self._batch, "connection", None)
        with self.teaching():
            if held is not None:
                yield held
                return
            with self._engine.connect() as connection, connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All of it or nothing; inside a batch it is part of the batch's transaction."""
        held: Connection | None = getattr(self._batch, "connection", None)
        with self.teaching():
            if held is not None:
                yield held
                return
            with self._engine.connect() as plain:
                connection = plain.execution_options(**{_WRITES: True})
                with connection.begin():
                    if not self.is_sqlite:
                        connection.execute(_TURN, {"wait": f"{self.busy_s}s", "key": WRITER_LOCK})
                    if self.fence is not None and not getattr(self._batch, "unfenced", False):
                        self.fence(connection)
                    yield connection

    @contextmanager
    def batch(self) -> Iterator[None]:
        """One transaction for everything this thread writes inside; other writers wait until it ends."""
        if getattr(self._batch, "connection", None) is not None:
            yield
            return
        with self.writing() as connection:
            self._batch.connection = connection
            try:
                yield
            finally:
                self._batch.connection = None

    @contextmanager
    def unfenced(self) -> Iterator[None]:
        """Write without the fence check: only what is true of this process alone, such as how its run ended."""
        self._batch.unfenced = True
        try:
            yield
        finally:
            self._batch.unfenced = False

    @contextmanager
    def alone(self, what: str, who: str) -> Iterator[str]:
        """Hold ``what`` for the block, among all processes of a PostgreSQL database.

        gives  "" when it is held now; else the name of the holder, and then nothing is held

        The server releases it when this process or its machine dies, or when the connection breaks. SQLite cannot do
        this: there it is always "".
        """
        if self.is_sqlite:
            yield ""
            return
        lock = Advisory(self, what, who)
        try:
            yield lock.take()
        finally:
            lock.close()

    def connected(self) -> Connection:
        """A separate connection without a transaction, which never returns to the pool."""
        with self.teaching():
            plain = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # Not returned to the pool: a session's lock must end with its session.
        plain.detach()
        return plain

    @contextmanager
    def plain(self) -> Iterator[Connection]:
        """A separate connection for reading, whatever this thread's batch does."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def outside(self) -> Iterator[Any]:
        """The driver's own connection without a transaction (for PRAGMAs that refuse one)."""
        with self.teaching():
            raw = self._engine.raw_connection()
            try:
                yield raw.driver_connection
            finally:
                raw.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def teaching(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            # The driver's message: SQLAlchemy's would repeat the statement and its values.
            raise _taught(str(error.orig).strip(), self.shown, self._url) from error.orig
        except SakugaError:
            raise
        except Exception as error:
            damage = self.explain(error)
            if damage is None:
                raise
            raise damage from error


class Advisory:
    """One lock among all processes of a PostgreSQL database; it lives as long as its connection."""

    def __init__(self, database: Database, what: str, who: str) -> None:
        self._database, self._what, self._who = database, what, who
        self._connection: Connection | None = None

    def take(self) -> str:
        """ "" when it is held now; else the holder."""
        self.close()
        self._connection = self._database.connected()
        with self._database.teaching():
            return _held_or_holder(self._connection, self._what, self._who)

    def keep(self) -> str:
        """ "" while it is held. After a lost connection it is taken again, if nobody else has it.

        raises  StorageFailed when the server cannot be asked
        """
        if self._connection is not None:
            try:
                # The server releases a session's locks only when the session ends.
                self._connection.execute(text("SELECT 1"))
                return ""
            except DBAPIError:
                pass
        return self.take()

    def close(self) -> None:
        if self._connection is not None:
            # The connection may be broken already; in both cases the server releases the lock.
            with suppress(DBAPIError):
                self._connection.close()
            self._connection = None


def parsed(url: str) -> URL:
    """A URL of one of the two databases, with our driver filled in."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        # The text may contain a password, so it is not repeated.
        raise InputRefused(f"The store's URL cannot be read. Write {_FORMS}.") from None
    backend = found.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return found.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise InputRefused(f"The store cannot be {backend!r}. Write {_FORMS}.")
    if found.database in (None, "", ":memory:"):
        raise InputRefused(f"A store in memory would forget every approval. Write {_FORMS}.")
    if found.query:
        raise InputRefused(
            f"The store's URL takes no options after a '?' for SQLite. Write {_FORMS}; a '?' in the path is %3F."
        )
    file = file_of(url)
    return found.set(drivername="sqlite", database=str(file) if file else found.database)


def shown(url: URL) -> str:
    """The URL without its password, wherever that was."""
    return url.set(query={}).render_as_string(hide_password=True)


def _engine(url: URL, shown_url: str, busy_s: float) -> Engine:
    try:
        if url.get_backend_name() != "sqlite":
            # Where packets are lost, the system alone would wait for more than two minutes.
            patience = {} if "connect_timeout" in url.query else {"connect_timeout": round(min(busy_s, 10))}
            return create_engine(url, pool_pre_ping=True, connect_args=patience)
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": busy_s})
    except ImportError as error:
        raise SetupMissing(
            "A store on PostgreSQL needs a driver: `pip install 'sakuga[postgres]'`, then run again."
        ) from error
    except OSError as error:
        raise StorageFailed(
            f"The folder of {shown_url} cannot be made ({error.strerror}). Choose a folder you may write to."
        ) from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(driver_connection: Any, _record: object) -> None:
    """The driver begins no transaction itself: we begin them explicitly."""
    driver_connection.isolation_level = None
    # With WAL, NORMAL loses nothing when a process is killed; a power cut may lose the last transactions, whole.
    # secure_delete: the bytes of an erased person's name are overwritten, not only marked as free.
    for pragma in ("foreign_keys = ON", "synchronous = NORMAL", "secure_delete = ON"):
        driver_connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A reader that becomes a writer in the middle fails at once if another writer was faster ('database is locked',
    # no waiting), so writers begin as writers.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _held_or_holder(connection: Connection, what: str, who: str) -> str:
    """Take the session's lock on ``what``, or return its holder."""
    schema = connection.execute(text("SELECT current_schema()")).scalar()
    mark = hashlib.sha256(f"{schema} {what}".encode()).digest()[:8]
    connection.exec_driver_sql("SELECT set_config('application_name', %s, false)", (who[:63],))
    for statement in _HELD:
        connection.exec_driver_sql(statement)
    signed = {"key": int.from_bytes(mark, "big", signed=True)}
    # The holder may end between the two queries; then the second try takes it.
    for _ in range(3):
        if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), signed).scalar():
            return ""
        found = connection.execute(_HOLDER, signed).scalar()
        if found is not None:
            return str(found) or "another process"
    return "another process"


def _taught(said: str, shown_url: str, url: URL) -> StorageFailed:
    for secret in (url.password, *url.query.values()):
        if isinstance(secret, str) and secret:
            said = said.replace(secret, "***")
    if any(words in said for words in _BROKEN):
        return StoreRefused(
            f"{shown_url} is not a valid SQLite database ({said}). Move it away and put a backup in its place "
            "(`*.before-*` beside it); without one, the next run begins a new store."
        )
    if "locked" in said or "lock timeout" in said:
        return StorageFailed(
            f"{shown_url} was held by another writer for too long. Check whether another run hangs, "
            "then run again."
        )
    return StorageFailed(
        f"The store at {shown_url} failed: {said}. Check that it is there, that you may use it "
        "and that its disk has room, then run again."
    )
