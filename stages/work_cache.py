"""The work cache: find finished work, or have it done once and record it.

In: a piece of work (its recipe, what it depicts) and how to make it.
Out: its result, found or made once, and a record of which it was and why.

Three outcomes, tried in this order:
reused   this exact recipe was finished before; its bytes are in the vault
kept     another recipe (model, seed, quality) made it, but what it depicts and what it must fit are unchanged:
         paid work is kept unless a refresh is requested
made     none of these: it is made and committed, and the record says what changed

In ``lookup_only`` mode, work that could be sent out is not made: Unmade is raised with the order for it. Inside
``made_by``, work that could be sent out is made by other processes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event, RLock, local
from time import perf_counter

from assets.errors import ModelFailed, StorageFailed
from assets.sheets.production import Done, Step
from assets.vault import Vault
from models.memory import is_out_of_memory
from stages.side_by_side import BusyTime, OneAtATime
from stages.work import Found, Order, Remote, Result, Unmade, Work
from stages.work_events import Calls, Tracker, Watch
from stages.work_journal import Entry, Journal

WORTH_REPEATING = (ModelFailed, StorageFailed)
"""Errors that may not occur again: of a model or a disk. A wrong script, set-up or lock fails the same way again."""


class Stopped(Exception):
    """The run was stopped while this piece was in work."""


class WorkCache:
    """Finds or does work for one episode. Threads may share it; processes may not."""

    def __init__(
        self,
        vault: Vault,
        journal: Path | Journal | None,
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
        self._announced, self._recorded = set[Step](), set[tuple[str, str, str]]()
        self._counted: frozenset[tuple[str, str, str]] = frozenset()
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
            self._announced.add(step)
            self._watch.began(step, total)

    def look_again(self) -> None:
        """The run goes through its pieces once more: what it finds again is counted already."""
        self._counted = frozenset(self._recorded)

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
        # Two cuts may want the same sound: the second finds what the first made.
        with self._in_work.only(recipe):
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
        if found is not None:
            piece = (done.step, done.name, found.recipe)
            if piece in self._counted and done.outcome != "made":
                self._counted_already(done.step)
                return
            self._recorded.add(piece)
        self.keep([done])
        if self._tracker is not None and found is not None and done.outcome != "made":
            self._tracker.found(done, found)
        with self._telling:
            self._watch.done(done)

    def _counted_already(self, step: Step) -> None:
        with self._telling:
            if step in self._announced:
                self._watch.began(step, -1)

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

    def _keepable(self, work: Work, last: Entry | None) -> Result | None:
        if self._refresh or last is None or not last.serves(work):
            return None
        return self.vault.recall(last.recipe)

    def _settle(self, work: Work, recipe: str, result: Result, done: Done) -> Result:
        with self._telling:
            self._journal.write(work.step, work.name, Entry.of(work, recipe))
            self._journal.finished(work, recipe, result)
        self.record(done, Found(recipe, result, work.inputs))
        return result


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


def _why(work: Work, last: Entry | None) -> str:
    return last.changes(work) if last is not None else "first time"
