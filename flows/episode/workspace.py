"""The workspace of one episode: vault, store and folders, opened and locked for one run.

In: a brief, the settings.      Out: an EpisodeWorkspace for the stages, closed however the run ends.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from assets import files
from assets.errors import InputRefused
from assets.store import Store
from assets.store.holds import busy
from assets.store.records import NO_SHOW
from assets.vault import Vault
from flows.episode import disk
from flows.settings import Settings, here
from flows.upkeep.anchoring import Anchoring
from stages.romaji import latin


@dataclass(frozen=True)
class EpisodeWorkspace:
    """The vault, store and folders that one episode is made with."""

    episode: str
    show: str | None
    folder: Path  # files for people
    state_folder: Path  # journals and notes
    vault: Vault
    store: Store

    def folder_of(self, episode: str) -> Path:
        """What people look at, and edit."""
        return self.folder.with_name(episode)

    @property
    def key(self) -> str:
        """The episode's key in the store."""
        return f"{self.show or NO_SHOW}/{self.episode}"


@contextmanager
def open_episode(episode: str, show: str | None, out: Path, settings: Settings) -> Iterator[EpisodeWorkspace]:
    """Open the episode for this process alone. A second process is told which one has it."""
    folder, behind = files.folder_in(out, episode), files.folder_in(settings.home, "episodes", episode)
    disk.check(folder, behind)
    with _alone(behind / "lock", episode) as lock, Store.open(settings.store) as store:
        disk.sweep(out, settings.home)
        opened = EpisodeWorkspace(episode, show, folder, behind, open_vault(settings), store)
        disk.check_vault(opened.vault)
        with store.hold(opened.key, here(), (lock,)) as hold:
            # Anybody may write blobs. Only the lock holder may write that work is finished.
            opened.vault.before_commit = hold.check
            traces = (path for path in (behind / "brief.json", folder / "report.json") if path.exists())
            store.required_sound(opened.key)
            Anchoring.of(opened.vault, store).required(opened.key, next(traces, None))
            yield opened


def held(episode: str, key: str, store: Store, settings: Settings) -> bool:
    """Whether some process works on the episode now."""
    lock = state_folder(episode, settings) / "lock"
    if lock.exists():
        with files.open_lock(lock) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
    with store.alone(key, here()) as holder:
        return bool(holder)


def open_vault(settings: Settings) -> Vault:
    """The vault, with a local cache if the settings ask for one."""
    return Vault.open(settings.vault, cache=settings.cache, cache_bytes=round(settings.cache_gb * 1e9))


def state_folder(episode: str, settings: Settings) -> Path:
    """The folder of this machine's notes on an episode."""
    return settings.home / "episodes" / episode


def episode_id(script: Path, show: str | None) -> str:
    """An id that is a safe folder name on every system, and always the same for the same script."""
    stem = script.stem if script.suffix else script.name
    parts = [part for part in (show, stem) if part]
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", "-".join(parts)).strip("-")
    if readable and readable.isascii() and "-".join(parts).isascii():
        return readable[:64]
    # A name in another script is romanised, and a digest separates it from similar names.
    mark = hashlib.sha256("-".join(parts).encode()).hexdigest()[:8]
    return f"{latin('-'.join(parts))[:55].strip('-')}-{mark}".strip("-")


class LockFile:
    """A locked file. The system releases the lock when the process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, files.open_lock(path)

    def take(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def keep(self) -> str:
        """Create and lock the file again if somebody removed it: a second process could lock a new one."""
        if self._is_there():
            return ""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        another = LockFile(self._path)
        if not another.take():
            another.close()
            return "another process of this machine"
        self._file.close()
        self._file = another._file
        return ""

    def close(self) -> None:
        self._file.close()

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file.fileno()), self._path.stat())
        except FileNotFoundError:
            return False


PATIENCE_S = 2.0
"""Seconds a lock may outlive a killed process: a child it was starting holds the file until the child runs."""


def _taken_in_time(lock: LockFile) -> bool:
    until = monotonic() + PATIENCE_S
    while not lock.take():
        if monotonic() > until:
            return False
        sleep(0.05)
    return True


@contextmanager
def _alone(path: Path, episode: str) -> Iterator[LockFile]:
    lock = LockFile(path)
    try:
        if not _taken_in_time(lock):
            raise InputRefused(busy(episode, "another process of this machine"))
        yield lock
    finally:
        lock.close()


class CallBook:
    """The store's record of calls, for one run."""

    def __init__(self, store: Store, run: int) -> None:
        self._store, self.run = store, run

    def begin(self, recipe: str, step: str, name: str) -> None:
        self._store.begin_call(self.run, recipe, step, name)

    def finish(self, recipe: str, seconds: float) -> None:
        self._store.finish_call(self.run, recipe, seconds)
