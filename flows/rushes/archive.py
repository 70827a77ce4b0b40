"""The episodes of one studio by id, read at most once a second however many people watch.

In: the store, the vault, the folders.      Out: pages, and local files of the blobs they name.
Ids come from the store; no part of a request is used as a path.
"""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from assets.errors import InputRefused
from assets.sheets.production import Ref
from assets.store import Gate, Store
from assets.store.records import NO_SHOW, Episode, Run
from assets.vault import Vault
from flows.episode import progress
from flows.episode.workspace import held, state_folder
from flows.review.standing import standing
from flows.rushes.page import Listed, Live, Page
from flows.rushes.reading import Sources, read, waits
from flows.rushes.shown_cuts import Recall, Shelf
from flows.settings import settings

FRESH_S = 1.0
REMEMBERED = 20_000  # results of recipes; each takes some hundred bytes


class NotHere(InputRefused):
    """The address does not exist."""


@dataclass(frozen=True)
class Seen:
    """A page as it was at one moment, as text to send, with its ETag."""

    page: Page
    shelf: Shelf
    text: bytes
    mark: str
    at: float


class Archive:
    """Everything the room can show. Thread-safe."""

    def __init__(self, store: Store, vault: Vault, out: Path) -> None:
        self.store, self.vault, self.out = store, vault, out
        self._seen: dict[str, Seen] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._results: dict[str, Mapping[str, Any]] = {}
        self._turn = threading.Lock()

    def folder_of(self, episode: str) -> Path:
        """What people look at, and edit."""
        return self.out / episode

    def listed(self) -> tuple[Listed, ...]:
        """Every episode, the most recently changed first."""
        waiting = {gate.episode: gate for gate in self.store.open_gates()}
        found = [self._listed(item, waiting.get(item.key)) for item in self.store.episodes()]
        return tuple(sorted(found, key=lambda item: item.worked_at, reverse=True))

    def _listed(self, item: Episode, gate: Gate | None) -> Listed:
        runs = self.store.runs(item.key)
        last = runs[0] if runs else None
        live = self._live(item, last)[0] if last and gate is None else None
        return Listed(
            id=item.id,
            title=item.title,
            show="" if item.show == NO_SHOW else item.show,
            worked_at=(last.ended_at or last.made_at) if last else item.changed_at,
            outcome=standing(self.store, item.key).word,
            gate=waits(gate) if gate else None,
            film=(self.out / item.id / "episode.mp4").exists(),
            live=live,
        )

    def _live(self, item: Episode, run: Run) -> tuple[Live | None, str]:
        """What a run of this machine is at, and why it ended; nothing for a run of another machine."""
        chosen = settings(self.out)
        noted = progress.read(state_folder(item.id, chosen))
        if noted is None or noted.run != run.id:
            return None, ""
        if run.outcome is not None:
            return None, noted.problem
        if not held(item.id, item.key, self.store, chosen):
            return None, ""  # it was killed: its page says that it was broken off
        return Live(**noted.model_dump(include=set(Live.model_fields))), ""

    def find(self, id: str) -> Episode:
        found = next((item for item in self.store.episodes() if item.id == id), None)
        if found is None:
            raise NotHere(f"There is no episode {id!r} here. The first page lists those there are.")
        return found

    def page(self, id: str, *, fresh: bool = False) -> Seen:
        """The page of an episode, at most one second old; ``fresh``: read now."""
        item = self.find(id)
        with self._turn:
            turn = self._turns.setdefault(item.id, threading.Lock())
        with turn:
            seen = self._seen.get(item.id)
            if seen is not None and not fresh and monotonic() - seen.at < FRESH_S:
                return seen
            page, shelf = read(
                item,
                Sources(
                    self.store,
                    self.vault,
                    self.out / item.id,
                    lambda run: self._live(item, run),
                    self._recall(item.key),
                ),
            )
            text = page.model_dump_json().encode()
            mark = hashlib.sha256(text).hexdigest()
            self._seen[item.id] = seen = Seen(page, shelf, text, mark, monotonic())
            return seen

    def ref(self, id: str, sha256: str) -> Ref:
        """The reference of a blob that the episode's page names."""
        with self._turn:
            seen = self._seen.get(id)
        for known in (seen, None):
            shelf = known.shelf if known else self.page(id).shelf
            if sha256 in shelf.refs:
                return shelf.refs[sha256]
        raise NotHere(f"{id} has nothing called {sha256[:12]}. Load its page again.")

    def local(self, id: str, sha256: str) -> tuple[Path, Ref]:
        """The blob as a verified local file (a copy if the vault is object storage)."""
        ref = self.ref(id, sha256)
        return self.vault.local(ref), ref

    def _recall(self, key: str) -> Recall:
        settled = self.store.settled(key)

        def recall(step: str, name: str) -> Mapping[str, Any]:
            entry = settled.get((step, name))
            if entry is None:
                return {}
            recipe = str(entry["recipe"])
            if recipe not in self._results:
                if len(self._results) >= REMEMBERED:
                    self._results.clear()
                result = self.vault.recall(recipe)
                if result is None:
                    return {}
                self._results[recipe] = result
            return self._results[recipe]

        return recall
