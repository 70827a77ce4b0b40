"""The work cache's journal in the store, so that a second machine reuses what the first one kept.

In: entries of settled work.      Out: the last one of each, whichever machine wrote it.
"""

from dataclasses import asdict
from pathlib import Path

from assets.store import Store
from stages.work_cache import Entry, Journal


class StoreJournal(Journal):
    """A journal in the store. What an older Sakuga left in a file beside the episode is entered once."""

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
