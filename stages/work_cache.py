"""The work cache finds finished work, so that it is not done again.

In: a piece of work (its recipe, what it depicts) and how to make it.
Out: its result, found or made once, and a record of which it was and why.

Three outcomes, tried in this order:
reused   this exact recipe was finished before; its bytes are in the vault
kept     another recipe (model, seed, quality) made it, but what it depicts and what it must fit are
                  unchanged: paid work is kept unless a refresh is requested
made     none of these: it is made and committed, and the record says what changed

In ``lookup_only`` mode, work that could be sent out is not made: Unmade is raised with the order for it. Inside
``made_by``, work that could be sent out is made by other processes.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, RLock, local
from time import perf_counter
from typing import Any, Protocol

from assets.errors import ModelFailed, StorageFailed
from assets.hashing import digest, recipe_key
from assets.sheets.base import Part
from assets.sheets.production import Done, Step
from assets.vault import Vault
from models.lease import Leased
from models.memory import is_out_of_memory
from stages.side_by_side import BusyTime, OneAtATime

Result = dict[str, Any]
"""JSON data; blobs in it are references into the vault."""

WORTH_REPEATING = (ModelFailed, StorageFailed)
"""Errors that may not occur again: of a model or a disk. A wrong script, set-up or lock fails the same way again."""


@dataclass(frozen=True)
class Work:
    """One piece of work before it is done.

    model    the model that makes it, with its options; None: our own code without a model
    inputs   everything that decides the bytes besides the model and its options
    depicts  what it shows (the content basis); empty: only the exact recipe counts
    fits     what it must fit, whichever model made it (length, size, sound)
    anew     explicitly ordered again: an earlier result of another recipe is not reused
    holds    names of ``inputs`` that must be the same, or missing in both, for an earlier result to be kept
    holds_if_known  the same, but only where the earlier result had such an input
    earlier  ``depicts`` as an older version of Sakuga computed it; a result with that basis is kept as well
    """

    step: Step
    name: str
    model: Leased[Any] | None
    inputs: Mapping[str, Any]
    depicts: Mapping[str, Any] | None = None
    fits: Mapping[str, Any] = field(default_factory=dict)
    anew: bool = False
    holds: frozenset[str] = frozenset()
    holds_if_known: frozenset[str] = frozenset()
    earlier: Mapping[str, Any] | None = None

    @property
    def maker(self) -> dict[str, Any]:
        return self.model.identity() if self.model else {"name": "sakuga"}

    @property
    def basis(self) -> str:
        return digest(self.depicts) if self.depicts is not None else ""

    @property
    def recipe(self) -> str:
        everything = {**self.inputs, "depicts": self.depicts, "fits": self.fits}
        return recipe_key(self.step, machine=self.maker, inputs=everything)

    def ingredients(self) -> dict[str, str]:
        """One short digest per input, so that a later run can say which of them changed."""
        parts: dict[str, Any] = {"model": self.maker, **self.inputs, **self.fits, **(self.depicts or {})}
        return {name: digest(value)[:16] for name, value in sorted(parts.items())}


@dataclass(frozen=True)
class Order:
    """Everything another process needs to do a piece of work.

    common   what the pieces of one stage share, sent once
    piece    what this piece needs in addition
    weight   expected cost relative to other pieces of its stage
    group    pieces of one group go well one after another: they need the same LoRAs
    """

    common: Part
    piece: Part
    weight: float
    group: str = ""


@dataclass(frozen=True)
class Found:
    """A result that was made earlier; ``inputs`` are those of the work that wanted it."""

    recipe: str
    result: Result
    inputs: Mapping[str, Any] = field(default_factory=dict)


class Unmade(Exception):
    """The cache is in lookup mode, and there is no result yet."""

    def __init__(self, work: Work, recipe: str, order: Order) -> None:
        super().__init__(f"{work.step} {work.name} is not made yet")
        self.work, self.recipe, self.order = work, recipe, order


Remote = Callable[[Unmade], tuple[Result, float]]
"""Has other processes make a piece of work. Returns the result, which is in the vault, and the seconds it took."""


class Stopped(Exception):
    """The run was stopped while this piece was in work."""


class Watch(Protocol):
    """Receives progress events: a progress bar, a Prefect artifact, or nothing."""

    def began(self, step: Step, total: int) -> None: ...
    def moved(self, step: Step, name: str, part: float) -> None: ...
    def done(self, done: Done) -> None: ...


class Calls(Protocol):
    """Records work before it is waited for (the run in the production store)."""

    run: int

    def begin(self, recipe: str, step: str, name: str) -> None: ...
    def finish(self, recipe: str, seconds: float) -> None: ...


class Tracker(Protocol):
    """Carries out every piece of work and sees the ones that are found, to show each as a task of an orchestrator."""

    def carry_out(self, work: Work, recipe: str, make: Callable[[], Result], *, tries: int = 1) -> Result:
        """The result of ``make``, which may be called again after a temporary error: ``tries`` times, or more."""
        ...

    def found(self, done: Done, found: "Found") -> None:
        """A result that was made earlier is used: ``done`` says which and why."""
        ...


class WorkCache:
    """Finds or does work for one episode. Threads may share it; processes may not."""

    def __init__(
        self,
        vault: Vault,
        journal: "Path | Journal | None",
        *,
        calls: Calls,
        watch: Watch,
        refresh: bool = False,
    ) -> None:
        """``journal``: None for a cache in another process, which only makes what it was sent."""
        self.vault = vault
        self.done: list[Done] = []
        self._busy, self._in_work, self._telling = BusyTime(), OneAtATime(), RLock()
        self._stopped, self._thread = Event(), local()
        self._calls, self._watch, self._refresh = calls, watch, refresh
        self._journal = journal if isinstance(journal, Journal) else Journal(journal)
        self._tracker: Tracker | None = None
        self.measures = True
        """Whether clips without measures are measured; a run that is only tried leaves them unmeasured."""

    @property
    def run(self) -> int:
        """The run in which its calls are recorded."""
        return self._calls.run

    @property
    def machine_seconds(self) -> float:
        """How long models and encoders worked; where two worked side by side, it counts once."""
        return self._busy.seconds

    def track(self, tracker: Tracker) -> None:
        """From now on ``tracker`` carries out the work, and is told what is found."""
        self._tracker = tracker

    def began(self, step: Step, total: int) -> None:
        with self._telling:
            self._watch.began(step, total)

    def moved(self, step: Step, name: str, part: float) -> None:
        """Progress inside one piece of work, 0..1. Raises Stopped in a run that was stopped."""
        self._go_on()
        with self._telling:
            self._watch.moved(step, name, part)

    def stop(self) -> None:
        """Stop every thread that works on a piece, at its next call of the cache."""
        self._stopped.set()

    def machine_time(self) -> AbstractContextManager[None]:
        """Count the block as time inside a model or an encoder."""
        return self._busy.counting()

    @contextmanager
    def lookup_only(self) -> Iterator[None]:
        """Inside the block, for this thread: work that could be sent out raises Unmade instead of being made."""
        with self.made_by(_not_made):
            yield

    @contextmanager
    def made_by(self, remote: Remote) -> Iterator[None]:
        """Inside the block, for this thread: ``remote`` makes the work that could be sent out."""
        outside = getattr(self._thread, "remote", None)
        self._thread.remote = remote
        try:
            yield
        finally:
            self._thread.remote = outside

    def sent(self, unmade: Unmade) -> None:
        """Record in the book of calls that another process starts this piece of work now."""
        self._calls.begin(unmade.recipe, unmade.work.step, unmade.work.name)

    def worked_elsewhere(self, seconds: float) -> None:
        """Add the time in which another process was inside a model or an encoder."""
        self._busy.add(seconds)

    def get_or_make(
        self, work: Work, make: Callable[[], Result], order: Callable[[], Order] | None = None
    ) -> Result:
        """The finished result of ``work``; ``make`` is called only when there is none.

        order  what another process would need to make it; None: it is always made here
        """
        recipe = work.recipe
        with self._in_work.only(
            recipe
        ):  # two cuts may want the same sound: the second finds what the first made
            return self._got_or_made(work, recipe, make, order)

    def _got_or_made(
        self, work: Work, recipe: str, make: Callable[[], Result], order: Callable[[], Order] | None
    ) -> Result:
        last = self._journal.last(work.step, work.name)
        found = self.vault.recall(recipe)
        if found is not None:
            reused = Done(step=work.step, name=work.name, outcome="reused")
            return self._settle(work, recipe, found, reused)
        kept = self._keepable(work, last)
        if kept is not None:
            done = Done(
                step=work.step, name=work.name, outcome="kept", why=f"made earlier; {_why(work, last)}"
            )
            self.record(done, Found(recipe, kept, work.inputs))
            return kept
        self._go_on()
        remote: Remote | None = getattr(self._thread, "remote", None) if order is not None else None
        if order is None or remote is None:
            result, seconds = self._made_here(work, recipe, make)
        else:
            result, seconds = remote(Unmade(work, recipe, order()))
        self._calls.finish(recipe, seconds)
        made = Done(step=work.step, name=work.name, outcome="made", seconds=seconds, why=_why(work, last))
        return self._settle(work, recipe, result, made)

    def _made_here(self, work: Work, recipe: str, make: Callable[[], Result]) -> tuple[Result, float]:
        def commit() -> Result:
            result = _made(work, make)
            self.vault.commit(recipe, result)
            return result

        started = perf_counter()
        self._calls.begin(recipe, work.step, work.name)
        result = self.carry_out(work, recipe, commit)
        return result, perf_counter() - started

    def carry_out(self, work: Work, recipe: str, make: Callable[[], Result], *, tries: int = 1) -> Result:
        """The result of ``make``, called again after a temporary error: ``tries`` times, or as the tracker does."""
        if self._tracker is not None:
            return self._tracker.carry_out(work, recipe, make, tries=tries)
        for _ in range(tries - 1):
            try:
                return make()
            except WORTH_REPEATING:
                continue
        return make()

    def peek(self, work: Work) -> Result | None:
        """The result that ``get_or_make`` would find, without recording anything; None: it would have to be made."""
        found = self.vault.recall(work.recipe)
        return found if found is not None else self._keepable(work, self._journal.last(work.step, work.name))

    def record(self, done: Done, found: Found | None = None) -> None:
        """Record work that was decided without the cache: a locked take."""
        self.keep([done])
        if self._tracker is not None and found is not None and done.outcome != "made":
            self._tracker.found(done, found)
        with self._telling:
            self._watch.done(done)

    @contextmanager
    def recording(self) -> Iterator[list[Done]]:
        """Inside the block, this thread's records go to the list; ``keep`` adds them later in the right order."""
        outside = getattr(self._thread, "done", None)
        kept: list[Done] = []
        self._thread.done = kept
        try:
            yield kept
        finally:
            self._thread.done = outside

    def keep(self, done: Sequence[Done]) -> None:
        """Add records that were made elsewhere."""
        kept = getattr(self._thread, "done", None)
        (self.done if kept is None else kept).extend(done)

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise Stopped

    def _keepable(self, work: Work, last: "Entry | None") -> Result | None:
        if self._refresh or work.anew or last is None or work.depicts is None:
            return None
        if (last.fits, last.maker) != (digest(work.fits), _maker(work)):
            return None
        if last.basis != work.basis and (work.earlier is None or last.basis != digest(work.earlier)):
            return None
        now = work.ingredients()
        if any(last.ingredients.get(name) != now.get(name) for name in work.holds):
            return None
        if any(
            last.ingredients[name] != now.get(name) for name in work.holds_if_known & last.ingredients.keys()
        ):
            return None
        return self.vault.recall(last.recipe)

    def _settle(self, work: Work, recipe: str, result: Result, done: Done) -> Result:
        entry = Entry(recipe, work.basis, digest(work.fits), _maker(work), work.ingredients())
        with self._telling:
            self._journal.write(work.step, work.name, entry)
            self._journal.finished(work, recipe, result)
        self.record(done, Found(recipe, result, work.inputs))
        return result


@dataclass(frozen=True)
class Entry:
    """The journal's record of the last time a piece of work was finished."""

    recipe: str
    basis: str
    fits: str
    maker: str
    ingredients: dict[str, str]


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


def _not_made(unmade: Unmade) -> tuple[Result, float]:
    raise unmade


def _made(work: Work, make: Callable[[], Result]) -> Result:
    """``make``'s result; an out-of-memory error is raised with advice."""
    try:
        return make()
    except (MemoryError, RuntimeError) as error:
        if work.model is None or not is_out_of_memory(error):
            raise
        card, memory = work.model.card, work.model.memory
        raise ModelFailed(
            f"{memory.device} ran out of memory while the {card.port} {card.name} made {work.step} {work.name}. "
            f"Loaded were: {memory.describe()}. Use a smaller size in the profile, an option of {card.name} that "
            "saves memory (offloading or tiling, where it has one), or another device for one of them: "
            f"`devices: {{{card.port}: cuda:1}}` in the profile."
        ) from error


def _maker(work: Work) -> str:
    return work.model.card.name if work.model else "sakuga"


def _why(work: Work, last: Entry | None) -> str:
    if last is None:
        return "first time"
    now = work.ingredients()
    changed = sorted(
        name for name in now.keys() | last.ingredients.keys() if now.get(name) != last.ingredients.get(name)
    )
    return f"changed: {', '.join(changed)}" if changed else "its stored result was gone"
