"""Open the store and the vault for a review, beside the run that waits and without its lock.

In: the settings.      Out: the open gates.
An episode is locked by the process that makes it; a reviewer makes nothing and needs no lock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets.errors import InputRefused
from assets.sqlite_url import file_of
from assets.store import Episode, Gate, Store
from assets.vault import Vault
from flows.episode import known
from flows.episode.workspace import open_vault
from flows.settings import settings


@dataclass(frozen=True)
class Room:
    """The store and vault that every way to review needs."""

    store: Store
    vault: Vault
    out: Path

    def folder_of(self, episode: str) -> Path:
        """What people look at, and edit."""
        return self.out / episode


@contextmanager
def room(out: Path) -> Iterator[Room]:
    """Open the store and the vault for reviewing."""
    chosen = settings(out)
    file = file_of(chosen.store)
    if file is not None and not file.exists():
        raise InputRefused(f"Nothing has been produced here yet ({file} is not there). Give --out.")
    with Store.open(chosen.store) as store:
        yield Room(store, open_vault(chosen), out)


def episode_named(name: str, store: Store) -> Episode:
    """The episode with this id, folder, key or script."""
    episodes = {item.key: item for item in store.episodes()}
    return episodes[known.found(name, episodes)]


def newest_gate(episode: Episode, store: Store) -> Gate | None:
    """The last gate of the episode, open or not."""
    gates = store.gates(episode.key)
    return gates[-1] if gates else None
