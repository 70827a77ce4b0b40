"""The journal of finished work: what made each piece last, so that the work cache can keep it or say what changed.

In: entries of finished work.      Out: the last entry of each name.
Knows nothing about results; they are in the vault under their recipe.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from assets.hashing import digest
from stages.work import Result, Work


@dataclass(frozen=True)
class Entry:
    """The journal's record of the last time a piece of work was finished."""

    recipe: str
    basis: str
    fits: str
    maker: str
    ingredients: dict[str, str]

    @classmethod
    def of(cls, work: Work, recipe: str) -> "Entry":
        return cls(recipe, work.basis, digest(work.fits), work.maker_name, work.ingredients())

    def serves(self, work: Work) -> bool:
        """Whether its result may be kept for ``work``, although another recipe made it."""
        if work.anew or work.depicts is None:
            return False
        if (self.fits, self.maker) != (digest(work.fits), work.maker_name):
            return False
        if self.basis != work.basis and (work.earlier is None or self.basis != digest(work.earlier)):
            return False
        now = work.ingredients()
        if any(self.ingredients.get(name) != now.get(name) for name in work.holds):
            return False
        return all(
            self.ingredients[name] == now.get(name) for name in work.holds_if_known & self.ingredients.keys()
        )

    def changes(self, work: Work) -> str:
        """Which ingredients of ``work`` are others now, as a sentence for people."""
        now = work.ingredients()
        changed = sorted(
            name
            for name in now.keys() | self.ingredients.keys()
            if now.get(name) != self.ingredients.get(name)
        )
        return f"changed: {', '.join(changed)}" if changed else "its stored result was gone"


class Journal:
    """An append-only file of entries; the last entry of a name wins.

    A line that is incomplete after a kill, or damaged, is skipped: that work is then found by its recipe alone.
    Without a path nothing is written, because only one process writes an episode's journal.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._entries: dict[tuple[str, str], Entry] = {}
        if path is not None and path.exists():
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                self._remember(line)

    def last(self, step: str, name: str) -> Entry | None:
        return self._entries.get((step, name))

    def write(self, step: str, name: str, entry: Entry) -> None:
        if self._entries.get((step, name)) == entry:
            return
        self._entries[step, name] = entry
        if self._path is None:
            return
        line = json.dumps([step, name, entry.__dict__], ensure_ascii=False)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            # An incomplete line of an earlier kill must not swallow this one.
            file.write(f"\n{line}\n")
            file.flush()
            os.fsync(file.fileno())

    def finished(self, work: Work, recipe: str, result: Result) -> None:
        """``work`` has this result now, made or found by its exact recipe. A journal may record what made it."""

    def _remember(self, line: str) -> None:
        try:
            step, name, raw = json.loads(line)
            self._entries[step, name] = Entry(**raw)
        except (ValueError, TypeError, RecursionError):
            return
