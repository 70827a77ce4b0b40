"""Which casting is being drawn on this machine, and how far it is, for whoever looks.

In: the events of a drawing.      Out: a lock and progress.json beside the episodes; and a reading of them.
The lock is shared: two processes may draw the same round, because each finds the other's pictures by their recipes.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets import files
from flows.episode import progress
from flows.episode.progress import Progress, ProgressNote
from flows.settings import Settings
from stages.work_events import Watch

LOCK = "lock"


@dataclass(frozen=True)
class Ordered:
    """An order that is not finished.

    waits    what it waits for; empty while it is at work
    problem  why it ended without candidates
    """

    waits: str = ""
    problem: str = ""


@contextmanager
def noted(show: str, character: str, settings: Settings, watch: Watch) -> Iterator[Watch]:
    """A Watch that tells ``watch`` and keeps the note, while the block draws."""
    folder = files.folder_in(settings.home, *_parts(show, character))
    with files.open_lock(folder / LOCK) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield ProgressNote(watch, folder, run=0)


def drawing(show: str, character: str, settings: Settings) -> Progress | None:
    """How far the drawing is; None where no process of this machine draws the character."""
    folder = settings.home.joinpath(*_parts(show, character))
    return progress.read(folder) if _is_locked(folder / LOCK) else None


def _parts(show: str, character: str) -> tuple[str, ...]:
    return "cast", show, character


def _is_locked(path: Path) -> bool:
    if not path.is_file():
        return False
    with files.open_lock(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
