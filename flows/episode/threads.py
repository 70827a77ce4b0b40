"""Make pieces in threads of this process, one per core, where the models allow concurrent calls.

In: the pieces of a stage, or two branches of the pipeline.      Out: their outcomes, in the order of the pieces.
Threads are enough: ffmpeg runs in processes of its own, and OpenCV, numpy and onnxruntime release the interpreter
while they compute. Every piece is recorded before it begins, so a kill loses only the pieces in work.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Event, Semaphore
from typing import Any, Self, TypeVar

from assets.media import ffmpeg
from assets.sheets.production import Done, Step
from flows.episode.workspace import EpisodeWorkspace
from stages.work_cache import Stopped, WorkCache

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")
First = TypeVar("First")
Second = TypeVar("Second")


class Threads:
    """Executor for one open episode: at most ``lanes`` pieces are in work at any time."""

    def __init__(self, cache: WorkCache, lanes: int) -> None:
        self._cache, self._lanes = cache, lanes
        self._free, self._failed = Semaphore(lanes), Event()

    def at(self, workspace: EpisodeWorkspace, cache: WorkCache) -> Self:
        return self

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
        *,
        parallel: bool = False,
    ) -> list[Outcome]:
        if not parallel or len(pieces) < 2:
            return [self._one(work, piece) for piece in pieces]
        with ThreadPoolExecutor(self._lanes, thread_name_prefix=step) as pool:
            futures = [pool.submit(self._kept, partial(self._one, work, piece)) for piece in pieces]
            self._finish(futures)
        return [self._outcome(future) for future in futures]

    def both(
        self, first: Callable[[], First], second: Callable[[], Second], *, parallel: bool = False
    ) -> tuple[First, Second]:
        """Run each branch in a thread of its own. The branches mostly wait; their pieces use the lanes."""
        if not parallel:
            return first(), second()
        with ThreadPoolExecutor(2, thread_name_prefix="branch") as pool:
            one, other = pool.submit(self._kept, first), pool.submit(self._kept, second)
            self._finish([one, other])
        return self._outcome(one), self._outcome(other)

    def _one(self, work: Callable[[Piece], Outcome], piece: Piece) -> Outcome:
        with self._free:
            if self._failed.is_set():
                raise Stopped
            return work(piece)

    def _kept(self, call: Callable[[], Outcome]) -> tuple[Outcome, list[Done]]:
        """The outcome, and what the cache recorded in this thread during the call."""
        with self._cache.recording() as done:
            return call(), done

    def _outcome(self, future: "Future[tuple[Outcome, list[Done]]]") -> Outcome:
        outcome, done = future.result()
        self._cache.keep(done)
        return outcome

    def _finish(self, futures: Sequence["Future[Any]"]) -> None:
        """Wait until nothing is in work; raises the error of the first piece that failed.

        When one piece fails, the others in work are finished and kept. When a person or the system stops the run,
        they are given up, so that no thread works after the episode is closed.
        """
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
            if any(future.done() and future.exception() for future in futures):
                self._failed.set()
            wait(futures)
        except BaseException:
            self._failed.set()
            self._cache.stop()
            ffmpeg.end_all()
            raise
        errors = [error for future in futures if (error := future.exception()) is not None]
        if errors:
            raise next((error for error in errors if not isinstance(error, Stopped)), errors[0])
