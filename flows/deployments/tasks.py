"""The Prefect side of a run: pieces of work as tasks, progress and results as artifacts.

In: the pipeline's pieces of work and events.      Out: task runs, a progress bar per stage, pages to read.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from prefect import Task, get_run_logger
from prefect.artifacts import (
    Artifact,
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import Artifact as Shown
from prefect.settings import get_current_settings

from assets.errors import SakugaError
from assets.plain import one_line, visible
from assets.sheets.production import Done, Step
from flows.deployments import run_report
from flows.episode.delivery import Delivered
from flows.episode.executor import WORTH_REPEATING
from flows.episode.workspace import EpisodeWorkspace
from flows.terminal.screen import TITLES
from stages.work_cache import Watch, WorkCache

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")
First = TypeVar("First")
Second = TypeVar("Second")

# Seconds between two updates of one bar: a call takes about 20 ms, and a run that finds everything made would
# spend more time on updates than on work.
PAUSE = 2.0


class PrefectTasks:
    """One task run per piece, in this process. The work cache finds finished work, so Prefect caches nothing."""

    def __init__(self, tries: int = 2) -> None:
        self._tries = tries

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
        return [self._one(step, piece, work, name(piece)) for piece in pieces]

    def both(
        self, first: Callable[[], First], second: Callable[[], Second], *, parallel: bool = False
    ) -> tuple[First, Second]:
        return first(), second()

    def _one(self, step: Step, piece: Piece, work: Callable[[Piece], Outcome], name: str) -> Outcome:
        # The piece is in the closure: Prefect would inspect and store a parameter.
        def carry_out() -> Outcome:
            return work(piece)

        run = Task(
            carry_out,
            name=step,
            # Prefect formats text in braces.
            task_run_name=one_line(f"{step} {name}").replace("{", "(").replace("}", ")"),
            cache_policy=NO_CACHE,
            persist_result=False,
            retries=self._tries - 1,
            retry_delay_seconds=2,
            retry_condition_fn=_is_temporary,
        )
        outcome: Outcome = run()
        return outcome


def _is_temporary(_task: Any, _run: Any, state: Any) -> bool:
    """Whether to retry: a model failure may be temporary; a script, set-up or lock error is not."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, WORTH_REPEATING)


def logged(level: int, line: str) -> None:
    """Into the log of the task or run that is at work."""
    get_run_logger().log(level, "%s", line)


class ArtifactWatch:
    """A Watch that shows progress bars on the run's page: one for each stage of more than one piece."""

    def __init__(self, _episode: str) -> None:
        self._bars: dict[Step, _Bar] = {}
        self._log = get_run_logger()

    def began(self, step: Step, total: int) -> None:
        if total:
            self._bars[step] = _Bar(TITLES[step], total)

    def moved(self, step: Step, name: str, part: float) -> None:
        """Do nothing: whole pieces are enough for the server."""

    def done(self, done: Done) -> None:
        if done.outcome == "made":
            self._log.info(
                "%s %s made in %.1f s (%s)", done.step, visible(done.name), done.seconds, visible(done.why)
            )
        if done.step in self._bars:
            self._bars[done.step].moved(made=done.outcome == "made")


class _Bar:
    """The progress bar of one stage."""

    def __init__(self, title: str, total: int) -> None:
        self._title, self._total, self._finished, self._made = title, total, 0, 0
        self._updated_at = monotonic()
        self._artifact = cast(UUID, create_progress_artifact(progress=0.0, description=self._description()))

    def moved(self, *, made: bool) -> None:
        self._finished += 1
        self._made += made
        if self._finished == self._total or monotonic() - self._updated_at >= PAUSE:
            self._updated_at = monotonic()
            progress = min(100.0, 100.0 * self._finished / self._total)
            update_progress_artifact(self._artifact, progress=progress, description=self._description())

    def _description(self) -> str:
        return f"{self._title}: {self._finished} of {self._total}, {self._made} made in this run"


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


def watch_of(episode: str) -> Watch:
    """The progress of this run: on its page, and in the terminal it was started from."""
    attended = attended_by()
    page = ArtifactWatch(episode)
    return Watches(page, attended.screen) if attended else page


class Watches:
    """Several watches that are all told."""

    def __init__(self, *watches: Watch) -> None:
        self._watches = watches

    def began(self, step: Step, total: int) -> None:
        for watch in self._watches:
            watch.began(step, total)

    def moved(self, step: Step, name: str, part: float) -> None:
        for watch in self._watches:
            watch.moved(step, name, part)

    def done(self, done: Done) -> None:
        for watch in self._watches:
            watch.done(done)


def publish(delivered: Delivered) -> None:
    """Publish the econte of every scene that changed or was never shown, then the result, which links to them."""
    ui, links = get_current_settings().ui_url, {}
    for board in run_report.boards(delivered):
        page = None if board.changed else _shown(board.key)
        page = page or _page(board.key, run_report.econte(board, delivered), board.about)
        if ui:
            links[board.key] = f"{ui}/artifacts/artifact/{page}"
    about = f"{delivered.report.episode}: the result. Start here"
    _page(run_report.key_of(delivered), run_report.result(delivered, links), about)


# Outside a coroutine these two calls return the value itself, not an awaitable.
def _shown(key: str) -> UUID | None:
    """The latest page under ``key``, of any run."""
    found = cast(Shown | None, Artifact.get(key))
    return found.id if found is not None else None


def _page(key: str, markdown: str, about: str) -> UUID:
    return cast(UUID, create_markdown_artifact(key=key, markdown=markdown, description=one_line(about)))
