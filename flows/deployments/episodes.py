"""The Prefect flows: make an episode, order a retake.

Parameters and results are small: paths, ids and hashes; pictures and sounds stay in the vault.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from prefect import flow, get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Cancelled, Failed

from assets.errors import GateExpired, RunStopped, SakugaError
from assets.plain import one_line
from assets.store.ledger import moment
from flows.cluster.executor import executor_of
from flows.deployments import crashes, defaults, history, problem
from flows.deployments.at_rest_event import report_at_exit
from flows.deployments.review_wait import InPrefect
from flows.deployments.run_page import RunPage
from flows.deployments.run_report import whereabouts
from flows.deployments.tasks import PrefectTasks, attended_by, logged
from flows.deployments.work_tasks import quiet
from flows.episode.brief import Brief, RetakeOrder, run_name
from flows.episode.produce import RunHost, perform, remembered
from flows.episode.workspace import EpisodeWorkspace
from flows.settings import media_url, settings

Result = dict[str, str] | State[dict[str, str]]
"""The path of each file; or how the run ended when a person stopped it or nobody reviewed it."""


def _run_name() -> str:
    """The name of a run in Prefect: "make ep01.ja (animatic)", "retake clear-skies-ep01-ja C004"."""
    given = flow_run.get_parameters()
    if "order" in given:
        return one_line(f"retake {given['episode']} {given['order'].cut}")
    brief: Brief = given["brief"]
    return run_name(brief)


@flow(name="make-episode", flow_run_name=_run_name, persist_result=True, result_serializer="json")
def make_episode(brief: Brief) -> Result:
    """One script in, one finished episode out.

    Safe to repeat: finished work is reused, and only what changed is redone.

    Args:
        brief: The script, its show, the profile and the other choices.
    """
    return _ended(lambda page: _played(defaults.applied(brief), None, page), brief.name or brief.script.stem)


@flow(name="retake", flow_run_name=_run_name, persist_result=True, result_serializer="json")
def retake(episode: str, order: RetakeOrder, out: Path = Path("episodes")) -> Result:
    """Redo one cut (or some of its frames); everything else stays as it is.

    Uses the brief of the episode's last run, so it does not have to be given again.

    Args:
        episode: The episode's id, such as clear-skies-ep01-ja.
        order: Which cut, which frames, and why.
        out: Folder the episode's folder is in, on the machine that runs this.
    """
    return _ended(lambda page: _played(remembered(episode, out), order, page), episode)


def _ended(play: Callable[[RunPage], Result], episode: str) -> Result:
    """The result of the run; an error of ours becomes a state with its sentence, and a page."""
    page = RunPage(episode)
    with problem.without_tracebacks(), quiet():
        try:
            return play(page)
        except SakugaError as error:
            page.stopped(error)
            if attended := attended_by():
                attended.stopped = error
            if isinstance(error, GateExpired):
                return Failed(name="Expired", message=str(error))
            if isinstance(error, RunStopped):
                return Cancelled(message=str(error))
            return problem.ended(error, _run_name())


def _played(brief: Brief, order: RetakeOrder | None, page: RunPage) -> Result:
    """Run the pipeline. Return the path of each file, and the episode's SHA-256."""
    report_at_exit()
    crashes.check()
    media = media_url()

    def waiting(where: EpisodeWorkspace) -> InPrefect:
        page.entered(where, brief)
        return InPrefect(where, media, page)

    with executor_of(PrefectTasks(), brief.workers, settings(brief.out), logged) as executor:
        delivered = perform(brief, RunHost(executor, page.watch, waiting, since=_since()), order=order)
    page.finished(delivered)
    return {**whereabouts(delivered.report), "episode sha256": delivered.made.episode.sha256}


def _since() -> str:
    """For a repeated run (after a gate or a crash): when it was created. Empty the first time.

    Ten minutes are subtracted, because the clocks of two machines may differ.
    """
    if not history.began_before():
        return ""
    with get_client(sync_client=True) as client:
        made = client.read_flow_run(UUID(str(flow_run.get_id()))).created
    return "" if made is None else moment(made - timedelta(minutes=10))
