"""The Prefect flows: make an episode, order a retake.

Parameters and results are small: paths, ids and hashes; pictures and sounds stay in the vault.
"""

from prefect import flow

from flows.brief import Brief, RetakeOrder
from flows.produce import perform
from flows.tasks import ArtifactWatch, TaskCrew, publish


@flow(name="make-episode", persist_result=True)
def make_episode(brief: Brief) -> dict[str, str]:
    """One script in, one finished episode out.

    Args:
        brief: The script, its show, and how the episode is to look.
    """
    return _played(brief, None)


@flow(name="retake", persist_result=True)
def retake(brief: Brief, order: RetakeOrder) -> dict[str, str]:
    """One cut (or some of its frames) again; everything else stays as it is.

    Args:
        brief: The brief the episode was made with.
        order: Which cut, which frames, and why.
    """
    return _played(brief, order)


def _played(brief: Brief, order: RetakeOrder | None) -> dict[str, str]:
    report, office = perform(brief, crew=TaskCrew(), watch=ArtifactWatch, order=order)
    publish(report, office.folder)
    return report.files
