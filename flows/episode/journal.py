"""The work cache's journal in the store, so that a second machine reuses finished work of the first.

In: entries of finished work.      Out: the last entry of each, from any machine.
The ledger gets one event per recipe that a model made for the episode: what it was made with.
"""

from dataclasses import asdict
from pathlib import Path

from assets.store import Store
from flows.settings import user
from flows.upkeep.signing import EVERY, checkpointed
from stages.generation import generation
from stages.work import Result, Work
from stages.work_journal import Entry, Journal


class StoreJournal(Journal):
    """A journal in the store. Entries that an older Sakuga wrote to a file beside the episode are imported once."""

    def __init__(self, store: Store, episode: str, file: Path) -> None:
        super().__init__(file)
        self._store, self._episode = store, episode
        told = store.ledger.events(kind="generation.completed", within=episode)
        self._recorded = {str(event.body.get("recipe")) for event in told if "ingredients" in event.body}
        self._known = len(self._recorded)
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

    def finished(self, work: Work, recipe: str, result: Result) -> None:
        """Enter what made a piece in the ledger, unless it is there.

        Also for a piece that was found: an older Sakuga, or another episode of the same vault, made it.
        """
        if recipe in self._recorded or (made := generation(work, recipe, result)) is None:
            return
        subject = f"{self._episode}/{made.step}/{made.name}"
        self._store.ledger.append("generation.completed", subject, made.raw())
        self._recorded.add(recipe)
        if (len(self._recorded) - self._known) % EVERY == 0:
            checkpointed(self._store, by=user())
