"""What a server shows of a run: its tags, the bar of its episode, the pages of its result, its events.

In: what happens to the run.      Out: tags, artifacts and events.
"""

from typing import cast
from uuid import UUID

from prefect.artifacts import Artifact, create_markdown_artifact
from prefect.client.schemas.objects import Artifact as Shown
from prefect.settings import get_current_settings

from assets.errors import RunStopped, SakugaError
from assets.plain import one_line
from assets.sheets.production import Done, Step
from assets.store import Gate
from flows.deployments import announcement, run_report, run_tags
from flows.deployments.announcement import Told
from flows.deployments.events import emit
from flows.deployments.progress import ProgressWatch
from flows.deployments.tasks import attended_by
from flows.episode.brief import Brief
from flows.episode.delivery import Delivered
from flows.episode.workspace import EpisodeWorkspace
from stages.work_events import Watch


class RunPage:
    """The pages and events of one run. ``episode`` is what is known of it before its workspace is open."""

    def __init__(self, episode: str) -> None:
        self._episode = episode
        self._progress: ProgressWatch | None = None

    def watch(self, episode: str) -> Watch:
        """The progress of this run: on its page, and in the terminal it was started from."""
        self._progress, attended = ProgressWatch(episode), attended_by()
        return Watches(self._progress, attended.screen) if attended else self._progress

    def entered(self, workspace: EpisodeWorkspace, brief: Brief) -> None:
        """The episode's workspace is open. A tag of an earlier gate is taken off."""
        self._episode = workspace.key
        run_tags.put(episode=workspace.episode, show=workspace.show or "", gate="")
        emit("episode.started", workspace.key, script=str(brief.script), profile=brief.profile)

    def waits(self, gate: Gate, told: Told, page: str) -> None:
        """The run waits at ``gate`` for a person."""
        if self._progress is not None:
            self._progress.stopped(f"{told.title}: waits for a person")
        announcement.publish(gate, told, page)

    def goes_on(self) -> None:
        run_tags.put(gate="")

    def finished(self, delivered: Delivered) -> None:
        _publish(delivered)
        report = delivered.report
        made = sum(done.outcome == "made" for done in report.work)
        if self._progress is not None:
            self._progress.finished(f"Finished: {made} of {len(report.work)} pieces made in this run")
        emit(
            "episode.finished",
            self._episode,
            files=run_report.whereabouts(report),
            cuts=len(delivered.made.cutsheet.cuts),
            made=made,
            seconds=report.wall_seconds,
        )

    def stopped(self, error: SakugaError) -> None:
        """The run ends here; it failed unless a person stopped it."""
        if self._progress is not None:
            self._progress.stopped(one_line(f"Stopped: {error}"))
        if not isinstance(error, RunStopped):
            emit("episode.failed", self._episode, error=type(error).__name__, message=str(error))


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


def _publish(delivered: Delivered) -> None:
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
