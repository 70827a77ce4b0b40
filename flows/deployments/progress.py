"""One progress bar per episode on its run's page: how far it is, and the time left.

In: what a run's Watch hears.      Out: one progress artifact per run, under a key that the episode keeps.
A run that is started again after a gate or a crash goes on with its bar.
"""

from time import monotonic
from typing import cast
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import Artifact, create_progress_artifact, update_progress_artifact
from prefect.client.schemas.objects import Artifact as Shown
from prefect.runtime import flow_run

from assets.sheets.production import Done, Step
from flows.deployments import history
from flows.deployments.forecast import Forecast
from flows.deployments.keys import key_for
from flows.terminal.screen import TITLES

# Seconds between two updates: a call takes about 20 ms, and a run that finds everything made would spend more
# time on updates than on work.
PAUSE = 2.0


class ProgressWatch:
    """A Watch that moves the episode's bar and logs one line per stage."""

    def __init__(self, episode: str) -> None:
        self._forecast, self._log = Forecast(), get_run_logger()
        self._artifact, self._least = _bar(episode)
        self._updated_at, self._stage = monotonic(), _Stage()

    def began(self, step: Step, total: int) -> None:
        self._forecast.began(step, total)

    def moved(self, step: Step, name: str, part: float) -> None:
        """Do nothing: whole pieces are enough for the server."""

    def done(self, done: Done) -> None:
        if done.step != self._stage.step:
            self._logged()
            self._stage = _Stage(done.step)
        self._stage.done(done)
        self._forecast.done(done)
        if monotonic() - self._updated_at >= PAUSE:
            self._show(self._forecast.describe())

    def stopped(self, why: str) -> None:
        """The run stops here for now: at a gate, or with an error."""
        self._logged()
        self._show(why)

    def finished(self, what: str) -> None:
        self._logged()
        self._least = 100.0
        self._show(what)

    def _show(self, description: str) -> None:
        self._updated_at = monotonic()
        # 99 at most until the end; and never back: after a gate what is found again takes a moment only.
        self._least = max(self._least, min(99.0, round(100 * self._forecast.share, 1)))
        update_progress_artifact(self._artifact, progress=self._least, description=description)

    def _logged(self) -> None:
        if line := self._stage.describe():
            self._log.info("%s", line)
        self._stage = _Stage()


class _Stage:
    """What was done for one step since another step was at work."""

    def __init__(self, step: Step | None = None) -> None:
        self.step, self._outcomes, self._seconds = step, dict[str, int](), 0.0

    def done(self, done: Done) -> None:
        self._outcomes[done.outcome] = self._outcomes.get(done.outcome, 0) + 1
        self._seconds += done.seconds

    def describe(self) -> str:
        if self.step is None or not self._outcomes:
            return ""
        counted = ", ".join(f"{count} {outcome}" for outcome, count in self._outcomes.items())
        return f"{TITLES[self.step]}: {counted}" + (f" in {self._seconds:.1f} s" if self._seconds else "")


def _bar(episode: str) -> tuple[UUID, float]:
    """The artifact of this run and how full it is; a new one unless the run was here before."""
    key = key_for("progress", episode)
    # Outside a coroutine these calls return the value itself, not an awaitable.
    last = cast(Shown | None, Artifact.get(key)) if history.began_before() else None
    if last is not None and str(last.flow_run_id) == str(flow_run.get_id()):
        return last.id, float(str(last.data or 0))
    return cast(UUID, create_progress_artifact(progress=0.0, key=key, description="Planning")), 0.0
