"""The executors of a run on a server, and the terminal that a person may watch it from.

In: the pipeline's pieces of work.      Out: their outcomes; task runs on the server.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self, TypeVar

from prefect import get_run_logger

from assets.errors import SakugaError
from assets.sheets.production import Step
from flows.deployments.hanging import end_process, limited
from flows.deployments.suspension import is_deployed
from flows.deployments.work_tasks import TaskRuns
from flows.episode.workspace import EpisodeWorkspace
from flows.settings import piece_hours
from stages.work_cache import WorkCache
from stages.work_events import Watch

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")
First = TypeVar("First")
Second = TypeVar("Second")


class PrefectTasks:
    """The executor of a run on a server, in this process: every piece of work of the cache is a task run."""

    def at(self, workspace: EpisodeWorkspace, cache: WorkCache) -> Self:
        seconds = 3600 * piece_hours()
        guarded = TaskRuns(lambda piece: limited(piece, seconds, end_process))
        # Only a deployed run is started again by itself.
        cache.track(guarded if is_deployed() else TaskRuns())
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
        return [work(piece) for piece in pieces]

    def both(
        self, first: Callable[[], First], second: Callable[[], Second], *, parallel: bool = False
    ) -> tuple[First, Second]:
        return first(), second()


def logged(level: int, line: str) -> None:
    """Into the log of the task or run that is at work."""
    get_run_logger().log(level, "%s", line)


@dataclass
class Attended:
    """A run whose person watches it in a terminal, beside its page on the server."""

    screen: Watch
    stopped: SakugaError | None = None


_attended: ContextVar[Attended | None] = ContextVar("attended", default=None)


@contextmanager
def attend(screen: Watch) -> Iterator[Attended]:
    """Show the progress of flows that are called inside the block on ``screen`` too."""
    attended = Attended(screen)
    token = _attended.set(attended)
    try:
        yield attended
    finally:
        _attended.reset(token)


def attended_by() -> Attended | None:
    """The terminal of this run; None where nobody sits at one."""
    return _attended.get()
