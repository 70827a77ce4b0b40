"""The work cache's journal in the store, so that a second machine reuses finished work of the first.

In: entries of finished work.      Out: the last entry of each, from any machine.
"""

from dataclasses import asdict
from pathlib import Path

from assets.store import Store
from stages.work_cache import Entry, Journal


class StoreJournal(Journal):
    """A journal in the store. Entries that an older Sakuga wrote to a file beside the episode are imported once."""

    def __init__(self, store: Store, episode: str, file: Path) -> None:
        super().__init__(file)
        self._store, self._episode = store, episode
        known = store.settled(episode)
        if known:
            self._entries = {place: Entry(**entry) for place, entry in known.items()}
        elif self._entries:
            with store.batch():
                for (step, name), entry in self._entries.items():
                    store.settle(episode, step, name, asdict(entry))

    def write(self, step: str, name: str, entry: Entry) -> None:
        if self._entries.get((step, name)) == entry:
            return
        self._entries[step, name] = entry
        self._store.settle(self._episode, step, name, asdict(entry))
