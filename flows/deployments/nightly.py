"""The nightly Prefect flow: make every episode that changed, so that its rushes are ready in the morning."""

from pathlib import Path

from prefect import State, flow
from prefect.artifacts import create_markdown_artifact
from prefect.states import Failed

from assets.errors import SakugaError
from flows.deployments import nightly_runs, problem
from flows.deployments.changed import examined
from flows.deployments.episodes import make_episode
from flows.episode.brief import Brief


@flow(name="nightly-rushes", flow_run_name="nightly rushes")
def nightly_rushes(out: Path = Path("episodes")) -> dict[str, str] | State[dict[str, str]]:
    """Make every known episode whose script, bible, cut sheet or retakes changed since it was last finished.

    One after the other; a failure does not stop the others, and the night ends as failed. The page
    "nightly-rushes" lists the result of each one, with links.

    Args:
        out: Folder of the episodes, on the machine that runs this.
    """
    with problem.without_tracebacks():
        try:
            found = examined(out)
        except SakugaError as error:
            return problem.ended(error, "nightly rushes")
        made = nightly_runs.make_due(found, _made_here)
    create_markdown_artifact(
        key="nightly-rushes", markdown=nightly_runs.page(made), description="The night's rushes"
    )
    if told := nightly_runs.failure(made):
        return Failed(message=told)
    return {item.episode: item.outcome for item in made}


def _made_here(brief: Brief) -> State:
    return make_episode(brief, return_state=True)
