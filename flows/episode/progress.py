"""How far a run is, in a small file beside the episode's journal: what is made, how many are left, about how long.

In: the events of a run.      Out: progress.json; and a reading of it for whoever looks.
The file is for people who wait. Nothing else depends on it: a run that cannot write it goes on.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

from pydantic import Field, ValidationError

from assets import files
from assets.errors import StorageFailed
from assets.sheets.base import Part
from assets.sheets.production import Done, Step
from assets.store import Store
from stages.work_events import Calls, Watch

FILE = "progress.json"
EVERY_S = 0.5
PICTURES: tuple[Step, ...] = ("panel", "take", "segment")
"""Steps with about one piece for each cut; the steps before and after them are short."""


class Progress(Part):
    """What a run is at.

    run      its number in the store
    step     the step at work; empty: it has not begun one
    name     the piece at work, or the one that was finished last
    done, of pieces of this step
    left_s   about how many seconds are left; None: not known yet
    problem  why it ended, in a sentence; empty while it runs, and after success
    """

    run: int
    step: str = ""
    name: str = ""
    done: int = Field(default=0, ge=0)
    of: int = Field(default=0, ge=0)
    left_s: float | None = None
    problem: str = ""


def read(folder: Path) -> Progress | None:
    """The progress of the last run; None where there is none, or it cannot be read."""
    path = folder / FILE
    try:
        return Progress.model_validate(json.loads(path.read_bytes()))
    except (OSError, ValueError, ValidationError):
        return None


class ProgressNote:
    """A Watch that tells another one, and writes the file when a step begins, else at most twice a second.

    Thread-safe.
    """

    def __init__(self, watch: Watch, folder: Path, run: int, pace: Mapping[str, float] | None = None) -> None:
        """``pace``: seconds that one piece of a step took before; for the first estimate."""
        self._watch, self._folder, self._run = watch, folder, run
        self._steps: dict[str, _Step] = {}
        self._pace = dict(pace or {})
        self._turn, self._written, self._last = Lock(), float("-inf"), Progress(run=run)
        self._write(self._last)

    def began(self, step: Step, total: int) -> None:
        with self._turn:
            known = self._steps.setdefault(step, _Step(self._pace.get(step, 0.0)))
            known.of += total
            self._tell(step, "")
        self._watch.began(step, total)

    def moved(self, step: Step, name: str, part: float) -> None:
        with self._turn:
            self._tell(step, name)
        self._watch.moved(step, name, part)

    def working(self, step: str, name: str) -> None:
        """A piece is begun."""
        with self._turn:
            self._tell(step, name)

    def done(self, done: Done) -> None:
        with self._turn:
            known = self._steps.setdefault(done.step, _Step(self._pace.get(done.step, 0.0)))
            known.done += 1
            known.of = max(known.of, known.done)
            if done.outcome == "made":
                known.made += 1
            self._tell(done.step, done.name)
        self._watch.done(done)

    def ended(self, problem: str) -> None:
        """The run is over: it succeeded, or it ended for this reason."""
        with self._turn:
            self._write(self._last.model_copy(update={"problem": problem, "left_s": None}))

    def _tell(self, step: str, name: str) -> None:
        known = self._steps.get(step)
        if known is None:
            return
        begins = step != self._last.step
        self._last = Progress(
            run=self._run,
            step=step,
            name=name or self._last.name if step == self._last.step else name,
            done=known.done,
            of=known.of,
            left_s=self._left(),
        )
        if begins or monotonic() - self._written >= EVERY_S:
            self._write(self._last)

    def _left(self) -> float | None:
        """Seconds for the pieces that are left: of steps that began, and of the picture steps that will."""
        left, known = 0.0, False
        cuts = max((self._steps[step].of for step in PICTURES if step in self._steps), default=0)
        for step in dict.fromkeys((*self._steps, *PICTURES)):
            now = self._steps.get(step) or _Step(self._pace.get(step, 0.0), of=cuts)
            seconds = now.seconds
            if now.done < now.of and seconds:
                left, known = left + seconds * (now.of - now.done), True
        return round(left, 1) if known else None

    def _write(self, progress: Progress) -> None:
        self._written = monotonic()
        with suppress(OSError, StorageFailed), files.replacing(self._folder / FILE, durable=False) as draft:
            draft.write_text(progress.model_dump_json(), encoding="utf-8")


class NotedCalls:
    """Records calls where they are recorded, and tells the note which piece is begun."""

    def __init__(self, calls: Calls, note: ProgressNote) -> None:
        self._calls, self._note, self.run = calls, note, calls.run

    def begin(self, recipe: str, step: str, name: str) -> None:
        self._note.working(step, name)
        self._calls.begin(recipe, step, name)

    def finish(self, recipe: str, seconds: float) -> None:
        self._calls.finish(recipe, seconds)


def pace(store: Store, episode: str) -> dict[str, float]:
    """Seconds that one piece of each step took in the last runs of the episode that made any."""
    spent: dict[str, list[float]] = {}
    for run in store.runs(episode)[:4]:
        for call in store.calls(run.id):
            if call.seconds is not None:
                spent.setdefault(call.step, []).append(call.seconds)
    return {step: sum(each) / len(each) for step, each in spent.items()}


@dataclass
class _Step:
    """The pieces of one step, and the wall-clock seconds that each takes."""

    pace: float
    of: int = 0
    done: int = 0
    made: int = 0
    began: float = field(default_factory=monotonic)

    @property
    def seconds(self) -> float:
        """Of this run once two pieces were made; before that as it was in earlier runs."""
        return (monotonic() - self.began) / self.made if self.made >= 2 else self.pace
