"""The Prefect side of a run: pieces of work as tasks, progress and results as artifacts.

In: the score's pieces and events.      Out: task runs, progress artifacts, one markdown artifact.
"""

import html
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from prefect import Task, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE

from assets.errors import MachineFailed
from assets.sheets.production import Done, Report, Step

Piece = TypeVar("Piece")
Outcome = TypeVar("Outcome")


class TaskCrew:
    """One task run per piece, in this process. Reuse is the desk's business, so Prefect caches nothing."""

    def each(
        self,
        step: Step,
        pieces: Sequence[Piece],
        work: Callable[[Piece], Outcome],
        name: Callable[[Piece], str],
    ) -> list[Outcome]:
        return [self._one(step, piece, work, name(piece)) for piece in pieces]

    def _one(self, step: Step, piece: Piece, work: Callable[[Piece], Outcome], name: str) -> Outcome:
        # The piece travels in the closure: as a parameter, Prefect would walk through and store it.
        def carry_out() -> Outcome:
            return work(piece)

        run = Task(
            carry_out,
            name=step,
            task_run_name=f"{step} {name}".replace("{", "(").replace("}", ")"),
            cache_policy=NO_CACHE,
            persist_result=False,
            retries=1,
            retry_delay_seconds=2,
            retry_condition_fn=_worth_repeating,
        )
        outcome: Outcome = run()
        return outcome


def _worth_repeating(_task: Any, _run: Any, state: Any) -> bool:
    """A machine may stumble; a script, a set-up or a lock will say the same again."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, MachineFailed)


class ArtifactWatch:
    """A Watch whose progress bars stand on the run's page in the Prefect UI."""

    def __init__(self, episode: str) -> None:
        self._episode = episode
        self._bars: dict[Step, UUID] = {}
        self._totals: dict[Step, int] = {}
        self._finished: dict[Step, int] = {}
        self._log = get_run_logger()

    def began(self, step: Step, total: int) -> None:
        self._totals[step] = self._totals.get(step, 0) + total
        if step not in self._bars:
            made = create_progress_artifact(progress=0.0, description=f"{self._episode}: {step}")
            self._bars[step] = made if isinstance(made, UUID) else UUID(str(made))

    def moved(self, step: Step, name: str, part: float) -> None:
        """Too fine for a server: whole pieces are enough."""

    def done(self, done: Done) -> None:
        if done.step not in self._bars:
            self.began(done.step, 1)
        finished = self._finished[done.step] = self._finished.get(done.step, 0) + 1
        if done.outcome == "made":
            self._log.info("%s %s made in %.1f s (%s)", done.step, done.name, done.seconds, done.why)
        total = max(finished, self._totals[done.step])
        # A step of hundreds of cuts is reported in hundredths, not one call per cut.
        if finished == total or finished % max(1, total // 20) == 0:
            update_progress_artifact(artifact_id=self._bars[done.step], progress=100.0 * finished / total)


def publish(report: Report, folder: Path) -> None:
    """The result on the run's page: what was made, where it is, what it cost."""
    made = sum(done.outcome == "made" for done in report.work)
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td><code>{html.escape(path)}</code></td></tr>"
        for name, path in report.files.items()
    )
    notes = "".join(f"\n- {html.escape(warning)}" for warning in report.warnings)
    loud = ", ".join(f"{name} {value:g}" for name, value in report.loudness.items())
    create_markdown_artifact(
        key=f"episode-{report.episode}".lower().replace("_", "-"),
        markdown=(
            f"# {html.escape(report.episode)}\n\n{report.seconds:.1f} s of episode, profile {report.profile}, "
            f"{made} of {len(report.work)} pieces of work made, the rest found again. {loud}\n\n"
            f"<table>{rows}</table>\n{notes}"
        ),
        description=f"Episode {report.episode} in {folder}",
    )
