"""Order a run of the deployment ``make-episode`` on the configured server.

In: a brief.      Out: a scheduled run that one of the studio's workers makes.
"""

from dataclasses import dataclass
from pathlib import Path

from prefect import get_client
from prefect.exceptions import ObjectNotFound

from assets.errors import SetupMissing, StorageFailed
from flows.episode.brief import Brief, run_name

DEPLOYMENT = "make-episode/make-episode"


@dataclass(frozen=True)
class OnServer:
    """Runs of the deployment ``make-episode``; the studio's workers make them."""

    project: Path

    def start(self, episode: str, brief: Brief) -> None:
        given = self._here(brief).model_dump(mode="json", exclude_defaults=True)
        try:
            with get_client(sync_client=True) as client:
                deployment = client.read_deployment_by_name(DEPLOYMENT)
                client.create_flow_run_from_deployment(
                    deployment.id, parameters={"brief": given}, name=run_name(brief)
                )
        except ObjectNotFound as error:
            raise SetupMissing(
                f"The Prefect server has no deployment {DEPLOYMENT}. Register it: sakuga register"
            ) from error
        except Exception as error:  # anything between here and the server can fail
            raise StorageFailed(
                f"The Prefect server did not take the run ({type(error).__name__}: {error}). Try again; "
                "`sakuga doctor` says whether it answers."
            ) from error

    def _here(self, brief: Brief) -> Brief:
        """The brief with paths from the project on, as the workers see them."""
        root, changed = self.project.absolute(), {}
        for name in ("script", "out", "show", "profile"):
            value = getattr(brief, name)
            path = Path(value) if isinstance(value, Path) or (value and "/" in value) else None
            if path is not None and path.absolute().is_relative_to(root):
                here = path.absolute().relative_to(root)
                changed[name] = here if isinstance(value, Path) else str(here)
        return brief.model_copy(update=changed)

    def problem(self, episode: str) -> str:
        return ""  # the run's page on the server tells it

    def close(self) -> None:
        """The server keeps its runs."""
