"""Holds: one process at a time works on an episode, and one that lost its hold writes nothing more.

In: an episode, who wants it.      Out: a Hold, checked before every commit.
Two mechanisms together: a lock that ends with its process (a session lock in PostgreSQL, a locked file), and a
token in the store that grows each time the holder changes. The lock keeps a second process out. The token is
compared inside every writing transaction, so a process that lost its lock without noticing cannot overwrite
the work of the next one.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

from sqlalchemy import Connection, insert, select, update

from assets.errors import InputRefused, LockHeld, StorageFailed
from assets.store.connection import Advisory, Database
from assets.store.ledger import now
from assets.store.tables import holds

LOOKS_S = 5.0
"""Seconds between checks of a hold in the background; a lost lock is free for others at most that long."""


class HeldLock(Protocol):
    """A lock this process has taken."""

    def keep(self) -> str:
        """ "" while it is held. A lost lock is taken again; else the new holder."""
        ...


class Hold:
    """One episode, held by this process. Thread-safe."""

    def __init__(self, database: Database, episode: str, who: str, locks: Sequence[HeldLock]) -> None:
        self._database, self.episode, self._who, self._locks = database, episode, who, locks
        self._turn = threading.Lock()
        self._lost = ""
        self._looked_at = float("-inf")
        self._token = _taken(database, episode, who)

    def check(self) -> None:
        """Raise LockHeld when another process has the episode; a lost lock is taken again."""
        with self._turn:
            self._required()
            if monotonic() - self._looked_at >= LOOKS_S:
                self._keep_locks()
        with self._database.reading() as connection:
            self.fence(connection)

    def keep(self) -> None:
        """Check the locks now, whenever they were checked last."""
        with self._turn:
            self._required()
            self._keep_locks()
        with self._database.reading() as connection:
            self.fence(connection)

    def fence(self, connection: Connection) -> None:
        """Raise LockHeld unless the store still names this hold; call it in the writing transaction."""
        self._required()
        wanted = select(holds).where(holds.c.episode == self.episode)
        row = connection.execute(wanted).first()
        if row is None or row.token != self._token:
            whose = (
                f"{row.holder} at {row.taken_at}" if row is not None else "somebody who cleared its record"
            )
            self._lost = self._taken_over_by(whose)
            self._required()

    def _keep_locks(self) -> None:
        for lock in self._locks:
            holder = lock.keep()
            if holder:
                self._lost = self._taken_over_by(holder)
                self._required()
        self._looked_at = monotonic()

    def _required(self) -> None:
        if self._lost:
            raise LockHeld(self._lost)

    def _taken_over_by(self, whose: str) -> str:
        return (
            f"Episode {self.episode} was taken over by {whose}: this run ({self._who}) had lost its lock, because "
            "its connection to the store broke or its lock file was removed. Nothing was written since. Wait for "
            "the other run to end, then run the same command again: finished work is found."
        )


class Holds:
    """The holds in the store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def hold(self, episode: str, who: str, locks: Sequence[HeldLock] = ()) -> Iterator[Hold]:
        """Hold ``episode`` among all processes of this store; every write of this Store is checked meanwhile.

        locks   locks already taken for this episode (the lock file of this machine)
        raises  InputRefused when another process holds it
        """
        with _advisory(self._database, episode, who) as mine:
            held = Hold(self._database, episode, who, (*locks, *mine))
            self._database.fence = held.fence
            try:
                with _watched(held, always=bool(mine or locks)):
                    yield held
            finally:
                self._database.fence = None

    @contextmanager
    def unfenced(self) -> Iterator[None]:
        """Write although the hold is lost: only what is true of this process alone."""
        with self._database.unfenced():
            yield


@contextmanager
def _advisory(database: Database, episode: str, who: str) -> Iterator[tuple[HeldLock, ...]]:
    if database.is_sqlite:
        yield ()
        return
    lock = Advisory(database, f"episode {episode}", who)
    try:
        holder = lock.take()
        if holder:
            raise InputRefused(busy(episode, holder))
        yield (lock,)
    finally:
        lock.close()


def busy(episode: str, holder: str) -> str:
    """The message for a second process."""
    name = episode.partition("/")[2] or episode
    return f"Episode {name} is being worked on by {holder}. Wait for it, or stop it first."


def _taken(database: Database, episode: str, who: str) -> int:
    """Enter this process as the holder; return its token, larger than every earlier one."""
    mine = {"holder": who, "taken_at": now()}
    with database.writing() as connection:
        known = connection.execute(select(holds.c.token).where(holds.c.episode == episode)).scalar()
        if known is None:
            connection.execute(insert(holds), {"episode": episode, "token": 1, **mine})
            return 1
        of_it = holds.c.episode == episode
        connection.execute(update(holds).where(of_it).values(token=known + 1, **mine))
        return int(known) + 1


@contextmanager
def _watched(held: Hold, *, always: bool) -> Iterator[None]:
    """Check the locks in the background, because a model call may take minutes."""
    if not always:
        yield
        return
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOKS_S):
            try:
                held.keep()
            except LockHeld:
                return  # the next check reports it
            except StorageFailed:
                continue  # the server is down: asked again in a moment

    watcher = threading.Thread(target=look, name="sakuga-hold", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
